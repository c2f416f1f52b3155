import { Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";

import type { DeleteReach } from "@/canvas/tracks/edit";

export interface DeleteTracksProps {
  /** What is meant, in words: `car`, `3 tracks`. */
  readonly what: string;
  readonly frame: number;
  readonly last: DeleteReach;
  readonly onChoose: (choice: { readonly reach: DeleteReach; readonly isRemembered: boolean }) => void;
  readonly onClose: () => void;
}

const CHOICES: readonly (readonly [DeleteReach, string, string])[] = [
  ["frame", "This frame", "1"],
  ["from_here", "From here on", "2"],
  ["track", "The whole track", "3"],
];

/** How far a deletion reaches: nobody loses a whole track because of one frame. */
export function DeleteTracks({ what, frame, last, onChoose, onClose }: DeleteTracksProps) {
  const [isRemembered, setRemembered] = useState(false);
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Delete ${what} at frame ${String(frame)}`}
      size={460}
      onKeyDown={(event) => {
        const choice = CHOICES.find(([, , key]) => key === event.key);
        if (choice !== undefined) onChoose({ reach: choice[0], isRemembered });
      }}
    >
      <Stack gap="sm" pt={4}>
        <Group grow gap="xs" wrap="nowrap" preventGrowOverflow={false}>
          {CHOICES.map(([reach, name, key]) => (
            <Button
              key={reach}
              size="sm"
              px="xs"
              variant={reach === last ? "filled" : "default"}
              data-autofocus={reach === last ? true : undefined}
              rightSection={
                <Text size="xs" c={reach === last ? "inherit" : "dimmed"}>
                  {key}
                </Text>
              }
              onClick={() => {
                onChoose({ reach, isRemembered });
              }}
            >
              {name}
            </Button>
          ))}
        </Group>
        <Checkbox
          size="xs"
          label="Do the same from now on without asking, until the page is left"
          checked={isRemembered}
          onChange={(event) => {
            setRemembered(event.currentTarget.checked);
          }}
        />
      </Stack>
    </Modal>
  );
}
