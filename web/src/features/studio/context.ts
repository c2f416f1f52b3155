/** What every part of the studio may ask for. */
import { createContext, useContext, useDeferredValue, useSyncExternalStore } from "react";
import { useStore } from "zustand";

import type { Label, Ontology, Recipe, TaskSummary } from "@/api/schema.gen";
import type { Work } from "@/api/taskWork";
import type { ImageStore } from "@/canvas/engine";
import type { Keyboard } from "@/keys/keyboard";
import { showChord } from "@/keys/chord";

import type { EntryState } from "./session/entry";
import type { ItemWork, WorkState } from "./session/itemWork";
import type { WorkQueue } from "./session/queue";
import type { QueueState } from "./session/queueState";
import type { StudioStore, StudioView } from "./studioStore";
import type { ToolChoice } from "./tools";

export interface StudioParts {
  readonly projectId: string;
  readonly task: TaskSummary;
  readonly recipe: Recipe | null;
  readonly ontology: Ontology | null;
  readonly labels: readonly Label[];
  readonly tools: readonly ToolChoice[];
  /** What people are asked here; `labels` holds only what may be used. */
  readonly asked: Work;
  readonly queue: WorkQueue;
  readonly keyboard: Keyboard;
  readonly store: StudioStore;
  readonly images: ImageStore;
  readonly labelColor: (label: string) => string;
}

export const StudioContext = createContext<StudioParts | null>(null);

export function useStudio(): StudioParts {
  const parts = useContext(StudioContext);
  if (parts === null) throw new Error("this part belongs into the studio");
  return parts;
}

export function useView<T>(select: (view: StudioView) => T): T {
  return useStore(useStudio().store, select);
}

export function useQueue(): QueueState {
  const { queue } = useStudio();
  return useSyncExternalStore(
    (follow) => queue.follow(follow),
    () => queue.state,
  );
}

/** The item on the screen; null when there is none. */
export function useEntry(): EntryState | null {
  const { entries, at } = useQueue();
  return entries[at] ?? null;
}

const nothing = () => () => undefined;

/** The state of an item's work, also in the middle of a drag. */
export function useWork(work: ItemWork | null): WorkState | null {
  return useSyncExternalStore(
    work === null ? nothing : (follow) => work.follow(follow),
    () => work?.state ?? null,
  );
}

/** Counts the document's changes; lists that follow it may lag behind a drag. */
export function useLaggingVersion(work: ItemWork | null): number {
  return useDeferredValue(useWork(work)?.version ?? 0);
}

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The keys of an action as printed, the first one or all. */
export function useKeysOf(id: string): readonly string[] {
  const { keyboard } = useStudio();
  const map = useSyncExternalStore(
    (follow) => keyboard.follow(follow),
    () => keyboard.map,
  );
  return (map.get(id) ?? []).map((chord) => showChord(chord, { isMac }));
}
