import { Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { ontologyQuery } from "@/api/queries/ontology";
import type { PredictedAnnotation } from "@/api/schema.gen";
import { formatShare } from "@/ui/format";
import { labelColor } from "@/ui/labelColor";

import classes from "./endpoints.module.css";

const SHOWN = 8;

export interface AnswerListProps {
  readonly annotations: readonly PredictedAnnotation[];
  readonly projectId: string;
}

/** What was answered, the surest first, with how sure. */
export function AnswerList({ annotations, projectId }: AnswerListProps) {
  const labels = useQuery(ontologyQuery(projectId)).data?.labels ?? [];
  const sorted = [...annotations].sort((a, b) => (b.confidence ?? 0) - (a.confidence ?? 0));
  if (sorted.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Nothing found.
      </Text>
    );
  }
  return (
    <Stack gap={6}>
      {sorted.slice(0, SHOWN).map((one, at) => (
        <Group key={at} gap={8} wrap="nowrap">
          <span className={classes.dot} style={{ background: labelColor(one.label, labels) }} />
          <Text size="sm" fw={at === 0 ? 600 : undefined} w={110} truncate title={one.label}>
            {one.label}
          </Text>
          <span className={classes.meter} aria-hidden="true">
            <span
              style={{
                width: `${String((one.confidence ?? 0) * 100)}%`,
                background: labelColor(one.label, labels),
              }}
            />
          </span>
          <Text size="sm" c="dimmed" w={58} ta="right">
            {one.confidence === null ? "–" : formatShare(one.confidence)}
          </Text>
        </Group>
      ))}
      {sorted.length > SHOWN && (
        <Text size="xs" c="dimmed">
          and {sorted.length - SHOWN} more
        </Text>
      )}
    </Stack>
  );
}
