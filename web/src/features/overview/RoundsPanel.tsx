import { Text } from "@mantine/core";

import type { Overview } from "@/api/schema.gen";
import { LineChart } from "@/ui/charts/LineChart";
import { LinkAnchor } from "@/ui/links";
import { Panel } from "@/ui/Panel";

import { roundMetric, roundSeries } from "./rounds";

/** The metric of champion and challenger against the labels spent. */
export function RoundsPanel(props: { readonly rounds: Overview["rounds"]; readonly projectId: string }) {
  const { rounds, projectId } = props;
  const hasControl = rounds.some((one) => one.is_control);
  return (
    <Panel
      title={`${roundMetric(rounds)} over rounds`}
      about={
        hasControl
          ? "On frozen test images. The dashed line spends the same labels at random: the distance is the saving."
          : "On frozen test images, against the labels spent. Filled marks were promoted."
      }
    >
      {rounds.length === 0 ? (
        <Text size="sm" c="dimmed" py="xl" ta="center">
          The first point appears when a model was trained and compared. A pipeline does that after every so
          many labels;{" "}
          <LinkAnchor to="/p/$projectId/models" params={{ projectId }} size="sm">
            Models
          </LinkAnchor>{" "}
          does it by hand.
        </Text>
      ) : (
        <LineChart
          title={`${roundMetric(rounds)} of champion and challenger over labels spent`}
          xTitle="labels spent"
          series={roundSeries(rounds)}
          yLimits={[0, 1]}
          height={260}
          formatY={(value) => String(Number(value.toFixed(3)))}
        />
      )}
    </Panel>
  );
}
