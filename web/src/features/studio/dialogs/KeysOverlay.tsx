import { Button, Group, Kbd, Modal, Text, Title } from "@mantine/core";
import { IconKeyboard } from "@tabler/icons-react";

import { ACTIONS, type Action, type ActionGroup } from "@/keys/actions";

import { useKeysOf, useStudio } from "../context";
import classes from "../studio.module.css";

const GROUPS: readonly ActionGroup[] = [
  "Items",
  "Tools",
  "Classes",
  "Shapes",
  "Video",
  "Proposals",
  "Review",
  "View",
  "Help",
];

const MOUSE: readonly (readonly [string, string])[] = [
  ["Wheel", "closer and farther"],
  ["Space and drag, or the middle button", "move the picture"],
  ["Shift and wheel", "size of the brush"],
  ["Alt", "while drawing: take hold of a shape"],
  ["Arrow keys", "move the crosshair, or the selected shapes"],
  ["Enter, with the crosshair", "click there; twice closes the shape"],
];

/** All keys that work here now. */
export function KeysOverlay({ onClose }: { readonly onClose: () => void }) {
  const { keyboard, store } = useStudio();
  const valid = ACTIONS.filter((action) => keyboard.canRun(action.id));
  return (
    <Modal opened onClose={onClose} title="Keys" size="xl">
      <div className={classes.columns}>
        {GROUPS.map((group) => (
          <KeyGroup key={group} group={group} actions={valid.filter((action) => action.group === group)} />
        ))}
        <section>
          <Title order={3} fz="sm" mb={4}>
            Mouse and crosshair
          </Title>
          {MOUSE.map(([how, what]) => (
            <Text key={how} size="xs" mb={3}>
              <b>{how}</b>: {what}
            </Text>
          ))}
        </section>
      </div>
      <Group justify="flex-end" mt="md">
        <Button
          variant="default"
          leftSection={<IconKeyboard size={16} />}
          onClick={() => {
            store.setState({ dialog: "remap" });
          }}
        >
          Change the keys
        </Button>
      </Group>
    </Modal>
  );
}

function KeyGroup({ group, actions }: { readonly group: ActionGroup; readonly actions: readonly Action[] }) {
  if (actions.length === 0) return null;
  return (
    <section>
      <Title order={3} fz="sm" mb={4}>
        {group}
      </Title>
      {actions.map((action) => (
        <KeyRow key={action.id} action={action} />
      ))}
    </section>
  );
}

function KeyRow({ action }: { readonly action: Action }) {
  const keys = useKeysOf(action.id);
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs" mb={3}>
      <Text size="xs">{action.title}</Text>
      <Group gap={3} wrap="nowrap">
        {keys.map((key) => (
          <Kbd key={key} size="xs">
            {key}
          </Kbd>
        ))}
      </Group>
    </Group>
  );
}
