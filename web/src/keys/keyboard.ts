/** Listens to the keys of a page and runs the actions they mean. */
import { getAction, SCOPE_LEVEL, type Action, type ActionId, type Scope } from "./actions";
import { chordsOf, type Chord } from "./chord";
import { resolveKeys, type KeyMap, type KeySettings } from "./keymap";

export interface KeyUse {
  /** `release` comes only for actions that last while the key is down. */
  readonly phase: "press" | "release";
  readonly isRepeat: boolean;
}

/** Gives false when there was nothing to do, so that the key means what it otherwise would. */
export type KeyHandler = (use: KeyUse) => boolean | undefined;

interface Held {
  readonly action: Action;
  readonly handler: KeyHandler;
}

/** The space bar both goes on and, held, moves the picture: it acts when let go, unless something came between. */
interface Tap {
  readonly code: string;
  readonly run: () => void;
}

const FIELDS = 'input, textarea, select, [contenteditable="true"], [contenteditable=""]';
/** Inputs that one does not type into. */
const KEYLESS =
  '[type="range"], [type="radio"], [type="checkbox"], [type="button"], [type="submit"], [type="color"]';
const LAYERS = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]';
const CONTROLS =
  'button, a[href], summary, input, [role="button"], [role="checkbox"], [role="switch"], [role="tab"], [role="option"], [role="menuitem"], [role="radio"]';
const ARROW_USERS =
  '[role="slider"], [role="tab"], [role="radio"], [role="option"], [role="menuitem"], [role="treeitem"]';
/** Marks the drawing surface: there Tab goes through the shapes. */
export const CANVAS_MARK = "data-keys-canvas";

export class Keyboard {
  #map: KeyMap;
  #byChord = new Map<Chord, Action[]>();
  readonly #handlers = new Map<ActionId, KeyHandler[]>();
  readonly #scopes = new Map<Scope, number>([["global", 1]]);
  readonly #interceptors: ((event: KeyboardEvent) => boolean)[] = [];
  readonly #held = new Map<string, Held>();
  readonly #followers = new Set<() => void>();
  #tap: Tap | null = null;

  constructor(settings: KeySettings) {
    this.#map = resolveKeys(settings);
    this.#index();
  }

  get map(): KeyMap {
    return this.#map;
  }

  keysOf(id: ActionId): readonly Chord[] {
    return this.#map.get(id) ?? [];
  }

  use(settings: KeySettings): void {
    this.#map = resolveKeys(settings);
    this.#index();
    for (const follower of [...this.#followers]) follower();
  }

  /** Be told when the key map changes. */
  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Say what an action does, until the function given back is called. The latest goes first. */
  on(id: ActionId, handler: KeyHandler): () => void {
    getAction(id);
    const handlers = this.#handlers.get(id) ?? [];
    handlers.push(handler);
    this.#handlers.set(id, handlers);
    return () => {
      const at = handlers.indexOf(handler);
      if (at >= 0) handlers.splice(at, 1);
    };
  }

  /** Make a scope valid, until the function given back is called. */
  enter(scope: Scope): () => void {
    this.#scopes.set(scope, (this.#scopes.get(scope) ?? 0) + 1);
    return () => {
      this.#scopes.set(scope, (this.#scopes.get(scope) ?? 1) - 1);
    };
  }

  /** Let a half-drawn shape have Enter and Escape first: give true when the press was used. */
  intercept(interceptor: (event: KeyboardEvent) => boolean): () => void {
    this.#interceptors.push(interceptor);
    return () => {
      const at = this.#interceptors.indexOf(interceptor);
      if (at >= 0) this.#interceptors.splice(at, 1);
    };
  }

  /** Do an action as if its key was pressed (a button, the palette). Gives whether something was done. */
  run(id: ActionId): boolean {
    return this.#call(getAction(id), { phase: "press", isRepeat: false }) !== null;
  }

  /** Whether anything would be done. */
  canRun(id: ActionId): boolean {
    return this.#isValid(getAction(id)) && (this.#handlers.get(id)?.length ?? 0) > 0;
  }

  /** Listen to a window; gives the way to stop. */
  listen(target: Window): () => void {
    const down = (event: KeyboardEvent) => {
      this.press(event);
    };
    const up = (event: KeyboardEvent) => {
      this.release(event);
    };
    const spoil = () => {
      this.#tap = null;
    };
    const drop = () => {
      this.releaseAll();
    };
    target.addEventListener("keydown", down);
    target.addEventListener("keyup", up);
    target.addEventListener("pointerdown", spoil, true);
    target.addEventListener("wheel", spoil, { capture: true, passive: true });
    target.addEventListener("blur", drop);
    return () => {
      target.removeEventListener("keydown", down);
      target.removeEventListener("keyup", up);
      target.removeEventListener("pointerdown", spoil, true);
      target.removeEventListener("wheel", spoil, true);
      target.removeEventListener("blur", drop);
      this.releaseAll();
    };
  }

  /** A key went down. */
  press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    if (this.#tap !== null && this.#tap.code !== event.code) this.#tap = null;
    const place = placeOf(event.target);
    if (place.isOnCanvas || !place.isInField) {
      if (!place.isInLayer && !isForControl(event, place) && this.#interceptors.some((one) => one(event))) {
        event.preventDefault();
        return;
      }
    }
    for (const chord of chordsOf(event)) {
      if (this.#try(chord, event, place)) {
        event.preventDefault();
        return;
      }
    }
  }

  /** A key went up. */
  release(event: KeyboardEvent): void {
    const held = this.#held.get(event.code);
    if (held !== undefined) {
      this.#held.delete(event.code);
      held.handler({ phase: "release", isRepeat: false });
    }
    const tap = this.#tap;
    if (tap?.code === event.code) {
      this.#tap = null;
      tap.run();
    }
  }

  /** As if all keys were let go: the window lost the focus and will not be told. */
  releaseAll(): void {
    this.#tap = null;
    for (const [code, { handler }] of [...this.#held]) {
      this.#held.delete(code);
      handler({ phase: "release", isRepeat: false });
    }
  }

  #try(chord: Chord, event: KeyboardEvent, place: Place): boolean {
    const actions = (this.#byChord.get(chord) ?? []).filter(
      (action) => this.#isValid(action) && isWelcome(action, event, place),
    );
    for (const action of actions) {
      if (action.kind === "hold" && (event.repeat || this.#held.has(event.code))) return true;
      if (event.repeat && action.isRepeating !== true) {
        if ((this.#handlers.get(action.id)?.length ?? 0) > 0) return true;
        continue;
      }
      if (chord === "Space") return this.#wait(actions, event);
      const handler = this.#call(action, { phase: "press", isRepeat: event.repeat });
      if (handler === null) continue;
      if (action.kind === "hold") this.#held.set(event.code, { action, handler });
      return true;
    }
    return false;
  }

  #wait(actions: readonly Action[], event: KeyboardEvent): boolean {
    const use = { phase: "press", isRepeat: false } as const;
    this.#tap = { code: event.code, run: () => actions.some((action) => this.#call(action, use) !== null) };
    return true;
  }

  /** Ask the handlers, the latest first; gives the one that did it. */
  #call(action: Action, use: KeyUse): KeyHandler | null {
    const handlers = this.#handlers.get(action.id) ?? [];
    for (const handler of [...handlers].reverse()) {
      if (handler(use) !== false) return handler;
    }
    return null;
  }

  #isValid(action: Action): boolean {
    return (this.#scopes.get(action.scope) ?? 0) > 0;
  }

  #index(): void {
    const byChord = new Map<Chord, Action[]>();
    for (const [id, chords] of this.#map) {
      for (const chord of chords) byChord.set(chord, [...(byChord.get(chord) ?? []), getAction(id)]);
    }
    for (const actions of byChord.values()) {
      actions.sort((a, b) => SCOPE_LEVEL[b.scope] - SCOPE_LEVEL[a.scope]);
    }
    this.#byChord = byChord;
  }
}

/** What the element that has the focus does with keys of its own. */
interface Place {
  readonly isInField: boolean;
  readonly isInLayer: boolean;
  readonly isControl: boolean;
  readonly isArrowUser: boolean;
  readonly isOnCanvas: boolean;
}

function placeOf(target: EventTarget | null): Place {
  const element = target instanceof Element ? target : null;
  const isIn = (selector: string) => (element?.closest(selector) ?? null) !== null;
  return {
    isInField: element?.matches(FIELDS) === true && !element.matches(KEYLESS),
    isInLayer: isIn(LAYERS),
    isControl: isIn(CONTROLS),
    isArrowUser: isIn(ARROW_USERS) || element?.matches('[type="range"], [type="radio"]') === true,
    isOnCanvas: element === null || element.tagName === "BODY" || isIn(`[${CANVAS_MARK}]`),
  };
}

/** Enter and Space press the button that has the focus. */
function isForControl(event: KeyboardEvent, place: Place): boolean {
  return place.isControl && !place.isOnCanvas && (event.key === "Enter" || event.key === " ");
}

/** Whether a press means the action where the focus is. */
function isWelcome(action: Action, event: KeyboardEvent, place: Place): boolean {
  if (place.isInField || place.isInLayer) return action.isInFields === true && !place.isInLayer;
  if (isForControl(event, place)) return false;
  if (event.key === "Tab") return place.isOnCanvas;
  return !(place.isArrowUser && event.key.startsWith("Arrow"));
}
