/** Shapes made another kind, and more of the same kind: what has to be looked for in the picture. */
import { useQueryClient } from "@tanstack/react-query";

import { listAlike, magicQuery, segment } from "@/api/queries/magic";
import { randomId } from "@/canvas/engine/randomId";

import type { KeyHandler } from "@/keys/keyboard";

import { useStudio } from "../context";
import { alikeRequest, proposeAlike } from "../magic/alike";
import { convertShapes, remarkOn, type ConvertTo } from "../magic/convert";
import { wordsOf } from "../magic/magicServer";
import { guarded } from "../modes/guards";
import type { ItemWork } from "../session/itemWork";
import { say, type StudioStore } from "../studioStore";
import { useKeyHandlers } from "./useKey";

export function useFindActions(): void {
  const { queue, store, asked } = useStudio();
  const client = useQueryClient();
  const convert = (to: ConvertTo) => () => {
    const work = queue.current?.work ?? null;
    const { selected } = store.getState();
    if (work === null || selected.size === 0) return false;
    // Where outlines cannot be found, boxes keep their sides.
    void client.ensureQueryData(magicQuery()).then(
      () => convertSelected(work, { to, store, canAsk: true }),
      () => convertSelected(work, { to, store, canAsk: false }),
    );
    return true;
  };
  const handlers: Record<string, KeyHandler> = {
    "shape.to_box": convert("box"),
    "shape.to_polygon": convert("polygon"),
    "shape.to_mask": convert("mask"),
    "shape.alike": () => {
      const work = queue.current?.work ?? null;
      const [id] = store.getState().selected;
      if (work === null) return false;
      if (id === undefined) {
        say(store, "Select the object that you look for again.");
        return true;
      }
      void findAlike(work, { id, store });
      return true;
    },
  };
  const sayNo = (why: string) => {
    say(store, why);
  };
  useKeyHandlers(guarded(handlers, { mode: asked.mode, sayNo }));
}

async function convertSelected(
  work: ItemWork,
  { to, store, canAsk }: { readonly to: ConvertTo; readonly store: StudioStore; readonly canAsk: boolean },
): Promise<void> {
  const { selected } = store.getState();
  const ask = canAsk
    ? (body: Parameters<typeof segment>[0]["body"]) => segment({ itemId: work.itemId, body })
    : null;
  try {
    const made = await convertShapes(work.doc, selected, { to, ask });
    work.run(made.command);
    work.history.seal();
    const remark = remarkOn(made);
    if (remark !== null) say(store, remark);
  } catch (error) {
    say(store, wordsOf(error));
  }
}

async function findAlike(
  work: ItemWork,
  { id, store }: { readonly id: string; readonly store: StudioStore },
): Promise<void> {
  const like = work.doc.find(id);
  const body = like === null ? null : alikeRequest(like.geometry);
  if (like === null || body === null) {
    say(store, "Only a shape with an area can be looked for.");
    return;
  }
  say(store, `Looking for more ${like.label}…`);
  try {
    const answer = await listAlike({ itemId: work.itemId, body });
    const found = proposeAlike(work.doc, like, { answer, newId: randomId });
    work.run(found.command);
    work.history.seal();
    const count = found.ids.length;
    if (count > 0) store.setState({ panel: "proposals" });
    say(
      store,
      count === 0
        ? "Nothing else on this image looks like it."
        : `${String(count)} proposed. Y accepts, U rejects, the slider sets how alike they must be.`,
    );
  } catch (error) {
    say(store, wordsOf(error));
  }
}
