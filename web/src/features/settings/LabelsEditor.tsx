import {
  ActionIcon,
  Button,
  Card,
  ColorInput,
  Group,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconTrash } from "@tabler/icons-react";
import { useState } from "react";

import { classDigits } from "@/keys/classDigits";
import { EmptyState } from "@/ui/EmptyState";
import { hashColor } from "@/ui/labelColor";
import { IconTags } from "@tabler/icons-react";

import { addLabels, changeLabel, moveLabel, removeLabel, type Draft, type LabelRow } from "./draft";

export interface DraftEditorProps {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly isReadOnly: boolean;
}

/** The labels in their order: the first nine get the digits 1 to 9, a name that is a digit its own. */
export function LabelsEditor({ draft, onChange, isReadOnly }: DraftEditorProps) {
  const [text, setText] = useState("");
  const add = () => {
    onChange(addLabels(draft, text));
    setText("");
  };
  return (
    <Card withBorder>
      <Title order={3} mb="sm">
        Labels
      </Title>
      {draft.labels.length === 0 && (
        <EmptyState icon={<IconTags size={28} />} title="No label yet">
          Labels are the classes your model will tell apart. Type or paste their names below, one per line.
        </EmptyState>
      )}
      <Stack gap={6}>
        {draft.labels.map((row, index) => (
          <Row
            key={row.key}
            row={row}
            place={index}
            draft={draft}
            onChange={onChange}
            isReadOnly={isReadOnly}
          />
        ))}
      </Stack>
      {!isReadOnly && (
        <Group align="flex-end" mt="md" wrap="nowrap">
          <Textarea
            style={{ flex: 1 }}
            label="Add labels"
            description="One per line, or with commas"
            autosize
            maxRows={8}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
            }}
            onKeyDown={(event) => {
              if (event.key === "Enter" && !event.shiftKey && text.trim() !== "") {
                event.preventDefault();
                add();
              }
            }}
          />
          <Button variant="default" onClick={add} disabled={text.trim() === ""}>
            Add
          </Button>
        </Group>
      )}
    </Card>
  );
}

interface RowProps extends DraftEditorProps {
  readonly row: LabelRow;
  readonly place: number;
}

function Row({ row, place, draft, onChange, isReadOnly }: RowProps) {
  const parents = draft.labels
    .filter((one) => one.key !== row.key && one.parent !== row.name)
    .map((one) => one.name);
  const named = row.name === "" ? "label" : row.name;
  return (
    <Group gap={6} wrap="nowrap">
      <Text w={18} size="xs" c="dimmed" ta="right">
        {classDigits(draft.labels.map(({ name }) => name))[place] ?? ""}
      </Text>
      <ColorInput
        aria-label={`Colour of ${named}`}
        eyeDropperButtonProps={{ "aria-label": `Pick the colour of ${named} from the screen` }}
        w={118}
        value={row.color ?? hashColor(row.name)}
        format="hex"
        disabled={isReadOnly}
        onChange={(value) => {
          if (/^#[0-9a-f]{6}$/i.test(value)) onChange(changeLabel(draft, row.key, { color: value }));
        }}
      />
      <TextInput
        aria-label="Name"
        style={{ flex: 1 }}
        value={row.name}
        maxLength={200}
        readOnly={isReadOnly}
        onChange={(event) => {
          onChange(changeLabel(draft, row.key, { name: event.currentTarget.value }));
        }}
      />
      <Select
        aria-label={`Parent of ${named}`}
        placeholder="no parent"
        w={150}
        clearable
        searchable
        disabled={isReadOnly}
        data={[...new Set(parents.filter((name) => name !== ""))]}
        value={row.parent}
        onChange={(value) => {
          onChange(changeLabel(draft, row.key, { parent: value }));
        }}
      />
      {!isReadOnly && (
        <Group gap={0} wrap="nowrap">
          <ActionIcon
            aria-label={`Move ${named} up`}
            disabled={place === 0}
            onClick={() => {
              onChange(moveLabel(draft, row.key, -1));
            }}
          >
            <IconArrowUp size={16} />
          </ActionIcon>
          <ActionIcon
            aria-label={`Move ${named} down`}
            disabled={place === draft.labels.length - 1}
            onClick={() => {
              onChange(moveLabel(draft, row.key, 1));
            }}
          >
            <IconArrowDown size={16} />
          </ActionIcon>
          <ActionIcon
            aria-label={`Remove ${named}`}
            color="red"
            onClick={() => {
              onChange(removeLabel(draft, row.key));
            }}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      )}
    </Group>
  );
}
