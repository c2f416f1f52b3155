import { Group, Slider, Text } from "@mantine/core";
import { useState } from "react";

import { isSameGeometry } from "@/canvas/geometry/same";
import { simplifyPolygon, vertexCount } from "@/canvas/geometry/simplify";
import { changeShapes } from "@/canvas/model/edits";
import type { PolygonGeometry, Shape, ShapeId } from "@/canvas/types";

import type { ItemWork } from "../session/itemWork";

const MOST_PX = 8;

/** Where the slider stands: from which outlines it began, and what it made of them. */
interface Thinned {
  readonly tolerance: number;
  readonly iou: number;
  readonly from: ReadonlyMap<ShapeId, PolygonGeometry>;
  readonly made: ReadonlyMap<ShapeId, PolygonGeometry>;
}

export interface SimplifySliderProps {
  readonly work: ItemWork;
  readonly polygons: readonly Shape[];
}

/** Thins outlines, always from what they were before it was moved; one move is one step of undo. */
export function SimplifySlider({ work, polygons }: SimplifySliderProps) {
  const [thinned, setThinned] = useState<Thinned | null>(null);
  // After an undo or another edit it begins anew.
  const current = thinned !== null && isStanding(thinned, polygons) ? thinned : null;
  const vertices = polygons.reduce((sum, { geometry }) => sum + vertexCount(geometry), 0);
  const thin = (tolerance: number) => {
    const next = thinBy(tolerance, current?.from ?? outlinesOf(polygons));
    const command = changeShapes(work.doc, next.made.keys(), (shape) => {
      const geometry = next.made.get(shape.id);
      return geometry === undefined ? shape : { ...shape, geometry };
    });
    if (command !== null) work.history.run(command, { merge: "simplify" });
    setThinned(next);
  };
  return (
    <div>
      <Group justify="space-between" gap={4}>
        <Text size="xs">Simplify{current !== null && ` by ${current.tolerance.toFixed(1)} px`}</Text>
        <Text size="xs" c="dimmed">
          {vertices} vertices{current !== null && ` · overlap ${current.iou.toFixed(3)}`}
        </Text>
      </Group>
      <Slider
        size="sm"
        thumbLabel="Simplify the outline, in pixels"
        label={null}
        min={0}
        max={MOST_PX}
        step={0.1}
        value={current?.tolerance ?? 0}
        onChange={thin}
        onChangeEnd={() => {
          work.history.seal();
        }}
      />
    </div>
  );
}

function outlinesOf(polygons: readonly Shape[]): ReadonlyMap<ShapeId, PolygonGeometry> {
  return new Map(
    polygons.flatMap(({ id, geometry }): [ShapeId, PolygonGeometry][] =>
      geometry.type === "polygon" ? [[id, geometry]] : [],
    ),
  );
}

function thinBy(tolerance: number, from: ReadonlyMap<ShapeId, PolygonGeometry>): Thinned {
  const all = [...from].map(([id, polygon]) => ({ id, ...simplifyPolygon(polygon, tolerance) }));
  return {
    tolerance,
    iou: Math.min(1, ...all.map(({ iou }) => iou)),
    from,
    made: new Map(all.map(({ id, geometry }) => [id, geometry])),
  };
}

function isStanding({ made }: Thinned, polygons: readonly Shape[]): boolean {
  return polygons.every(({ id, geometry }) => {
    const one = made.get(id);
    return one !== undefined && isSameGeometry(one, geometry);
  });
}
