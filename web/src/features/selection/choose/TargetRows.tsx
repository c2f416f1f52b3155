import { ActionIcon, Autocomplete, Button, Group, NumberInput, Stack, Text } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";

import type { PartProps } from "./ChooseTab";

export interface TargetRowsProps extends PartProps {
  readonly labels: readonly string[];
}

/** The wished share of each class; the rest shares what is left. */
export function TargetRows({ labels, form, onChange }: TargetRowsProps) {
  const { target } = form;
  const sum = target.reduce((all, one) => all + (one.percent ?? 0), 0);
  const set = (at: number, changes: Partial<Target>) => {
    onChange({ target: target.map((one, index) => (index === at ? { ...one, ...changes } : one)) });
  };
  return (
    <Stack gap={6}>
      <div>
        <Text size="sm" fw={500}>
          Wished shares
        </Text>
        <Text size="xs" c="dimmed">
          None: every class as often. {sum > 100 && "Together they are more than 100 %."}
        </Text>
      </div>
      {target.map((one, at) => (
        <Group key={at} gap={8} wrap="nowrap">
          <Autocomplete
            aria-label="Class"
            w={220}
            data={labels.filter((label) => !target.some((other) => other.label === label))}
            value={one.label}
            onChange={(label) => {
              set(at, { label });
            }}
          />
          <NumberInput
            aria-label={`Percent of ${one.label}`}
            w={90}
            min={0}
            max={100}
            suffix=" %"
            value={one.percent ?? ""}
            onChange={(value) => {
              set(at, { percent: typeof value === "number" ? value : null });
            }}
          />
          <ActionIcon
            aria-label={`Remove the wish for ${one.label}`}
            onClick={() => {
              onChange({ target: target.filter((_, index) => index !== at) });
            }}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Button
        size="compact-sm"
        variant="default"
        w="fit-content"
        leftSection={<IconPlus size={14} />}
        onClick={() => {
          onChange({ target: [...target, { label: "", percent: 20 }] });
        }}
      >
        Add a class
      </Button>
    </Stack>
  );
}

interface Target {
  readonly label: string;
  readonly percent: number | null;
}
