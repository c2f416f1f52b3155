import { Tooltip } from "@mantine/core";

import { useLaggingVersion } from "../context";
import { ActionButton } from "../KeyButton";
import type { ItemWork } from "../session/itemWork";
import { submitWords, tallyOf } from "./frozen";

/** Submit, saying what is taken with it. */
export function SubmitMissed({ work }: { readonly work: ItemWork | null }) {
  useLaggingVersion(work);
  const { button, about } = submitWords(work === null ? { found: 0, added: 0 } : tallyOf(work.doc));
  return (
    <Tooltip label={about} position="bottom-end">
      <ActionButton action="item.submit" variant="filled">
        {button}
      </ActionButton>
    </Tooltip>
  );
}
