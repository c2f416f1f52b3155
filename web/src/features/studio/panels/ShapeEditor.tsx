import { Anchor, Checkbox, Group, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";

import type { Attribute } from "@/api/schema.gen";
import { setAttributes, setLabel } from "@/canvas/model/edits";
import type { AttributeValue, Shape } from "@/canvas/types";

import { similarAddress } from "../actions/similarAddress";
import { useStudio } from "../context";
import { ConvertRow } from "../magic/ConvertRow";
import type { ItemWork } from "../session/itemWork";
import classes from "../studio.module.css";

/** Class and attributes of the selected shapes. */
export function ShapeEditor({ work, ids }: { readonly work: ItemWork; readonly ids: ReadonlySet<string> }) {
  const { labels, ontology, projectId, asked } = useStudio();
  const shapes = [...ids].flatMap((id) => work.doc.peek(id) ?? []);
  const [first] = shapes;
  if (first === undefined) return null;
  const label = shapes.every((shape) => shape.label === first.label) ? first.label : null;
  const names = [...new Set([...labels.map((one) => one.name), ...(label === null ? [] : [label])])];
  const attributes = (ontology?.attributes ?? []).filter(
    (one) => (one.labels ?? []).length === 0 || (label !== null && (one.labels ?? []).includes(label)),
  );
  return (
    <Stack
      gap={6}
      className={classes.pad}
      style={{
        flex: "none",
        maxHeight: "50%",
        overflow: "auto",
        borderTop: "1px solid var(--mantine-color-default-border)",
      }}
    >
      <Group justify="space-between" gap={4}>
        <Text size="xs" c="dimmed">
          {shapes.length === 1 ? "Selected shape" : `${String(shapes.length)} selected shapes`}
        </Text>
        <Anchor
          size="xs"
          target="_blank"
          rel="noopener"
          href={similarAddress({
            projectId,
            itemId: work.itemId,
            image: work.doc.image,
            geometry: first.geometry,
          })}
        >
          More like this
        </Anchor>
      </Group>
      <Select
        size="xs"
        aria-label="Class"
        searchable
        allowDeselect={false}
        placeholder="Several classes"
        disabled={asked.mode === "fix_geometry"}
        data={names}
        value={label}
        onChange={(value) => {
          if (value !== null) work.run(setLabel(work.doc, ids, value));
        }}
      />
      {attributes.map((attribute) => (
        <AttributeField
          key={`${attribute.name} ${[...ids].join(" ")}`}
          attribute={attribute}
          value={common(shapes, attribute.name)}
          onChange={(value) => {
            work.run(setAttributes(work.doc, ids, { [attribute.name]: value }));
          }}
        />
      ))}
      <ConvertRow work={work} shapes={shapes} />
    </Stack>
  );
}

/** The value all have; null when they differ. */
function common(shapes: readonly Shape[], name: string): AttributeValue {
  const value = shapes[0]?.attributes[name] ?? null;
  return shapes.every((shape) => (shape.attributes[name] ?? null) === value) ? value : null;
}

interface AttributeFieldProps {
  readonly attribute: Attribute;
  readonly value: AttributeValue;
  readonly onChange: (value: AttributeValue | undefined) => void;
}

function AttributeField({ attribute, value, onChange }: AttributeFieldProps) {
  const { name } = attribute;
  switch (attribute.type) {
    case "flag":
      return (
        <Checkbox
          size="xs"
          label={name}
          checked={value === true}
          onChange={(event) => {
            onChange(event.currentTarget.checked);
          }}
        />
      );
    case "choice":
      return (
        <Select
          size="xs"
          label={name}
          clearable
          data={attribute.choices ?? []}
          value={typeof value === "string" ? value : null}
          onChange={(next) => {
            onChange(next ?? undefined);
          }}
        />
      );
    case "number":
      return (
        <NumberInput
          size="xs"
          label={name}
          defaultValue={typeof value === "number" ? value : ""}
          onBlur={(event) => {
            const text = event.currentTarget.value.trim();
            const next = Number(text);
            if (text === "") onChange(undefined);
            else if (Number.isFinite(next)) onChange(next);
          }}
        />
      );
    case "text":
      return (
        <TextInput
          size="xs"
          label={name}
          defaultValue={typeof value === "string" ? value : ""}
          onBlur={(event) => {
            const text = event.currentTarget.value;
            onChange(text === "" ? undefined : text);
          }}
        />
      );
  }
}
