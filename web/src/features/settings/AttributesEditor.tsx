import {
  ActionIcon,
  Button,
  Card,
  Group,
  MultiSelect,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";

import { addAttribute, changeAttribute, removeAttribute, type AttributeRow } from "./draft";
import type { DraftEditorProps } from "./LabelsEditor";

const TYPES: readonly { readonly value: AttributeRow["type"]; readonly label: string }[] = [
  { value: "flag", label: "yes or no" },
  { value: "choice", label: "one of a list" },
  { value: "number", label: "number" },
  { value: "text", label: "text" },
];

/** Properties an annotation may carry besides its label. */
export function AttributesEditor({ draft, onChange, isReadOnly }: DraftEditorProps) {
  return (
    <Card withBorder>
      <Group justify="space-between" mb="sm">
        <Title order={3}>Attributes</Title>
        {!isReadOnly && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} />}
            onClick={() => {
              onChange(addAttribute(draft));
            }}
          >
            Add an attribute
          </Button>
        )}
      </Group>
      {draft.attributes.length === 0 && (
        <Text size="sm" c="dimmed">
          None. An attribute says more about an object, such as occluded, pose or a plate number.
        </Text>
      )}
      <Stack gap="sm">
        {draft.attributes.map((row) => (
          <Row key={row.key} row={row} draft={draft} onChange={onChange} isReadOnly={isReadOnly} />
        ))}
      </Stack>
    </Card>
  );
}

function Row({ row, draft, onChange, isReadOnly }: DraftEditorProps & { readonly row: AttributeRow }) {
  const change = (part: Partial<Omit<AttributeRow, "key" | "was">>) => {
    onChange(changeAttribute(draft, row.key, part));
  };
  return (
    <Group align="flex-start" wrap="nowrap" gap={6}>
      <TextInput
        aria-label="Name of the attribute"
        placeholder="occluded"
        w={150}
        value={row.name}
        maxLength={200}
        readOnly={isReadOnly}
        onChange={(event) => {
          change({ name: event.currentTarget.value });
        }}
      />
      <Select
        aria-label={`Type of ${row.name}`}
        w={130}
        disabled={isReadOnly}
        data={TYPES.map((one) => ({ ...one }))}
        value={row.type}
        onChange={(value) => {
          const found = TYPES.find((one) => one.value === value);
          if (found !== undefined) change({ type: found.value });
        }}
      />
      <Stack gap={6} style={{ flex: 1 }}>
        {row.type === "choice" && (
          <TagsInput
            aria-label={`Choices of ${row.name}`}
            placeholder="type a choice, then Enter"
            disabled={isReadOnly}
            value={[...row.choices]}
            onChange={(choices) => {
              change({ choices });
            }}
          />
        )}
        <MultiSelect
          aria-label={`Labels that have ${row.name}`}
          placeholder={row.labels.length === 0 ? "for every label" : ""}
          disabled={isReadOnly}
          data={[...new Set(draft.labels.map((one) => one.name).filter((name) => name !== ""))]}
          value={[...row.labels]}
          onChange={(labels) => {
            change({ labels });
          }}
        />
      </Stack>
      {!isReadOnly && (
        <ActionIcon
          aria-label={`Remove attribute ${row.name}`}
          color="red"
          onClick={() => {
            onChange(removeAttribute(draft, row.key));
          }}
        >
          <IconTrash size={16} />
        </ActionIcon>
      )}
    </Group>
  );
}
