import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";

import { edgeKey, outputPorts, parsePort, type DraftEdge } from "@/graph/draft";
import { setCondition } from "@/graph/edits";
import { spaced } from "@/graph/look";

import classes from "./editor.module.css";
import type { Problem } from "./problems";
import { useEditor } from "./useEditor";

/** One edge: from where to where, and which images it lets through. */
export function EdgeForm({
  edge,
  problems,
}: {
  readonly edge: DraftEdge;
  readonly problems: readonly Problem[];
}) {
  const { draft, types, edit, remove } = useEditor();
  const [from, to] = [parsePort(edge.source), parsePort(edge.target)];
  const source = draft.nodes.find((node) => node.id === from.node);
  const port = source && outputPorts(draft, source, types).find((one) => one.name === from.port);
  const key = edgeKey(edge);
  return (
    <Stack gap="sm">
      <Text size="sm">
        From <b>{spaced(from.port)}</b> of <b>{spaced(from.node)}</b> to <b>{spaced(to.port)}</b> of{" "}
        <b>{spaced(to.node)}</b>
      </Text>
      {port?.type === "item" ? (
        <Textarea
          size="xs"
          label="Only images that match"
          description="A query in text form, as in the explorer. Every image passes while it is empty."
          placeholder="label:car confidence<0.5"
          classNames={{ input: classes.mono }}
          autosize
          minRows={2}
          spellCheck={false}
          value={edge.when ?? ""}
          error={problems.map((one) => one.message).join("; ") || undefined}
          onChange={(event) => {
            const when = event.currentTarget.value;
            edit((draft) => setCondition(draft, { key, when }), `when ${key}`);
          }}
        />
      ) : (
        <Text size="xs" c="dimmed">
          Everything passes: only images can be queried.
          {problems.map((one) => ` ${one.message}`)}
        </Text>
      )}
      <Group>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconTrash size={14} />}
          onClick={() => {
            remove();
          }}
        >
          Remove the edge
        </Button>
      </Group>
    </Stack>
  );
}
