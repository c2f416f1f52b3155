import classes from "./charts.module.css";

export interface MeterBarProps {
  /** From 0 to 1; null when there is none. */
  readonly value: number | null;
  readonly low?: number | null;
  readonly high?: number | null;
  /** A CSS colour. */
  readonly color?: string;
  readonly title: string;
}

const WIDTH = 100;
const MIDDLE = 7;

/** A share as a bar, its interval as a whisker across its end. */
export function MeterBar({ value, low, high, color = "var(--mantine-color-whorl-6)", title }: MeterBarProps) {
  const said = value === null ? `${title}: none` : `${title}: ${value.toFixed(3)}`;
  const hasWhisker = typeof low === "number" && typeof high === "number";
  return (
    <svg
      className={classes.meter}
      viewBox={`0 0 ${String(WIDTH)} 14`}
      preserveAspectRatio="none"
      role="img"
      aria-label={hasWhisker ? `${said}, ${low.toFixed(3)} to ${high.toFixed(3)}` : said}
      style={{ color }}
    >
      <rect className={classes.meterBack} x={0} y={3} width={WIDTH} height={8} rx={1} />
      {value !== null && (
        <rect fill="currentcolor" x={0} y={3} width={WIDTH * clamp(value)} height={8} rx={1} />
      )}
      {hasWhisker && (
        <>
          <line
            className={classes.meterWhisker}
            x1={WIDTH * clamp(low)}
            x2={WIDTH * clamp(high)}
            y1={MIDDLE}
            y2={MIDDLE}
          />
          {[low, high].map((end, at) => (
            <line
              key={at}
              className={classes.meterWhisker}
              x1={WIDTH * clamp(end)}
              x2={WIDTH * clamp(end)}
              y1={3.5}
              y2={10.5}
            />
          ))}
        </>
      )}
    </svg>
  );
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
