/** Which shapes show their names now. */

import { labelText, placeLabels, type Label, type LabelPainter } from "../render/labels";
import { shapeColor, type Palette } from "../render/look";
import type { SceneShape } from "../render/staticLayer";
import type { ShapeId } from "../types";
import { visibleRect, type Viewport } from "../viewport";
import type { ItemView } from "./itemView";
import type { EngineOptions } from "./options";

export class LabelChoice {
  #placed: readonly ShapeId[] = [];

  /** Choose anew, at rest. */
  place(options: {
    readonly item: ItemView | null;
    readonly viewport: Viewport;
    readonly engine: EngineOptions;
    readonly painter: LabelPainter;
  }): void {
    const { item, viewport, engine, painter } = options;
    if (item === null || engine.showLabels !== "all") {
      this.#placed = [];
      return;
    }
    this.#placed = placeLabels({
      shapes: [...item.scene.within(visibleRect(viewport)), ...item.live()],
      viewport,
      color: (shape) => shapeColor(shape, engine),
      widthOf: (text) => painter.widthOf(text),
    }).map((label) => label.id);
  }

  clear(): void {
    this.#placed = [];
  }

  /** The shapes to name, as they are now. */
  shapes(item: ItemView, engine: EngineOptions): readonly SceneShape[] {
    if (engine.showLabels === "none") return [];
    const ids = new Set<ShapeId>(this.#placed);
    if (engine.showLabels === "focus" || item.selection.ids.size <= 3)
      for (const id of item.selection.ids) ids.add(id);
    return [...ids].slice(0, 260).flatMap((id) => item.scene.find(id) ?? []);
  }

  /** What stands on the chips of shapes. */
  labelsOf(shapes: readonly SceneShape[], palette: Palette): readonly Label[] {
    return shapes.map(({ shape, bounds }) => ({
      id: shape.id,
      text: labelText(shape),
      color: shapeColor(shape, palette),
      bounds,
    }));
  }
}
