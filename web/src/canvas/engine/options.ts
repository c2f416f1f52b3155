/** What may be set on a canvas while it runs. */

import type { ToolSettings } from "../tools/types";
import { DEFAULT_TOOL_SETTINGS } from "../tools/types";
import { hashColor, type ColorBy } from "../render/look";
import type { Shape, ShapeId } from "../types";

export type ShownLabels = "all" | "focus" | "none";

export interface EngineOptions {
  /** Proposals less sure than this are not shown and not hit, in [0, 1]. */
  readonly threshold: number;
  /** Hide all shapes: the picture alone. */
  readonly isHidden: boolean;
  readonly hiddenSources: ReadonlySet<string>;
  readonly hiddenLabels: ReadonlySet<string>;
  /** Single shapes that somebody put out of sight. */
  readonly hiddenIds: ReadonlySet<ShapeId>;
  readonly colorBy: ColorBy;
  /** A CSS colour of the form #rrggbb for a name, always the same for the same name. */
  readonly labelColor: (label: string) => string;
  readonly sourceColor: (source: string) => string;
  /** Names on shapes: all that fit, only hovered and selected ones, none. */
  readonly showLabels: ShownLabels;
  /** How far shapes that are not selected step back, 0 not at all, 1 altogether. */
  readonly dim: number;
  /** Whether the view stays where it is when another item comes. */
  readonly keepsView: boolean;
  /** What a plain wheel does; with Ctrl it always zooms. */
  readonly wheel: "zoom" | "pan";
  readonly tools: ToolSettings;
}

export const DEFAULT_OPTIONS: EngineOptions = {
  threshold: 0,
  isHidden: false,
  hiddenSources: new Set(),
  hiddenLabels: new Set(),
  hiddenIds: new Set(),
  colorBy: "label",
  labelColor: hashColor,
  sourceColor: hashColor,
  showLabels: "all",
  dim: 0,
  keepsView: false,
  wheel: "zoom",
  tools: DEFAULT_TOOL_SETTINGS,
};

/** Whether the filters let a shape be seen; hiding all for a moment is not asked here. */
export function isShown(shape: Shape, options: EngineOptions): boolean {
  if (shape.geometry.type === "class" || shape.geometry.type === "track") return false;
  if (shape.standing === "proposal" && (shape.confidence ?? 1) < options.threshold) return false;
  if (options.hiddenIds.has(shape.id)) return false;
  return !options.hiddenSources.has(shape.source) && !options.hiddenLabels.has(shape.label);
}

/** Whether everything at rest looks different under the new options, other than by the threshold. */
export function needsRedraw(before: EngineOptions, after: EngineOptions): boolean {
  return (
    before.colorBy !== after.colorBy ||
    before.labelColor !== after.labelColor ||
    before.sourceColor !== after.sourceColor ||
    before.hiddenSources !== after.hiddenSources ||
    before.hiddenLabels !== after.hiddenLabels ||
    before.hiddenIds !== after.hiddenIds
  );
}

const BRUSH_STEP = 1.15;
const BRUSH_LIMITS = { min: 1, max: 500 };

/** The brush one step larger or smaller, in whole pixels. */
export function nextBrushRadius(now: number, by: 1 | -1): number {
  const wanted = by > 0 ? Math.max(now + 1, now * BRUSH_STEP) : Math.min(now - 1, now / BRUSH_STEP);
  return Math.round(Math.min(BRUSH_LIMITS.max, Math.max(BRUSH_LIMITS.min, wanted)));
}
