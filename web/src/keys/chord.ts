/**
 * Chords: which keys held together mean an action.
 *
 * Written as `Ctrl+Shift+Z`, `Y`, `?`, `ArrowLeft` or `@Digit1`. Without `@` the last part is what the key types
 * (KeyboardEvent.key), so that letters move with the layout; with `@` it is where the key lies (KeyboardEvent.code), for
 * clusters such as the row of digits, whose place matters and whose characters differ. `Ctrl` is Command on a Mac.
 */

/** A chord in its one normal spelling: modifiers in the order Ctrl, Alt, Shift. */
export type Chord = string;

/** What is read of a KeyboardEvent. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly getModifierState?: (key: string) => boolean;
}

const MODIFIERS = ["Ctrl", "Alt", "Shift"] as const;
const MODIFIER_KEYS = new Set(["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock", "Dead", "Process"]);
const SPELLINGS: Readonly<Record<string, string>> = {
  " ": "Space",
  spacebar: "Space",
  space: "Space",
  esc: "Escape",
  del: "Delete",
  left: "ArrowLeft",
  right: "ArrowRight",
  up: "ArrowUp",
  down: "ArrowDown",
  return: "Enter",
};

/** The chords that a press of keys may mean, the most exact first: by place, then by what the key types. */
export function chordsOf(press: KeyPress): readonly Chord[] {
  if (MODIFIER_KEYS.has(press.key)) return [];
  // AltGr types a character on many layouts and counts as Ctrl+Alt on some systems: it is not a modifier of ours.
  const isAltGraph = press.getModifierState?.("AltGraph") === true;
  const ctrl = !isAltGraph && (press.ctrlKey || press.metaKey);
  const alt = !isAltGraph && press.altKey;
  const found: Chord[] = [];
  if (press.code !== "") found.push(spell({ ctrl, alt, shift: press.shiftKey }, `@${placeOf(press.code)}`));
  const name = nameOf(press);
  if (name === "") return found;
  // A character such as `?` needs Shift on one layout and not on the next, so Shift is no part of it.
  const isCharacter = name.length === 1 && !/[A-Z]/.test(name);
  found.push(spell({ ctrl, alt, shift: press.shiftKey && !isCharacter }, name));
  return found;
}

/** The normal spelling of a chord, or null when it is none. */
export function parseChord(text: string): Chord | null {
  const parts = text.trim() === "+" ? ["+"] : splitChord(text.trim());
  const last = parts.pop();
  if (last === undefined || last === "") return null;
  const held = { ctrl: false, alt: false, shift: false };
  for (const part of parts) {
    const name = part.toLowerCase();
    if (name === "ctrl" || name === "control" || name === "cmd" || name === "meta") held.ctrl = true;
    else if (name === "alt" || name === "option") held.alt = true;
    else if (name === "shift") held.shift = true;
    else return null;
  }
  return spell(held, last.startsWith("@") ? last : keyName(last));
}

/** The chord as it is printed on a button: `Ctrl+Z`, `1`, `←`. */
export function showChord(chord: Chord, options: { readonly isMac?: boolean } = {}): string {
  const parts = splitChord(chord);
  const last = parts.pop() ?? "";
  const held = parts.map((one) => (options.isMac === true ? (MAC_NAMES[one] ?? one) : one));
  const name = last.startsWith("@") ? (PLACE_NAMES[last] ?? last.replace(/^@(Key|Digit)?/, "")) : last;
  return [...held, SHOWN_NAMES[name] ?? name].join(options.isMac === true ? "" : "+");
}

const MAC_NAMES: Readonly<Record<string, string>> = { Ctrl: "⌘", Alt: "⌥", Shift: "⇧" };
const PLACE_NAMES: Readonly<Record<string, string>> = {
  "@BracketLeft": "[",
  "@BracketRight": "]",
  "@Minus": "-",
  "@Equal": "=",
};
const SHOWN_NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  Delete: "Del",
  PageUp: "PgUp",
  PageDown: "PgDn",
};

function splitChord(text: string): string[] {
  if (text.endsWith("++")) return [...text.slice(0, -2).split("+"), "+"];
  return text.split("+").map((part) => part.trim());
}

function keyName(text: string): string {
  const known = SPELLINGS[text.toLowerCase()];
  if (known !== undefined) return known;
  return text.length === 1 ? text.toUpperCase() : text;
}

/** What the key types; on layouts without Latin letters the letter that lies there on a Latin keyboard. */
function nameOf({ key, code }: KeyPress): string {
  const isForeignLetter = /^\p{L}$/u.test(key) && !/^[a-z]$/i.test(key) && !/^[\u00c0-\u024f]$/.test(key);
  if (isForeignLetter && /^Key[A-Z]$/.test(code)) return code.slice(3);
  return keyName(key);
}

/** Digits of the number pad count as those above the letters. */
function placeOf(code: string): string {
  return code.replace(/^Numpad(?=\d$)/, "Digit");
}

function spell(
  held: { readonly ctrl: boolean; readonly alt: boolean; readonly shift: boolean },
  name: string,
): Chord {
  const isHeld = [held.ctrl, held.alt, held.shift];
  return [...MODIFIERS.filter((_, i) => isHeld[i]), name].join("+");
}
