import { useComputedColorScheme } from "@mantine/core";
import { useCallback, useEffect, useMemo, useRef, type ReactNode } from "react";

import { isVideo } from "@/api/queries/videos";
import { DARK, LIGHT, type Engine, type EngineOptions } from "@/canvas/engine";
import { randomId } from "@/canvas/engine/randomId";
import { CanvasView } from "@/canvas-react/CanvasView";
import { CANVAS_MARK } from "@/keys/keyboard";

import { Answers } from "./Answers";
import { useEntry, useStudio, useView } from "./context";
import { CurrentClass } from "./CurrentClass";
import { ItemNotes } from "./ItemNotes";
import { ToolHint } from "./magic/ToolHint";
import { useMagic } from "./magic/useMagic";
import { NoteComposer } from "./NoteComposer";
import { Notice } from "./Notice";
import { pictureOf } from "./picture";
import { PictureFilter, pictureFilter } from "./PictureFilter";
import { changeColor } from "./review";
import { PLAIN_LOOK, say } from "./studioStore";
import type { ItemWork } from "./session/itemWork";
import classes from "./studio.module.css";
import { ZoomBar } from "./ZoomBar";

/** The picture with what is drawn on it, and what lies over it. */
export function CanvasPane({ cover }: { readonly cover: ReactNode }) {
  const { images, store } = useStudio();
  const place = useRef<HTMLElement>(null);
  const entry = useEntry();
  const work = cover === null ? (entry?.work ?? null) : null;
  const isDark = useComputedColorScheme("light") === "dark";
  const options = useEngineOptions();
  const look = useView((view) => view.look);
  const onReady = useCallback((engine: Engine) => attach(engine, store), [store]);
  useItemOnCanvas(work);
  useMagic();
  useEffect(() => {
    place.current?.focus({ preventScroll: true });
  }, [work]);
  return (
    <main
      ref={place}
      className={classes.canvas}
      aria-label={`Picture ${entry?.work?.item.name ?? ""}`}
      tabIndex={0}
      data-region="canvas"
      onPointerDownCapture={() => {
        store.getState().video?.player.pause();
      }}
      {...{ [CANVAS_MARK]: "" }}
    >
      <PictureFilter gamma={look.gamma} />
      <CanvasView
        theme={isDark ? DARK : LIGHT}
        options={options}
        images={images}
        newId={randomId}
        onReady={onReady}
        style={{ filter: look === PLAIN_LOOK ? undefined : pictureFilter(look) }}
      />
      {work !== null && <CurrentClass />}
      {work !== null && <ToolHint />}
      <ItemNotes />
      <NoteComposer />
      <ZoomBar />
      <div className={classes.foot}>
        <Notice />
        <Answers />
      </div>
      {cover !== null && <div className={classes.cover}>{cover}</div>}
    </main>
  );
}

/** Hands what the engine tells to the store of the view; gives the way to stop. */
function attach(engine: Engine, store: ReturnType<typeof useStudio>["store"]): () => void {
  const { tool, label, isEdgeSnapping } = store.getState();
  engine.setTool(tool);
  engine.setOptions({ tools: { ...engine.options.tools, isEdgeSnapping } });
  engine.setLabel(label);
  const stops = [
    engine.on("selection", (selected) => {
      store.setState({ selected });
    }),
    engine.on("hover", (hovered) => {
      store.setState({ hovered });
    }),
    engine.on("cursor", (cursor) => {
      store.setState({ cursor });
    }),
    engine.on("tool", (now) => {
      store.setState({ tool: now });
    }),
    engine.on("dropped", (why) => {
      say(store, why);
    }),
    engine.on("image-shown", () => {
      store.setState({ imageProblem: null });
    }),
    engine.on("image-failed", ({ message }) => {
      store.setState({ imageProblem: message });
    }),
  ];
  store.setState({ engine });
  return () => {
    for (const stop of stops) stop();
    store.setState({ engine: null });
  };
}

function useItemOnCanvas(work: ItemWork | null): void {
  const { store } = useStudio();
  const engine = useView((view) => view.engine);
  useEffect(() => {
    if (engine === null) return;
    store.setState({ selected: new Set(), hovered: null, imageProblem: null, note: null, isPlacing: false });
    // A video shows itself, once it is open.
    if (work === null || isVideo(work.item)) {
      void engine.setItem(null);
      return;
    }
    let isOver = false;
    pictureOf(work.item).then(
      (image) => {
        if (!isOver) void engine.setItem({ image, document: work.doc, history: work.history });
      },
      (error: unknown) => {
        const why = error instanceof Error ? error.message : "unknown";
        if (!isOver) store.setState({ imageProblem: `The tiles of this image could not be had: ${why}.` });
      },
    );
    return () => {
      isOver = true;
    };
  }, [engine, work, store]);
}

function useEngineOptions(): Partial<EngineOptions> {
  const { labelColor, task, asked } = useStudio();
  const threshold = useView((view) => view.threshold);
  const isHidden = useView((view) => view.isHidden !== view.isPeeking);
  const hiddenSources = useView((view) => view.hiddenSources);
  const hiddenLabels = useView((view) => view.hiddenLabels);
  const hiddenIds = useView((view) => view.hiddenIds);
  const keepsView = useView((view) => view.keepsView);
  return useMemo(
    () => ({
      threshold,
      isHidden,
      hiddenSources,
      hiddenLabels,
      hiddenIds,
      keepsView,
      labelColor,
      sourceColor: changeColor,
      colorBy: task.kind === "review" ? "source" : "label",
      // A name on each shape would lie over what is to be found or mended.
      showLabels: asked.mode === "full" ? "all" : "focus",
    }),
    [
      threshold,
      isHidden,
      hiddenSources,
      hiddenLabels,
      hiddenIds,
      keepsView,
      labelColor,
      task.kind,
      asked.mode,
    ],
  );
}
