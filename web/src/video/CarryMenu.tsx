import { Button, Checkbox, Group, NumberInput, Popover, Progress, Radio, Stack, Text } from "@mantine/core";
import { IconWand } from "@tabler/icons-react";
import { useState } from "react";

import type { Carry } from "./useCarry";
import { MOST_FRAMES, type CarrySettings, type CarryWay } from "./carry";
import { BarButton } from "./PlayerBar";

const WAYS: readonly (readonly [CarryWay, string])[] = [
  ["forward", "Forward"],
  ["next_keyframe", "To the next keyframe"],
  ["backward", "Backward"],
  ["between", "Between the keyframes around here, from both sides"],
];

export interface CarryMenuProps {
  readonly carry: Carry;
  readonly keyName: string | undefined;
  readonly isDisabled: boolean;
}

/** Lets the tracker carry the selected tracks on; while it works: how far it is, and the way to stop it. */
export function CarryMenu({ carry, keyName, isDisabled }: CarryMenuProps) {
  const [isOpen, setOpen] = useState(false);
  if (carry.progress !== null) {
    return (
      <Group gap={6} wrap="nowrap" role="status" aria-label="The tracker is at work">
        <Progress value={carry.progress * 100} w={90} size="sm" animated />
        <Button size="compact-xs" variant="default" onClick={carry.stop}>
          Stop
        </Button>
      </Group>
    );
  }
  return (
    <Popover opened={isOpen} onChange={setOpen} position="top-end" withArrow trapFocus shadow="md">
      <Popover.Target>
        <span>
          <BarButton
            name="Let the tracker carry it on"
            keyName={keyName}
            icon={IconWand}
            isDisabled={isDisabled}
            onClick={() => {
              setOpen((now) => !now);
            }}
          />
        </span>
      </Popover.Target>
      <Popover.Dropdown>
        <CarryForm
          settings={carry.settings}
          onChange={carry.setSettings}
          onStart={() => {
            setOpen(false);
            carry.start();
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

interface CarryFormProps {
  readonly settings: CarrySettings;
  readonly onChange: (settings: CarrySettings) => void;
  readonly onStart: () => void;
}

function CarryForm({ settings, onChange, onStart }: CarryFormProps) {
  return (
    <Stack gap="xs" w={290}>
      <Radio.Group
        size="xs"
        label="The tracker carries what is selected"
        value={settings.way}
        onChange={(value) => {
          const way = WAYS.find(([one]) => one === value)?.[0];
          if (way !== undefined) onChange({ ...settings, way });
        }}
      >
        <Stack gap={6} mt={6}>
          {WAYS.map(([way, words]) => (
            <Radio key={way} size="xs" value={way} label={words} />
          ))}
        </Stack>
      </Radio.Group>
      {settings.way !== "between" && (
        <NumberInput
          size="xs"
          label={settings.way === "next_keyframe" ? "Frames, where no keyframe follows" : "Frames"}
          min={1}
          max={MOST_FRAMES}
          clampBehavior="strict"
          value={settings.count}
          onChange={(value) => {
            if (typeof value === "number" && value >= 1) onChange({ ...settings, count: value });
          }}
        />
      )}
      <Checkbox
        size="xs"
        label="A keyframe in every frame"
        checked={settings.isDense}
        onChange={(event) => {
          onChange({ ...settings, isDense: event.currentTarget.checked });
        }}
      />
      <Text size="xs" c="dimmed">
        What people said stays. The tracker’s keyframes are hollow until they are accepted.
      </Text>
      <Button size="xs" onClick={onStart}>
        Start
      </Button>
    </Stack>
  );
}
