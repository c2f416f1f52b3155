/** Draws the layers of a canvas from what it holds at the moment. */

import { ActiveLayer, MOST_ACTIVE } from "../render/activeLayer";
import { LabelPainter } from "../render/labels";
import type { Theme } from "../render/look";
import { paintOverlay, replacedBy, type Pin } from "../render/overlay";
import type { SceneShape, StaticLayer } from "../render/staticLayer";
import type { Preview } from "../tools/types";
import type { Rect, ShapeId } from "../types";
import type { Viewport } from "../viewport";
import { paintBase, type Picture } from "./base";
import type { ItemView } from "./itemView";
import { LabelChoice } from "./labelChoice";
import type { EngineOptions } from "./options";
import type { Surfaces } from "./surfaces";

export interface CanvasState {
  readonly viewport: Viewport;
  readonly dpr: number;
  readonly theme: Theme;
  readonly options: EngineOptions;
  readonly picture: Picture;
  readonly item: ItemView | null;
  readonly preview: Preview;
  readonly hovered: ShapeId | null;
  readonly pins: readonly Pin[];
  readonly areHandlesShown: boolean;
}

export class CanvasPainter {
  readonly #active: ActiveLayer;
  readonly #labelPainter: LabelPainter;
  readonly #labels = new LabelChoice();

  constructor(
    private readonly parts: {
      readonly surfaces: Surfaces;
      readonly staticLayer: StaticLayer;
      readonly font: string;
    },
  ) {
    this.#active = new ActiveLayer(parts.surfaces.active);
    this.#labelPainter = new LabelPainter(parts.surfaces.overlay.brush, parts.font);
  }

  base(state: CanvasState, clip: Rect | "all"): void {
    const { item, options } = state;
    const named = item === null ? [] : this.#labels.shapes(item, options);
    const content = {
      ...state,
      staticLayer: this.parts.staticLayer,
      scene: item?.scene ?? null,
      live: item?.live() ?? [],
      labels: this.#labels.labelsOf(named, options),
      labelPainter: this.#labelPainter,
      areShapesHidden: options.isHidden || item === null,
      dim: options.dim,
    };
    paintBase(this.parts.surfaces.base.brush, content, clip);
  }

  overlay(state: CanvasState): void {
    const { viewport, dpr, options, item } = state;
    const { brush } = this.parts.surfaces.overlay;
    const selected = selectedOf(state);
    const isMany = selected.length > MOST_ACTIVE;
    this.#active.show({
      viewport,
      palette: options,
      shapes: isMany ? [] : selected,
      areHandlesShown: state.areHandlesShown,
    });
    brush.setTransform(dpr, 0, 0, dpr, 0, 0);
    brush.clearRect(0, 0, viewport.width, viewport.height);
    const hovered =
      state.hovered === null || options.isHidden ? null : (item?.scene.find(state.hovered) ?? null);
    const isSelected = hovered !== null && item?.selection.ids.has(hovered.shape.id) === true;
    paintOverlay(brush, {
      viewport,
      theme: state.theme,
      palette: options,
      hovered: isSelected ? null : hovered,
      preview: state.preview,
      pins: state.pins,
      outlined: isMany ? selected : [],
      paintMask: (mask) => item?.scene.paintPreviewMask(brush, { ...mask, frame: viewport }),
    });
    if (hovered === null || options.showLabels === "none") return;
    this.#labelPainter.paint(brush, { labels: this.#labels.labelsOf([hovered], options), viewport });
  }

  /** Choose which shapes show their names. */
  placeLabels(state: CanvasState): void {
    const { item, viewport, options } = state;
    this.#labels.place({ item, viewport, engine: options, painter: this.#labelPainter });
  }

  forgetLabels(): void {
    this.#labels.clear();
  }

  destroy(): void {
    this.#active.destroy();
  }
}

function selectedOf(state: CanvasState): readonly SceneShape[] {
  const { item, options, preview } = state;
  if (item === null || options.isHidden) return [];
  const replaced = replacedBy(preview);
  return [...item.selection.ids].flatMap((id) => (replaced.has(id) ? [] : (item.scene.find(id) ?? [])));
}
