import { ActionIcon, Autocomplete, Button, Group, NumberInput, Select, Stack, Text } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";

import type { PartProps } from "./ChooseTab";
import type { Quota } from "./form";

const FIELDS = ["group", "day", "folder", "metadata.camera"];
const MOST = 10;

/** At most so many of each source, place or day. */
export function QuotaRows({ form, onChange }: PartProps) {
  const set = (at: number, changes: Partial<Quota>) => {
    onChange({ quotas: form.quotas.map((one, index) => (index === at ? { ...one, ...changes } : one)) });
  };
  return (
    <Stack gap={6}>
      {form.quotas.map((quota, at) => (
        <QuotaRow
          key={at}
          quota={quota}
          onSet={(changes) => {
            set(at, changes);
          }}
          onRemove={() => {
            onChange({ quotas: form.quotas.filter((_, index) => index !== at) });
          }}
        />
      ))}
      <Group gap="sm">
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          disabled={form.quotas.length >= MOST}
          onClick={() => {
            onChange({ quotas: [...form.quotas, { field: "group", kind: "share", amount: 20 }] });
          }}
        >
          Add a limit
        </Button>
        {form.quotas.length === 0 && (
          <Text size="xs" c="dimmed">
            So that no camera, place or day takes it all.
          </Text>
        )}
      </Group>
    </Stack>
  );
}

interface RowProps {
  readonly quota: Quota;
  readonly onSet: (changes: Partial<Quota>) => void;
  readonly onRemove: () => void;
}

function QuotaRow({ quota, onSet, onRemove }: RowProps) {
  return (
    <Group gap={8} wrap="nowrap">
      <Text size="sm" style={{ whiteSpace: "nowrap" }}>
        At most
      </Text>
      <NumberInput
        aria-label="Amount of the limit"
        w={86}
        min={1}
        max={quota.kind === "share" ? 100 : undefined}
        allowNegative={false}
        value={quota.amount ?? ""}
        onChange={(value) => {
          onSet({ amount: typeof value === "number" ? value : null });
        }}
      />
      <Select
        aria-label="Unit of the limit"
        w={110}
        allowDeselect={false}
        data={[
          { value: "share", label: "percent" },
          { value: "most", label: "images" },
        ]}
        value={quota.kind}
        onChange={(kind) => {
          onSet({ kind: kind === "most" ? "most" : "share" });
        }}
      />
      <Text size="sm" style={{ whiteSpace: "nowrap" }}>
        of each
      </Text>
      <Autocomplete
        aria-label="Field of the limit"
        flex={1}
        maw={260}
        data={FIELDS}
        value={quota.field}
        onChange={(field) => {
          onSet({ field });
        }}
      />
      <ActionIcon aria-label="Remove this limit" onClick={onRemove}>
        <IconTrash size={16} />
      </ActionIcon>
    </Group>
  );
}
