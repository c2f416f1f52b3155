import { describe, expect, it } from "vitest";

import { ACTIONS } from "./actions";
import { chordsOf, parseChord, showChord, type KeyPress } from "./chord";
import { DEFAULT_KEYS, findClashes, parseKeySettings, rebind, resetKeys, resolveKeys } from "./keymap";
import { PRESET_NAMES, PRESETS } from "./presets";
import { findReserved } from "./reserved";
import { loadKeys, saveKeys } from "./storage";

function press(key: string, code: string, held: Partial<KeyPress> = {}): KeyPress {
  return { key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held };
}

describe("chords of a press", () => {
  it("takes letters by what they type and gives their place too", () => {
    expect(chordsOf(press("y", "KeyY"))).toEqual(["@KeyY", "Y"]);
    expect(chordsOf(press("Y", "KeyY", { shiftKey: true }))).toEqual(["Shift+@KeyY", "Shift+Y"]);
  });

  it("finds the letter A where an AZERTY keyboard has it", () => {
    expect(chordsOf(press("a", "KeyQ"))).toContain("A");
    expect(chordsOf(press("q", "KeyA"))).toContain("Q");
    expect(chordsOf(press("z", "KeyW", { ctrlKey: true }))).toContain("Ctrl+Z");
  });

  it('finds the row of digits by its place, which types &é" on AZERTY', () => {
    expect(chordsOf(press("&", "Digit1"))[0]).toBe("@Digit1");
    expect(chordsOf(press("é", "Digit2"))[0]).toBe("@Digit2");
    expect(chordsOf(press("1", "Numpad1"))[0]).toBe("@Digit1");
  });

  it("swaps Y and Z with a QWERTZ keyboard", () => {
    expect(chordsOf(press("z", "KeyY", { ctrlKey: true }))).toContain("Ctrl+Z");
    expect(chordsOf(press("y", "KeyZ"))).toContain("Y");
  });

  it("takes / and ? wherever a layout hides them", () => {
    expect(chordsOf(press("/", "Digit7", { shiftKey: true }))).toContain("/");
    expect(chordsOf(press("?", "Minus", { shiftKey: true }))).toContain("?");
    expect(chordsOf(press("?", "Slash", { shiftKey: true }))).toContain("?");
  });

  it("finds brackets by place, where AZERTY types ^ and $", () => {
    expect(chordsOf(press("^", "BracketLeft"))[0]).toBe("@BracketLeft");
    expect(chordsOf(press("$", "BracketRight"))[0]).toBe("@BracketRight");
  });

  it("does not take AltGr for Ctrl+Alt", () => {
    const altGraph = {
      ctrlKey: true,
      altKey: true,
      getModifierState: (key: string) => key === "AltGraph",
    };
    expect(chordsOf(press("[", "Digit5", altGraph))).toEqual(["@Digit5", "["]);
  });

  it("falls back on the place for scripts without Latin letters", () => {
    expect(chordsOf(press("и", "KeyB"))).toContain("B");
  });

  it("counts Command as Ctrl and leaves bare modifiers alone", () => {
    expect(chordsOf(press("k", "KeyK", { metaKey: true }))).toContain("Ctrl+K");
    expect(chordsOf(press("Shift", "ShiftLeft", { shiftKey: true }))).toEqual([]);
  });
});

describe("spelling", () => {
  it("brings chords into one order", () => {
    expect(parseChord("shift+ctrl+z")).toBe("Ctrl+Shift+Z");
    expect(parseChord("ctrl++")).toBe("Ctrl++");
    expect(parseChord("+")).toBe("+");
    expect(parseChord(" esc ")).toBe("Escape");
    expect(parseChord("@Digit1")).toBe("@Digit1");
    expect(parseChord("hyper+x")).toBeNull();
    expect(parseChord("")).toBeNull();
  });

  it("prints what is on the keys", () => {
    expect(showChord("Ctrl+@Digit3")).toBe("Ctrl+3");
    expect(showChord("ArrowLeft")).toBe("←");
    expect(showChord("@BracketLeft")).toBe("[");
    expect(showChord("Ctrl+Shift+Z", { isMac: true })).toBe("⌘⇧Z");
    expect(showChord("Ctrl++")).toBe("Ctrl++");
  });
});

describe("the default map", () => {
  const map = resolveKeys(DEFAULT_KEYS);
  const table: readonly (readonly [string, readonly string[]])[] = [
    ["item.next", ["D", "ArrowRight"]],
    ["item.previous", ["A", "ArrowLeft"]],
    ["item.submit", ["Enter", "Space"]],
    ["item.skip", ["S"]],
    ["class.1", ["@Digit1"]],
    ["class.9", ["@Digit9"]],
    ["class.palette", ["/"]],
    ["draw.again", ["N"]],
    ["tool.select", ["V"]],
    ["tool.box", ["B"]],
    ["tool.extreme_box", ["X"]],
    ["tool.polygon", ["P"]],
    ["tool.magic", ["M"]],
    ["tool.brush", ["R"]],
    ["tool.eraser", ["E"]],
    ["tool.points", ["K"]],
    ["tool.tag", ["T"]],
    ["shape.next", ["Tab"]],
    ["shape.delete", ["Delete", "Backspace"]],
    ["shape.duplicate", ["Ctrl+D"]],
    ["shape.propagate", ["Ctrl+B"]],
    ["proposal.accept", ["Y"]],
    ["proposal.accept_all", ["Shift+Y"]],
    ["proposal.reject", ["U"]],
    ["view.hide", ["H"]],
    ["view.peek", ["Q"]],
    ["brush.smaller", ["@BracketLeft"]],
    ["brush.larger", ["@BracketRight"]],
    ["edit.undo", ["Ctrl+Z"]],
    ["edit.redo", ["Ctrl+Shift+Z", "Ctrl+Y"]],
    ["help.keys", ["?"]],
    ["help.palette", ["Ctrl+K"]],
    ["view.fit", ["@Digit0"]],
  ];

  it.each(table)("%s", (id, keys) => {
    expect(map.get(id)).toEqual(keys);
  });

  it("names each action once", () => {
    expect(new Set(ACTIONS.map((action) => action.id)).size).toBe(ACTIONS.length);
  });
});

describe("presets", () => {
  it.each(PRESET_NAMES)("%s has no conflict and no chord of the browser's", (preset) => {
    const map = resolveKeys({ preset, own: {} });
    expect(findClashes(map).filter((clash) => clash.kind === "conflict")).toEqual([]);
    for (const chords of map.values()) {
      for (const chord of chords) {
        expect(findReserved(chord)).toBeNull();
        expect(parseChord(chord)).toBe(chord);
      }
    }
  });

  it("name only actions that exist", () => {
    const known = new Set(ACTIONS.map((action) => action.id));
    const named = PRESET_NAMES.flatMap((preset) => Object.keys(PRESETS[preset]));
    expect(named.filter((id) => !known.has(id))).toEqual([]);
  });
});

describe("remapping", () => {
  it("gives an action another chord", () => {
    const done = rebind(DEFAULT_KEYS, { id: "item.skip", keys: ["shift+k"] });
    if (done.kind !== "done") throw new Error(done.kind);
    expect(resolveKeys(done.settings).get("item.skip")).toEqual(["Shift+K"]);
    expect(resolveKeys(resetKeys(done.settings, "item.skip")).get("item.skip")).toEqual(["S"]);
  });

  it("refuses what the browser keeps, and says why", () => {
    expect(rebind(DEFAULT_KEYS, { id: "item.skip", keys: ["Ctrl+W"] })).toEqual({
      kind: "refused",
      reason: "Ctrl+W closes the tab; the browser keeps it.",
    });
    expect(rebind(DEFAULT_KEYS, { id: "item.skip", keys: ["Ctrl+@KeyT"] }).kind).toBe("refused");
  });

  it("finds the action that has the chord, also when one names the place and one the character", () => {
    expect(rebind(DEFAULT_KEYS, { id: "item.skip", keys: ["B"] })).toEqual({
      kind: "conflict",
      chord: "B",
      with: "tool.box",
    });
    expect(rebind(DEFAULT_KEYS, { id: "item.skip", keys: ["1"] })).toMatchObject({ with: "class.1" });
  });

  it("takes the chord away when told to", () => {
    const done = rebind(DEFAULT_KEYS, { id: "item.skip", keys: ["D"], isTaking: true });
    if (done.kind !== "done") throw new Error(done.kind);
    const map = resolveKeys(done.settings);
    expect(map.get("item.skip")).toEqual(["D"]);
    expect(map.get("item.next")).toEqual(["ArrowRight"]);
  });

  it("lets a workspace have a chord of the page, as a shadow", () => {
    const shadows = findClashes(resolveKeys(DEFAULT_KEYS)).filter((clash) => clash.chord === "Enter");
    expect(shadows).toEqual([{ chord: "Enter", actions: ["item.submit", "review.approve"], kind: "shadow" }]);
  });
});

describe("storage", () => {
  it("comes back as it was kept", () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    const settings = { preset: "CVAT", own: { "item.skip": ["Shift+K"] } } as const;
    expect(saveKeys(storage, settings)).toBe(true);
    expect(loadKeys(storage)).toEqual(settings);
  });

  it("reads around what it does not understand", () => {
    expect(parseKeySettings("not json")).toEqual(DEFAULT_KEYS);
    expect(parseKeySettings('{"preset":"vi","own":{"item.skip":["Ctrl+W","K",7],"gone":["K"]}}')).toEqual({
      preset: "Whorl",
      own: { "item.skip": ["K"] },
    });
  });

  it("works where storage is forbidden", () => {
    const forbidden = {
      getItem: () => {
        throw new DOMException("no", "SecurityError");
      },
      setItem: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
    };
    expect(loadKeys(forbidden)).toEqual(DEFAULT_KEYS);
    expect(saveKeys(forbidden, DEFAULT_KEYS)).toBe(false);
  });
});
