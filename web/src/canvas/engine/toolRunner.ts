/** Runs the chosen tool: hands it events, does what its steps say. */

import type { EdgeField } from "../masks/edges";
import { CommandMismatch } from "../model/commands";
import {
  EMPTY_PREVIEW,
  type MagicPrompts,
  type Modifiers,
  type PathQuestion,
  type Preview,
  type RunningTool,
  type ToolAnswer,
  type ToolEffect,
  type ToolEvent,
  type ToolName,
  type ToolSettings,
} from "../tools/types";
import type { AttributeValue, ShapeId, Vec } from "../types";
import { toImage, visibleRect, type Viewport } from "../viewport";
import type { ItemView } from "./itemView";
import type { ToolPointer } from "./pointer";

export interface ToolRunnerTarget {
  item(): ItemView | null;
  viewport(): Viewport;
  settings(): ToolSettings;
  makeTool(name: ToolName): RunningTool;
  newId(): ShapeId;
  /** The preview changed. */
  preview(preview: Preview): void;
  pan(by: Vec): void;
  dropped(sentence: string): void;
  segment(request: { readonly request: number; readonly prompts: MagicPrompts }): void;
  path(question: PathQuestion): void;
  /** Edge strengths of the picture, for tools that look at them; null while they are not known. */
  edges(): EdgeField | null;
}

/** Arrow keys pressed in a row are one step; it is closed, and so told and saved, after this pause. */
const PAUSE_MS = 400;

export class ToolRunner {
  #pause: ReturnType<typeof setTimeout> | undefined;
  #tool: RunningTool;
  #label: string | null = null;
  #attributes: Readonly<Record<string, AttributeValue>> = {};
  /** A button is down: a drag or a stroke is under way. */
  #isPressed = false;
  /** Requests whose answers are awaited: our number, and the tool's. A tool begins to count anew with each gesture. */
  readonly #asked = new Map<number, number>();
  #nextRequest = 1;

  constructor(private readonly target: ToolRunnerTarget) {
    this.#tool = target.makeTool("select");
  }

  get name(): ToolName {
    return this.#tool.name;
  }

  get isPressed(): boolean {
    return this.#isPressed;
  }

  /** Whether nothing is half drawn. */
  get isIdle(): boolean {
    return !this.#isPressed && this.#tool.isIdle;
  }

  get label(): string | null {
    return this.#label;
  }

  choose(name: ToolName): void {
    this.abandon();
    this.#tool = this.target.makeTool(name);
    this.target.preview(EMPTY_PREVIEW);
  }

  setLabel(label: string | null, attributes: Readonly<Record<string, AttributeValue>>): void {
    this.#label = label;
    this.#attributes = attributes;
  }

  /** Forget what is half drawn and take back a drag or stroke that is under way. */
  abandon(): void {
    const history = this.target.item()?.history;
    if (this.isIdle) history?.seal();
    else history?.abandon();
    this.#tool.reset();
    this.#asked.clear();
    this.#isPressed = false;
    this.target.preview(EMPTY_PREVIEW);
  }

  pointer(pointer: ToolPointer): void {
    if (pointer.kind === "down") this.#isPressed = true;
    const at = toImage(this.target.viewport(), pointer.at);
    const { kind, button, clicks, modifiers } = pointer;
    this.#send({ kind, x: at.x, y: at.y, button, clicks, modifiers });
    if (pointer.kind === "up") this.#isPressed = false;
  }

  leave(): void {
    if (!this.#isPressed) this.#send({ kind: "leave" });
  }

  /** Hand a key to the tool; says whether it meant something to it. */
  key(key: string, modifiers: Modifiers): boolean {
    return this.#send({ kind: "key", key, modifiers });
  }

  /** An answer to what the tool asked; one that nobody waits for any more is left. */
  answer(result: ToolAnswer): void {
    const request = this.#asked.get(result.request);
    if (request === undefined) return;
    this.#asked.delete(result.request);
    this.#send({ ...result, request });
  }

  #send(event: ToolEvent): boolean {
    const item = this.target.item();
    if (item === null) return false;
    const viewport = this.target.viewport();
    const step = this.#tool.send(event, {
      doc: item.doc,
      finder: item.finder,
      selection: item.selection.ids,
      zoom: viewport.scale,
      visible: visibleRect(viewport),
      label: this.#label,
      attributes: this.#attributes,
      settings: this.target.settings(),
      edges: this.target.edges(),
      newId: () => this.target.newId(),
    });
    try {
      for (const command of step.commands) item.history.run(command, { merge: step.merge });
    } catch (problem) {
      if (!(problem instanceof CommandMismatch)) throw problem;
      this.#tool.reset();
      this.target.dropped("The shape changed meanwhile: nothing was done.");
    }
    for (const effect of step.effects) this.#bring(effect, item);
    if (step.done) item.history.seal();
    else if (step.commands.length > 0 && this.isIdle) this.#sealAfterPause(item);
    if (step.selection !== null) item.selection.change(step.selection);
    this.target.preview(step.preview);
    if (step.dropped !== null) this.target.dropped(step.dropped);
    return step.isHandled;
  }

  #sealAfterPause(item: ItemView): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      if (this.isIdle) item.history.seal();
    }, PAUSE_MS);
  }

  #bring(effect: ToolEffect, item: ItemView): void {
    switch (effect.kind) {
      case "pan":
        return this.target.pan(effect.by);
      case "abandon":
        return item.history.abandon();
      case "segment":
        return this.target.segment({ prompts: effect.prompts, request: this.#number(effect.request) });
      case "path": {
        const { from, to, isLive } = effect;
        return this.target.path({ from, to, isLive, request: this.#number(effect.request) });
      }
    }
  }

  #number(ofTool: number): number {
    const request = this.#nextRequest;
    this.#nextRequest += 1;
    this.#asked.set(request, ofTool);
    return request;
  }
}
