import { useComputedColorScheme } from "@mantine/core";
import { BarChart, HeatmapChart } from "echarts/charts";
import {
  BrushComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  VisualMapComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

echarts.use([
  BarChart,
  HeatmapChart,
  BrushComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  VisualMapComponent,
  CanvasRenderer,
]);

export interface ChartColors {
  readonly text: string;
  readonly line: string;
  readonly accent: string;
  readonly panel: string;
  readonly low: string;
}

const COLORS: Readonly<Record<"light" | "dark", ChartColors>> = {
  light: { text: "#5c636a", line: "#e3e7ea", accent: "#22a2b1", panel: "#ffffff", low: "#eef6f7" },
  dark: { text: "#aeb4ba", line: "#3a3f45", accent: "#33b9c8", panel: "#2a2e33", low: "#20373b" },
};

export interface ChartProps {
  readonly label: string;
  readonly height: number;
  readonly optionOf: (colors: ChartColors) => echarts.EChartsCoreOption;
  /** A click at a place of the grid, as indices of its axes. */
  readonly onPick?: (at: { readonly x: number; readonly y: number }) => void;
  /** A stretch of the horizontal axis was marked, as indices, both included. */
  readonly onBrush?: (span: { readonly first: number; readonly last: number }) => void;
}

/** One chart; its tooltip is drawn, since the page's policy takes no inline styles. */
export function Chart({ label, height, optionOf, onPick, onBrush }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<echarts.ECharts | null>(null);
  const scheme = useComputedColorScheme("light");
  const handlers = useRef({ onPick, onBrush });
  useEffect(() => {
    handlers.current = { onPick, onBrush };
  });
  const isBrushed = onBrush !== undefined;

  useEffect(() => {
    if (host.current === null) return;
    const made = echarts.init(host.current);
    chart.current = made;
    const sizes = new ResizeObserver(() => {
      made.resize();
    });
    sizes.observe(host.current);
    made.getZr().on("click", (event) => {
      const place = [event.offsetX, event.offsetY];
      const at: unknown = made.containPixel("grid", place) ? made.convertFromPixel("grid", place) : null;
      if (Array.isArray(at))
        handlers.current.onPick?.({ x: Math.round(Number(at[0])), y: Math.round(Number(at[1])) });
    });
    made.on("brushEnd", (event) => {
      const span = spanOf(event);
      if (span !== null) handlers.current.onBrush?.(span);
      made.dispatchAction({ type: "brush", areas: [] });
    });
    return () => {
      sizes.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    const made = chart.current;
    if (made === null) return;
    made.setOption(
      { animation: false, tooltip: tooltipFor(COLORS[scheme]), ...optionOf(COLORS[scheme]) },
      { notMerge: true },
    );
    if (isBrushed) {
      const brushOption = { brushType: "lineX", brushMode: "single" };
      made.dispatchAction({ type: "takeGlobalCursor", key: "brush", brushOption });
    }
  }, [optionOf, scheme, isBrushed]);
  return <div ref={host} role="img" aria-label={label} style={{ height }} />;
}

function tooltipFor(colors: ChartColors) {
  return {
    renderMode: "richText",
    backgroundColor: colors.panel,
    borderColor: colors.line,
    textStyle: { color: colors.text, fontSize: 12 },
  };
}

function spanOf(event: unknown): { first: number; last: number } | null {
  if (typeof event !== "object" || event === null || !("areas" in event) || !Array.isArray(event.areas))
    return null;
  const [area]: unknown[] = event.areas;
  if (typeof area !== "object" || area === null || !("coordRange" in area) || !Array.isArray(area.coordRange))
    return null;
  const [first, last]: unknown[] = area.coordRange;
  return typeof first === "number" && typeof last === "number" ? { first, last } : null;
}
