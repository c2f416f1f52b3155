/** Curves of several trainings over one axis. Pure. */
import type { ModelTable } from "@/api/schema.gen";
import { smooth } from "@/ui/charts/aligned";
import type { ChartSeries } from "@/ui/charts/series";

export const AXES = ["seconds", "epoch", "progress"] as const;
export type Axis = (typeof AXES)[number];

const SPAN = 7;

/** The axes that at least one training can be drawn over. */
export function axesOf(curves: ModelTable["curves"]): Axis[] {
  return AXES.filter((axis) => curves.some((one) => one.points.some((point) => point[axis] !== undefined)));
}

/** The axis asked for where it can be drawn, else the first that can. */
export function chosenAxis(curves: ModelTable["curves"], axis: Axis): Axis {
  const axes = axesOf(curves);
  return axes.includes(axis) ? axis : (axes[0] ?? "seconds");
}

/** What to show first: a score rather than a loss, since it can be read. */
export function usualSeries(names: readonly string[]): string | null {
  return names.find((name) => /accuracy|ap50|map|miou|f1/u.test(name)) ?? names[0] ?? null;
}

export function curveSeries(
  table: Pick<ModelTable, "rows" | "curves">,
  options: { key: string; axis: Axis; isSmooth: boolean; colorOf: (at: number) => string },
): ChartSeries[] {
  const { key, axis, isSmooth, colorOf } = options;
  return table.rows.flatMap((row, at) => {
    const curve = table.curves.find((one) => one.model_id === row.model_id);
    const points = (curve?.points ?? []).flatMap((point) => {
      const x = point[axis];
      const y = point[key];
      return x === undefined || y === undefined ? [] : [{ x, y }];
    });
    if (points.length === 0) return [];
    const ys = isSmooth
      ? smooth(
          points.map((one) => one.y),
          SPAN,
        )
      : points.map((one) => one.y);
    return [
      {
        key: row.model_id,
        name: row.name,
        color: colorOf(at),
        points: points.map((one, index) => ({ x: one.x, y: ys[index] ?? null })),
      },
    ];
  });
}
