import { ActionIcon, Button, Group, Input, Select, Stack, Textarea, TextInput, Tooltip } from "@mantine/core";
import { IconLink, IconLinkOff, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";

import { asText, isRecord } from "@/api/json";
import type { Field } from "@/graph/fields";
import {
  BooleanField,
  ChoicePicker,
  commonOf,
  JsonField,
  NamesField,
  NumberField,
  TextParam,
  TristateField,
  type InputProps as PickerProps,
} from "@/graph/inputs";
import { fromVariable, variableOf } from "@/graph/variables";

import { CodeField } from "./CodeField";
import classes from "./editor.module.css";
import {
  DatasetPicker,
  LabelsPicker,
  ModelPicker,
  RecipePicker,
  StrategyPicker,
  SubsetPicker,
  TaskPicker,
  VariablePicker,
} from "./pickers";
import { useEditor } from "./useEditor";
import { variablesFor } from "./variableTypes";

export interface ParamFieldProps {
  readonly field: Field;
  readonly value: unknown;
  readonly problem: string | undefined;
  /** Undefined takes the value away, so that the default counts. */
  readonly onChange: (value: unknown) => void;
}

/** One parameter: its own value, or the variable it comes from. */
export function ParamField(props: ParamFieldProps) {
  const { field, value, onChange } = props;
  const { draft } = useEditor();
  const bound = variableOf(value);
  const offers = variablesFor(field, draft.variables);
  const isBindable =
    field.kind !== "variable" && field.hasNoVariable !== true && (bound !== null || offers.length > 0);
  return (
    <div className={classes.field} data-field={field.name}>
      {isBindable && (
        <Tooltip label={bound === null ? "Take it from a variable" : "Give it a value of its own"}>
          <ActionIcon
            className={classes.bind}
            size="sm"
            aria-label={
              bound === null
                ? `${field.title}: take it from a variable`
                : `${field.title}: a value of its own`
            }
            onClick={() => {
              if (bound !== null)
                onChange(draft.variables.find((one) => one.name === bound)?.value ?? undefined);
              else if (offers[0] !== undefined) onChange(fromVariable(offers[0].name));
            }}
          >
            {bound === null ? <IconLink size={14} /> : <IconLinkOff size={14} />}
          </ActionIcon>
        </Tooltip>
      )}
      {bound === null ? <OwnValue {...props} /> : <BoundValue {...props} bound={bound} />}
    </div>
  );
}

function BoundValue({ field, problem, onChange, bound }: ParamFieldProps & { readonly bound: string }) {
  const { draft } = useEditor();
  const names = variablesFor(field, draft.variables).map((one) => one.name);
  return (
    <Select
      {...commonOf(field, problem)}
      data={names.includes(bound) ? names : [...names, bound]}
      value={bound}
      allowDeselect={false}
      leftSection={<IconLink size={14} />}
      onChange={(name) => {
        if (name !== null) onChange(fromVariable(name));
      }}
    />
  );
}

function OwnValue({ field, value, problem, onChange }: ParamFieldProps) {
  const common = commonOf(field, problem);
  const picker: PickerProps = { field, value, onChange, common };
  switch (field.kind) {
    case "dataset":
      return <DatasetPicker {...picker} />;
    case "model":
      return <ModelPicker {...picker} />;
    case "recipe":
      return <RecipePicker {...picker} />;
    case "variable":
      return <VariablePicker {...picker} />;
    case "task":
      return <TaskPicker {...picker} />;
    case "labels":
      return <LabelsPicker {...picker} />;
    case "strategy":
      return <StrategyPicker {...picker} />;
    case "subset":
      return <SubsetPicker {...picker} />;
    case "choice":
      return <ChoicePicker {...picker} choices={field.choices.map((one) => ({ value: one, label: one }))} />;
    case "number":
    case "integer":
      return <NumberField {...picker} />;
    case "boolean":
      return <BooleanField {...picker} />;
    case "tristate":
      return <TristateField {...picker} />;
    case "names":
      return <NamesField {...picker} />;
    case "queries":
      return <QueriesField {...picker} />;
    case "code":
      return <CodeParam {...picker} />;
    case "query":
      return <TextParam {...picker} isQuery />;
    case "text":
      return <TextParam {...picker} isQuery={false} />;
    case "json":
      return <JsonField {...picker} />;
  }
}

function CodeParam({ field, value, onChange, common }: PickerProps) {
  return (
    <CodeField
      label={common.label}
      help={common.description}
      problem={common.error}
      hint={field.example ?? common.placeholder}
      value={asText(value) ?? ""}
      onChange={(text) => {
        onChange(text === "" ? undefined : text);
      }}
    />
  );
}

/** Names, each with a query: every name is a port of its own. */
function QueriesField({ value, onChange, common }: PickerProps) {
  const rows = isRecord(value) ? Object.entries(value) : [];
  const write = (next: readonly (readonly [string, unknown])[]) => {
    onChange(next.length === 0 ? undefined : Object.fromEntries(next));
  };
  const change = (at: number, row: readonly [string, unknown]) => {
    write(rows.map((one, other) => (other === at ? row : one)));
  };
  return (
    <Input.Wrapper {...common} labelElement="div">
      <Stack gap={6} mt={4}>
        {rows.map(([name, query], at) => (
          <Group key={at} gap={4} wrap="nowrap" align="flex-start">
            <NameInput
              name={name}
              taken={rows.map(([one]) => one)}
              onChange={(next) => {
                change(at, [next, query]);
              }}
            />
            <Textarea
              size="xs"
              flex={1}
              autosize
              minRows={1}
              aria-label={`Query of ${name}`}
              placeholder="width<64"
              classNames={{ input: classes.mono }}
              value={asText(query) ?? ""}
              onChange={(event) => {
                change(at, [name, event.currentTarget.value]);
              }}
            />
            <ActionIcon
              aria-label={`Remove ${name}`}
              onClick={() => {
                write(rows.filter((_, other) => other !== at));
              }}
            >
              <IconTrash size={14} />
            </ActionIcon>
          </Group>
        ))}
        <Button
          size="compact-xs"
          variant="default"
          w="fit-content"
          leftSection={<IconPlus size={12} />}
          onClick={() => {
            write([...rows, [`way_${String(rows.length + 1)}`, ""]]);
          }}
        >
          Add
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}

interface NameInputProps {
  readonly name: string;
  readonly taken: readonly string[];
  readonly onChange: (name: string) => void;
}

/** A name that is taken over when it is whole, so that half a name never stands for another port. */
function NameInput({ name, taken, onChange }: NameInputProps) {
  const [text, setText] = useState(name);
  const [of, setOf] = useState(name);
  if (of !== name) {
    setOf(name);
    setText(name);
  }
  const problem = text !== name && taken.includes(text) ? "taken" : undefined;
  return (
    <TextInput
      size="xs"
      w={96}
      aria-label={`Name of ${name}`}
      error={problem}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
      }}
      onBlur={() => {
        if (text === "" || problem !== undefined) setText(name);
        else if (text !== name) onChange(text);
      }}
    />
  );
}
