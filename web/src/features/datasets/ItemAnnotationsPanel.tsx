import { Badge, Card, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { itemPredictionsQuery, itemTruthQuery } from "@/api/queries/annotations";
import { ontologyQuery } from "@/api/queries/ontology";
import type { Annotation } from "@/api/schema.gen";
import { useProjectId } from "@/app/context";
import { formatShare } from "@/ui/format";
import { labelColor } from "@/ui/labelColor";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

export interface ItemAnnotationsPanelProps {
  readonly itemId: string;
  readonly pointed: string | null;
  readonly onPoint: (annotationId: string | null) => void;
}

/** What people stand behind and what models said; a click points it out in the picture. */
export function ItemAnnotationsPanel({ itemId, pointed, onPoint }: ItemAnnotationsPanelProps) {
  const truth = useQuery(itemTruthQuery(itemId));
  const predictions = useQuery(itemPredictionsQuery(itemId));
  if (truth.isError) return <ProblemNote error={truth.error} onRetry={() => void truth.refetch()} />;
  if (truth.data === undefined) return <WaitRows rows={4} />;
  return (
    <Stack>
      <Listed title="Ground truth" annotations={truth.data.annotations} pointed={pointed} onPoint={onPoint} />
      <Listed title="Predictions" annotations={predictions.data ?? []} pointed={pointed} onPoint={onPoint} />
    </Stack>
  );
}

interface ListedProps {
  readonly title: string;
  readonly annotations: readonly Annotation[];
  readonly pointed: string | null;
  readonly onPoint: (annotationId: string | null) => void;
}

function Listed({ title, annotations, pointed, onPoint }: ListedProps) {
  const ontology = useQuery(ontologyQuery(useProjectId())).data;
  return (
    <Card withBorder p="sm">
      <Text fw={600} size="sm" mb={6}>
        {title}{" "}
        <Text span c="dimmed">
          {annotations.length}
        </Text>
      </Text>
      {annotations.length === 0 && (
        <Text size="sm" c="dimmed">
          None.
        </Text>
      )}
      <Stack gap={2} mah={320} style={{ overflowY: "auto" }}>
        {annotations.map((one) => (
          <UnstyledButton
            key={one.id}
            px={6}
            py={3}
            aria-pressed={pointed === one.id}
            bg={pointed === one.id ? "var(--mantine-primary-color-light)" : undefined}
            style={{ borderRadius: 6 }}
            onClick={() => {
              onPoint(pointed === one.id ? null : one.id);
            }}
          >
            <Group gap={8} wrap="nowrap">
              <span
                style={{
                  width: 10,
                  height: 10,
                  borderRadius: 3,
                  flexShrink: 0,
                  background: labelColor(one.label, ontology?.labels ?? []),
                }}
              />
              <Text size="sm" truncate style={{ flex: 1 }}>
                {one.label}
              </Text>
              {one.confidence !== null && one.confidence !== undefined && (
                <Text size="xs" c="dimmed">
                  {formatShare(one.confidence, 0)}
                </Text>
              )}
              <Badge size="xs" variant="light" color="gray">
                {one.geometry.type.replace("_", " ")}
              </Badge>
              <Badge size="xs" variant="light">
                {one.origin.replace("_", " ")}
              </Badge>
            </Group>
          </UnstyledButton>
        ))}
      </Stack>
    </Card>
  );
}
