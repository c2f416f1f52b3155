import {
  Alert,
  Button,
  Collapse,
  Group,
  Modal,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  TextInput,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { datasetsQuery } from "@/api/queries/datasets";
import type { TemplateInfo } from "@/api/schema.gen";
import { ProblemNote } from "@/ui/ProblemNote";

import { readForm, startPipeline } from "./start";
import { VariableField } from "./VariableField";
import { spaced, toText, variableWords } from "./words";

export interface StartDialogProps {
  readonly projectId: string;
  readonly template: TemplateInfo;
  readonly onClose: () => void;
}

/** A pipeline from a template: its name and variables, filled in and started. */
export function StartDialog({ projectId, template, onClose }: StartDialogProps) {
  return (
    <Modal opened onClose={onClose} title={`Start “${template.title}”`} size="xl">
      <TemplateForm template={template} projectId={projectId} onClose={onClose} />
    </Modal>
  );
}

interface TemplateFormProps {
  readonly template: TemplateInfo;
  readonly projectId: string;
  readonly onClose: () => void;
}

/** First texts of a template's form: the given values, and names for the datasets that are to be made. */
function firstTexts(template: TemplateInfo): Record<string, string> {
  return Object.fromEntries(
    template.variables.map((one) => [
      one.name,
      one.type === "dataset" ? spaced(one.name) : toText(one.type, one.value),
    ]),
  );
}

function TemplateForm({ template, projectId, onClose }: TemplateFormProps) {
  const [title, setTitle] = useState(spaced(template.name));
  const [texts, setTexts] = useState(() => firstTexts(template));
  const [takesIn, setTakesIn] = useState(true);
  const [isMore, more] = useDisclosure(false);
  const datasets = useQuery(datasetsQuery(projectId));
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = readForm({ template, texts, datasets: datasets.data?.items ?? [] });
  const starting = useMutation({
    mutationFn: () =>
      startPipeline({ projectId, template: template.name, name: title.trim(), form, takesIn }),
    onSuccess: async (pipeline) => {
      await client.invalidateQueries({
        predicate: ({ queryKey }) => ["pipelines", "datasets", "overview"].includes(String(queryKey[0])),
      });
      onClose();
      await navigate({
        to: "/p/$projectId/pipelines/$pipelineId",
        params: { projectId, pipelineId: pipeline.id },
      });
    },
  });
  const field = (spec: TemplateInfo["variables"][number]) => (
    <VariableField
      key={spec.name}
      spec={spec}
      projectId={projectId}
      text={texts[spec.name] ?? ""}
      problem={form.problems[spec.name]}
      mayMakeDataset
      onChange={(text) => {
        setTexts((before) => ({ ...before, [spec.name]: text }));
      }}
    />
  );
  const main = template.variables.filter((one) => variableWords(one.name).isMain === true);
  const rest = template.variables.filter((one) => variableWords(one.name).isMain !== true);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        starting.mutate();
      }}
    >
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {template.description}
        </Text>
        <TextInput
          label="Name"
          required
          maxLength={200}
          value={title}
          data-autofocus
          onChange={(event) => {
            setTitle(event.currentTarget.value);
          }}
        />
        <SimpleGrid cols={2} spacing="md" verticalSpacing="sm">
          {main.map(field)}
        </SimpleGrid>
        <Button
          variant="subtle"
          size="xs"
          w="fit-content"
          rightSection={<IconChevronDown size={14} />}
          onClick={more.toggle}
          aria-expanded={isMore}
        >
          {isMore ? "Fewer settings" : `${String(rest.length)} more settings`}
        </Button>
        <Collapse expanded={isMore}>
          <SimpleGrid cols={2} spacing="md" verticalSpacing="sm">
            {rest.map(field)}
          </SimpleGrid>
        </Collapse>
        <Switch
          checked={takesIn}
          onChange={(event) => {
            setTakesIn(event.currentTarget.checked);
          }}
          label="Take in the images that are in the pool already"
          description="New ones come in by themselves."
        />
        {form.sameDataset && (
          <Alert color="yellow" variant="light">
            Pool and ground truth are one dataset. They must be two: labelled images are copied from one to
            the other.
          </Alert>
        )}
        {starting.isError && <ProblemNote error={starting.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={starting.isPending}
            disabled={!form.isComplete || title.trim() === ""}
          >
            Start
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
