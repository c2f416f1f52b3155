import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconBrowser, IconMessage, IconPhotoOff } from "@tabler/icons-react";

import { useEntry, useQueue, useStudio, useView, useWork } from "./context";
import { refusalWords } from "./saveWords";
import type { EntryState } from "./session/entry";
import classes from "./studio.module.css";
import { useItemIssues } from "./useItemIssues";

/** What must be known of the item before one works on it: above the picture, never in the way of it. */
export function ItemNotes() {
  const entry = useEntry();
  return (
    <div className={classes.head}>
      <Missed />
      {entry !== null && <OfItem entry={entry} />}
    </div>
  );
}

function OfItem({ entry }: { readonly entry: EntryState }) {
  const { queue } = useStudio();
  const imageProblem = useView((view) => view.imageProblem);
  const state = useWork(entry.work);
  if (entry.standing === "elsewhere") {
    return (
      <Note icon={<IconBrowser size={18} />} title="This item is open in another tab of this browser">
        <Text size="sm">What you did there is kept. Taking over saves it and goes on here.</Text>
        <Button size="xs" onClick={() => void queue.takeOver(entry.itemId)}>
          Take over here
        </Button>
      </Note>
    );
  }
  if (entry.loadProblem !== null) {
    return (
      <Note
        icon={<IconAlertTriangle size={18} />}
        title={`This item could not be loaded: ${entry.loadProblem.message}`}
      >
        <Text size="sm">{entry.loadProblem.hint}</Text>
        <Button
          size="xs"
          onClick={() => {
            queue.reload(entry.itemId);
          }}
        >
          Try again
        </Button>
      </Note>
    );
  }
  return (
    <>
      {imageProblem !== null && <BrokenPicture why={imageProblem} />}
      <Refused entry={entry} />
      {(state?.note ?? null) !== null && (
        <Note icon={<IconAlertTriangle size={18} />} title={state?.note ?? ""} />
      )}
      <SentBack entry={entry} />
    </>
  );
}

function BrokenPicture({ why }: { readonly why: string }) {
  const { keyboard } = useStudio();
  return (
    <Note icon={<IconPhotoOff size={18} />} title="The picture cannot be shown">
      <Text size="sm">{why} You can skip the item, or discard it and say why.</Text>
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={() => keyboard.run("item.skip")}>
          Skip
        </Button>
        <Button size="xs" variant="default" onClick={() => keyboard.run("item.discard")}>
          Discard…
        </Button>
      </Group>
    </Note>
  );
}

/** The server's no to a finished item. */
function Refused({ entry }: { readonly entry: EntryState }) {
  const { store } = useStudio();
  const state = useWork(entry.work);
  const save = state?.save;
  const refusal = entry.refusal ?? (save?.kind === "refused" ? save.refusal : null);
  if (refusal === null) return null;
  return (
    <Note icon={<IconAlertTriangle size={18} />} title={refusalWords(refusal).long}>
      {refusal.kind !== "signed_out" && (
        <Button
          size="xs"
          onClick={() => {
            store.setState({ dialog: "conflict" });
          }}
        >
          What can I do?
        </Button>
      )}
    </Note>
  );
}

function SentBack({ entry }: { readonly entry: EntryState }) {
  const { store } = useStudio();
  const issues = useItemIssues(entry.itemId).filter((issue) => issue.state === "open");
  const [first] = issues;
  if (first === undefined) return null;
  return (
    <Note
      icon={<IconMessage size={18} />}
      title={issues.length === 1 ? "To be mended" : `${String(issues.length)} things to be mended`}
    >
      <Text size="sm" lineClamp={2} style={{ overflowWrap: "anywhere" }}>
        {first.body}
      </Text>
      <Button
        size="xs"
        variant="default"
        onClick={() => {
          store.setState({ panel: "notes" });
        }}
      >
        Show
      </Button>
    </Note>
  );
}

function Missed() {
  const { missed } = useQueue();
  return missed === null ? null : (
    <Note icon={<IconAlertTriangle size={18} />} title="The item of this address cannot be worked on now">
      <Text size="sm">Somebody else has it, or it is finished. Here is other work of this task.</Text>
    </Note>
  );
}

interface NoteProps {
  readonly icon: React.ReactNode;
  readonly title: string;
  readonly children?: React.ReactNode;
}

function Note({ icon, title, children }: NoteProps) {
  return (
    <Alert
      variant="light"
      color="yellow"
      icon={icon}
      title={title}
      maw={620}
      py={6}
      bg="var(--mantine-color-body)"
      bd="1px solid var(--mantine-color-default-border)"
      style={{ boxShadow: "var(--mantine-shadow-sm)" }}
    >
      {children !== undefined && (
        <Group justify="space-between" wrap="nowrap" gap="md" className={classes.noteRow}>
          {children}
        </Group>
      )}
    </Alert>
  );
}
