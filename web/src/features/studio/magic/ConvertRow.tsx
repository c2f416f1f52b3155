import { Group, Slider, Text } from "@mantine/core";
import { useRef, useState } from "react";

import { simplifyPolygon, vertexCount } from "@/canvas/geometry/simplify";
import { changeShapes, isEditable } from "@/canvas/model/edits";
import type { PolygonGeometry, Shape, ShapeId } from "@/canvas/types";

import { useStudio } from "../context";
import { ActionButton } from "../KeyButton";
import type { ItemWork } from "../session/itemWork";

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

const MOST_PX = 8;

interface SimplifySliderProps {
  readonly work: ItemWork;
  readonly polygons: readonly Shape[];
}

/** Thins the outlines while it is moved, always from what they were before; one move is one step of undo. */
function SimplifySlider({ work, polygons }: SimplifySliderProps) {
  const [tolerance, setTolerance] = useState(0);
  const [iou, setIou] = useState<number | null>(null);
  const originals = useRef<ReadonlyMap<ShapeId, PolygonGeometry> | null>(null);
  const vertices = polygons.reduce((sum, { geometry }) => sum + vertexCount(geometry), 0);
  const thin = (value: number) => {
    setTolerance(value);
    const from = (originals.current ??= new Map(
      polygons.flatMap(({ id, geometry }): [ShapeId, PolygonGeometry][] =>
        geometry.type === "polygon" ? [[id, geometry]] : [],
      ),
    ));
    let worst = 1;
    const command = changeShapes(work.doc, from.keys(), (shape) => {
      const original = from.get(shape.id);
      if (original === undefined || shape.geometry.type !== "polygon") return shape;
      const made = simplifyPolygon(original, value);
      worst = Math.min(worst, made.iou);
      return { ...shape, geometry: made.geometry };
    });
    if (command !== null) work.history.run(command, { merge: "simplify" });
    setIou(worst);
  };
  const end = () => {
    work.history.seal();
    originals.current = null;
    setTolerance(0);
  };
  return (
    <div>
      <Group justify="space-between" gap={4}>
        <Text size="xs">Simplify</Text>
        <Text size="xs" c="dimmed">
          {vertices} {vertices === 1 ? "vertex" : "vertices"}
          {iou !== null && ` · overlap ${iou.toFixed(3)}`}
        </Text>
      </Group>
      <Slider
        size="sm"
        aria-label="Simplify the outline, in pixels"
        label={(value) => `${value.toFixed(1)} px`}
        min={0}
        max={MOST_PX}
        step={0.1}
        value={tolerance}
        onChange={thin}
        onChangeEnd={end}
      />
    </div>
  );
}
