import { Alert, Button, Group, Modal, Progress, Stack, Text } from "@mantine/core";
import { IconFocusCentered } from "@tabler/icons-react";
import type { ReactNode } from "react";

import { formatCount } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";

import type { Scope } from "./scope";
import type { ScopeWork } from "./useScopeWork";

export interface ScopeDialogProps {
  readonly title: string;
  readonly scope: Scope;
  /** What the scope sentence begins with, such as "Works on". */
  readonly lead?: string;
  readonly work?: ScopeWork;
  readonly error?: unknown;
  readonly isBusy?: boolean;
  readonly button: string;
  readonly color?: string;
  readonly isReady?: boolean;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

/** What a dialog that changes the items of a scope is given. */
export interface ChangeDialogProps {
  readonly scope: Scope;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** A dialog that says on how many items it works before anything happens. */
export function ScopeDialog(props: ScopeDialogProps) {
  const {
    title,
    scope,
    lead = "Works on",
    work,
    error,
    isBusy,
    button,
    color,
    isReady = true,
    onSubmit,
    onClose,
  } = props;
  const isRunning = isBusy === true || work?.isRunning === true;
  const failure = error ?? work?.error;
  const isAborted = failure instanceof DOMException && failure.name === "AbortError";
  return (
    <Modal opened onClose={isRunning ? () => undefined : onClose} title={title} withCloseButton={!isRunning}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <Stack gap="sm">
          <Alert variant="light" color={color ?? "whorl"} p="xs" icon={<IconFocusCentered size={18} />}>
            <Text size="sm">
              {lead} <b>{scope.words}</b>.
            </Text>
          </Alert>
          {props.children}
          {work?.isRunning === true && (
            <div>
              <Progress value={(work.done / Math.max(1, scope.count)) * 100} animated aria-label="Progress" />
              <Text size="xs" c="dimmed" mt={4}>
                {formatCount(work.done)} of {formatCount(scope.count)}
              </Text>
            </div>
          )}
          {failure !== null && failure !== undefined && !isAborted && <ProblemNote error={failure} />}
          {isAborted && (
            <Text size="sm" c="orange">
              Stopped. {formatCount(work?.done ?? 0)} items were done; the rest is as it was.
            </Text>
          )}
          <Group justify="flex-end">
            <Button
              variant="default"
              onClick={() => {
                if (work?.isRunning === true) work.cancel();
                else onClose();
              }}
            >
              {work?.isRunning === true ? "Stop" : "Cancel"}
            </Button>
            <Button type="submit" color={color} loading={isRunning} disabled={!isReady || scope.count === 0}>
              {button}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
