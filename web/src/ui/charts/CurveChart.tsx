import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { alignSeries, valueNear, type Aligned } from "./aligned";
import classes from "./charts.module.css";
import { Legend, Reading } from "./Reading";
import { niceDomain, extent, type Extent } from "./scale";
import type { ChartSeries } from "./series";

export interface CurveChartProps {
  /** What the chart shows, for people who do not see it. */
  readonly title: string;
  readonly xTitle: string;
  readonly series: readonly ChartSeries[];
  readonly height?: number;
  /** Values that the y axis never goes beyond, such as 0 and 1 for shares. */
  readonly yLimits?: Extent;
  readonly yDomain?: Extent;
  readonly xDomain?: Extent;
  readonly formatX?: (value: number) => string;
  readonly formatY?: (value: number) => string;
  readonly hasLegend?: boolean;
  /** An x to point out by a line. */
  readonly mark?: number;
}

const FONT = "11px Inter, system-ui, sans-serif";
const COLORS = {
  light: { text: "#5c636a", grid: "#e9ecef" },
  dark: { text: "#aeb4ba", grid: "#33383d" },
} as const;
const DASH = [5, 4];
const LEFT = 52;

/**
 * Curves that grow while they are looked at: drawn on a canvas, so that thousands of points cost nothing. Drag to look
 * closer, double-click to see all; the pointer or the arrow keys read the values.
 */
export function CurveChart(props: CurveChartProps) {
  const { title, series, height = 220, formatX = sayNumber, formatY = sayNumber } = props;
  const { ref, width } = useElementSize<HTMLDivElement>();
  const aligned = useMemo(() => alignSeries(series), [series]);
  const host = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<{ index: number; left: number } | null>(null);
  const plot = usePlot({ ...props, height, formatX, formatY, host, width, aligned, onCursor: setAt });
  const step = (event: KeyboardEvent) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const { xs } = aligned;
    if (by === 0 || xs.length === 0) return;
    event.preventDefault();
    const index = Math.max(0, Math.min(xs.length - 1, (at?.index ?? (by > 0 ? -1 : xs.length)) + by));
    setAt({ index, left: plot.current?.valToPos(xs[index] ?? 0, "x") ?? 0 });
  };
  const x = at === null ? undefined : aligned.xs[at.index];
  return (
    <figure className={classes.figure}>
      <div
        ref={ref}
        className={classes.plot}
        role="group"
        aria-roledescription="chart"
        aria-label={`${title}. Arrow keys read the values.`}
        tabIndex={0}
        style={{ minHeight: height }}
        onKeyDown={step}
        onBlur={() => {
          setAt(null);
        }}
      >
        <div ref={host} aria-hidden="true" />
        {at !== null && x !== undefined && (
          <Reading
            title={`${props.xTitle} ${formatX(x)}`}
            rows={series.flatMap((one, index) => {
              const value = valueNear(aligned.ys[index] ?? [], aligned.xs, at.index);
              return value === null
                ? []
                : [{ key: one.key, name: one.name, color: one.color, value: formatY(value) }];
            })}
            left={LEFT + at.left}
            width={width}
          />
        )}
      </div>
      {props.hasLegend !== false && series.length > 1 && <Legend series={series} left={LEFT} />}
    </figure>
  );
}

interface PlotOptions extends CurveChartProps {
  readonly height: number;
  readonly formatX: (value: number) => string;
  readonly formatY: (value: number) => string;
  readonly host: { readonly current: HTMLDivElement | null };
  readonly width: number;
  readonly aligned: Aligned;
  readonly onCursor: (at: { index: number; left: number } | null) => void;
}

/** Keeps one plot per set of lines and colours; new points are only handed to it. */
function usePlot(options: PlotOptions) {
  const { host, width, height, aligned, series } = options;
  const scheme = useComputedColorScheme("light");
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const hasWidth = width > 0;
  const shape = series.map((one) => `${one.key} ${one.color} ${String(one.isDashed)}`).join("|");
  useEffect(() => {
    if (host.current === null || !hasWidth) return;
    const made = new uPlot(
      optionsOf(latest, { scheme, element: host.current }),
      dataOf(latest.current.aligned),
      host.current,
    );
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [host, hasWidth, shape, scheme]);
  useEffect(() => {
    plot.current?.setData(dataOf(aligned));
  }, [aligned]);
  const { mark } = options;
  useEffect(() => {
    plot.current?.redraw(false);
  }, [mark]);
  useEffect(() => {
    if (width > 0) plot.current?.setSize({ width, height });
  }, [width, height]);
  return plot;
}

function dataOf({ xs, ys }: Aligned): uPlot.AlignedData {
  return [xs, ...ys];
}

function optionsOf(
  latest: { readonly current: PlotOptions },
  { scheme, element }: { scheme: "light" | "dark"; element: HTMLElement },
): uPlot.Options {
  const { width, height, series } = latest.current;
  const colors = COLORS[scheme];
  const axis = { stroke: colors.text, font: FONT, ticks: { show: false } };
  return {
    width,
    height,
    legend: { show: false },
    padding: [8, 14, 0, 0],
    cursor: { y: false, points: { size: 7 }, drag: { x: true, y: false } },
    scales: {
      x: { time: false, range: (_plot, low, high) => rangeOfX(latest.current, low, high) },
      y: { range: () => rangeOfY(latest.current) },
    },
    axes: [
      {
        ...axis,
        size: 24,
        grid: { show: false },
        label: latest.current.xTitle,
        labelFont: FONT,
        labelSize: 16,
        gap: 4,
        values: (_plot, splits) => splits.map((one) => latest.current.formatX(one)),
      },
      {
        ...axis,
        size: LEFT,
        grid: { stroke: colors.grid, width: 1 },
        values: (_plot, splits) => splits.map((one) => latest.current.formatY(one)),
      },
    ],
    series: [
      {},
      ...series.map((one) => ({
        label: one.name,
        stroke: resolveColor(element, one.color),
        width: 2,
        dash: one.isDashed === true ? DASH : undefined,
        spanGaps: true,
        points: { show: one.points.filter((point) => point.y !== null).length < 2 },
      })),
    ],
    hooks: {
      draw: [
        (plot) => {
          drawMark(plot, latest.current.mark, colors.text);
        },
      ],
      setCursor: [
        (plot) => {
          const index = plot.cursor.idx;
          const left = plot.cursor.left ?? -1;
          latest.current.onCursor(typeof index !== "number" || left < 0 ? null : { index, left });
        },
      ],
    },
  };
}

function rangeOfX({ xDomain, aligned }: PlotOptions, low: number, high: number): uPlot.Range.MinMax {
  // Anything but the ends of the data is a stretch that somebody looks closer at.
  const isWhole = low === aligned.xs[0] && high === aligned.xs.at(-1);
  if (xDomain !== undefined && isWhole) return [xDomain[0], xDomain[1]];
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}

function rangeOfY({ yDomain, yLimits, aligned }: PlotOptions): uPlot.Range.MinMax {
  const [low, high] = yDomain ?? niceDomain(extent(aligned.ys.flat().map((one) => one ?? NaN)), yLimits);
  return [low, high];
}

function drawMark(plot: uPlot, x: number | undefined, color: string): void {
  if (x === undefined) return;
  const { ctx, bbox } = plot;
  const left = plot.valToPos(x, "x", true);
  ctx.save();
  ctx.strokeStyle = color;
  ctx.lineWidth = window.devicePixelRatio;
  ctx.setLineDash(DASH);
  ctx.beginPath();
  ctx.moveTo(left, bbox.top);
  ctx.lineTo(left, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

/** A canvas knows no custom properties: their values are looked up where the chart stands. */
function resolveColor(element: HTMLElement, color: string): string {
  const name = /^var\((--[\w-]+)\)$/u.exec(color)?.[1];
  return name === undefined ? color : getComputedStyle(element).getPropertyValue(name).trim() || "#888";
}

/** A number with as many digits as tell it apart. */
function sayNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}
