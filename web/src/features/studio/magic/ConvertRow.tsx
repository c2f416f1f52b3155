import { Group, Text } from "@mantine/core";

import { isEditable } from "@/canvas/model/edits";
import type { Shape } from "@/canvas/types";

import { useStudio } from "../context";
import { ActionButton } from "../KeyButton";
import type { ItemWork } from "../session/itemWork";
import { SimplifySlider } from "./SimplifySlider";

const KINDS = [
  { kind: "box", action: "shape.to_box", name: "Box" },
  { kind: "polygon", action: "shape.to_polygon", name: "Polygon" },
  { kind: "mask", action: "shape.to_mask", name: "Mask" },
] as const;

/** What selected shapes can be turned into, fewer vertices, and more objects like one. */
export function ConvertRow({ work, shapes }: { readonly work: ItemWork; readonly shapes: readonly Shape[] }) {
  const { recipe, task, asked } = useStudio();
  const editable = shapes.filter(isEditable);
  if (editable.length === 0 || task.kind === "validate") return null;
  // Where only outlines are mended, a shape keeps its kind.
  const isFixing = asked.mode === "fix_geometry";
  const kinds = KINDS.filter(({ kind }) => recipe === null || recipe.tools.includes(kind)).filter(
    ({ kind }) => !editable.every(({ geometry }) => geometry.type === kind),
  );
  const hasArea = editable.some(
    ({ geometry }) => !["class", "track", "points", "polyline"].includes(geometry.type),
  );
  if (!hasArea) return null;
  const polygons = editable.filter(({ geometry }) => geometry.type === "polygon");
  return (
    <>
      {kinds.length > 0 && !isFixing && (
        <Group gap={4} wrap="wrap">
          <Text size="xs" c="dimmed">
            Make it a
          </Text>
          {kinds.map(({ action, name }) => (
            <ActionButton key={action} action={action} size="compact-xs">
              {name}
            </ActionButton>
          ))}
        </Group>
      )}
      {polygons.length > 0 && (
        <SimplifySlider key={polygons.map(({ id }) => id).join(" ")} work={work} polygons={polygons} />
      )}
      {!isFixing && (
        <ActionButton action="shape.alike" fullWidth>
          Same object again
        </ActionButton>
      )}
    </>
  );
}
