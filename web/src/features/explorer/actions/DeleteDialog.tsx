import { Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";

import { deleteItems } from "@/api/queries/items";
import { formatCount } from "@/ui/format";

import { ScopeDialog, type ChangeDialogProps } from "./ScopeDialog";
import { useScopeWork } from "./useScopeWork";

/** Remove the items of the scope, once the number of them was typed. */
export function DeleteDialog({ scope, onClose, onDone }: ChangeDialogProps) {
  const work = useScopeWork(scope);
  const [typed, setTyped] = useState("");
  const wanted = String(scope.count);
  const remove = async () => {
    const datasetId = scope.listing.dataset_id;
    await work
      .run((itemIds, signal) => deleteItems({ datasetId, itemIds, signal }))
      .then(() => {
        notifications.show({
          message: `Removed ${formatCount(scope.count)} items. Earlier revisions still hold them.`,
        });
        onDone();
        onClose();
      })
      // The dialog shows it.
      .catch(() => undefined);
  };
  return (
    <ScopeDialog
      title="Remove items"
      lead="Removes"
      scope={scope}
      work={work}
      color="red"
      button={`Remove ${formatCount(scope.count)}`}
      isReady={typed.replace(/[\s,.]/gu, "") === wanted}
      onSubmit={() => void remove()}
      onClose={onClose}
    >
      <Text size="sm">
        Their annotations go with them. Snapshots and earlier revisions still hold both, so a model stays
        reproducible.
      </Text>
      <TextInput
        label={`Type ${wanted} to go on`}
        data-autofocus
        inputMode="numeric"
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
        }}
      />
    </ScopeDialog>
  );
}
