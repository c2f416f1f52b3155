import { createContext, useContext } from "react";

import type { CountKind } from "./marks";

export interface CanvasTools {
  readonly isEditing: boolean;
  readonly hasFoot: boolean;
  /** A count was clicked. */
  readonly onCount?: (node: string, kind: CountKind) => void;
}

/** What nodes and edges need from the canvas around them. */
export const CanvasContext = createContext<CanvasTools>({ isEditing: false, hasFoot: false });

export function useCanvas(): CanvasTools {
  return useContext(CanvasContext);
}
