import { useElementSize } from "@mantine/hooks";

import classes from "./charts.module.css";
import { niceDomain, place, ticks } from "./scale";

export interface IntervalBarProps {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** A CSS colour. */
  readonly color: string;
  readonly format: (value: number) => string;
  readonly title: string;
  /** A second line to reach besides zero, such as the smallest gain that is wanted. */
  readonly mark?: number;
}

const HEIGHT = 46;

/** A difference and its interval against zero: whether the bar touches the dashed line is the question. */
export function IntervalBar({ value, low, high, color, format, title, mark }: IntervalBarProps) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const domain = niceDomain([Math.min(0, low, mark ?? 0), Math.max(0, high, mark ?? 0)]);
  const scale = { domain, range: [26, Math.max(27, width - 26)] as const };
  const zero = place(scale, 0);
  return (
    <div
      ref={ref}
      role="img"
      aria-label={`${title}: ${format(value)}, interval ${format(low)} to ${format(high)}${
        mark === undefined ? "" : `, wanted at least ${format(mark)}`
      }`}
    >
      {width > 0 && (
        <svg className={classes.interval} width={width} height={HEIGHT} aria-hidden="true" style={{ color }}>
          <line className={classes.zero} x1={zero} x2={zero} y1={2} y2={HEIGHT - 16} />
          {mark !== undefined && (
            <line
              className={classes.wanted}
              x1={place(scale, mark)}
              x2={place(scale, mark)}
              y1={2}
              y2={HEIGHT - 16}
            />
          )}
          <line className={classes.bar} x1={place(scale, low)} x2={place(scale, high)} y1={16} y2={16} />
          <circle className={classes.dot} cx={place(scale, value)} cy={16} r={5.5} />
          {ticks(domain, 4).map((tick) => (
            <text key={tick} x={place(scale, tick)} y={HEIGHT - 3} textAnchor="middle">
              {format(tick)}
            </text>
          ))}
        </svg>
      )}
    </div>
  );
}
