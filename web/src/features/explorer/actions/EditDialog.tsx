import { Group, SegmentedControl, Select, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";

import { patchItems } from "@/api/queries/items";
import type { ItemPatch, Subset } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";

import { parseValue } from "./parseValue";
import { ScopeDialog, type ChangeDialogProps } from "./ScopeDialog";
import { useScopeWork } from "./useScopeWork";

const SUBSETS: readonly Subset[] = ["train", "validation", "test"];
type What = "subset" | "metadata" | "empty";

/** Set the subset, one metadata field, or "checked: nothing here" of all items of the scope. */
export function EditDialog({ scope, onClose, onDone }: ChangeDialogProps) {
  const work = useScopeWork(scope);
  const [what, setWhat] = useState<What>("subset");
  const [subset, setSubset] = useState<Subset | null>("train");
  const [key, setKey] = useState("tag");
  const [value, setValue] = useState("");
  const [isEmpty, setEmpty] = useState(true);

  const patch = (): Partial<ItemPatch> => {
    if (what === "subset") return { subset };
    if (what === "empty") return { is_checked_empty: isEmpty };
    return { metadata: { [key.trim()]: parseValue(value) } };
  };
  const save = async () => {
    const change = patch();
    const datasetId = scope.listing.dataset_id;
    await work
      .run((itemIds, signal) => patchItems({ datasetId, itemIds, patch: change, signal }))
      .then(() => {
        notifications.show({ message: `Changed ${formatCount(scope.count)} items.` });
        onDone();
        onClose();
      })
      // The dialog shows it.
      .catch(() => undefined);
  };
  return (
    <ScopeDialog
      title="Change items"
      lead="Changes"
      scope={scope}
      work={work}
      button="Change"
      isReady={what !== "metadata" || key.trim() !== ""}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <SegmentedControl
        fullWidth
        aria-label="What to change"
        value={what}
        onChange={(chosen) => {
          setWhat(chosen === "metadata" ? "metadata" : chosen === "empty" ? "empty" : "subset");
        }}
        data={[
          { value: "subset", label: "Subset" },
          { value: "metadata", label: "Metadata or tag" },
          { value: "empty", label: "Checked empty" },
        ]}
      />
      {what === "subset" && (
        <Select
          label="Subset"
          value={subset ?? "none"}
          allowDeselect={false}
          onChange={(chosen) => {
            setSubset(SUBSETS.find((one) => one === chosen) ?? null);
          }}
          data={[...SUBSETS, { value: "none", label: "no subset" }]}
        />
      )}
      {what === "metadata" && (
        <Group grow align="flex-start">
          <TextInput
            label="Field"
            required
            value={key}
            onChange={(event) => {
              setKey(event.currentTarget.value);
            }}
          />
          <TextInput
            label="Value"
            description="Empty removes the field."
            inputWrapperOrder={["label", "input", "description"]}
            placeholder="night, 3, true"
            value={value}
            onChange={(event) => {
              setValue(event.currentTarget.value);
            }}
          />
        </Group>
      )}
      {what === "empty" && (
        <Select
          label="These pictures"
          value={isEmpty ? "empty" : "open"}
          allowDeselect={false}
          onChange={(chosen) => {
            setEmpty(chosen === "empty");
          }}
          data={[
            { value: "empty", label: "were checked: there is nothing to label" },
            { value: "open", label: "were not checked" },
          ]}
        />
      )}
    </ScopeDialog>
  );
}
