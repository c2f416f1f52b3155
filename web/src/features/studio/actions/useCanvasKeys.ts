/** Keys that the drawing has first: arrows, Enter, Escape, Delete; and Space to move the picture. */
import { useEffect } from "react";

import type { Engine } from "@/canvas/engine";

import { useStudio, useView } from "../context";

const DRAWING_KEYS = new Set([
  "ArrowLeft",
  "ArrowRight",
  "ArrowUp",
  "ArrowDown",
  "Enter",
  "Escape",
  "Delete",
  "Backspace",
]);

export function useCanvasKeys(): void {
  const { keyboard, store } = useStudio();
  const engine = useView((view) => view.engine);
  useEffect(() => {
    if (engine === null) return undefined;
    const stop = keyboard.intercept((event) => {
      if (store.getState().isPlacing && event.key === "Escape") {
        store.setState({ isPlacing: false });
        return true;
      }
      return DRAWING_KEYS.has(event.key) && isForDrawing(engine, event) && toEngine(engine, event);
    });
    const stopPan = holdPan(engine);
    return () => {
      stop();
      stopPan();
    };
  }, [engine, keyboard, store]);
}

/** With the class tool Enter hands the item in; Shift+Enter says that nothing is here, whatever the tool. */
function isForDrawing(engine: Engine, event: KeyboardEvent): boolean {
  if (event.key !== "Enter") return true;
  if (engine.tool === "tag" || engine.tool === "select") return false;
  return !event.ctrlKey && !event.metaKey;
}

function toEngine(engine: Engine, event: KeyboardEvent): boolean {
  const modifiers = { shift: event.shiftKey, alt: event.altKey, ctrl: event.ctrlKey || event.metaKey };
  return engine.key(event.key, modifiers);
}

/** Space held: a drag moves the picture. */
function holdPan(engine: Engine): () => void {
  const isTyping = (event: KeyboardEvent) =>
    event.target instanceof HTMLElement &&
    event.target.matches("input, textarea, select, button, [role=slider]");
  const down = (event: KeyboardEvent) => {
    if (event.code === "Space" && !event.repeat && !isTyping(event)) engine.holdPan(true);
  };
  const up = (event: KeyboardEvent) => {
    if (event.code === "Space") engine.holdPan(false);
  };
  const drop = () => {
    engine.holdPan(false);
  };
  window.addEventListener("keydown", down);
  window.addEventListener("keyup", up);
  window.addEventListener("blur", drop);
  return () => {
    window.removeEventListener("keydown", down);
    window.removeEventListener("keyup", up);
    window.removeEventListener("blur", drop);
  };
}
