import { ActionIcon, Button, Group, Progress, Switch, Table, Text, Tooltip } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { deleteFlagRule, flagRulesQuery, updateFlagRule } from "@/api/queries/endpoints";
import type { Endpoint, FlagRule } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { RULES, sayRule } from "../words";
import { RuleDialog, type RuleMove } from "./RuleDialog";

interface RulesProps {
  readonly endpoint: Endpoint;
  readonly mayWrite: boolean;
}

/** When an answer is flagged, and how often at most. */
export function RulesPanel({ endpoint, mayWrite }: RulesProps) {
  const rules = useQuery(flagRulesQuery(endpoint.id));
  const [move, setMove] = useState<RuleMove | null>(null);
  return (
    <Panel
      title="Rules"
      about={
        endpoint.dataset_id === null
          ? "Flags stay in the log: choose a dataset for flagged images in the settings to label them."
          : "What a rule flags becomes an item of the dataset for flagged images, with the answer as a proposal."
      }
      actions={
        mayWrite && (
          <Button
            size="xs"
            leftSection={<IconPlus size={14} />}
            onClick={() => {
              setMove({ kind: "add" });
            }}
          >
            Add a rule
          </Button>
        )
      }
    >
      {rules.isPending && <WaitRows rows={3} />}
      {rules.isError && <ProblemNote error={rules.error} onRetry={() => void rules.refetch()} />}
      {rules.isSuccess && rules.data.length === 0 && (
        <Text size="sm" c="dimmed">
          No rule yet, so nothing is flagged. Begin with what people report, and what the model doubts.
        </Text>
      )}
      {rules.isSuccess && rules.data.length > 0 && (
        <Table.ScrollContainer minWidth={640}>
          <Table verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Rule</Table.Th>
                <Table.Th>Flags</Table.Th>
                <Table.Th w={220}>Today</Table.Th>
                <Table.Th w={70}>On</Table.Th>
                <Table.Th w={80} aria-label="Change" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rules.data.map((one) => (
                <Row key={one.id} rule={one} mayWrite={mayWrite} onMove={setMove} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <RuleDialog
        endpoint={endpoint}
        move={move}
        onClose={() => {
          setMove(null);
        }}
      />
    </Panel>
  );
}

interface RowProps {
  readonly rule: FlagRule;
  readonly mayWrite: boolean;
  readonly onMove: (move: RuleMove) => void;
}

function Row({ rule, mayWrite, onMove }: RowProps) {
  const client = useQueryClient();
  const changing = useMutation({
    mutationFn: async (change: "toggle" | "delete") => {
      if (change === "delete") await deleteFlagRule(rule.id);
      else await updateFlagRule({ ruleId: rule.id, body: { is_on: !rule.is_on } });
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ["endpoint-log"] }),
  });
  const words = RULES[rule.kind];
  const ask = () => {
    modals.openConfirmModal({
      title: `Delete the rule “${words.title}”?`,
      children: <Text size="sm">Its flags go with it. Items that were made of them stay.</Text>,
      labels: { confirm: "Delete", cancel: "Cancel" },
      confirmProps: { color: "red" },
      onConfirm: () => {
        changing.mutate("delete");
      },
    });
  };
  return (
    <>
      <Table.Tr>
        <Table.Td>
          <Text size="sm" fw={600}>
            {words.title}
          </Text>
          <Text size="xs" c="dimmed">
            {words.catches}
          </Text>
        </Table.Td>
        <Table.Td>{sayRule(rule)}</Table.Td>
        <Table.Td>
          <Quota rule={rule} />
        </Table.Td>
        <Table.Td>
          <Switch
            aria-label={`${words.title} is on`}
            checked={rule.is_on}
            disabled={!mayWrite || changing.isPending}
            onChange={() => {
              changing.mutate("toggle");
            }}
          />
        </Table.Td>
        <Table.Td>
          {mayWrite && (
            <Group gap={4} wrap="nowrap" justify="flex-end">
              <Tooltip label="Change">
                <ActionIcon
                  aria-label={`Change the rule ${words.title}`}
                  onClick={() => {
                    onMove({ kind: "edit", rule });
                  }}
                >
                  <IconPencil size={16} />
                </ActionIcon>
              </Tooltip>
              <Tooltip label="Delete">
                <ActionIcon aria-label={`Delete the rule ${words.title}`} onClick={ask}>
                  <IconTrash size={16} />
                </ActionIcon>
              </Tooltip>
            </Group>
          )}
        </Table.Td>
      </Table.Tr>
      {changing.isError && (
        <Table.Tr>
          <Table.Td colSpan={5}>
            <ProblemNote error={changing.error} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}

function Quota({ rule }: { readonly rule: FlagRule }) {
  const share = rule.per_day === 0 ? 0 : Math.min(1, rule.today / rule.per_day);
  const isFull = rule.per_day > 0 && rule.today >= rule.per_day;
  return (
    <Group gap={8} wrap="nowrap">
      <Progress
        value={share * 100}
        color={isFull ? "yellow" : undefined}
        size="sm"
        style={{ flex: 1 }}
        aria-label="Share of the day's flags"
      />
      <Text size="sm" c={isFull ? "yellow" : "dimmed"} style={{ whiteSpace: "nowrap" }}>
        {formatCount(rule.today)} of {formatCount(rule.per_day)}
      </Text>
    </Group>
  );
}
