/** What a canvas shows on nodes and edges besides the graph itself. */

export type Change = "added" | "removed" | "changed";
export type CountKind = "waiting" | "running" | "parked" | "done" | "failed";

export interface Counts {
  readonly waiting: number;
  readonly running: number;
  readonly parked: number;
  readonly done: number;
  readonly failed: number;
}

export interface NodeMark {
  /** What keeps it from running, in words. */
  readonly problems?: readonly string[];
  readonly warnings?: readonly string[];
  readonly change?: Change;
  readonly counts?: Counts;
  /** Something below the name besides its kind, such as a rate or a cost. */
  readonly note?: string;
  /** What starts runs here, in words. */
  readonly starts?: string;
  /** Parked tokens wait for people. */
  readonly isForPeople?: boolean;
}

export interface EdgeMark {
  readonly problems?: readonly string[];
  readonly change?: Change;
  /** Tokens came this way just now. */
  readonly isMoving?: boolean;
  /** How many went this way. */
  readonly count?: number;
}

export interface Marks {
  readonly nodes: ReadonlyMap<string, NodeMark>;
  /** By `edgeKey`. */
  readonly edges: ReadonlyMap<string, EdgeMark>;
}

export const NO_MARKS: Marks = { nodes: new Map(), edges: new Map() };

export interface Selection {
  readonly nodes: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
}

export const NOTHING: Selection = { nodes: new Set(), edges: new Set() };

export const COUNT_KINDS: readonly CountKind[] = ["failed", "running", "waiting", "parked", "done"];

/** Words of a count: `3 for people`. */
export function countWord(kind: CountKind, isForPeople: boolean): string {
  if (kind === "running") return "at work";
  return kind === "parked" && isForPeople ? "for people" : kind;
}
