import { Button, CopyButton, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { LinkButton } from "@/ui/links";
import { ProblemNote } from "@/ui/ProblemNote";

import { useEntry, useStudio, useWork } from "../context";
import { refusalWords } from "../saveWords";
import type { EntryState } from "../session/entry";
import type { ItemWork } from "../session/itemWork";
import type { Refusal } from "../session/refusal";
import { say } from "../studioStore";

/** The server said no: what happened, and the ways on. Nothing is lost by any of them. */
export function ConflictDialog({ onClose }: { readonly onClose: () => void }) {
  const entry = useEntry();
  const state = useWork(entry?.work ?? null);
  const refusal = entry?.refusal ?? (state?.save.kind === "refused" ? state.save.refusal : null);
  if (entry === null || entry.work === null || refusal === null) return null;
  return (
    <Modal opened onClose={onClose} title={refusalWords(refusal).short} size="lg">
      <Stack gap="sm">
        <Text size="sm">{refusalWords(refusal).long}</Text>
        <Ways entry={entry} work={entry.work} refusal={refusal} onClose={onClose} />
      </Stack>
    </Modal>
  );
}

interface WaysProps {
  readonly entry: EntryState;
  readonly work: ItemWork;
  readonly refusal: Refusal;
  readonly onClose: () => void;
}

function Ways(props: WaysProps) {
  switch (props.refusal.kind) {
    case "stale":
      return <Versions {...props} />;
    case "label_gone":
      return <OtherLabels {...props} labels={props.refusal.labels} />;
    case "signed_out":
      return <SignIn />;
    case "lease_lost":
    case "other":
      return <KeepCopy {...props} />;
  }
}

/** Send again what was refused: the finished item, or its draft. */
function useAgain({ entry, work, onClose }: WaysProps) {
  const { queue } = useStudio();
  return useMutation({
    mutationFn: async (decide: () => Promise<void>) => {
      await decide();
      if (entry.standing === "refused") queue.retry(entry.itemId);
    },
    onSuccess: () => {
      if (work.sync.state.kind !== "refused") onClose();
    },
  });
}

function Versions(props: WaysProps) {
  const { work, refusal, onClose } = props;
  const { store } = useStudio();
  const again = useAgain(props);
  const theirs = refusal.problem.details.current;
  const count = Array.isArray(theirs) ? theirs.length : null;
  return (
    <>
      <Text size="sm">
        Yours has {work.ownCount()} objects{count === null ? "." : `, the other ${String(count)}.`}
      </Text>
      {again.isError && <ProblemNote error={again.error} />}
      <Group>
        <Button
          loading={again.isPending}
          onClick={() => {
            again.mutate(() => work.keepMine());
          }}
        >
          Keep mine
        </Button>
        <Button
          variant="default"
          loading={again.isPending}
          onClick={() => {
            again.mutate(() => work.takeTheirs());
          }}
        >
          Take theirs
        </Button>
        <Button
          variant="default"
          onClick={() => {
            void work.seeBoth().then(() => {
              say(store, "The other version is drawn in thin lines over yours. Undo takes it away.");
            });
            onClose();
          }}
        >
          See both
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        Mine goes on top of theirs: what they added stays. Theirs can be undone.
      </Text>
    </>
  );
}

function OtherLabels(props: WaysProps & { readonly labels: readonly string[] }) {
  const { work, labels } = props;
  const known = useStudio().labels.map((label) => label.name);
  const [chosen, setChosen] = useState<ReadonlyMap<string, string>>(new Map());
  const again = useAgain(props);
  const free = known.filter((name) => !labels.includes(name));
  return (
    <>
      {labels.map((gone) => (
        <Select
          key={gone}
          label={`Instead of ${gone}`}
          searchable
          data={free}
          value={chosen.get(gone) ?? null}
          onChange={(name) => {
            if (name !== null) setChosen(new Map([...chosen, [gone, name]]));
          }}
        />
      ))}
      {again.isError && <ProblemNote error={again.error} />}
      <Group justify="flex-end">
        <Button
          disabled={labels.some((gone) => !chosen.has(gone))}
          loading={again.isPending}
          onClick={() => {
            again.mutate(() => {
              work.relabel(chosen);
              return work.sync.retry();
            });
          }}
        >
          Change and send
        </Button>
      </Group>
    </>
  );
}

function SignIn() {
  return (
    <Group>
      <LinkButton to="/login" target="_blank">
        Sign in in another tab
      </LinkButton>
    </Group>
  );
}

function KeepCopy(props: WaysProps) {
  const { work } = props;
  const again = useAgain(props);
  return (
    <>
      {props.refusal.problem.hint !== "" && (
        <Text size="sm" c="dimmed">
          {props.refusal.problem.hint}
        </Text>
      )}
      {again.isError && <ProblemNote error={again.error} />}
      <Group>
        <Button
          loading={again.isPending}
          onClick={() => {
            again.mutate(() => work.sync.retry());
          }}
        >
          Try again
        </Button>
        <CopyButton value={work.toText()}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? "Copied" : "Copy my work as JSON"}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Text size="xs" c="dimmed">
        Your work stays in this browser. When the item comes back to you, it goes on where you were.
      </Text>
    </>
  );
}
