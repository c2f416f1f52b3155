import { ActionIcon, Button, Group, MultiSelect, Select, Stack, Text, Tooltip } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { modelQuery } from "@/api/queries/models";
import { ontologyQuery } from "@/api/queries/ontology";
import type { AnnotationDraft, PredictedAnnotation } from "@/api/schema.gen";

import { draftsOf, strongest } from "./words";

export interface CorrectionFormProps {
  readonly modelId: string;
  readonly projectId: string;
  readonly annotations: readonly PredictedAnnotation[];
  readonly isSaving: boolean;
  readonly onSave: (correction: AnnotationDraft[]) => void;
}

/** Asks what is true instead: the class of the image, or which objects are called otherwise or are not there. */
export function CorrectionForm(props: CorrectionFormProps) {
  const model = useQuery(modelQuery(props.modelId)).data;
  const ontology = useQuery(ontologyQuery(props.projectId)).data;
  const labels = [...new Set([...(ontology?.labels ?? []).map((one) => one.name), ...(model?.labels ?? [])])];
  if (model === undefined) return null;
  if (model.task === "classification") return <OneClass {...props} labels={labels} />;
  if (model.task === "multi_label") return <ManyClasses {...props} labels={labels} />;
  return <Objects {...props} labels={labels} />;
}

interface PartProps extends CorrectionFormProps {
  readonly labels: string[];
}

function OneClass({ annotations, labels, isSaving, onSave }: PartProps) {
  const [label, setLabel] = useState<string | null>(null);
  const said = strongest(annotations)?.label;
  return (
    <Group align="flex-end" gap="xs">
      <Select
        label="It is"
        placeholder="Choose the true class"
        searchable
        data={labels.filter((one) => one !== said)}
        value={label}
        onChange={setLabel}
      />
      <Button
        variant="default"
        disabled={label === null}
        loading={isSaving}
        onClick={() => {
          if (label !== null) onSave([{ label, geometry: { type: "class" } }]);
        }}
      >
        Save
      </Button>
    </Group>
  );
}

function ManyClasses({ annotations, labels, isSaving, onSave }: PartProps) {
  const [chosen, setChosen] = useState(annotations.map((one) => one.label));
  return (
    <Group align="flex-end" gap="xs">
      <MultiSelect label="It shows" searchable data={labels} value={chosen} onChange={setChosen} maw={340} />
      <Button
        variant="default"
        loading={isSaving}
        onClick={() => {
          onSave(chosen.map((label) => ({ label, geometry: { type: "class" as const } })));
        }}
      >
        Save
      </Button>
    </Group>
  );
}

function Objects({ annotations, labels, isSaving, onSave }: PartProps) {
  const [drafts, setDrafts] = useState(() => draftsOf(annotations));
  return (
    <Stack gap={6}>
      <Text size="xs" c="dimmed">
        Rename what has the wrong label and take away what is not there. What was missed, or lies wrong, is
        drawn in the labelling task: say wrong for that.
      </Text>
      {drafts.map((one, at) => (
        <Group key={at} gap={6} wrap="nowrap">
          <Select
            aria-label={`Label of object ${String(at + 1)}`}
            size="xs"
            searchable
            allowDeselect={false}
            data={labels.includes(one.label) ? labels : [one.label, ...labels]}
            value={one.label}
            onChange={(label) => {
              if (label !== null)
                setDrafts(drafts.map((each, index) => (index === at ? { ...each, label } : each)));
            }}
          />
          <Tooltip label="It is not there">
            <ActionIcon
              aria-label={`Object ${String(at + 1)}, ${one.label}, is not there`}
              onClick={() => {
                setDrafts(drafts.filter((_, index) => index !== at));
              }}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Tooltip>
        </Group>
      ))}
      {drafts.length === 0 && <Text size="sm">Nothing is on it.</Text>}
      <Group>
        <Button
          size="xs"
          variant="default"
          loading={isSaving}
          onClick={() => {
            onSave(drafts);
          }}
        >
          Save
        </Button>
      </Group>
    </Stack>
  );
}
