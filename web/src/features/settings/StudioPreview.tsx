import { Checkbox, Divider, Group, Kbd, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import { hashColor } from "@/ui/labelColor";

import type { AttributeRow, Draft, LabelRow } from "./draft";

/** The class list and the attributes of the chosen label, as the studio shows them. */
export function StudioPreview({ draft }: { readonly draft: Draft }) {
  const [chosenKey, setChosen] = useState<number | null>(null);
  const chosen = draft.labels.find((one) => one.key === chosenKey) ?? draft.labels[0];
  if (chosen === undefined) {
    return (
      <Text size="sm" c="dimmed">
        Add a label to see it here.
      </Text>
    );
  }
  const attributes = draft.attributes.filter(
    (one) => one.labels.length === 0 || one.labels.includes(chosen.name),
  );
  return (
    <Stack gap="xs">
      <Stack gap={2} role="listbox" aria-label="Labels">
        {draft.labels.map((row, index) => (
          <Group
            key={row.key}
            gap={8}
            px={6}
            py={3}
            pl={6 + 14 * depthOf(row, draft.labels)}
            wrap="nowrap"
            role="option"
            aria-selected={row.key === chosen.key}
            tabIndex={0}
            bg={row.key === chosen.key ? "var(--mantine-primary-color-light)" : undefined}
            style={{ borderRadius: 6, cursor: "pointer" }}
            onClick={() => {
              setChosen(row.key);
            }}
            onKeyDown={(event) => {
              if (event.key === "Enter") setChosen(row.key);
            }}
          >
            <span
              style={{ width: 12, height: 12, borderRadius: 3, background: row.color ?? hashColor(row.name) }}
            />
            <Text size="sm" style={{ flex: 1 }} truncate>
              {row.name}
            </Text>
            {index < 9 && <Kbd size="xs">{index + 1}</Kbd>}
          </Group>
        ))}
      </Stack>
      {attributes.length > 0 && (
        <>
          <Divider label={`Attributes of ${chosen.name}`} labelPosition="left" />
          {attributes.map((row) => (
            <Field key={row.key} row={row} />
          ))}
        </>
      )}
    </Stack>
  );
}

function Field({ row }: { readonly row: AttributeRow }) {
  switch (row.type) {
    case "flag":
      return <Checkbox label={row.name} />;
    case "number":
      return <NumberInput label={row.name} size="xs" />;
    case "choice":
      return <Select label={row.name} size="xs" data={[...new Set(row.choices)]} />;
    case "text":
      return <TextInput label={row.name} size="xs" />;
  }
}

/** How many ancestors a label has; a cycle typed by mistake counts as none. */
export function depthOf(row: LabelRow, rows: readonly LabelRow[]): number {
  let depth = 0;
  let parent = row.parent;
  while (parent !== null && depth <= rows.length) {
    depth += 1;
    parent = rows.find((one) => one.name === parent)?.parent ?? null;
  }
  return depth > rows.length ? 0 : depth;
}
