/** Lines of the chart of an endpoint's traffic. Pure. */
import type { EndpointMetrics, EndpointPoint, ServingRole } from "@/api/schema.gen";
import type { ChartPoint, ChartSeries } from "@/ui/charts/series";

import { ROLES } from "../words";

const COLORS: Readonly<Record<ServingRole, string>> = {
  champion: "var(--mantine-color-whorl-7)",
  canary: "var(--mantine-color-orange-6)",
  shadow: "var(--mantine-color-violet-5)",
};

const SHORT = 15;
const DAY = 1440;

/** The stretch of time on the x axis: minutes since 1970, whole steps. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

export function stretchOf(metrics: EndpointMetrics, minutes: number, now: number): Stretch {
  const step = Math.max(1, Math.round(metrics.step_s / 60));
  const end = Math.floor(now / 60_000 / step) * step;
  return { start: Math.ceil((end - minutes) / step) * step, end, step };
}

/** Requests a minute of each role, and errors; a stretch without requests is zero, not a gap. */
export function requestLines(metrics: EndpointMetrics, stretch: Stretch): ChartSeries[] {
  const lines: ChartSeries[] = rolesOf(metrics).map((role) => ({
    key: role,
    name: role,
    color: COLORS[role],
    points: fill(metrics, stretch, (one) => (one.role === role ? one.requests / stretch.step : 0)),
    // A shadow is asked as often as the champion: both lines are to be seen.
    isDashed: role === "shadow",
  }));
  const errors = fill(metrics, stretch, (one) => one.errors / stretch.step);
  if (errors.some((one) => (one.y ?? 0) > 0)) {
    lines.push({ key: "errors", name: "errors", color: "var(--mantine-color-red-6)", points: errors });
  }
  return lines;
}

/** Median and 99th percentile of each role; nothing is said of a time without requests. */
export function latencyLines(metrics: EndpointMetrics, { start, end }: Stretch): ChartSeries[] {
  // Without a value at its ends the axis would show the stretch that has values.
  const ends = [start, end].map((x) => ({ x, y: null }));
  // The last point at an x counts, so that a value at an end is not lost.
  const room = (points: ChartPoint[]) => [...ends, ...points];
  return rolesOf(metrics).flatMap((role) => {
    const points = metrics.points.filter((one) => one.role === role && minuteOf(one) >= start);
    return [
      {
        key: `${role} p50`,
        name: `${role} p50`,
        color: COLORS[role],
        points: room(points.map((one) => ({ x: minuteOf(one), y: one.p50_ms }))),
        isDashed: true,
      },
      {
        key: `${role} p99`,
        name: `${role} p99`,
        color: COLORS[role],
        points: room(points.map((one) => ({ x: minuteOf(one), y: one.p99_ms }))),
      },
    ];
  });
}

/** A moment of the axis as a clock shows it: over more than a day with its date, over a few minutes with seconds. */
export function formatMinute(minute: number, span: number): string {
  const date = new Date(minute * 60_000);
  const clock = date.toLocaleTimeString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    second: span < SHORT ? "2-digit" : undefined,
  });
  if (span <= DAY) return clock;
  return `${date.toLocaleDateString("en", { month: "short", day: "numeric" })} ${clock}`;
}

function rolesOf(metrics: EndpointMetrics): ServingRole[] {
  const found = ROLES.filter((role) => metrics.totals.some((one) => one.role === role));
  return found.length === 0 ? ["champion"] : found;
}

function fill(
  metrics: EndpointMetrics,
  { start, end, step }: Stretch,
  valueOf: (one: EndpointPoint) => number,
): ChartPoint[] {
  const sums = new Map<number, number>();
  for (let at = start; at <= end; at += step) sums.set(at, 0);
  for (const one of metrics.points) {
    const at = minuteOf(one);
    if (at >= start && at <= end) sums.set(at, (sums.get(at) ?? 0) + valueOf(one));
  }
  return [...sums].sort((a, b) => a[0] - b[0]).map(([x, y]) => ({ x, y }));
}

function minuteOf(one: EndpointPoint): number {
  return Math.round(Date.parse(one.at) / 60_000);
}
