import { Group, Text } from "@mantine/core";

import classes from "./charts.module.css";
import type { ChartSeries } from "./series";

export interface ReadingProps {
  readonly title: string;
  readonly rows: readonly { key: string; name: string; color: string; value: string; note?: string }[];
  readonly left: number;
  readonly width: number;
}

/** What a chart says at the pointer. */
export function Reading({ title, rows, left, width }: ReadingProps) {
  const isRight = left > width / 2;
  const side = isRight ? { right: width - left + 10 } : { left: left + 10 };
  return (
    <div className={classes.reading} style={side} role="status">
      <Text size="xs" c="dimmed">
        {title}
      </Text>
      {rows.map((row) => (
        <Group key={row.key} gap={6} wrap="nowrap">
          <span className={classes.swatch} style={{ background: row.color }} />
          <Text size="xs">{row.name}</Text>
          <Text size="xs" fw={600} ml="auto" pl={8}>
            {row.value}
          </Text>
          {row.note !== undefined && (
            <Text size="xs" c="dimmed">
              {row.note}
            </Text>
          )}
        </Group>
      ))}
    </div>
  );
}

/** Names of the lines, below the plot. */
export function Legend({ series, left }: { readonly series: readonly ChartSeries[]; readonly left: number }) {
  return (
    <Group gap="md" mt={4} pl={left} component="figcaption">
      {series.map((one) => (
        <Group key={one.key} gap={6} wrap="nowrap">
          <svg width={18} height={10} aria-hidden="true" style={{ color: one.color }}>
            {one.hasNoLine !== true && (
              <line
                className={classes.line}
                x1={0}
                x2={18}
                y1={5}
                y2={5}
                strokeDasharray={one.isDashed === true ? "5 4" : undefined}
              />
            )}
            {one.hasMarks === true && <circle className={classes.strongMark} cx={9} cy={5} r={3.5} />}
          </svg>
          <Text size="xs" c="dimmed">
            {one.name}
          </Text>
        </Group>
      ))}
    </Group>
  );
}
