import { Modal, Text } from "@mantine/core";

/** Run the draft on a few images without writing anything. */
export function TryDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Try it on ten images">
      <Text size="sm">…</Text>
    </Modal>
  );
}
