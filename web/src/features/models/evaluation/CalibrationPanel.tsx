import { Group, Text } from "@mantine/core";

import type { EvaluationReport } from "@/api/schema.gen";
import { LineChart } from "@/ui/charts/LineChart";
import { seriesColor } from "@/ui/charts/series";
import { formatCount } from "@/ui/format";
import { Panel } from "@/ui/Panel";

import { wilson } from "../words";

/** Whether confidence means what it says. */
export function CalibrationPanel({ report }: { readonly report: EvaluationReport }) {
  const bins = report.reliability;
  const { calibration } = report;
  return (
    <Panel
      fills
      title="Does its confidence mean what it says?"
      about="On the dashed line, 80 % sure is right 80 times in a hundred. Below it the model is too sure of itself. Bars are 95 % intervals: long where there are few answers."
    >
      {bins.length === 0 ? (
        <Text size="sm" c="dimmed">
          There is no answer to judge.
        </Text>
      ) : (
        <LineChart
          title="Share correct over confidence"
          xTitle="confidence"
          xDomain={[0, 1]}
          yDomain={[0, 1]}
          hasDiagonal
          height={260}
          formatX={(value) => String(Number(value.toFixed(2)))}
          formatY={(value) => String(Number(value.toFixed(2)))}
          series={[
            {
              key: "reliability",
              name: "Share correct",
              color: seriesColor(0),
              hasMarks: true,
              hasNoLine: true,
              points: bins.map((bin) => ({
                x: bin.confidence,
                y: bin.accuracy,
                ...wilson(bin.accuracy, bin.count),
                isStrong: true,
                note: `${formatCount(bin.count)} answers`,
              })),
            },
          ]}
        />
      )}
      {calibration !== null && calibration !== undefined && (
        <Group gap="md" mt={4}>
          {(
            [
              ["Calibration error", calibration.ece],
              ["Brier score", calibration.brier],
              ["Log loss", calibration.nll],
            ] as const
          ).map(
            ([title, value]) =>
              typeof value === "number" && (
                <Text key={title} size="xs" c="dimmed">
                  {title} <b>{value.toFixed(3)}</b>
                </Text>
              ),
          )}
        </Group>
      )}
    </Panel>
  );
}
