/** A tool at work on a document, fed by a script: what the engine does, without a page. */

import { DocumentFinder } from "../geometry/finder";
import type { ShapeDocument } from "../model/document";
import { History, type HistoryOp } from "../model/history";
import { Selection } from "../model/selection";
import { makeTool } from "../tools/registry";
import {
  DEFAULT_TOOL_SETTINGS,
  type MagicResult,
  type Modifiers,
  type Preview,
  type RunningTool,
  type ToolEffect,
  type ToolEvent,
  type ToolName,
  type ToolSettings,
  type ToolStep,
} from "../tools/types";
import type { Command, Geometry } from "../types";
import { countingIds, makeDocument } from "./shapes";

type Held = Partial<Modifiers> & { readonly button?: 0 | 1 | 2; readonly clicks?: number };

export interface DeskOptions {
  readonly doc?: ShapeDocument;
  readonly label?: string | null;
  readonly zoom?: number;
  readonly settings?: Partial<ToolSettings>;
}

export class Desk {
  readonly doc: ShapeDocument;
  readonly history: History;
  readonly selection: Selection;
  /** Every command that was run, in order. */
  readonly commands: Command[] = [];
  readonly log: HistoryOp[] = [];
  readonly dropped: string[] = [];
  readonly effects: ToolEffect[] = [];
  last: ToolStep<unknown> | null = null;
  settings: ToolSettings;
  zoom: number;
  #tool: RunningTool;
  readonly #finder: DocumentFinder;
  readonly #label: string | null;
  readonly #newId = countingIds();

  constructor(tool: ToolName, options: DeskOptions = {}) {
    this.doc = options.doc ?? makeDocument();
    this.history = new History(this.doc);
    this.history.follow((op) => this.log.push(op));
    this.selection = new Selection(this.doc);
    this.#finder = new DocumentFinder(this.doc);
    this.#label = options.label === undefined ? "cat" : options.label;
    this.settings = { ...DEFAULT_TOOL_SETTINGS, ...options.settings };
    this.zoom = options.zoom ?? 1;
    this.#tool = makeTool(tool);
  }

  take(tool: ToolName): void {
    this.#tool = makeTool(tool);
  }

  get isIdle(): boolean {
    return this.#tool.isIdle;
  }

  get preview(): Preview {
    if (this.last === null) throw new Error("Nothing has happened yet.");
    return this.last.preview;
  }

  get geometries(): Geometry[] {
    return this.doc.shapes().map((shape) => shape.geometry);
  }

  get selected(): string[] {
    return [...this.selection.ids];
  }

  send(event: ToolEvent): ToolStep<unknown> {
    const step = this.#tool.send(event, {
      doc: this.doc,
      finder: this.#finder,
      selection: this.selection.ids,
      zoom: this.zoom,
      label: this.#label,
      attributes: {},
      settings: this.settings,
      newId: this.#newId,
    });
    for (const command of step.commands) {
      this.history.run(command, { merge: step.merge });
      this.commands.push(command);
    }
    for (const effect of step.effects) {
      if (effect.kind === "abandon") this.history.abandon();
      this.effects.push(effect);
    }
    if (step.done) this.history.seal();
    if (step.selection !== null) this.selection.change(step.selection);
    if (step.dropped !== null) this.dropped.push(step.dropped);
    this.last = step;
    return step;
  }

  down(x: number, y: number, held: Held = {}): ToolStep<unknown> {
    return this.#pointer("down", [x, y], held);
  }

  move(x: number, y: number, held: Held = {}): ToolStep<unknown> {
    return this.#pointer("move", [x, y], held);
  }

  up(x: number, y: number, held: Held = {}): ToolStep<unknown> {
    return this.#pointer("up", [x, y], held);
  }

  click(x: number, y: number, held: Held = {}): void {
    this.move(x, y, held);
    this.down(x, y, held);
    this.up(x, y, held);
  }

  drag(from: readonly [number, number], to: readonly [number, number], held: Held = {}): void {
    this.down(from[0], from[1], held);
    this.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2, held);
    this.move(to[0], to[1], held);
    this.up(to[0], to[1], held);
  }

  key(key: string, held: Held = {}): ToolStep<unknown> {
    return this.send({ kind: "key", key, modifiers: modifiersOf(held) });
  }

  /** Several keys, by name, one after the other; `3*ArrowUp` is three times the same. */
  keys(...names: readonly string[]): void {
    for (const name of names) {
      const [count, key] = name.includes("*") ? name.split("*") : ["1", name];
      for (let i = 0; i < Number(count); i += 1) this.key(key ?? "");
    }
  }

  answer(result: Omit<MagicResult, "kind">): ToolStep<unknown> {
    return this.send({ kind: "magic", ...result });
  }

  #pointer(kind: "down" | "move" | "up", at: readonly [number, number], held: Held): ToolStep<unknown> {
    const { button = 0, clicks = 1 } = held;
    return this.send({ kind, x: at[0], y: at[1], button, clicks, modifiers: modifiersOf(held) });
  }
}

function modifiersOf(held: Held): Modifiers {
  return { shift: held.shift ?? false, alt: held.alt ?? false, ctrl: held.ctrl ?? false };
}
