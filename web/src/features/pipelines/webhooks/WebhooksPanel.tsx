import { Badge, Button, Code, Collapse, Group, SegmentedControl, Stack, Table, Text } from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconRefresh } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { deliveriesQuery, retryDelivery, type DeliveryState } from "@/api/queries/deliveries";
import type { Delivery, Pipeline } from "@/api/schema.gen";
import { formatAgo } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { spaced } from "../words";
import { SecretRow } from "./SecretRow";
import { readable, tellDelivery, tellTries } from "./words";

const STATES: readonly DeliveryState[] = ["waiting", "delivered", "failed"];
const COLORS: Readonly<Record<DeliveryState, string>> = { waiting: "gray", delivered: "teal", failed: "red" };

export interface WebhooksPanelProps {
  readonly pipeline: Pipeline;
  readonly mayRun: boolean;
}

/** The calls of a pipeline's webhooks, newest first, and what came back. */
export function WebhooksPanel({ pipeline, mayRun }: WebhooksPanelProps) {
  const [state, setState] = useState<DeliveryState | null>(null);
  const calls = useInfiniteQuery(deliveriesQuery({ pipelineId: pipeline.id, state }));
  const rows = calls.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Panel
      title="Webhooks"
      about="A call that fails is tried eight times in about a day. Then it waits here for you."
      actions={
        <SegmentedControl
          size="xs"
          aria-label="State"
          data={[{ value: "all", label: "All" }, ...STATES.map((one) => ({ value: one, label: one }))]}
          value={state ?? "all"}
          onChange={(value) => {
            setState(STATES.find((one) => one === value) ?? null);
          }}
        />
      }
    >
      {mayRun && <SecretRow pipelineId={pipeline.id} />}
      {calls.isPending && <WaitRows rows={6} height={28} />}
      {calls.isError && <ProblemNote error={calls.error} onRetry={() => void calls.refetch()} />}
      {calls.isSuccess && rows.length === 0 && (
        <Text size="sm" c="dimmed" py="md">
          {state === null ? "No webhook has been called yet." : "No call is in this state."}
        </Text>
      )}
      {rows.length > 0 && (
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={30} aria-label="Open" />
              <Table.Th>State</Table.Th>
              <Table.Th>Step</Table.Th>
              <Table.Th>What came of it</Table.Th>
              <Table.Th>Tries</Table.Th>
              <Table.Th>Made</Table.Th>
              <Table.Th aria-label="Again" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((one) => (
              <CallRows key={one.id} call={one} mayRun={mayRun} />
            ))}
          </Table.Tbody>
        </Table>
      )}
      {calls.hasNextPage && (
        <Button
          mt="xs"
          size="xs"
          variant="default"
          loading={calls.isFetchingNextPage}
          onClick={() => void calls.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </Panel>
  );
}

function CallRows({ call, mayRun }: { readonly call: Delivery; readonly mayRun: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const client = useQueryClient();
  const retrying = useMutation({
    mutationFn: retryDelivery,
    onSettled: () => client.invalidateQueries({ queryKey: ["pipeline", call.pipeline_id, "deliveries"] }),
  });
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <>
      <Table.Tr>
        <Table.Td>
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            aria-label={isOpen ? "Close the call" : "Open the call"}
            aria-expanded={isOpen}
            onClick={() => {
              setOpen(!isOpen);
            }}
          >
            <Chevron size={14} />
          </Button>
        </Table.Td>
        <Table.Td>
          <Badge size="sm" variant="light" color={COLORS[call.state]} miw="max-content">
            {call.state}
          </Badge>
        </Table.Td>
        <Table.Td fz="sm">{spaced(call.node ?? "")}</Table.Td>
        <Table.Td fz="sm" style={{ wordBreak: "break-word" }}>
          {tellDelivery(call)}
        </Table.Td>
        <Table.Td fz="sm">{tellTries(call)}</Table.Td>
        <Table.Td fz="sm" style={{ whiteSpace: "nowrap" }} title={call.created_at}>
          {formatAgo(call.created_at)}
        </Table.Td>
        <Table.Td ta="right">
          {mayRun && (
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<IconRefresh size={12} />}
              loading={retrying.isPending}
              onClick={() => {
                retrying.mutate(call.id);
              }}
            >
              Send again
            </Button>
          )}
        </Table.Td>
      </Table.Tr>
      <Table.Tr style={isOpen || retrying.isError ? undefined : { borderBottom: "none" }}>
        <Table.Td colSpan={7} p={0}>
          {retrying.isError && <ProblemNote error={retrying.error} />}
          <Collapse expanded={isOpen}>
            <Stack gap={6} px="sm" py="xs">
              <Text size="xs" ff="monospace" style={{ wordBreak: "break-all" }}>
                POST {call.url}
              </Text>
              <Code block style={{ maxHeight: 260, overflow: "auto" }}>
                {readable(call.body)}
              </Code>
              {call.response !== null && call.response !== "" && (
                <>
                  <Group gap="xs">
                    <Text size="xs" c="dimmed">
                      It answered {call.status_code}:
                    </Text>
                  </Group>
                  <Code block style={{ maxHeight: 160, overflow: "auto" }}>
                    {call.response}
                  </Code>
                </>
              )}
            </Stack>
          </Collapse>
        </Table.Td>
      </Table.Tr>
    </>
  );
}
