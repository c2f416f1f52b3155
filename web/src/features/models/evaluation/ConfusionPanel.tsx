import { Group, SegmentedControl, Slider, Stack, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { writeFinding } from "@/api/queryText";
import type { Examination } from "@/api/schema.gen";
import { HeatTable } from "@/ui/charts/HeatTable";
import { formatCount } from "@/ui/format";
import { Panel } from "@/ui/Panel";

import { findingOf, worstPairs } from "./confusion";
import type { Place } from "./place";

const MOST_CLASSES = 60;
const PAIRS = 12;

export interface ConfusionPanelProps extends Place {
  readonly examined: Examination;
  readonly threshold: number;
  readonly onThreshold: (threshold: number) => void;
}

/** What is taken for what; a cell opens the images behind it. */
export function ConfusionPanel({
  examined,
  threshold,
  onThreshold,
  projectId,
  evaluation,
}: ConfusionPanelProps) {
  const { labels, has_nothing: hasNothing } = examined;
  const [dragged, setDragged] = useState(threshold);
  const [view, setView] = useState(labels.length > MOST_CLASSES ? "pairs" : "table");
  const navigate = useNavigate();
  const open = (row: number, column: number) => {
    const found = findingOf(examined, { row, column });
    void navigate({
      to: "/p/$projectId/explorer",
      params: { projectId },
      search: {
        dataset: evaluation.dataset_id,
        q: writeFinding({ evaluationId: evaluation.id, ...found }),
      },
    });
  };
  return (
    <Panel
      fills
      title="What is taken for what"
      about={`Rows are the truth, columns the prediction${
        hasNothing ? "; missed objects are in the last column, spurious ones in the last row" : ""
      }. A number opens its images.`}
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Show as"
          value={view}
          onChange={setView}
          data={[
            { value: "table", label: "Table", disabled: labels.length > MOST_CLASSES },
            { value: "pairs", label: "Worst pairs" },
          ]}
        />
      }
    >
      {view === "table" ? (
        <HeatTable
          caption="Confusion: rows are the truth, columns the prediction"
          rows={hasNothing ? [...labels, "spurious"] : labels}
          columns={hasNothing ? [...labels, "missed"] : labels}
          counts={examined.matrix}
          isRight={(row, column) => row === column}
          isVoid={(row, column) => hasNothing && row === labels.length && column === labels.length}
          onPick={open}
        />
      ) : (
        <Pairs examined={examined} onPick={open} />
      )}
      {typeof examined.score_threshold === "number" && (
        <Stack gap={2} mt="sm" maw={320}>
          <Text size="xs" c="dimmed">
            Answers surer than {dragged.toFixed(2)} count
          </Text>
          <Slider
            size="sm"
            min={0.05}
            max={0.95}
            step={0.05}
            value={dragged}
            onChange={setDragged}
            onChangeEnd={onThreshold}
            label={(value) => value.toFixed(2)}
            thumbLabel="Weakest confidence that counts"
          />
        </Stack>
      )}
    </Panel>
  );
}

interface PairsProps {
  readonly examined: Examination;
  readonly onPick: (row: number, column: number) => void;
}

function Pairs({ examined, onPick }: PairsProps) {
  const pairs = worstPairs(examined, PAIRS);
  if (pairs.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No mistakes at this threshold.
      </Text>
    );
  }
  return (
    <Stack gap={4}>
      {pairs.map((pair) => (
        <Group key={`${String(pair.row)} ${String(pair.column)}`} justify="space-between" wrap="nowrap">
          <Text
            component="button"
            size="sm"
            td="underline"
            c="var(--mantine-color-anchor)"
            bg="none"
            bd={0}
            p={0}
            ta="start"
            style={{ cursor: "pointer" }}
            onClick={() => {
              onPick(pair.row, pair.column);
            }}
          >
            {pair.said}
          </Text>
          <Text size="sm" fw={600}>
            {formatCount(pair.count)}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
