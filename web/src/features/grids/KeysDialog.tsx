import { Group, Kbd, Modal, SimpleGrid, Text } from "@mantine/core";

import { ACTIONS, type Scope } from "@/keys/actions";
import { showChord } from "@/keys/chord";

import { useKeyMap } from "./keys";

/** Every key that works here. */
export function KeysDialog({
  scopes,
  onClose,
}: {
  readonly scopes: readonly Scope[];
  readonly onClose: () => void;
}) {
  const map = useKeyMap();
  const actions = ACTIONS.filter(({ scope }) => scopes.includes(scope));
  return (
    <Modal opened onClose={onClose} title="Keys of this page" size="xl" returnFocus={false}>
      <SimpleGrid cols={2} spacing="xl" verticalSpacing={4}>
        {actions.map(({ id, title }) => (
          <Group key={id} justify="space-between" wrap="nowrap" gap="sm">
            <Text size="sm">{title}</Text>
            <Group gap={4} wrap="nowrap">
              {(map.get(id) ?? []).map((chord) => (
                <Kbd key={chord} size="xs">
                  {showChord(chord)}
                </Kbd>
              ))}
            </Group>
          </Group>
        ))}
      </SimpleGrid>
    </Modal>
  );
}
