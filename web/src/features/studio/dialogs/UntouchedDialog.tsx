import { Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { useSubmit } from "../actions/useSubmit";
import { useStudio } from "../context";
import { rememberRule, type UntouchedRule } from "../untouched";

/** Asked once for a task: what of the proposals that nobody said yes or no to. */
export function UntouchedDialog({ onClose }: { readonly onClose: () => void }) {
  const { task } = useStudio();
  const submit = useSubmit();
  const [isRemembered, setRemembered] = useState(true);
  const answer = (rule: UntouchedRule) => {
    if (isRemembered) rememberRule(task.id, rule);
    onClose();
    submit({ untouched: rule });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title="Some proposals have no answer yet"
      size="md"
      withCloseButton={false}
    >
      <Stack gap="sm">
        <Text size="sm">
          You said neither yes nor no to them. What shall become of such proposals when you submit?
        </Text>
        <Checkbox
          size="sm"
          label="Do the same for the rest of this task"
          checked={isRemembered}
          onChange={(event) => {
            setRemembered(event.currentTarget.checked);
          }}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button
            variant="default"
            onClick={() => {
              answer("accept");
            }}
          >
            Accept them
          </Button>
          <Button
            data-autofocus
            onClick={() => {
              answer("reject");
            }}
          >
            Reject them
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
