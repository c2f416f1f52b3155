import { Modal, Text } from "@mantine/core";

import { useStudio } from "../context";

/** What the recipe asks for. */
export function Instructions({ onClose }: { readonly onClose: () => void }) {
  const { recipe } = useStudio();
  const text = recipe?.instructions ?? "";
  return (
    <Modal
      opened
      onClose={onClose}
      title={recipe === null ? "Instructions" : `Instructions: ${recipe.name}`}
      size="lg"
    >
      <Text
        size="sm"
        style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}
        c={text === "" ? "dimmed" : undefined}
      >
        {text === ""
          ? "Nobody wrote instructions for this task. A manager can add them to its recipe in the settings."
          : text}
      </Text>
    </Modal>
  );
}
