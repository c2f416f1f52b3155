import { Group, Stack, Text } from "@mantine/core";
import { Fragment } from "react";

import type { Selection } from "@/api/schema.gen";
import { formatBytes, formatCount, formatSeconds, formatShare } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { Stat } from "@/ui/Stat";

import { causeWords } from "../choose/words";
import classes from "../selection.module.css";
import { readSummary, type Count, type Summary } from "./summary";

const MOST_SOURCES = 8;

/** Why these as a whole, where they come from, and what was left out. */
export function WhyPanel({ selection }: { readonly selection: Selection }) {
  const summary = readSummary(selection);
  return (
    <Panel title="Why these" about={costWords(summary)} fills>
      <Stack gap="md">
        <Group gap="xl" align="flex-start">
          <Stat value={formatCount(selection.n_items)} label={`of ${formatCount(selection.n_pool)} images`} />
          <Stat value={formatCount(selection.n_random)} label="drawn by chance" note="the control arm" />
          {summary.coverage !== null && (
            <Stat
              value={formatShare(summary.coverage.after, 0)}
              label="of the pool is covered"
              note={
                summary.coverage.before === null
                  ? undefined
                  : `${formatShare(summary.coverage.before, 0)} before`
              }
            />
          )}
        </Group>
        {summary.why.length > 0 && (
          <Stack gap={4}>
            {summary.why.map((one) => (
              <Text key={one} size="sm">
                {one}
              </Text>
            ))}
          </Stack>
        )}
        {summary.bySource.length > 1 && <Bars title="By source" counts={summary.bySource} />}
        {summary.leftOut.length > 0 && (
          <Text size="sm" c="dimmed">
            Left out:{" "}
            {summary.leftOut.map((one) => `${formatCount(one.count)} ${causeWords(one.name)}`).join(", ")}.
          </Text>
        )}
      </Stack>
    </Panel>
  );
}

function Bars({ title, counts }: { readonly title: string; readonly counts: readonly Count[] }) {
  const shown = counts.slice(0, MOST_SOURCES);
  const most = Math.max(1, ...shown.map((one) => one.count));
  const rest = counts.slice(MOST_SOURCES).reduce((sum, one) => sum + one.count, 0);
  return (
    <div>
      <Text size="xs" fw={600} c="dimmed" mb={4}>
        {title}
      </Text>
      <div className={classes.bars} role="group" aria-label={title}>
        {shown.map((one) => (
          <Fragment key={one.name}>
            <Text size="xs" truncate maw={180} title={one.name}>
              {one.name === "" ? "none" : one.name}
            </Text>
            <span className={classes.bar} style={{ width: `${String((100 * one.count) / most)}%` }} />
            <Text size="xs" c="dimmed" ta="right">
              {formatCount(one.count)}
            </Text>
          </Fragment>
        ))}
      </div>
      {rest > 0 && (
        <Text size="xs" c="dimmed" mt={4}>
          and {formatCount(rest)} from {formatCount(counts.length - MOST_SOURCES)} others
        </Text>
      )}
    </div>
  );
}

function costWords({ bytes, seconds, tookSeconds }: Summary): string {
  return [
    bytes === null ? null : formatBytes(bytes),
    seconds === null ? null : `about ${formatSeconds(seconds)} of labelling`,
    tookSeconds === null ? null : `chosen in ${formatSeconds(Math.max(1, tookSeconds))}`,
  ]
    .filter((one) => one !== null)
    .join(" · ");
}
