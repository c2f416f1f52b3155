import { Badge, Button, Drawer, Group, SegmentedControl, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { thumbnailAddress } from "@/api/queries/models";
import { runsQuery, type RunState } from "@/api/queries/pipelines";
import type { Pipeline, Run } from "@/api/schema.gen";
import { formatAgo, formatCount } from "@/ui/format";
import { LinkAnchor } from "@/ui/links";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import classes from "./panels.module.css";
import { Journey } from "./Journey";
import { useNames } from "./NodePanel";
import { spaced } from "./words";

const STATES = ["all", "active", "done", "failed", "cancelled"] as const;

export interface RunsPanelProps {
  readonly pipeline: Pipeline;
  readonly projectId: string;
  /** Runs by state. */
  readonly counts: Readonly<Record<string, number>>;
  readonly mayRun: boolean;
}

/** Journeys of items and models through the pipeline; each opens as its steps. */
export function RunsPanel({ pipeline, projectId, counts, mayRun }: RunsPanelProps) {
  const [state, setState] = useState<RunState | null>(null);
  const [opened, setOpened] = useState<Run | null>(null);
  const runs = useInfiniteQuery(runsQuery({ pipelineId: pipeline.id, state }));
  const names = useNames(projectId);
  const listed = runs.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Panel
      title="Runs"
      about="One journey each, of an image or a model."
      actions={
        <SegmentedControl
          size="xs"
          value={state ?? "all"}
          onChange={(value) => {
            setState(STATES.find((one): one is RunState => one !== "all" && one === value) ?? null);
          }}
          data={STATES.map((one) => ({ value: one, label: sayState(one, counts) }))}
        />
      }
    >
      {runs.isPending && <WaitRows />}
      {runs.isError && <ProblemNote error={runs.error} onRetry={() => void runs.refetch()} />}
      {runs.isSuccess && listed.length === 0 && (
        <Text size="sm" c="dimmed" py="md">
          {state === null ? "Nothing has run yet. Press Run to begin by hand." : `No run is ${state}.`}
        </Text>
      )}
      {listed.length > 0 && (
        <Table highlightOnHover verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>What</Table.Th>
              <Table.Th>Began at</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>When</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {listed.map((run) => (
              <RunRow key={run.id} run={run} names={names} projectId={projectId} onOpen={setOpened} />
            ))}
          </Table.Tbody>
        </Table>
      )}
      {runs.hasNextPage && (
        <Button
          mt="xs"
          size="xs"
          variant="default"
          loading={runs.isFetchingNextPage}
          onClick={() => void runs.fetchNextPage()}
        >
          Show more
        </Button>
      )}
      <Drawer
        opened={opened !== null}
        onClose={() => {
          setOpened(null);
        }}
        position="right"
        title="A run's journey"
        size="md"
      >
        {opened !== null && <Journey run={opened} names={names} projectId={projectId} mayRun={mayRun} />}
      </Drawer>
    </Panel>
  );
}

function sayState(state: (typeof STATES)[number], counts: Readonly<Record<string, number>>): string {
  const count = state === "all" ? 0 : (counts[state] ?? 0);
  const word = state.charAt(0).toUpperCase() + state.slice(1);
  return count === 0 ? word : `${word} ${formatCount(count)}`;
}

interface RunRowProps {
  readonly run: Run;
  readonly names: ReadonlyMap<string, string>;
  readonly projectId: string;
  readonly onOpen: (run: Run) => void;
}

function RunRow({ run, names, projectId, onOpen }: RunRowProps) {
  return (
    <Table.Tr>
      <Table.Td>
        <Subject subject={run.ref} names={names} projectId={projectId} />
      </Table.Td>
      <Table.Td>{spaced(run.start_node)}</Table.Td>
      <Table.Td>
        <RunBadge state={run.state} />
      </Table.Td>
      <Table.Td>
        <Text size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
          {formatAgo(run.created_at)}
        </Text>
      </Table.Td>
      <Table.Td ta="right">
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => {
            onOpen(run);
          }}
        >
          Journey
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}

/** What travels: an item with its picture, a model by name, or a bare signal. */
export function Subject(props: {
  readonly subject: string;
  readonly names: ReadonlyMap<string, string>;
  readonly projectId: string;
}) {
  const { subject, names, projectId } = props;
  if (subject.startsWith("itm_")) {
    return (
      <Group gap={8} wrap="nowrap">
        <img className={classes.thumb} src={thumbnailAddress(subject)} alt="" loading="lazy" />
        <LinkAnchor
          to="/p/$projectId/items/$itemId"
          params={{ projectId, itemId: subject }}
          size="xs"
          ff="monospace"
        >
          {subject.slice(0, 4)}…{subject.slice(-8)}
        </LinkAnchor>
      </Group>
    );
  }
  if (subject.startsWith("mdl_")) {
    return (
      <LinkAnchor to="/p/$projectId/models/$modelId" params={{ projectId, modelId: subject }} size="sm">
        {names.get(subject) ?? "a model"}
      </LinkAnchor>
    );
  }
  if (subject.startsWith("cmp_")) {
    return (
      <LinkAnchor
        to="/p/$projectId/comparisons/$comparisonId"
        params={{ projectId, comparisonId: subject }}
        size="sm"
      >
        a decision between models
      </LinkAnchor>
    );
  }
  return (
    <Text size="sm" c="dimmed">
      {subject === "" ? "a signal" : subject}
    </Text>
  );
}

const RUN_COLORS: Readonly<Record<string, string>> = { active: "whorl", done: "gray", failed: "red" };

export function RunBadge({ state }: { readonly state: string }) {
  return (
    <Badge variant="light" color={RUN_COLORS[state] ?? "gray"} miw="max-content">
      {state}
    </Badge>
  );
}
