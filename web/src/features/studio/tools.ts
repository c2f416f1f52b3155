/** Which tools a recipe allows, and which kinds of work there are. */
import {
  IconBrush,
  IconCut,
  IconEraser,
  IconLassoPolygon,
  IconLine,
  IconPointer,
  IconPointFilled,
  IconRectangle,
  IconRotateRectangle,
  IconTag,
  IconTopologyStar3,
  IconViewfinder,
  IconWand,
} from "@tabler/icons-react";
import type { ComponentType } from "react";

import type { Recipe, TaskSummary } from "@/api/schema.gen";
import type { Work } from "@/api/taskWork";
import type { ToolName } from "@/canvas/tools/types";

export interface ToolChoice {
  readonly tool: ToolName;
  readonly name: string;
  readonly icon: ComponentType<{ readonly size?: number }>;
}

type Kind = Recipe["tools"][number];

const SELECT: ToolChoice = { tool: "select", name: "Select", icon: IconPointer };

/** Outlines that are found, as polygons or masks. */
const FOUND: readonly ToolChoice[] = [
  { tool: "magic", name: "Magic outline", icon: IconWand },
  { tool: "extreme_polygon", name: "Outline from 4 points", icon: IconTopologyStar3 },
];

const BY_KIND: Readonly<Record<Kind, readonly ToolChoice[]>> = {
  box: [
    { tool: "box", name: "Box", icon: IconRectangle },
    { tool: "extreme_box", name: "Box from 4 points", icon: IconViewfinder },
  ],
  rotated_box: [{ tool: "rotated_box", name: "Rotated box", icon: IconRotateRectangle }],
  polygon: [
    { tool: "polygon", name: "Polygon", icon: IconLassoPolygon },
    { tool: "scissors", name: "Scissors along edges", icon: IconCut },
  ],
  polyline: [{ tool: "polyline", name: "Line", icon: IconLine }],
  points: [{ tool: "points", name: "Key points", icon: IconPointFilled }],
  mask: [
    { tool: "brush", name: "Brush", icon: IconBrush },
    { tool: "eraser", name: "Eraser", icon: IconEraser },
  ],
  class: [{ tool: "tag", name: "Class of the item", icon: IconTag }],
};

const ORDER: readonly Kind[] = ["box", "rotated_box", "polygon", "polyline", "points", "mask", "class"];

/** The tools of a task, in the order of the tool bar. Without a recipe all are allowed. */
export function toolsOf(
  task: Pick<TaskSummary, "kind">,
  recipe: Recipe | null,
  asked: Pick<Work, "mode">,
): readonly ToolChoice[] {
  if (task.kind === "validate" || asked.mode === "fix_geometry") return [SELECT];
  const kinds = task.kind === "classify" ? (["class"] as const) : (recipe?.tools ?? ORDER);
  const drawn = ORDER.filter((kind) => kinds.some((one) => one === kind)).flatMap((kind) => BY_KIND[kind]);
  const hasOutlines = kinds.some((kind) => kind === "polygon" || kind === "mask");
  return [SELECT, ...drawn, ...(hasOutlines ? FOUND : [])];
}

/** What can be followed from frame to frame. */
const TRACKED: ReadonlySet<ToolName> = new Set([
  "select",
  "box",
  "extreme_box",
  "rotated_box",
  "polygon",
  "polyline",
  "points",
  "tag",
]);

/** Of the tools of a task those that an item can be worked on with. */
export function toolsFor(
  tools: readonly ToolChoice[],
  { isVideo }: { readonly isVideo: boolean },
): readonly ToolChoice[] {
  return isVideo ? tools.filter(({ tool }) => TRACKED.has(tool)) : tools;
}

/** Whether nothing is drawn in this task: one class is chosen for each item. */
export function isClassOnly(tools: readonly ToolChoice[]): boolean {
  return (
    tools.every(({ tool }) => tool === "select" || tool === "tag") && tools.some(({ tool }) => tool === "tag")
  );
}

/** The tool to begin with: the recipe's first that draws. */
export function firstTool(tools: readonly ToolChoice[]): ToolName {
  return tools.find(({ tool }) => tool !== "select")?.tool ?? "select";
}
