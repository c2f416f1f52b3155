import { useElementSize } from "@mantine/hooks";
import { useState, type KeyboardEvent, type PointerEvent } from "react";

import classes from "./charts.module.css";
import { Legend, Reading } from "./Reading";
import {
  extent,
  linePath,
  nearestIndex,
  niceDomain,
  niceStep,
  place,
  stepDigits,
  ticks,
  type Extent,
  type Scale,
} from "./scale";
import { readAt, sortedXs, type ChartSeries } from "./series";

export interface LineChartProps {
  /** What the chart shows, for people who do not see it. */
  readonly title: string;
  readonly xTitle: string;
  readonly series: readonly ChartSeries[];
  readonly height?: number;
  /** Values that the y axis never goes beyond, such as 0 and 1 for shares. */
  readonly yLimits?: Extent;
  readonly yDomain?: Extent;
  readonly xDomain?: Extent;
  /** Draws the diagonal, on which a well calibrated model lies. */
  readonly hasDiagonal?: boolean;
  readonly formatX?: (value: number) => string;
  readonly formatY?: (value: number) => string;
  readonly hasLegend?: boolean;
}

const PAD = { top: 10, right: 14, bottom: 34, left: 46 };

/** Lines over a number axis, with a reading at the pointer or, by the arrow keys, at each x. */
export function LineChart(props: LineChartProps) {
  const { title, series, height = 220, formatX = String, formatY } = props;
  const { ref, width } = useElementSize<HTMLDivElement>();
  const [at, setAt] = useState<number | null>(null);
  const xs = sortedXs(series);
  const frame = makeFrame(props, { width, height });
  const showY = formatY ?? ((value: number) => value.toFixed(frame.digits + 1));
  const point = (event: PointerEvent<HTMLDivElement>) => {
    const left = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const places = xs.map((one) => place(frame.x, one));
    const nearest = nearestIndex(places, left);
    setAt(nearest === -1 ? null : nearest);
  };
  const step = (event: KeyboardEvent) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0 || xs.length === 0) return;
    event.preventDefault();
    setAt(Math.max(0, Math.min(xs.length - 1, (at ?? (by > 0 ? -1 : xs.length)) + by)));
  };
  const x = at === null ? undefined : xs[at];
  return (
    <figure className={classes.figure}>
      <div
        ref={ref}
        className={classes.plot}
        role="group"
        aria-roledescription="chart"
        aria-label={`${title}. Arrow keys read the values.`}
        tabIndex={0}
        onPointerMove={point}
        onPointerLeave={() => {
          setAt(null);
        }}
        onKeyDown={step}
        onBlur={() => {
          setAt(null);
        }}
      >
        {width > 0 && (
          <svg width={width} height={height} aria-hidden="true">
            <Axes frame={frame} xTitle={props.xTitle} formatX={formatX} formatY={showY} />
            {props.hasDiagonal === true && <Diagonal frame={frame} />}
            {x !== undefined && <Ruler frame={frame} x={x} />}
            {series.map((one) => (
              <Line key={one.key} series={one} frame={frame} />
            ))}
          </svg>
        )}
        {x !== undefined && (
          <Reading
            title={formatX(x)}
            rows={readAt(series, x).map(({ series: one, point: found }) => ({
              key: one.key,
              name: one.name,
              color: one.color,
              value: found.y === null ? "" : showY(found.y),
              note: found.note,
            }))}
            left={place(frame.x, x)}
            width={width}
          />
        )}
      </div>
      {props.hasLegend !== false && series.length > 1 && <Legend series={series} left={PAD.left} />}
    </figure>
  );
}

interface Frame {
  readonly x: Scale;
  readonly y: Scale;
  readonly width: number;
  readonly height: number;
  readonly digits: number;
}

function makeFrame(props: LineChartProps, size: { width: number; height: number }): Frame {
  const points = props.series.flatMap((one) => one.points);
  const values = points.flatMap((one) => [one.y ?? NaN, one.low ?? NaN, one.high ?? NaN]);
  const yDomain = props.yDomain ?? niceDomain(extent(values), props.yLimits);
  const xDomain = props.xDomain ?? extent(points.map((one) => one.x)) ?? [0, 1];
  return {
    x: { domain: xDomain, range: [PAD.left, Math.max(PAD.left + 1, size.width - PAD.right)] },
    y: { domain: yDomain, range: [size.height - PAD.bottom, PAD.top] },
    ...size,
    digits: stepDigits(niceStep(yDomain[1] - yDomain[0], 4)),
  };
}

interface AxesProps {
  readonly frame: Frame;
  readonly xTitle: string;
  readonly formatX: (value: number) => string;
  readonly formatY: (value: number) => string;
}

function Axes({ frame, xTitle, formatX, formatY }: AxesProps) {
  const { x, y, width, height } = frame;
  const across = ticks(x.domain, Math.max(2, Math.floor(width / 110)));
  return (
    <g className={classes.axis}>
      {ticks(y.domain, 4).map((value) => (
        <g key={value} transform={`translate(0 ${String(place(y, value))})`}>
          <line x1={PAD.left} x2={width - PAD.right} className={classes.grid} />
          <text x={PAD.left - 8} dy="0.32em" textAnchor="end">
            {formatY(value)}
          </text>
        </g>
      ))}
      {across.map((value) => (
        <text key={value} x={place(x, value)} y={height - PAD.bottom + 15} textAnchor="middle">
          {formatX(value)}
        </text>
      ))}
      <text x={width - PAD.right} y={height - 3} textAnchor="end" className={classes.axisTitle}>
        {xTitle}
      </text>
    </g>
  );
}

function Diagonal({ frame: { x, y } }: { readonly frame: Frame }) {
  return (
    <line className={classes.diagonal} x1={place(x, 0)} y1={place(y, 0)} x2={place(x, 1)} y2={place(y, 1)} />
  );
}

function Ruler({ frame, x }: { readonly frame: Frame; readonly x: number }) {
  const left = place(frame.x, x);
  return <line className={classes.ruler} x1={left} x2={left} y1={PAD.top} y2={frame.height - PAD.bottom} />;
}

function Line({ series, frame }: { readonly series: ChartSeries; readonly frame: Frame }) {
  const places = series.points.map((one) => ({
    ...one,
    left: place(frame.x, one.x),
    top: one.y === null ? null : place(frame.y, one.y),
  }));
  const path = linePath(places.map((one) => ({ x: one.left, y: one.top })));
  return (
    <g style={{ color: series.color }}>
      {series.hasBand === true && <Band places={places} y={frame.y} />}
      {places.map((one, at) => (
        <Whisker
          key={at}
          isHidden={series.hasBand === true}
          left={one.left}
          low={one.low ?? null}
          high={one.high ?? null}
          y={frame.y}
        />
      ))}
      {series.hasNoLine !== true && (
        <path
          className={classes.line}
          d={path}
          strokeDasharray={series.isDashed === true ? "5 4" : undefined}
        />
      )}
      {series.hasMarks === true &&
        places.map(
          (one, at) =>
            one.top !== null && (
              <circle
                key={at}
                className={one.isStrong === true ? classes.strongMark : classes.mark}
                cx={one.left}
                cy={one.top}
                r={one.isStrong === true ? 4.5 : 3.5}
              />
            ),
        )}
    </g>
  );
}

interface BandProps {
  readonly places: readonly {
    readonly left: number;
    readonly low?: number | null;
    readonly high?: number | null;
  }[];
  readonly y: Scale;
}

/** There and back again: the upper ends from left to right, then the lower ones. */
function Band({ places, y }: BandProps) {
  const known = places.flatMap(({ left, low, high }) =>
    typeof low === "number" && typeof high === "number" ? [{ left, low, high }] : [],
  );
  if (known.length < 2) return null;
  const corner = (left: number, value: number) => `${String(left)},${String(place(y, value))}`;
  const there = known.map((one) => corner(one.left, one.high));
  const back = known.map((one) => corner(one.left, one.low)).reverse();
  return <polygon className={classes.band} points={[...there, ...back].join(" ")} />;
}

interface WhiskerProps {
  readonly isHidden: boolean;
  readonly left: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly y: Scale;
}

function Whisker({ isHidden, left, low, high, y }: WhiskerProps) {
  if (isHidden || low === null || high === null) return null;
  return <line className={classes.whisker} x1={left} x2={left} y1={place(y, low)} y2={place(y, high)} />;
}
