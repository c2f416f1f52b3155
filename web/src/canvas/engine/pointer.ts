/** Mouse, pen, trackpad and fingers, turned into what they mean. */

import type { Modifiers, PointerButton } from "../tools/types";
import type { Vec } from "../types";

/** A press, a move or a release meant for the tool; places are CSS pixels from the canvas's upper left corner. */
export interface ToolPointer {
  readonly kind: "down" | "move" | "up";
  readonly at: Vec;
  readonly button: PointerButton;
  readonly clicks: number;
  readonly modifiers: Modifiers;
}

export interface PointerTarget {
  /** Whether the next left drag moves the view whatever the tool: Space is held. */
  isPanHeld(): boolean;
  /** What a plain wheel does. */
  wheel(): "zoom" | "pan";
  tool(pointer: ToolPointer): void;
  /** Two fingers came down: what one had begun is off. */
  abandon(): void;
  leave(): void;
  pan(by: Vec, state: "begin" | "go" | "end"): void;
  zoom(step: { readonly at: Vec; readonly factor: number }): void;
  /** Shift and wheel: larger (1) or smaller (-1) brush. */
  brush(by: 1 | -1): void;
}

const DOUBLE_MS = 400;
const DOUBLE_PX = 6;
/** A notch of a mouse wheel is about 100 pixels: a zoom of 1.2. */
const WHEEL_ZOOM = 0.0018;
const PINCH_ZOOM = 0.01;
const LINE_PX = 16;

export class PointerInputs {
  readonly #stop = new AbortController();
  readonly #touches = new Map<number, Vec>();
  #panFrom: { readonly id: number; at: Vec } | null = null;
  #held: PointerButton = 0;
  #lastPress: {
    readonly time: number;
    readonly at: Vec;
    readonly button: number;
    readonly clicks: number;
  } | null = null;

  constructor(
    private readonly element: HTMLElement,
    private readonly target: PointerTarget,
  ) {
    const { signal } = this.#stop;
    element.addEventListener("pointerdown", (event) => this.#down(event), { signal });
    element.addEventListener("pointermove", (event) => this.#move(event), { signal });
    element.addEventListener("pointerup", (event) => this.#up(event), { signal });
    element.addEventListener("pointercancel", (event) => this.#cancel(event), { signal });
    element.addEventListener("pointerleave", () => this.target.leave(), { signal });
    element.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
    element.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
    // Else the middle button starts the browser's own scrolling.
    element.addEventListener("mousedown", (event) => event.button === 1 && event.preventDefault(), {
      signal,
    });
  }

  destroy(): void {
    this.#stop.abort();
  }

  #down(event: PointerEvent): void {
    const at = this.#place(event);
    // A made-up event (a test) has no pointer that could be captured.
    if (event.isTrusted) this.element.setPointerCapture(event.pointerId);
    if (event.pointerType === "touch") {
      this.#touches.set(event.pointerId, at);
      if (this.#touches.size === 2) this.target.abandon();
      if (this.#touches.size > 1) return;
    }
    if (event.button === 1 || (event.button === 0 && this.target.isPanHeld())) {
      this.#panFrom = { id: event.pointerId, at };
      return this.target.pan({ x: 0, y: 0 }, "begin");
    }
    if (event.button !== 0 && event.button !== 2) return;
    this.#held = event.button === 2 ? 2 : 0;
    this.target.tool({
      kind: "down",
      at,
      button: this.#held,
      clicks: this.#countClicks(event, at),
      modifiers: modifiersOf(event),
    });
  }

  #move(event: PointerEvent): void {
    const at = this.#place(event);
    if (this.#touches.size === 2 && this.#touches.has(event.pointerId))
      return this.#pinch(event.pointerId, at);
    if (this.#touches.has(event.pointerId)) this.#touches.set(event.pointerId, at);
    if (this.#panFrom?.id === event.pointerId) {
      const from = this.#panFrom.at;
      this.#panFrom.at = at;
      return this.target.pan({ x: at.x - from.x, y: at.y - from.y }, "go");
    }
    this.target.tool({ kind: "move", at, button: this.#held, clicks: 1, modifiers: modifiersOf(event) });
  }

  #up(event: PointerEvent): void {
    const wasPinch = this.#touches.size > 1;
    this.#touches.delete(event.pointerId);
    if (this.#panFrom?.id === event.pointerId) {
      this.#panFrom = null;
      return this.target.pan({ x: 0, y: 0 }, "end");
    }
    if (wasPinch || event.button === 1) return;
    const clicks = this.#lastPress?.clicks ?? 1;
    this.target.tool({
      kind: "up",
      at: this.#place(event),
      button: this.#held,
      clicks,
      modifiers: modifiersOf(event),
    });
    this.#held = 0;
  }

  #cancel(event: PointerEvent): void {
    this.#touches.delete(event.pointerId);
    if (this.#panFrom?.id === event.pointerId) {
      this.#panFrom = null;
      this.target.pan({ x: 0, y: 0 }, "end");
    } else {
      this.target.abandon();
    }
  }

  #pinch(id: number, at: Vec): void {
    const other = [...this.#touches].find(([one]) => one !== id)?.[1];
    const before = this.#touches.get(id);
    if (other === undefined || before === undefined) return;
    this.#touches.set(id, at);
    const middle = { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 };
    const spread = Math.hypot(before.x - other.x, before.y - other.y);
    const factor = spread < 1 ? 1 : Math.hypot(at.x - other.x, at.y - other.y) / spread;
    this.target.pan({ x: (at.x - before.x) / 2, y: (at.y - before.y) / 2 }, "go");
    this.target.zoom({ at: middle, factor });
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1;
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    const at = this.#place(event);
    if (event.ctrlKey || event.metaKey) {
      return this.target.zoom({ at, factor: Math.exp(-limited(dy) * PINCH_ZOOM) });
    }
    if (event.shiftKey) return this.target.brush((dy || dx) < 0 ? 1 : -1);
    if (this.target.wheel() === "pan") return this.target.pan({ x: -dx, y: -dy }, "go");
    this.target.zoom({ at, factor: Math.exp(-limited(dy) * WHEEL_ZOOM) });
  }

  #countClicks(event: PointerEvent, at: Vec): number {
    const last = this.#lastPress;
    const isAgain =
      last !== null &&
      last.clicks === 1 &&
      last.button === event.button &&
      event.timeStamp - last.time < DOUBLE_MS &&
      Math.hypot(at.x - last.at.x, at.y - last.at.y) < DOUBLE_PX;
    const clicks = isAgain ? 2 : 1;
    this.#lastPress = { time: event.timeStamp, at, button: event.button, clicks };
    return clicks;
  }

  #place(event: MouseEvent): Vec {
    const box = this.element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
}

function modifiersOf(event: MouseEvent): Modifiers {
  return { shift: event.shiftKey, alt: event.altKey, ctrl: event.ctrlKey || event.metaKey };
}

/** One event of a fast wheel must not fly over half the image. */
function limited(delta: number): number {
  return Math.min(240, Math.max(-240, delta));
}
