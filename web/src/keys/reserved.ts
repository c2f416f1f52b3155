/** Chords that the browser or the system keeps for itself: bound here, they would close the tab or do nothing. */
import type { Chord } from "./chord";

const RESERVED: Readonly<Record<Chord, string>> = {
  "Ctrl+T": "opens a tab",
  "Ctrl+N": "opens a window",
  "Ctrl+W": "closes the tab",
  "Ctrl+Q": "closes the browser",
  "Ctrl+R": "loads the page again",
  "Ctrl+L": "goes to the address",
  "Ctrl+Shift+T": "opens a closed tab again",
  "Ctrl+Shift+N": "opens a private window",
  "Ctrl+Shift+W": "closes the window",
  "Ctrl+Shift+Q": "closes the browser",
  "Ctrl+Shift+R": "loads the page again",
  "Ctrl+Shift+I": "opens the developer tools",
  "Ctrl+Shift+J": "opens the developer tools",
  "Ctrl+Tab": "goes to the next tab",
  "Ctrl+Shift+Tab": "goes to the tab before",
  "Ctrl+PageUp": "goes to the tab before",
  "Ctrl+PageDown": "goes to the next tab",
  "Alt+F4": "closes the window",
  "Alt+Tab": "changes the window",
  "Alt+ArrowLeft": "goes back a page",
  "Alt+ArrowRight": "goes forward a page",
  "Alt+D": "goes to the address",
  F1: "opens the browser's help",
  F5: "loads the page again",
  F11: "fills the screen",
  F12: "opens the developer tools",
};

/** What the browser does with a chord of its own, as `closes the tab`; null when the chord is free. */
export function findReserved(chord: Chord): string | null {
  const byKey = chord.replace(/@Key(?=[A-Z]$)/, "").replace(/@Digit(?=\d$)/, "");
  return RESERVED[byKey] ?? null;
}
