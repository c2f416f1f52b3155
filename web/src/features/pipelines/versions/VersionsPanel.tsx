import { Badge, Code, Grid, Group, Select, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { diffQuery, nodeTypesQuery, pipelineVersionsQuery, versionQuery } from "@/api/queries/pipelines";
import type { Pipeline, PipelineChange, PipelineVersion } from "@/api/schema.gen";
import { Canvas } from "@/graph/Canvas";
import { typesByName } from "@/graph/draft";
import { NOTHING } from "@/graph/marks";
import { formatAgo } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import classes from "../live/live.module.css";
import { spaced } from "../words";
import { CHANGE_COLORS, diffMarks, partsOf, seenChanges, unionOf } from "./diffMarks";

/** The versions of a pipeline, and what changed from one to another. */
export function VersionsPanel({ pipeline }: { readonly pipeline: Pipeline }) {
  const versions = useQuery(pipelineVersionsQuery(pipeline.id));
  const [to, setTo] = useState(pipeline.version);
  const [chosen, setChosen] = useState<number | null>(null);
  const from = chosen ?? Math.max(1, to - 1);
  if (versions.isPending) return <WaitRows rows={8} />;
  if (versions.isError) return <ProblemNote error={versions.error} onRetry={() => void versions.refetch()} />;
  return (
    <Grid gap="md">
      <Grid.Col span={12}>
        <Panel
          title={from === to ? `Version ${String(to)}` : `From version ${String(from)} to ${String(to)}`}
          about="Added is green, removed is red, changed is amber. Runs stay on the version they began with."
          actions={
            <Group gap="xs" wrap="nowrap">
              <VersionSelect
                label="From version"
                versions={versions.data}
                value={from}
                onChange={setChosen}
              />
              <VersionSelect label="To version" versions={versions.data} value={to} onChange={setTo} />
            </Group>
          }
        >
          <Difference pipeline={pipeline} from={from} to={to} />
        </Panel>
      </Grid.Col>
      <Grid.Col span={12}>
        <VersionTable
          versions={versions.data}
          onChoose={(version) => {
            setTo(version);
            setChosen(null);
          }}
        />
      </Grid.Col>
    </Grid>
  );
}

interface VersionSelectProps {
  readonly label: string;
  readonly versions: readonly PipelineVersion[];
  readonly value: number;
  readonly onChange: (version: number) => void;
}

function VersionSelect({ label, versions, value, onChange }: VersionSelectProps) {
  return (
    <Select
      size="xs"
      w={130}
      aria-label={label}
      data={versions.map((one) => ({ value: String(one.version), label: `version ${String(one.version)}` }))}
      value={String(value)}
      allowDeselect={false}
      searchable
      onChange={(next) => {
        if (next !== null) onChange(Number(next));
      }}
    />
  );
}

function Difference({
  pipeline,
  from,
  to,
}: {
  readonly pipeline: Pipeline;
  readonly from: number;
  readonly to: number;
}) {
  const before = useQuery(versionQuery({ pipelineId: pipeline.id, version: from }));
  const after = useQuery(versionQuery({ pipelineId: pipeline.id, version: to }));
  const diff = useQuery(diffQuery({ pipelineId: pipeline.id, from, to }));
  const types = useQuery(nodeTypesQuery());
  const known = useMemo(() => typesByName(types.data ?? []), [types.data]);
  const draft = useMemo(
    () => (before.data === undefined || after.data === undefined ? null : unionOf(before.data, after.data)),
    [before.data, after.data],
  );
  const changes = useMemo(() => seenChanges(diff.data?.changes ?? []), [diff.data]);
  const marks = useMemo(() => diffMarks(changes), [changes]);
  const error = before.error ?? after.error ?? diff.error;
  if (error !== null) return <ProblemNote error={error} />;
  if (draft === null || diff.data === undefined || types.data === undefined) return <WaitRows rows={8} />;
  return (
    <Stack gap="sm">
      <div className={classes.graph}>
        <Canvas
          key={`${String(from)} ${String(to)}`}
          draft={draft}
          types={known}
          marks={marks}
          selection={NOTHING}
          onSelect={() => undefined}
          label="Graph of both versions"
        />
      </div>
      {changes.length === 0 ? (
        <Text size="sm" c="dimmed">
          {from === to ? "Choose another version to compare with." : "The two do the same."}
        </Text>
      ) : (
        <ChangeTable changes={changes} />
      )}
    </Stack>
  );
}

function ChangeTable({ changes }: { readonly changes: readonly PipelineChange[] }) {
  return (
    <Table verticalSpacing={4}>
      <Table.Tbody>
        {changes.map((change) => (
          <Table.Tr key={`${change.what} ${change.name}`}>
            <Table.Td w={90}>
              <Badge size="sm" variant="light" color={CHANGE_COLORS[change.kind]} miw="max-content">
                {change.kind}
              </Badge>
            </Table.Td>
            <Table.Td w={80} c="dimmed" fz="sm">
              {change.what}
            </Table.Td>
            <Table.Td w={220} fz="sm" fw={600}>
              {spaced(change.name)}
            </Table.Td>
            <Table.Td>
              <Parts before={change.before} after={change.after} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** The parts that differ, each before and after. */
function Parts({ before, after }: { readonly before: unknown; readonly after: unknown }) {
  const parts = partsOf(before, after);
  return (
    <Stack gap={2}>
      {parts.map(({ name, from, to }) => (
        <Text key={name} size="xs">
          {name !== "" && <>{spaced(name)}: </>}
          {from !== undefined && <Code>{say(from)}</Code>}
          {from !== undefined && to !== undefined && " → "}
          {to !== undefined && <Code>{say(to)}</Code>}
        </Text>
      ))}
    </Stack>
  );
}

function say(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

interface VersionTableProps {
  readonly versions: readonly PipelineVersion[];
  readonly onChoose: (version: number) => void;
}

function VersionTable({ versions, onChoose }: VersionTableProps) {
  return (
    <Panel title="All versions">
      <Table verticalSpacing={4} highlightOnHover>
        <Table.Tbody>
          {versions.map((one) => (
            <Table.Tr key={one.version}>
              <Table.Td w={110}>
                <Text
                  component="button"
                  type="button"
                  size="sm"
                  fw={600}
                  c="whorl"
                  style={{ border: 0, background: "none", cursor: "pointer", padding: 0 }}
                  onClick={() => {
                    onChoose(one.version);
                  }}
                >
                  Version {one.version}
                </Text>
              </Table.Td>
              <Table.Td c="dimmed" fz="sm">
                saved {formatAgo(one.created_at)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}
