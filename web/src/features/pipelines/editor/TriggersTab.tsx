import { Button, Menu, Stack, Text } from "@mantine/core";
import { IconBolt, IconClock, IconHash, IconPlus } from "@tabler/icons-react";

import { freeName, inputPorts, type Draft, type DraftTrigger } from "@/graph/draft";

import type { Problem } from "./problems";
import { TriggerForm } from "./TriggerForm";
import { useEditor } from "./useEditor";

/** What starts runs by itself. */
export function TriggersTab({ problems }: { readonly problems: readonly Problem[] }) {
  const { draft, edit } = useEditor();
  const targets = useTargets();
  const [first] = targets;
  const add = (type: DraftTrigger["type"]) => {
    const id = freeName(
      type === "cron" ? "on_time" : type === "count" ? "after_many" : "on_event",
      draft.triggers.map((one) => one.id),
    );
    edit((one) => ({ ...one, triggers: [...one.triggers, newTrigger(type, id, first?.value ?? "")] }));
  };
  return (
    <Stack gap="sm">
      <Text size="xs" c="dimmed">
        What starts runs by itself. Each puts a token into one input, where an edge could lead as well.
      </Text>
      {draft.triggers.map((trigger) => (
        <TriggerForm
          key={trigger.id}
          trigger={trigger}
          targets={targets}
          problems={problems.filter((one) => one.trigger === trigger.id)}
          onChange={(next) => {
            edit((one) => replaced(one, trigger.id, next), `trigger ${trigger.id}`);
          }}
        />
      ))}
      <Menu position="bottom-start">
        <Menu.Target>
          <Button
            size="xs"
            variant="default"
            w="fit-content"
            leftSection={<IconPlus size={14} />}
            disabled={first === undefined}
          >
            Add a trigger
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconBolt size={14} />}
            onClick={() => {
              add("event");
            }}
          >
            With each event
          </Menu.Item>
          <Menu.Item
            leftSection={<IconHash size={14} />}
            onClick={() => {
              add("count");
            }}
          >
            After so many events
          </Menu.Item>
          <Menu.Item
            leftSection={<IconClock size={14} />}
            onClick={() => {
              add("cron");
            }}
          >
            At times of the day
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {first === undefined && (
        <Text size="xs" c="dimmed">
          Add a step first: a trigger needs an input to enter.
        </Text>
      )}
    </Stack>
  );
}

function replaced(draft: Draft, id: string, next: DraftTrigger | null): Draft {
  return {
    ...draft,
    triggers: draft.triggers.flatMap((one) => (one.id === id ? (next === null ? [] : [next]) : [one])),
  };
}

export interface Target {
  readonly value: string;
  readonly label: string;
}

/** Every input that a trigger can enter, those that nothing leads to first. */
function useTargets(): Target[] {
  const { draft, types } = useEditor();
  const fed = new Set(draft.edges.map((edge) => edge.target));
  const all = draft.nodes.flatMap((node) =>
    inputPorts(draft, node, types)
      .filter((port) => !port.isMissing)
      .map((port) => ({
        value: `${node.id}.${port.name}`,
        label: `${node.id}.${port.name}`,
        isFed: fed.has(`${node.id}.${port.name}`),
      })),
  );
  return [...all]
    .sort((a, b) => Number(a.isFed) - Number(b.isFed))
    .map(({ value, label }) => ({ value, label }));
}

function newTrigger(type: DraftTrigger["type"], id: string, target: string): DraftTrigger {
  if (type === "cron") return { type, id, target, cron: "0 9 * * 1", missed: "once" };
  if (type === "count") return { type, id, target, event: "item.created", every: 50, by: "any" };
  return { type, id, target, event: "item.created", mode: "once", by: "others" };
}
