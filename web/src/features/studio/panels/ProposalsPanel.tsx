import { Group, Slider, Stack, Text } from "@mantine/core";
import { IconEye, IconEyeOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { modelsQuery } from "@/api/queries/models";
import type { Model } from "@/api/schema.gen";
import { ALIKE_SOURCE } from "@/canvas/model/edits";
import type { Shape } from "@/canvas/types";

import { useLaggingVersion, useStudio, useView } from "../context";
import { ActionButton } from "../KeyButton";
import type { ItemWork } from "../session/itemWork";
import { toggled } from "../studioStore";
import classes from "../studio.module.css";
import { RowButton } from "./ObjectsPanel";

/** What models propose: how sure they must be to be shown, and a yes or no for all or one. */
export function ProposalsPanel({ work }: { readonly work: ItemWork }) {
  const { store } = useStudio();
  useLaggingVersion(work);
  const threshold = useView((view) => view.threshold);
  const proposals = work.doc.ids.flatMap((id): Shape[] => {
    const shape = work.doc.peek(id);
    return shape?.standing === "proposal" ? [shape] : [];
  });
  if (proposals.length === 0) {
    return (
      <Text size="sm" c="dimmed" className={classes.pad}>
        No model proposes anything here, or every proposal has its answer.
      </Text>
    );
  }
  const shown = proposals.filter((shape) => (shape.confidence ?? 1) >= threshold).length;
  return (
    <Stack gap="sm" className={classes.pad}>
      <div>
        <Group justify="space-between">
          <Text size="xs">Shown from a score of {threshold.toFixed(2)}</Text>
          <Text size="xs" c="dimmed">
            {shown} of {proposals.length}
          </Text>
        </Group>
        <Slider
          aria-label="Smallest score shown"
          label={null}
          min={0}
          max={1}
          step={0.01}
          value={threshold}
          onChange={(value) => {
            store.setState({ threshold: value });
          }}
        />
      </div>
      <ActionButton action="proposal.accept_all" variant="filled" fullWidth disabled={shown === 0}>
        Accept all {shown}
      </ActionButton>
      <Group grow>
        <ActionButton action="proposal.accept">Accept</ActionButton>
        <ActionButton action="proposal.reject">Reject</ActionButton>
      </Group>
      <Text size="xs" c="dimmed">
        Accept and reject take the selected proposal, the one under the pointer, or the surest. Editing one
        accepts it.
      </Text>
      <PerModel proposals={proposals} />
    </Stack>
  );
}

function PerModel({ proposals }: { readonly proposals: readonly Shape[] }) {
  const { projectId, store } = useStudio();
  const hidden = useView((view) => view.hiddenSources);
  const { data } = useQuery(modelsQuery(projectId));
  const bySource = new Map<string, number>();
  for (const { source } of proposals) bySource.set(source, (bySource.get(source) ?? 0) + 1);
  return (
    <div>
      {[...bySource].map(([source, count]) => (
        <div key={source} className={classes.row} style={{ padding: 0 }}>
          <span className={classes.name}>
            {source === ALIKE_SOURCE ? "Same object again" : nameOf(source, data?.items)}
          </span>
          <span className={classes.dim}>{count}</span>
          <RowButton
            name={hidden.has(source) ? "Show this model's proposals" : "Hide this model's proposals"}
            isPressed={hidden.has(source)}
            icon={hidden.has(source) ? <IconEyeOff size={14} /> : <IconEye size={14} />}
            onClick={() => {
              store.setState(({ hiddenSources }) => ({ hiddenSources: toggled(hiddenSources, source) }));
            }}
          />
        </div>
      ))}
    </div>
  );
}

/** The list of models leaves those of assistants out. */
function nameOf(source: string, models: readonly Model[] | undefined): string {
  if (models === undefined) return "…";
  const found = models.find(({ id }) => id === source);
  return found?.name ?? (source.startsWith("mdl_") ? "The assistant" : source);
}
