/** Tools, brush size and classes. */
import type { KeyHandler } from "@/keys/keyboard";

import { labelRows } from "../classes";
import { useStudio } from "../context";
import { firstTool } from "../tools";
import { useChooseLabel } from "../useChooseLabel";
import { useKeyHandlers } from "./useKey";

const BRUSH_STEP = 1.25;

export function useToolActions(): void {
  const { store, tools, labels } = useStudio();
  const choose = useChooseLabel();
  const engine = () => store.getState().engine;
  const handlers: Record<string, KeyHandler> = {};
  for (const { tool } of tools) {
    handlers[`tool.${tool}`] = () => {
      engine()?.setTool(tool);
      return true;
    };
  }
  for (const row of labelRows(labels)) {
    if (row.digit === null) continue;
    handlers[`class.${String(row.digit)}`] = () => {
      choose(row.name);
      return true;
    };
  }
  const resize = (factor: number) => {
    const current = engine();
    if (current === null) return false;
    const { tools: settings } = current.options;
    const brushRadius = Math.min(500, Math.max(1, settings.brushRadius * factor));
    current.setOptions({ tools: { ...settings, brushRadius } });
    return true;
  };
  useKeyHandlers({
    ...handlers,
    "draw.again": () => {
      const current = engine();
      if (current === null) return false;
      current.select([]);
      if (current.tool === "select") current.setTool(firstTool(tools));
      else current.abandon();
      return true;
    },
    "brush.smaller": () => resize(1 / BRUSH_STEP),
    "brush.larger": () => resize(BRUSH_STEP),
    "brush.snap": () => {
      const current = engine();
      const isEdgeSnapping = !store.getState().isEdgeSnapping;
      current?.setOptions({ tools: { ...current.options.tools, isEdgeSnapping } });
      store.setState({ isEdgeSnapping });
      return true;
    },
    "magic.shape": () => {
      store.setState(({ magicShape }) => ({ magicShape: magicShape === "polygon" ? "mask" : "polygon" }));
      return true;
    },
    "class.palette": () => {
      store.setState({ dialog: "classes" });
      return true;
    },
  });
}
