import { Button, Group, Modal, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { useRef, type ReactNode } from "react";

/** Asks before unsaved changes are left; they stay in this browser either way. */
export function useLeaveGuard(isDirty: boolean): { readonly dialog: ReactNode; readonly allow: () => void } {
  const isAllowed = useRef(false);
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && !isAllowed.current && current.pathname !== next.pathname,
    enableBeforeUnload: false,
    withResolver: true,
  });
  const dialog =
    blocker.status === "blocked" ? (
      <Modal opened onClose={blocker.reset} title="Leave without saving?">
        <Text size="sm">
          The changes are kept in this browser: they are there when you open the editor again. Others do not
          see them until they are saved.
        </Text>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={blocker.reset}>
            Stay
          </Button>
          <Button onClick={blocker.proceed}>Leave</Button>
        </Group>
      </Modal>
    ) : null;
  return {
    dialog,
    allow: () => {
      isAllowed.current = true;
    },
  };
}
