/**
 * Undo and redo over a document, and the log of what was done.
 *
 * What happened is a list of small JSON operations. Replayed on the document they began from, they give the same
 * document and the same history: that is how work outlives a reload.
 */

import type { Command } from "../types";
import { applyCommand, CommandMismatch, composeCommands, invertCommand, isEmptyCommand } from "./commands";
import type { ShapeDocument } from "./document";

/** One line of the op-log. */
export type HistoryOp =
  { readonly op: "do"; readonly command: Command } | { readonly op: "undo" } | { readonly op: "redo" };

/** The history as JSON: the commands done, oldest first, and those undone, the next to redo last. */
export interface HistoryState {
  readonly done: readonly Command[];
  readonly undone: readonly Command[];
}

export interface RunOptions {
  /** Commands run one after the other with the same key become one step: a drag, a stroke, a row of arrow keys. */
  readonly merge?: string | null;
}

export interface HistoryOptions {
  /** Steps kept for undo; the oldest are forgotten. */
  readonly limit?: number;
  readonly state?: HistoryState;
}

interface OpenStep {
  readonly key: string;
  readonly command: Command;
}

const DEFAULT_LIMIT = 1000;

export class History {
  readonly #limit: number;
  #done: Command[];
  #undone: Command[];
  /** The step that still grows: applied to the document, not yet in the log. */
  #open: OpenStep | null = null;
  #group: { readonly name: string; commands: Command[] } | null = null;
  readonly #followers = new Set<(op: HistoryOp) => void>();

  constructor(
    readonly doc: ShapeDocument,
    options: HistoryOptions = {},
  ) {
    this.#limit = options.limit ?? DEFAULT_LIMIT;
    this.#done = [...(options.state?.done ?? [])];
    this.#undone = [...(options.state?.undone ?? [])];
  }

  get canUndo(): boolean {
    return this.#done.length > 0 || this.#open !== null || (this.#group?.commands.length ?? 0) > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** Be told of each operation when it is complete (a drag when it is let go); gives the way to stop. */
  follow(follower: (op: HistoryOp) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Do a command. Throws CommandMismatch, nothing changed, when it does not fit the document. */
  run(command: Command, options: RunOptions = {}): void {
    if (isEmptyCommand(command)) return;
    const key = options.merge ?? null;
    if (this.#open !== null && this.#open.key !== key) this.seal();
    applyCommand(this.doc, command);
    if (this.#group !== null) {
      this.#group.commands.push(command);
    } else if (key === null) {
      this.#push(command);
    } else {
      this.#open = {
        key,
        command: this.#open === null ? command : composeCommands(this.#open.command, command),
      };
      this.#undone = [];
    }
  }

  /** Close the step that commands with one merge key have made; the next command begins another. */
  seal(): void {
    if (this.#open === null) return;
    const { command } = this.#open;
    this.#open = null;
    if (!isEmptyCommand(command)) this.#push(command);
  }

  /** Take back the step that is still open, as if it had not been begun. */
  abandon(): void {
    if (this.#open === null) return;
    const { command } = this.#open;
    this.#open = null;
    applyCommand(this.doc, invertCommand(command));
  }

  /** Make one step of all that `work` runs. When it throws, all of it is taken back. */
  group(name: string, work: () => void): void {
    if (this.#group !== null) return work();
    this.seal();
    const group = { name, commands: new Array<Command>() };
    this.#group = group;
    try {
      work();
    } catch (problem) {
      for (const command of [...group.commands].reverse()) applyCommand(this.doc, invertCommand(command));
      throw problem;
    } finally {
      this.#group = null;
    }
    if (group.commands.length > 0) this.#push({ kind: "group", name, commands: group.commands });
  }

  /** Take back the last step; gives it, or null when there is none. */
  undo(): Command | null {
    this.seal();
    const command = this.#done.at(-1);
    if (command === undefined) return null;
    applyCommand(this.doc, invertCommand(command));
    this.#done.pop();
    this.#undone.push(command);
    this.#tell({ op: "undo" });
    return command;
  }

  /** Do again the step taken back last; gives it, or null when there is none. */
  redo(): Command | null {
    this.seal();
    const command = this.#undone.at(-1);
    if (command === undefined) return null;
    applyCommand(this.doc, command);
    this.#undone.pop();
    this.#done.push(command);
    this.#tell({ op: "redo" });
    return command;
  }

  /** The complete steps, to be looked at; one that still grows is not among them and goes on growing. */
  peek(): HistoryState {
    return { done: [...this.#done], undone: [...this.#undone] };
  }

  toJSON(): HistoryState {
    this.seal();
    return { done: [...this.#done], undone: [...this.#undone] };
  }

  #push(command: Command): void {
    this.#done.push(command);
    if (this.#done.length > this.#limit) this.#done.shift();
    this.#undone = [];
    this.#tell({ op: "do", command });
  }

  #tell(op: HistoryOp): void {
    for (const follower of [...this.#followers]) follower(op);
  }
}

/** What became of a replay: the operations done, and the first that no longer fitted. */
export interface Replay {
  readonly applied: number;
  readonly failed: { readonly op: HistoryOp; readonly message: string } | null;
}

/**
 * Do an op-log again on the document it began from.
 *
 * It stops at the first operation that does not fit (the shape was removed on the server meanwhile); what came before
 * stands and can be undone.
 */
export function replayOps(history: History, ops: readonly HistoryOp[]): Replay {
  for (const [applied, op] of ops.entries()) {
    try {
      if (op.op === "do") history.run(op.command);
      else if (op.op === "undo") history.undo();
      else history.redo();
    } catch (problem) {
      if (!(problem instanceof CommandMismatch || problem instanceof RangeError)) throw problem;
      return { applied, failed: { op, message: problem.message } };
    }
  }
  return { applied: ops.length, failed: null };
}
