import { Badge, Table, Text } from "@mantine/core";
import { useMemo, useState } from "react";

import { metricTitle } from "@/api/metrics";
import type { Model } from "@/api/schema.gen";
import { MeterBar } from "@/ui/charts/MeterBar";
import { formatSeconds } from "@/ui/format";
import { Panel } from "@/ui/Panel";

import { HeadCell } from "./evaluation/ClassesPanel";
import { nextSort, sortBy, type Sort } from "./evaluation/sorting";
import { readSearch, type Trial } from "./search";
import { formatMetric } from "./words";

type Key = "at" | "score" | "seconds";

/** Everything that a search tried, and which of it won; nothing for models that were trained directly. */
export function TrialsPanel({ model }: { readonly model: Model }) {
  const search = useMemo(() => readSearch(model.metrics), [model.metrics]);
  const [sort, setSort] = useState<Sort<Key>>({ key: "score", way: "descending" });
  if (search === null) return null;
  const head = (key: Key, title: string) => (
    <HeadCell
      title={title}
      isRight
      way={sort.key === key ? sort.way : null}
      onSort={() => {
        setSort(nextSort(sort, key) ?? { key: "at", way: "ascending" });
      }}
    />
  );
  return (
    <Panel
      title="What the search tried"
      about={`${String(search.trials.length)} trainings, scored by ${metricTitle(search.metric)} (${search.scoredOn})${
        search.seconds === null ? "" : `, in ${formatSeconds(search.seconds)}`
      }.`}
    >
      <Table.ScrollContainer minWidth={520} mah={380}>
        <Table verticalSpacing={3} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              {head("at", "#")}
              <Table.Th>Architecture</Table.Th>
              <Table.Th>Parameters</Table.Th>
              {head("score", metricTitle(search.metric))}
              <Table.Th w="16%" aria-label="Bar" />
              {head("seconds", "Time")}
              <Table.Th>End</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sortBy(search.trials, (trial) => trial[sort.key], sort.way).map((trial) => (
              <Line key={trial.at} trial={trial} isWinner={trial.at === search.best} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}

function Line({ trial, isWinner }: { readonly trial: Trial; readonly isWinner: boolean }) {
  return (
    <Table.Tr fw={isWinner ? 600 : undefined}>
      <Table.Td ta="right">{trial.at}</Table.Td>
      <Table.Td>{trial.architecture.replace(/^builtin:/u, "")}</Table.Td>
      <Table.Td maw={240}>
        <Text size="xs" truncate title={trial.params}>
          {trial.params}
        </Text>
      </Table.Td>
      <Table.Td ta="right">{formatMetric(trial.score)}</Table.Td>
      <Table.Td>
        <MeterBar value={trial.score} title={`Trial ${String(trial.at)}`} />
      </Table.Td>
      <Table.Td ta="right" c="dimmed">
        {trial.seconds === null ? "–" : formatSeconds(trial.seconds)}
      </Table.Td>
      <Table.Td>
        {isWinner ? (
          <Badge size="sm">won</Badge>
        ) : (
          <Text size="xs" c="dimmed" title={trial.error}>
            {trial.state}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
