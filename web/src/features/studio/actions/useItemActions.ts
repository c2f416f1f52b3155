/** From item to item. */
import { useRef } from "react";

import { boundsOf } from "@/canvas/geometry/measure";
import type { Geometry, Vec } from "@/canvas/types";

import { useStudio } from "../context";
import type { WorkQueue } from "../session/queue";
import { say } from "../studioStore";
import { useKeyHandlers } from "./useKey";
import { useSubmit } from "./useSubmit";

export function useItemActions(): void {
  const { queue, store, task, asked } = useStudio();
  const submit = useSubmit();
  const last = useRef<string | null>(null);
  const isOpen = () => {
    const standing = queue.current?.look().standing;
    return standing === "ready" || standing === "skipped" || standing === "refused";
  };
  const answer = (said: "yes" | "no") => {
    if (!isOpen() || task.kind !== "validate") return false;
    last.current = queue.current?.itemId ?? null;
    queue.finish({ kind: "submit", answer: said });
    say(store, said === "yes" ? "Yes" : "No");
    return true;
  };
  const takeBack = () => {
    const itemId = last.current;
    if (task.kind !== "validate" || itemId === null) return false;
    last.current = null;
    void takenBack(queue, itemId).then((isBack) => {
      say(store, isBack ? "Taken back: answer again." : "It cannot be had back.");
    });
    return true;
  };
  useKeyHandlers({
    "item.submit": () => (task.kind === "label" || task.kind === "classify" ? submit() : false),
    "item.empty": () => (task.kind === "label" && asked.mode === "full" ? submit({ isEmpty: true }) : false),
    "item.next": () => {
      if (!queue.next()) say(store, "This is the last item in hand.");
      return true;
    },
    "item.previous": () => {
      if (!queue.previous()) say(store, "This is the first item in hand.");
      return true;
    },
    "item.skip": () => {
      queue.skip();
      return true;
    },
    "item.discard": () => {
      if (!isOpen()) return false;
      store.setState({ dialog: "discard" });
      return true;
    },
    "item.save": () => {
      queue.current?.work?.history.seal();
      void queue.current?.work?.sync.flush();
      say(store, "Saving is always on: everything is kept as you go.");
      return true;
    },
    "review.approve": () => {
      if (!isOpen()) return queue.next();
      queue.finish({ kind: "approve" });
      return true;
    },
    "validate.yes": () => answer("yes"),
    "validate.no": () => answer("no"),
    "validate.undo": takeBack,
    ...noteHandlers(store),
  });
}

/** Have an answered item again, once the server has the answer; gives whether that was possible. */
async function takenBack(queue: WorkQueue, itemId: string): Promise<boolean> {
  const standing = () => queue.state.entries.find((entry) => entry.itemId === itemId)?.standing;
  await new Promise<void>((resolve) => {
    const look = () => {
      if (standing() === "sending") return;
      stop();
      resolve();
    };
    const stop = queue.follow(look);
    look();
  });
  if (standing() !== "done") return false;
  return queue.takeOver(itemId).then(
    () => true,
    () => false,
  );
}

/** Notes and issues: on the selected shape at once, else where the next click says. */
function noteHandlers(store: ReturnType<typeof useStudio>["store"]) {
  const begin = () => {
    const { engine, selected, isPlacing } = store.getState();
    const [id] = selected;
    const shape = id === undefined ? null : (engine?.document?.find(id) ?? null);
    const annotationId = shape?.annotationId ?? null;
    if (shape !== null && annotationId !== null && selected.size === 1) {
      store.setState({ note: { place: centreOf(shape.geometry), annotationId } });
    } else {
      store.setState({ isPlacing: !isPlacing });
      if (!isPlacing) say(store, "Click the place the note is about. Esc stops.");
    }
    return true;
  };
  return { "comment.pin": begin, "review.issue": begin };
}

function centreOf(geometry: Geometry): Vec | null {
  const bounds = boundsOf(geometry);
  return bounds === null ? null : { x: (bounds.x0 + bounds.x1) / 2, y: (bounds.y0 + bounds.y1) / 2 };
}
