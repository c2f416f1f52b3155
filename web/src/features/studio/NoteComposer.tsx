import { Button, Group, Text, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { api, unwrap } from "@/api/client";
import { toImage, toScreen } from "@/canvas/viewport";
import { ProblemNote } from "@/ui/ProblemNote";

import { useEntry, useStudio, useView } from "./context";
import { say, type NoteAt } from "./studioStore";
import classes from "./studio.module.css";

/** Writing a note: a click says where, then one types. In a review it is an issue, and the item goes back. */
export function NoteComposer() {
  const { store } = useStudio();
  const isPlacing = useView((view) => view.isPlacing);
  const note = useView((view) => view.note);
  const engine = useView((view) => view.engine);
  if (note !== null) return <Composer note={note} />;
  if (!isPlacing) return null;
  return (
    <div
      className={classes.placing}
      onPointerDown={(event) => {
        event.preventDefault();
        if (engine === null) return;
        const box = event.currentTarget.getBoundingClientRect();
        const at = { x: event.clientX - box.left, y: event.clientY - box.top };
        store.setState({
          isPlacing: false,
          note: { place: toImage(engine.viewport, at), annotationId: null },
        });
      }}
    />
  );
}

function Composer({ note }: { readonly note: NoteAt }) {
  const { task, store } = useStudio();
  const engine = useView((view) => view.engine);
  const [body, setBody] = useState("");
  const sending = useSendNote(note);
  const isReview = task.kind === "review";
  const close = () => {
    store.setState({ note: null });
  };
  const at = note.place === null || engine === null ? null : toScreen(engine.viewport, note.place);
  const left = at === null ? 16 : Math.max(8, Math.min(at.x + 12, (engine?.viewport.width ?? 600) - 296));
  const top = at === null ? 60 : Math.max(8, Math.min(at.y + 12, (engine?.viewport.height ?? 600) - 190));
  return (
    <form
      className={classes.note}
      style={{ left, top }}
      aria-label={isReview ? "Issue" : "Note"}
      onSubmit={(event) => {
        event.preventDefault();
        if (body.trim() !== "") sending.mutate(body);
      }}
    >
      <Text size="xs" fw={600} mb={4}>
        {isReview ? "What needs mending here?" : "A note, such as: an object is missing here"}
      </Text>
      <Textarea
        data-autofocus
        autoFocus
        autosize
        minRows={2}
        maxRows={6}
        maxLength={4000}
        aria-label="Text of the note"
        value={body}
        onChange={(event) => {
          setBody(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") close();
          if (event.key === "Enter" && !event.shiftKey) {
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }
        }}
      />
      {sending.isError && <ProblemNote error={sending.error} />}
      <Group justify="space-between" mt="xs">
        <Text size="xs" c="dimmed">
          Enter sends, Esc closes
        </Text>
        <Button type="submit" size="xs" loading={sending.isPending} disabled={body.trim() === ""}>
          {isReview ? "Send back" : "Note"}
        </Button>
      </Group>
    </form>
  );
}

function useSendNote({ place, annotationId }: NoteAt) {
  const { task, store, queue } = useStudio();
  const itemId = useEntry()?.itemId ?? "";
  const client = useQueryClient();
  const isReview = task.kind === "review";
  return useMutation({
    mutationFn: async (body: string) => {
      const at = { x: place?.x ?? null, y: place?.y ?? null };
      if (isReview) return queue.raiseIssue({ body, ...at, annotationId });
      await unwrap(
        api.POST("/api/v1/items/{item_id}/comments", {
          params: { path: { item_id: itemId } },
          body: { body, ...at, annotation_id: annotationId },
        }),
      );
    },
    onSuccess: async () => {
      store.setState({ note: null, panel: "notes" });
      say(store, isReview ? "Sent back to its author. D goes on to the next item." : "Noted.");
      await client.invalidateQueries({ queryKey: [isReview ? "issues" : "comments"] });
    },
  });
}

/** Numbers the notes of the item on the picture. */
export function usePins(
  pins: readonly {
    readonly id: string;
    readonly x: number;
    readonly y: number;
    readonly isResolved: boolean;
  }[],
): void {
  const engine = useView((view) => view.engine);
  useEffect(() => {
    engine?.setPins(
      pins.map(({ id, x, y, isResolved }, i) => ({ id, at: { x, y }, text: String(i + 1), isResolved })),
    );
  }, [engine, pins]);
}
