import { Alert, Button, Group, Modal, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconFlask } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { asText } from "@/api/json";
import { datasetsQuery } from "@/api/queries/datasets";
import { tryPipeline } from "@/api/queries/pipelines";
import type { DryRun } from "@/api/schema.gen";
import { Canvas } from "@/graph/Canvas";
import { inputPorts, type Draft, type NodeTypes } from "@/graph/draft";
import { NOTHING } from "@/graph/marks";
import { spaced } from "@/graph/look";
import { variableOf } from "@/graph/variables";
import { formatCount } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { useNames } from "../NodePanel";
import { Subject } from "../RunsPanel";
import classes from "./editor.module.css";
import { stepsByItem, tryMarks, type TriedItem } from "./tryMarks";
import { useEditor } from "./useEditor";

const FEW = 10;

/** Run the draft on a few images: every step works, and nothing is written. */
export function TryDialog({ onClose }: { readonly onClose: () => void }) {
  const { draft, types, projectId } = useEditor();
  const entries = useMemo(() => entriesOf(draft, types), [draft, types]);
  const [node, setNode] = useState(entries[0] ?? null);
  const [dataset, setDataset] = useState<string | null>(null);
  const [query, setQuery] = useState("");
  const [limit, setLimit] = useState(FEW);
  const datasets = useQuery(datasetsQuery(projectId));
  const needsDataset = node !== null && !hasDataset(draft, node);
  const trying = useMutation({
    mutationFn: () =>
      tryPipeline({
        projectId,
        body: {
          definition: draft,
          node,
          dataset_id: needsDataset ? dataset : null,
          query: query.trim() === "" ? null : query.trim(),
          limit,
        },
      }),
  });
  return (
    <Modal opened onClose={onClose} title="Try it on a few images" size="min(1180px, 94vw)">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          Every step works as it would, and nothing is written: no labels, no copies, no tasks. Steps of
          people show what would wait for them.
        </Text>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            trying.mutate();
          }}
        >
          <Group align="flex-end" gap="sm">
            <Select
              label="Begin at"
              w={190}
              data={entries.map((one) => ({ value: one, label: spaced(one) }))}
              value={node}
              onChange={setNode}
              allowDeselect={false}
            />
            {needsDataset && (
              <Select
                label="Images of"
                w={190}
                data={(datasets.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
                value={dataset}
                onChange={setDataset}
                placeholder="a dataset"
              />
            )}
            <TextInput
              label="Which images"
              flex={1}
              miw={180}
              placeholder="any; or a query, such as subset:train"
              classNames={{ input: classes.mono }}
              value={query}
              onChange={(event) => {
                setQuery(event.currentTarget.value);
              }}
            />
            <NumberInput
              label="At most"
              w={90}
              min={1}
              max={50}
              value={limit}
              onChange={(value) => {
                if (typeof value === "number") setLimit(value);
              }}
            />
            <Button
              type="submit"
              loading={trying.isPending}
              leftSection={<IconFlask size={16} />}
              disabled={node === null}
            >
              Try
            </Button>
          </Group>
        </form>
        {trying.isPending && <WaitRows rows={6} />}
        {trying.isError && <ProblemNote error={trying.error} />}
        {trying.data !== undefined && !trying.isPending && <Outcome found={trying.data} />}
      </Stack>
    </Modal>
  );
}

/** Steps that images can enter, those where nothing leads to first. */
function entriesOf(draft: Draft, types: NodeTypes): string[] {
  const fed = new Set(draft.edges.map((edge) => edge.target.split(".")[0]));
  const able = draft.nodes.filter((node) =>
    inputPorts(draft, node, types).some((port) => port.type === "item"),
  );
  return [...able.filter((node) => !fed.has(node.id)), ...able.filter((node) => fed.has(node.id))].map(
    (node) => node.id,
  );
}

function hasDataset(draft: Draft, id: string): boolean {
  const value = draft.nodes.find((node) => node.id === id)?.params?.dataset;
  const variable = variableOf(value);
  const held = variable === null ? value : draft.variables.find((one) => one.name === variable)?.value;
  return asText(held) !== null;
}

function Outcome({ found }: { readonly found: DryRun }) {
  const { draft, types, projectId } = useEditor();
  const marks = useMemo(() => tryMarks(draft, found), [draft, found]);
  const names = useNames(projectId);
  const errors = found.nodes.filter((one) => one.error !== null && one.error !== undefined);
  return (
    <Stack gap="sm">
      {found.items === 0 && <Alert color="yellow">No image matches: nothing was tried.</Alert>}
      {errors.map((one) => (
        <Alert key={one.node} color="red" title={`${spaced(one.node)} failed`}>
          {one.error}
        </Alert>
      ))}
      <div className={classes.tried}>
        <Canvas
          draft={draft}
          types={types}
          marks={marks}
          selection={NOTHING}
          onSelect={() => undefined}
          hasCounts
          label="Where the images went"
        />
      </div>
      {found.notes.map((note) => (
        <Text key={note} size="xs" c="dimmed">
          {note}
        </Text>
      ))}
      <Text size="sm" fw={600}>
        {formatCount(found.items)} {found.items === 1 ? "image" : "images"}, step by step
      </Text>
      {stepsByItem(found.steps).map((item) => (
        <ItemSteps key={item.ref} item={item} names={names} />
      ))}
    </Stack>
  );
}

function ItemSteps({
  item,
  names,
}: {
  readonly item: TriedItem;
  readonly names: ReadonlyMap<string, string>;
}) {
  const { projectId } = useEditor();
  return (
    <Group wrap="nowrap" align="flex-start" gap="md" className={classes.row}>
      <div style={{ flex: "none", width: 190 }}>
        <Subject subject={item.ref} names={names} projectId={projectId} />
      </div>
      <Group gap={6}>
        {item.steps.map((step, at) => (
          <Text key={at} size="xs" span title={sayOutput(step.output)}>
            {at > 0 && "→ "}
            <b>{spaced(step.node)}</b>
            {step.port !== "" && ` ${spaced(step.port)}`}
            {step.note !== null && step.note !== undefined && (
              <Text span size="xs" c="dimmed">
                {" "}
                ({step.note})
              </Text>
            )}
          </Text>
        ))}
      </Group>
    </Group>
  );
}

function sayOutput(output: DryRun["steps"][number]["output"]): string {
  return Object.entries(output)
    .map(([name, value]) => `${spaced(name)}: ${JSON.stringify(value)}`)
    .join("\n");
}
