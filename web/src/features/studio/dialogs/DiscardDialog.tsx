import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { ProblemNote } from "@/ui/ProblemNote";

import { useStudio } from "../context";

const REASONS = ["Broken or black", "Too blurred", "Does not belong here", "Shows a person"] as const;

/** Say why an item cannot be worked on. */
export function DiscardDialog({ onClose }: { readonly onClose: () => void }) {
  const { queue } = useStudio();
  const [reason, setReason] = useState("");
  const discarding = useMutation({ mutationFn: (why: string) => queue.discard(why), onSuccess: onClose });
  return (
    <Modal opened onClose={onClose} title="Why can this item not be worked on?" size="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() !== "") discarding.mutate(reason);
        }}
      >
        <Stack gap="sm">
          <Group gap="xs">
            {REASONS.map((one) => (
              <Button
                key={one}
                size="xs"
                variant="default"
                onClick={() => {
                  discarding.mutate(one);
                }}
              >
                {one}
              </Button>
            ))}
          </Group>
          <TextInput
            data-autofocus
            label="Another reason"
            maxLength={2000}
            value={reason}
            onChange={(event) => {
              setReason(event.currentTarget.value);
            }}
          />
          {discarding.isError && <ProblemNote error={discarding.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={discarding.isPending} disabled={reason.trim() === ""}>
              Discard
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
