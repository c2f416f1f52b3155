import { ActionIcon, Button, Group, Stack, Table, Text, Tooltip } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { pipelineQuery, setVariable } from "@/api/queries/pipelines";
import type { Pipeline, VariableSpec } from "@/api/schema.gen";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";

import { sayValue, useNames } from "./NodePanel";
import classes from "./panels.module.css";
import { parseValue, toText, variableWords } from "./words";
import { VariableField } from "./VariableField";

export interface VariablesPanelProps {
  readonly pipeline: Pipeline;
  readonly projectId: string;
  readonly mayEdit: boolean;
}

/** The values that steps read with their next batch, each changed in its place. */
export function VariablesPanel({ pipeline, projectId, mayEdit }: VariablesPanelProps) {
  const names = useNames(projectId);
  const [edited, setEdited] = useState<string | null>(null);
  return (
    <Panel title="Variables" about="Steps read them anew with every batch.">
      {(pipeline.definition.variables ?? []).length === 0 && (
        <Text size="sm" c="dimmed">
          This pipeline has none.
        </Text>
      )}
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {(pipeline.definition.variables ?? []).map((spec) =>
            edited === spec.name ? (
              <EditRow
                key={spec.name}
                spec={spec}
                pipeline={pipeline}
                projectId={projectId}
                onDone={() => {
                  setEdited(null);
                }}
              />
            ) : (
              <Table.Tr key={spec.name}>
                <Table.Td>
                  <Tooltip
                    label={variableWords(spec.name).help}
                    disabled={variableWords(spec.name).help === ""}
                  >
                    <Text size="sm">{variableWords(spec.name).title}</Text>
                  </Tooltip>
                </Table.Td>
                <Table.Td className={classes.value}>
                  {sayValue(pipeline.variables[spec.name], names)}
                </Table.Td>
                <Table.Td ta="right">
                  {mayEdit && (
                    <ActionIcon
                      size="sm"
                      aria-label={`Change ${variableWords(spec.name).title}`}
                      onClick={() => {
                        setEdited(spec.name);
                      }}
                    >
                      <IconPencil size={15} />
                    </ActionIcon>
                  )}
                </Table.Td>
              </Table.Tr>
            ),
          )}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}

interface EditRowProps {
  readonly spec: VariableSpec;
  readonly pipeline: Pipeline;
  readonly projectId: string;
  readonly onDone: () => void;
}

function EditRow({ spec, pipeline, projectId, onDone }: EditRowProps) {
  const [text, setText] = useState(() => toText(spec.type, pipeline.variables[spec.name]));
  const client = useQueryClient();
  const parsed = parseValue(spec.type, text);
  const problem = "problem" in parsed ? parsed.problem : undefined;
  const saving = useMutation({
    mutationFn: () =>
      setVariable({
        pipelineId: pipeline.id,
        name: spec.name,
        value: "problem" in parsed ? null : parsed.value,
      }),
    onSuccess: async (changed) => {
      client.setQueryData(pipelineQuery(pipeline.id).queryKey, changed);
      await client.invalidateQueries({ queryKey: ["champions"] });
      onDone();
    },
  });
  return (
    <Table.Tr>
      <Table.Td colSpan={3}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (problem === undefined) saving.mutate();
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape") onDone();
          }}
        >
          <Stack gap={6}>
            <VariableField
              spec={spec}
              projectId={projectId}
              text={text}
              onChange={setText}
              problem={problem}
            />
            {saving.isError && <ProblemNote error={saving.error} />}
            <Group gap="xs" justify="flex-end">
              <Button size="xs" variant="default" onClick={onDone}>
                Cancel
              </Button>
              <Button size="xs" type="submit" loading={saving.isPending} disabled={problem !== undefined}>
                Save
              </Button>
            </Group>
          </Stack>
        </form>
      </Table.Td>
    </Table.Tr>
  );
}
