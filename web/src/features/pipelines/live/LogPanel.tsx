import { Badge, Button, Group, SegmentedControl, Select, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { logsQuery, type LogLevel } from "@/api/queries/pipelines";
import type { Pipeline } from "@/api/schema.gen";
import { formatAgo } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { spaced } from "../words";

const LEVELS: readonly LogLevel[] = ["info", "warning", "error"];
const COLORS: Readonly<Record<LogLevel, string>> = { info: "gray", warning: "yellow", error: "red" };

/** What the steps said, newest first. */
export function LogPanel({ pipeline }: { readonly pipeline: Pipeline }) {
  const [node, setNode] = useState<string | null>(null);
  const [level, setLevel] = useState<LogLevel | null>(null);
  const logs = useInfiniteQuery(logsQuery({ pipelineId: pipeline.id, node, level }));
  const lines = logs.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Panel
      title="Log"
      about="What the steps said, newest first."
      actions={
        <Group gap="xs">
          <Select
            size="xs"
            w={170}
            aria-label="Step"
            placeholder="every step"
            clearable
            searchable
            data={pipeline.definition.nodes.map((one) => ({ value: one.id, label: spaced(one.id) }))}
            value={node}
            onChange={setNode}
          />
          <SegmentedControl
            size="xs"
            aria-label="Level"
            data={[{ value: "all", label: "All" }, ...LEVELS.map((one) => ({ value: one, label: one }))]}
            value={level ?? "all"}
            onChange={(value) => {
              setLevel(LEVELS.find((one) => one === value) ?? null);
            }}
          />
        </Group>
      }
    >
      {logs.isPending && <WaitRows rows={8} height={24} />}
      {logs.isError && <ProblemNote error={logs.error} onRetry={() => void logs.refetch()} />}
      {logs.isSuccess && lines.length === 0 && (
        <Text size="sm" c="dimmed" py="md">
          {node === null && level === null
            ? "No step has said anything yet."
            : "Nothing of this kind was said."}
        </Text>
      )}
      {lines.length > 0 && (
        <Table verticalSpacing={3}>
          <Table.Tbody>
            {lines.map((line, at) => (
              <Table.Tr key={at}>
                <Table.Td w={110} c="dimmed" fz="xs" title={line.at}>
                  {formatAgo(line.at)}
                </Table.Td>
                <Table.Td w={80}>
                  <Badge size="sm" variant="light" color={COLORS[line.level]} miw="max-content">
                    {line.level}
                  </Badge>
                </Table.Td>
                <Table.Td w={150} fz="sm">
                  {spaced(line.node)}
                </Table.Td>
                <Table.Td fz="sm" style={{ wordBreak: "break-word", whiteSpace: "pre-wrap" }}>
                  {line.message}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {logs.hasNextPage && (
        <Button
          mt="xs"
          size="xs"
          variant="default"
          loading={logs.isFetchingNextPage}
          onClick={() => void logs.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </Panel>
  );
}
