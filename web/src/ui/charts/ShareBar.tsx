import { Group, Text, Tooltip } from "@mantine/core";

import { formatCount, formatShare } from "../format";
import classes from "./charts.module.css";

export interface Share {
  readonly name: string;
  readonly count: number;
  /** A CSS colour. */
  readonly color: string;
}

/** Parts of a whole as one bar; the numbers are in the tooltip, and below it when asked for. */
export function ShareBar({
  parts,
  hasNumbers,
}: {
  readonly parts: readonly Share[];
  readonly hasNumbers?: boolean;
}) {
  const whole = parts.reduce((sum, one) => sum + one.count, 0);
  const said = parts.map((one) => `${one.name} ${sayShare(one.count, whole)}`).join(", ");
  return (
    <div>
      <Tooltip label={said}>
        <div className={classes.shares} role="img" aria-label={said}>
          {whole > 0 &&
            parts.map((one) => (
              <div
                key={one.name}
                style={{ width: `${String((100 * one.count) / whole)}%`, background: one.color }}
              />
            ))}
        </div>
      </Tooltip>
      {hasNumbers === true && (
        <Group gap="lg" mt={8}>
          {parts.map((one) => (
            <Group key={one.name} gap={6}>
              <span className={classes.swatch} style={{ background: one.color }} />
              <Text size="sm">
                {one.name} <b>{formatCount(one.count)}</b>{" "}
                <Text span size="sm" c="dimmed">
                  {whole > 0 ? formatShare(one.count / whole, 0) : ""}
                </Text>
              </Text>
            </Group>
          ))}
        </Group>
      )}
    </div>
  );
}

function sayShare(count: number, whole: number): string {
  return whole === 0 ? "0" : `${formatCount(count)} (${formatShare(count / whole, 0)})`;
}
