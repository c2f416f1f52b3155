// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { CANVAS_MARK, Keyboard } from "./keyboard";
import { DEFAULT_KEYS } from "./keymap";

let keys: Keyboard;
let stop: () => void;
let log: string[];

function note(id: string, answer?: boolean): void {
  keys.on(id, ({ phase }) => {
    log.push(phase === "press" ? id : `${id} released`);
    return answer;
  });
}

function send(
  type: "keydown" | "keyup",
  key: string,
  more: KeyboardEventInit & { on?: Element } = {},
): boolean {
  const { on, ...rest } = more;
  const code = rest.code ?? (/^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key);
  const event = new KeyboardEvent(type, { key, bubbles: true, cancelable: true, ...rest, code });
  return (on ?? document.body).dispatchEvent(event);
}

beforeEach(() => {
  document.body.replaceChildren();
  keys = new Keyboard(DEFAULT_KEYS);
  keys.enter("studio");
  stop = keys.listen(window);
  log = [];
});

afterEach(() => {
  stop();
});

function element(tag: string, attributes: Record<string, string> = {}): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  document.body.append(made);
  return made;
}

describe("a key", () => {
  it("runs its action and keeps the browser from using it", () => {
    note("item.next");
    expect(send("keydown", "d")).toBe(false);
    expect(log).toEqual(["item.next"]);
  });

  it("is the browser's where nobody handles it", () => {
    expect(send("keydown", "d")).toBe(true);
    note("item.next", false);
    expect(send("keydown", "d")).toBe(true);
  });

  it("means nothing outside its scope", () => {
    note("review.issue");
    send("keydown", "i");
    const leave = keys.enter("review");
    send("keydown", "i");
    leave();
    send("keydown", "i");
    expect(log).toEqual(["review.issue"]);
  });

  it("means the narrower scope's action first, and the wider one when that has nothing to do", () => {
    note("item.submit");
    const off = keys.on("review.approve", () => {
      log.push("review.approve");
      return true;
    });
    keys.enter("review");
    send("keydown", "Enter");
    off();
    send("keydown", "Enter");
    expect(log).toEqual(["review.approve", "item.submit"]);
  });

  it("held down repeats only what may repeat", () => {
    note("item.next");
    note("edit.undo");
    send("keydown", "d");
    send("keydown", "d", { repeat: true });
    send("keydown", "z", { ctrlKey: true });
    send("keydown", "z", { ctrlKey: true, repeat: true });
    expect(log).toEqual(["item.next", "edit.undo", "edit.undo"]);
  });
});

describe("where the focus is", () => {
  it("leaves fields alone, but for what is meant to work in them", () => {
    note("item.next");
    note("item.save");
    note("item.submit");
    const field = element("input");
    send("keydown", "d", { on: field });
    send("keydown", "Enter", { on: field });
    send("keydown", "s", { on: field, ctrlKey: true });
    send("keydown", "d", { on: element("textarea") });
    expect(log).toEqual(["item.save"]);
  });

  it("goes on while a switch or a choice has the focus, which use Space and the arrows", () => {
    note("item.next");
    note("item.submit");
    send("keydown", "d", { on: element("input", { type: "radio" }) });
    send("keydown", "d", { on: element("input", { type: "checkbox" }) });
    send("keydown", "Enter", { on: element("input", { type: "checkbox" }) });
    send("keydown", "ArrowRight", { on: element("input", { type: "radio" }) });
    expect(log).toEqual(["item.next", "item.next"]);
  });

  it("leaves dialogs alone", () => {
    note("item.next");
    const dialog = element("div", { role: "dialog" });
    const inside = document.createElement("div");
    dialog.append(inside);
    send("keydown", "d", { on: inside });
    expect(log).toEqual([]);
  });

  it("lets Enter press the button that has the focus", () => {
    note("item.submit");
    send("keydown", "Enter", { on: element("button") });
    expect(log).toEqual([]);
    send("keydown", "Enter", { on: element("div", { [CANVAS_MARK]: "", role: "button" }) });
    expect(log).toEqual(["item.submit"]);
  });

  it("takes Tab only on the canvas, so that the keyboard is not trapped", () => {
    note("shape.next");
    expect(send("keydown", "Tab", { on: element("button") })).toBe(true);
    expect(send("keydown", "Tab", { on: element("div", { [CANVAS_MARK]: "" }) })).toBe(false);
    expect(log).toEqual(["shape.next"]);
  });

  it("leaves the arrow keys to a slider", () => {
    note("item.next");
    send("keydown", "ArrowRight", { on: element("div", { role: "slider" }) });
    expect(log).toEqual([]);
  });
});

describe("the space bar", () => {
  it("acts when it is let go", () => {
    note("item.submit");
    send("keydown", " ", { code: "Space" });
    expect(log).toEqual([]);
    send("keyup", " ", { code: "Space" });
    expect(log).toEqual(["item.submit"]);
  });

  it("does not act when the picture was moved meanwhile", () => {
    note("item.submit");
    send("keydown", " ", { code: "Space" });
    document.body.dispatchEvent(new Event("pointerdown", { bubbles: true }));
    send("keyup", " ", { code: "Space" });
    send("keydown", " ", { code: "Space" });
    send("keydown", "x");
    send("keyup", " ", { code: "Space" });
    expect(log).toEqual([]);
  });
});

describe("holding", () => {
  it("lasts while the key is down", () => {
    note("view.peek");
    send("keydown", "q");
    send("keydown", "q", { repeat: true });
    send("keyup", "q");
    expect(log).toEqual(["view.peek", "view.peek released"]);
  });

  it("ends when the window loses the focus", () => {
    note("view.peek");
    send("keydown", "q");
    window.dispatchEvent(new Event("blur"));
    send("keyup", "q");
    expect(log).toEqual(["view.peek", "view.peek released"]);
  });
});

describe("a half-drawn shape", () => {
  it("has the keys first", () => {
    note("item.submit");
    let isDrawing = true;
    keys.intercept((event) => isDrawing && event.key === "Enter");
    expect(send("keydown", "Enter")).toBe(false);
    isDrawing = false;
    send("keydown", "Enter");
    expect(log).toEqual(["item.submit"]);
  });
});

describe("layouts", () => {
  it("acts on AZERTY as on QWERTY", () => {
    note("item.previous");
    note("class.2");
    note("edit.undo");
    send("keydown", "a", { code: "KeyQ" });
    send("keydown", "é", { code: "Digit2" });
    send("keydown", "z", { code: "KeyW", ctrlKey: true });
    expect(log).toEqual(["item.previous", "class.2", "edit.undo"]);
  });

  it("acts on QWERTZ as on QWERTY", () => {
    note("edit.undo");
    note("proposal.accept");
    note("class.palette");
    note("class.7");
    send("keydown", "z", { code: "KeyY", ctrlKey: true });
    send("keydown", "y", { code: "KeyZ" });
    send("keydown", "/", { code: "Digit7", shiftKey: true });
    expect(log).toEqual(["edit.undo", "proposal.accept", "class.palette"]);
  });

  it("follows a new map at once", () => {
    note("item.next");
    let told = 0;
    keys.follow(() => (told += 1));
    keys.use({ preset: "CVAT", own: {} });
    send("keydown", "d");
    send("keydown", "f");
    expect([log, told]).toEqual([["item.next"], 1]);
    expect(keys.keysOf("item.next")).toEqual(["F", "ArrowRight"]);
  });
});
