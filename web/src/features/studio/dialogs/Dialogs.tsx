import { useStudio, useView } from "../context";
import { ActionPalette } from "./ActionPalette";
import { ClassPalette } from "./ClassPalette";
import { ConflictDialog } from "./ConflictDialog";
import { DiscardDialog } from "./DiscardDialog";
import { Instructions } from "./Instructions";
import { KeysOverlay } from "./KeysOverlay";
import { RemapDialog } from "./RemapDialog";
import { UntouchedDialog } from "./UntouchedDialog";

/** Everything that opens over the studio because somebody asked for it. */
export function Dialogs() {
  const { store } = useStudio();
  const dialog = useView((view) => view.dialog);
  const close = () => {
    store.setState({ dialog: null });
    document.querySelector<HTMLElement>('[data-region="canvas"]')?.focus({ preventScroll: true });
  };
  return (
    <>
      <ActionPalette />
      {dialog === "keys" && <KeysOverlay onClose={close} />}
      {dialog === "remap" && <RemapDialog onClose={close} />}
      {dialog === "classes" && <ClassPalette onClose={close} />}
      {dialog === "discard" && <DiscardDialog onClose={close} />}
      {dialog === "untouched" && <UntouchedDialog onClose={close} />}
      {dialog === "conflict" && <ConflictDialog onClose={close} />}
      {dialog === "instructions" && <Instructions onClose={close} />}
    </>
  );
}
