import { ActionIcon, Button, Group, Select, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";

import type { VariableType } from "@/api/schema.gen";
import { checkName, freeName, type DraftVariable } from "@/graph/draft";
import type { Field, FieldKind } from "@/graph/fields";
import { addVariable, removeVariable, renameVariable, setVariable, usesOf } from "@/graph/variables";

import classes from "./editor.module.css";
import { ParamField } from "./ParamField";
import { useEditor } from "./useEditor";

const TYPES: readonly VariableType[] = ["dataset", "model", "query", "number", "text", "json"];
const KINDS: Readonly<Record<VariableType, FieldKind>> = {
  dataset: "dataset",
  model: "model",
  query: "query",
  number: "number",
  text: "text",
  json: "json",
};

/** Values with a name: steps and triggers read them anew each time, so that they can be changed while it runs. */
export function VariablesTab() {
  const { draft, edit } = useEditor();
  const names = draft.variables.map((one) => one.name);
  return (
    <Stack gap="sm">
      <Text size="xs" c="dimmed">
        Values with a name. Steps read them anew with every batch, so they can be changed while the pipeline
        runs, without a new version.
      </Text>
      {draft.variables.map((variable) => (
        <VariableRow key={variable.name} variable={variable} />
      ))}
      <Button
        size="xs"
        variant="default"
        w="fit-content"
        leftSection={<IconPlus size={14} />}
        onClick={() => {
          edit((one) =>
            addVariable(one, {
              name: freeName("variable", names),
              type: "text",
              value: null,
              description: "",
            }),
          );
        }}
      >
        Add a variable
      </Button>
    </Stack>
  );
}

function VariableRow({ variable }: { readonly variable: DraftVariable }) {
  const { draft, types, edit } = useEditor();
  const uses = usesOf(draft, types, variable.name);
  const isUsed = uses.length > 0;
  return (
    <section className={classes.row} aria-label={`Variable ${variable.name}`}>
      <Stack gap={6}>
        <Group gap={6} wrap="nowrap" align="flex-start">
          <VariableName variable={variable} />
          <Select
            size="xs"
            w={96}
            aria-label={`Type of ${variable.name}`}
            data={[...TYPES]}
            value={variable.type}
            allowDeselect={false}
            onChange={(value) => {
              const type = TYPES.find((one) => one === value);
              // A value of another type would be wrong.
              if (type !== undefined) edit((one) => setVariable(one, { ...variable, type, value: null }));
            }}
          />
          <Tooltip label={isUsed ? `Used by ${uses.join(", ")}` : "Remove"} multiline maw={260}>
            <ActionIcon
              aria-label={`Remove ${variable.name}`}
              data-disabled={isUsed || undefined}
              aria-disabled={isUsed}
              onClick={() => {
                edit((one) => removeVariable(one, types, variable.name));
              }}
            >
              <IconTrash size={15} />
            </ActionIcon>
          </Tooltip>
        </Group>
        <ParamField
          key={variable.type}
          field={fieldFor(variable)}
          value={variable.value ?? undefined}
          problem={undefined}
          onChange={(value) => {
            edit(
              (one) => setVariable(one, { ...variable, value: value ?? null }),
              `variable ${variable.name}`,
            );
          }}
        />
        <Text size="xs" c="dimmed">
          {isUsed
            ? `Used by ${uses.length > 2 ? `${String(uses.length)} places` : uses.join(", ")}`
            : "Used by nothing yet"}
        </Text>
      </Stack>
    </section>
  );
}

function fieldFor(variable: DraftVariable): Field {
  return {
    name: variable.name,
    title: "First value",
    help: variable.description ?? "",
    kind: KINDS[variable.type],
    isNullable: true,
    isRequired: false,
    fallback: null,
    choices: [],
    least: null,
    most: null,
    isList: false,
    hasNoVariable: true,
  };
}

function VariableName({ variable }: { readonly variable: DraftVariable }) {
  const { draft, types, edit } = useEditor();
  const [text, setText] = useState(variable.name);
  const others = draft.variables.map((one) => one.name).filter((name) => name !== variable.name);
  const problem = checkName(text, others);
  return (
    <TextInput
      size="xs"
      flex={1}
      aria-label={`Name of ${variable.name}`}
      error={problem}
      classNames={{ input: classes.mono }}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value.toLowerCase().replaceAll(/[\s-]/gu, "_"));
      }}
      onBlur={() => {
        if (problem !== null) setText(variable.name);
        else edit((one) => renameVariable(one, types, { from: variable.name, to: text }));
      }}
    />
  );
}
