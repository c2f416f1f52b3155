/** Plain inputs of a schema's fields: what a value is written with, whoever asks for it. */
import {
  JsonInput,
  MultiSelect,
  NumberInput,
  Select,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useState } from "react";

import { asText } from "@/api/json";

import { sayDefault, type Field } from "./fields";
import classes from "./inputs.module.css";

export interface Common {
  readonly label: string;
  readonly description: string;
  readonly error: string | undefined;
  readonly placeholder: string;
  readonly required: boolean;
  readonly size: "xs" | "sm";
}

export interface InputProps {
  readonly field: Field;
  readonly value: unknown;
  /** Undefined takes the value away. */
  readonly onChange: (value: unknown) => void;
  readonly common: Common;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** One or several out of a list; what is set and not in the list stays visible. */
export function ChoicePicker(
  props: InputProps & { readonly choices: readonly Choice[]; readonly nothing?: string },
) {
  const { field, value, onChange, common, choices, nothing = "Nothing found" } = props;
  if (field.isList) {
    const chosen = Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
    return (
      <MultiSelect
        {...common}
        placeholder={chosen.length === 0 ? common.placeholder : undefined}
        data={withUnknown(choices, chosen)}
        value={chosen}
        onChange={(values) => {
          onChange(values.length === 0 ? undefined : values);
        }}
        searchable
        nothingFoundMessage={nothing}
      />
    );
  }
  const chosen = asText(value);
  return (
    <Select
      {...common}
      data={withUnknown(choices, chosen === null ? [] : [chosen])}
      value={chosen}
      onChange={(one) => {
        onChange(one ?? undefined);
      }}
      searchable={choices.length > 6}
      clearable
      nothingFoundMessage={nothing}
    />
  );
}

function withUnknown(choices: readonly Choice[], chosen: readonly string[]): Choice[] {
  const unknown = chosen.filter((one) => !choices.some((choice) => choice.value === one));
  return [...choices, ...unknown.map((one) => ({ value: one, label: `${one} (not here)` }))];
}

/** What every input of a field shows besides its value. */
export function commonOf(field: Field, problem?: string): Common {
  return {
    label: field.title,
    description: field.help,
    error: problem,
    placeholder: sayDefault(field),
    required: field.isRequired,
    size: "xs",
  };
}

export function TextParam({ value, onChange, common, isQuery }: InputProps & { readonly isQuery: boolean }) {
  const text = asText(value) ?? "";
  const change = (next: string) => {
    onChange(next === "" ? undefined : next);
  };
  if (isQuery || text.length > 40 || text.includes("\n")) {
    return (
      <Textarea
        {...common}
        placeholder={isQuery && common.placeholder === "" ? "label:car confidence<0.5" : common.placeholder}
        autosize
        minRows={1}
        maxRows={8}
        spellCheck={!isQuery}
        classNames={isQuery ? { input: classes.mono } : undefined}
        value={text}
        onChange={(event) => {
          change(event.currentTarget.value);
        }}
      />
    );
  }
  return (
    <TextInput
      {...common}
      value={text}
      onChange={(event) => {
        change(event.currentTarget.value);
      }}
    />
  );
}

export function NumberField({ field, value, onChange, common }: InputProps) {
  return (
    <NumberInput
      {...common}
      value={typeof value === "number" ? value : ""}
      allowDecimal={field.kind === "number"}
      clampBehavior="none"
      step={field.kind === "number" ? 0.1 : 1}
      min={field.least ?? undefined}
      max={field.most ?? undefined}
      onChange={(next) => {
        onChange(typeof next === "number" && Number.isFinite(next) ? next : undefined);
      }}
    />
  );
}

export function BooleanField({ field, value, onChange, common }: InputProps) {
  return (
    <Switch
      size={common.size}
      label={common.label}
      description={common.description}
      error={common.error}
      checked={typeof value === "boolean" ? value : field.fallback === true}
      onChange={(event) => {
        onChange(event.currentTarget.checked);
      }}
    />
  );
}

/** Yes, no, or the word that leaves it open. */
export function TristateField({ field, value, onChange, common }: InputProps) {
  const word = field.choices[0] ?? "auto";
  const told = (one: unknown) => (one === true ? "yes" : one === false ? "no" : word);
  return (
    <Select
      {...common}
      placeholder={told(field.fallback)}
      data={[word, "yes", "no"]}
      value={value === undefined ? null : told(value)}
      clearable
      onChange={(next) => {
        onChange(next === null ? undefined : next === word ? word : next === "yes");
      }}
    />
  );
}

export function NamesField({ value, onChange, common }: InputProps) {
  const names = Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
  return (
    <TagsInput
      {...common}
      placeholder={names.length === 0 ? "A name, then Enter" : undefined}
      value={names}
      onChange={(next) => {
        onChange(next.length === 0 ? undefined : next);
      }}
    />
  );
}

export function JsonField({ value, onChange, common }: InputProps) {
  const [text, setText] = useState(() => (value === undefined ? "" : JSON.stringify(value, null, 2)));
  const [isWrong, setWrong] = useState(false);
  return (
    <JsonInput
      {...common}
      error={isWrong ? "Not JSON yet." : common.error}
      autosize
      minRows={2}
      maxRows={12}
      formatOnBlur
      classNames={{ input: classes.mono }}
      value={text}
      onChange={(next) => {
        setText(next);
        const read = parseJson(next);
        setWrong(read === null);
        if (read !== null) onChange(read.value);
      }}
    />
  );
}

/** The value of a text; undefined for the empty one; null when it is not JSON. */
export function parseJson(text: string): { readonly value: unknown } | null {
  if (text.trim() === "") return { value: undefined };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

/** The input of any field that refers to nothing else. */
export function SchemaInput(props: InputProps) {
  switch (props.field.kind) {
    case "choice":
      return (
        <ChoicePicker {...props} choices={props.field.choices.map((one) => ({ value: one, label: one }))} />
      );
    case "number":
    case "integer":
      return <NumberField {...props} />;
    case "boolean":
      return <BooleanField {...props} />;
    case "tristate":
      return <TristateField {...props} />;
    case "names":
      return <NamesField {...props} />;
    case "text":
      return <TextParam {...props} isQuery={false} />;
    default:
      return <JsonField {...props} />;
  }
}
