import { ActionIcon, Button, Group, Select, Stack, Text } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";

import {
  edgeKey,
  inputPorts,
  outputPorts,
  parsePort,
  whyNot,
  type DraftEdge,
  type DraftNode,
} from "@/graph/draft";
import { spaced } from "@/graph/look";

import classes from "./editor.module.css";
import { useEditor } from "./useEditor";

/** The same graph as a list: every step with what follows it, joined and cut without a mouse. */
export function ListTab() {
  const { draft } = useEditor();
  return (
    <Stack gap="sm">
      <Text size="xs" c="dimmed">
        The graph as a list, for the keyboard and for screen readers.
      </Text>
      {draft.nodes.length === 0 && <Text size="sm">No step yet: choose one from the list of steps.</Text>}
      {draft.nodes.map((node) => (
        <StepRow key={node.id} node={node} />
      ))}
    </Stack>
  );
}

function StepRow({ node }: { readonly node: DraftNode }) {
  const { draft, select, show, remove } = useEditor();
  const following = draft.edges.filter((edge) => parsePort(edge.source).node === node.id);
  return (
    <section className={classes.row} aria-label={`Step ${spaced(node.id)}`}>
      <Group justify="space-between" wrap="nowrap">
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => {
            select({ nodes: new Set([node.id]), edges: new Set() });
            show("step");
          }}
        >
          {spaced(node.id)}
        </Button>
        <Group gap={4} wrap="nowrap">
          <Text size="xs" c="dimmed">
            {spaced(node.type)}
          </Text>
          <ActionIcon
            size="sm"
            aria-label={`Remove ${spaced(node.id)}`}
            onClick={() => {
              remove({ nodes: new Set([node.id]), edges: new Set() });
            }}
          >
            <IconTrash size={14} />
          </ActionIcon>
        </Group>
      </Group>
      {following.map((edge) => (
        <EdgeRow key={edgeKey(edge)} edge={edge} />
      ))}
      <Joiner node={node} />
    </section>
  );
}

function EdgeRow({ edge }: { readonly edge: DraftEdge }) {
  const { select, show, remove } = useEditor();
  const key = edgeKey(edge);
  const [from, to] = [parsePort(edge.source), parsePort(edge.target)];
  return (
    <Group justify="space-between" wrap="nowrap" gap={4} pl={8}>
      <Button
        size="compact-xs"
        variant="transparent"
        color="gray"
        onClick={() => {
          select({ nodes: new Set(), edges: new Set([key]) });
          show("step");
        }}
      >
        {spaced(from.port)} → {spaced(to.node)}: {spaced(to.port)}
      </Button>
      <ActionIcon
        size="sm"
        aria-label={`Cut ${spaced(from.port)} of ${spaced(from.node)} from ${spaced(to.port)} of ${spaced(to.node)}`}
        onClick={() => {
          remove({ nodes: new Set(), edges: new Set([key]) });
        }}
      >
        <IconTrash size={14} />
      </ActionIcon>
    </Group>
  );
}

/** Choose an output and an input that fits it. */
function Joiner({ node }: { readonly node: DraftNode }) {
  const { draft, types, connect } = useEditor();
  const outputs = outputPorts(draft, node, types).filter((port) => !port.isMissing);
  const [chosen, setChosen] = useState<string | null>(null);
  const port = outputs.find((one) => one.name === chosen)?.name ?? outputs[0]?.name;
  if (port === undefined) return null;
  const source = { node: node.id, port };
  const targets = draft.nodes.flatMap((other) =>
    inputPorts(draft, other, types)
      .map((input) => ({ node: other.id, port: input.name }))
      .filter((target) => whyNot(draft, types, { source, target }) === null)
      .map((target) => ({
        value: `${target.node}.${target.port}`,
        label: `${spaced(target.node)}: ${spaced(target.port)}`,
      })),
  );
  return (
    <Group gap={4} wrap="nowrap" pl={8} mt={4}>
      <Select
        size="xs"
        w={104}
        aria-label={`Output of ${spaced(node.id)}`}
        data={outputs.map((one) => one.name)}
        value={port}
        allowDeselect={false}
        onChange={setChosen}
      />
      <Select
        size="xs"
        flex={1}
        aria-label={`Join ${spaced(port)} of ${spaced(node.id)} with`}
        placeholder="Join with…"
        data={targets}
        value={null}
        searchable
        onChange={(value) => {
          if (value !== null) connect({ source, target: parsePort(value) });
        }}
      />
    </Group>
  );
}
