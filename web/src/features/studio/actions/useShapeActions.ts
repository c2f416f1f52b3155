/** What is done to selected shapes. */
import type { Engine } from "@/canvas/engine";
import { isShown } from "@/canvas/engine/options";
import { randomId } from "@/canvas/engine/randomId";
import { ShapeDocument } from "@/canvas/model/document";
import { duplicateShapes, propagateShapes, removeShapes, setLocked } from "@/canvas/model/edits";
import { rejectProposals } from "@/canvas/model/proposals";
import type { ShapeId } from "@/canvas/types";

import type { KeyHandler } from "@/keys/keyboard";

import { useStudio } from "../context";
import { stepTo } from "../modes/fixing";
import { guarded } from "../modes/guards";
import type { ItemWork } from "../session/itemWork";
import { say } from "../studioStore";
import { similarAddress } from "./similarAddress";
import { useKeyHandlers } from "./useKey";

const ASIDE = { x: 8, y: 8 };

export function useShapeActions(): void {
  const { queue, store, projectId, asked } = useStudio();
  /** Run with what is selected; nothing to do without. */
  const onSelected = (act: (work: ItemWork, ids: ReadonlySet<ShapeId>) => void) => () => {
    const work = queue.current?.work ?? null;
    const { selected } = store.getState();
    if (work === null || selected.size === 0) return false;
    act(work, selected);
    return true;
  };
  const step = (by: 1 | -1) => () => {
    const { engine } = store.getState();
    if (asked.mode === "fix_geometry") return engine !== null && stepTo(engine, by);
    const id = engine === null ? null : nextShape(engine, by);
    if (engine === null || id === null) return false;
    engine.setTool("select");
    engine.select([id], { isShown: true });
    return true;
  };
  const handlers: Record<string, KeyHandler> = {
    "shape.next": step(1),
    "shape.previous": step(-1),
    "shape.delete": onSelected((work, ids) => {
      const proposals = [...ids].filter((id) => work.doc.peek(id)?.standing === "proposal");
      work.history.group(`removed ${String(ids.size)}`, () => {
        work.run(rejectProposals(work.doc, proposals));
        work.run(removeShapes(work.doc, ids));
      });
    }),
    "shape.duplicate": onSelected((work, ids) => {
      const copies = duplicateShapes(work.doc, ids, { newId: randomId, by: ASIDE });
      work.run(copies.command);
      store.getState().engine?.select(copies.ids);
    }),
    "shape.lock": onSelected((work, ids) => {
      const isLocked = [...ids].every((id) => work.doc.peek(id)?.isLocked === true);
      work.run(setLocked(work.doc, ids, !isLocked));
    }),
    "shape.attributes": onSelected(() => {
      store.setState({ panel: "objects" });
      requestAnimationFrame(() => {
        document.querySelector<HTMLElement>("#studio-panel input:not([type=radio])")?.focus();
      });
    }),
    "shape.similar": () => {
      const work = queue.current?.work ?? null;
      if (work === null) return false;
      const [id] = store.getState().selected;
      const geometry = id === undefined ? null : (work.doc.peek(id)?.geometry ?? null);
      const address = similarAddress({ projectId, itemId: work.itemId, image: work.doc.image, geometry });
      // A tab of its own: the work on this item stays where it is.
      window.open(address, "_blank", "noopener");
      return true;
    },
    "edit.undo": () => {
      const { work } = queue.current ?? {};
      if ((work?.history.undo() ?? null) === null) say(store, "Nothing to undo.");
      return true;
    },
    "edit.redo": () => {
      const { work } = queue.current ?? {};
      if ((work?.history.redo() ?? null) === null) say(store, "Nothing to redo.");
      return true;
    },
    "edit.cancel": () => {
      const { engine, selected } = store.getState();
      if (engine === null) return false;
      if (selected.size > 0) engine.select([]);
      else engine.setTool("select");
      return true;
    },
    ...useCopying(),
  };
  const sayNo = (why: string) => {
    say(store, why);
  };
  useKeyHandlers(guarded(handlers, { mode: asked.mode, sayNo }));
}

function useCopying() {
  const { queue, store } = useStudio();
  return {
    "shape.all": () => {
      const { engine } = store.getState();
      const ids = engine?.document?.ids.filter((id) => engine.document?.peek(id)?.standing === "own") ?? [];
      if (engine === null || ids.length === 0) return false;
      engine.setTool("select");
      engine.select(ids);
      return true;
    },
    "shape.copy": () => {
      const { engine, selected } = store.getState();
      const clipboard = [...selected].flatMap((id) => engine?.document?.find(id) ?? []);
      if (clipboard.length === 0) return false;
      store.setState({ clipboard });
      say(store, `${String(clipboard.length)} copied.`);
      return true;
    },
    "shape.paste": () => {
      const work = queue.current?.work ?? null;
      const { clipboard, engine } = store.getState();
      if (work === null || clipboard.length === 0) return false;
      const from = new ShapeDocument(work.doc.image, clipboard);
      const copies = propagateShapes({ doc: from, ids: from.ids }, work.doc, { newId: randomId });
      work.run(copies.command);
      engine?.select(copies.ids);
      const [dropped] = copies.dropped;
      if (dropped !== undefined) say(store, dropped.reason);
      return true;
    },
    "shape.propagate": () => {
      const { entries, at } = queue.state;
      const next = entries.slice(at + 1).find((entry) => entry.standing === "ready")?.work ?? null;
      const work = queue.current?.work ?? null;
      const { selected } = store.getState();
      if (work === null || selected.size === 0) return false;
      if (next === null) {
        say(store, "There is no next item to copy to.");
        return true;
      }
      const copies = propagateShapes({ doc: work.doc, ids: selected }, next.doc, { newId: randomId });
      next.run(copies.command);
      say(store, copies.dropped[0]?.reason ?? `${String(copies.ids.length)} copied to the next item.`);
      return true;
    },
  };
}

/** The next shape that is in sight and can be worked on, round and round; null when there is none. */
function nextShape(engine: Engine, by: 1 | -1): ShapeId | null {
  const { document: doc, options, selection } = engine;
  const ids = (doc?.ids ?? []).filter((id) => {
    const shape = doc?.peek(id) ?? null;
    return shape !== null && shape.standing !== "reference" && isShown(shape, options);
  });
  const [current] = selection?.ids ?? [];
  const from = current === undefined ? -1 : ids.indexOf(current);
  const at = from < 0 ? (by === 1 ? 0 : ids.length - 1) : (from + by + ids.length) % ids.length;
  return ids[at] ?? null;
}
