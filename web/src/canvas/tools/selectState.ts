/** What the select tool remembers between events. */

import type { Handle } from "../geometry/handles";
import type { VertexAt } from "../geometry/polygon";
import type { ShapeId, XY } from "../types";

export interface VertexOf extends VertexAt {
  readonly id: ShapeId;
}

export type Gesture =
  | { readonly kind: "rest" }
  /** The button is down on a shape; a click or a move may follow. `hits` are the shapes there, the smallest first. */
  | {
      readonly kind: "press";
      readonly at: XY;
      readonly hits: readonly ShapeId[];
      readonly wasSelected: boolean;
      readonly pending: "toggle" | "beneath" | "click";
    }
  | { readonly kind: "move"; readonly from: XY; readonly to: XY; readonly ids: readonly ShapeId[] }
  | {
      readonly kind: "handle";
      readonly id: ShapeId;
      readonly handle: Handle;
      readonly from: XY;
      readonly to: XY;
    }
  | { readonly kind: "band"; readonly from: XY; readonly to: XY; readonly mode: "set" | "add" | "remove" }
  /** The button is down on nothing; without a move it clears the selection. */
  | { readonly kind: "empty"; readonly at: XY; readonly isPanning: boolean };

export interface SelectState {
  readonly gesture: Gesture;
  /** The vertex last touched: Delete takes it away. */
  readonly vertex: VertexOf | null;
}

export const SELECT_START: SelectState = { gesture: { kind: "rest" }, vertex: null };
