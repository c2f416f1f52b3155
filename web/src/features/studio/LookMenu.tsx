import { ActionIcon, Button, Group, Popover, Slider, Stack, Switch, Text, Tooltip } from "@mantine/core";
import { IconAdjustments } from "@tabler/icons-react";

import { useStudio, useView } from "./context";
import { PLAIN_LOOK, type PictureLook } from "./studioStore";

const SLIDERS: readonly { readonly key: keyof PictureLook; readonly name: string }[] = [
  { key: "brightness", name: "Brightness" },
  { key: "contrast", name: "Contrast" },
  { key: "gamma", name: "Gamma" },
];

/** How the picture is shown; nothing of it changes the picture. */
export function LookMenu() {
  const { store } = useStudio();
  const look = useView((view) => view.look);
  const keepsView = useView((view) => view.keepsView);
  return (
    <Popover width={260} position="bottom-end" shadow="md" withinPortal>
      <Popover.Target>
        <Tooltip label="Brightness, contrast, gamma">
          <ActionIcon
            aria-label="How the picture is shown"
            variant={look === PLAIN_LOOK ? "subtle" : "light"}
          >
            <IconAdjustments size={18} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          {SLIDERS.map(({ key, name }) => (
            <div key={key}>
              <Group justify="space-between">
                <Text size="xs">{name}</Text>
                <Text size="xs" c="dimmed">
                  {look[key].toFixed(2)}
                </Text>
              </Group>
              <Slider
                aria-label={name}
                label={null}
                min={0.2}
                max={3}
                step={0.05}
                value={look[key]}
                onChange={(value) => {
                  store.setState({ look: { ...look, [key]: value } });
                }}
              />
            </div>
          ))}
          <Switch
            size="xs"
            label="Keep zoom and place for the next item"
            checked={keepsView}
            onChange={(event) => {
              store.setState({ keepsView: event.currentTarget.checked });
            }}
          />
          <Button
            size="xs"
            variant="default"
            disabled={look === PLAIN_LOOK}
            onClick={() => {
              store.setState({ look: PLAIN_LOOK });
            }}
          >
            As it is
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
