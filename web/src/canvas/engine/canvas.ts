/** The engine itself: holds the parts together; what each part does is in its own file. */

import type { Engine, EngineItem, EngineSetup } from "../engine";
import type { ShapeDocument } from "../model/document";
import { History } from "../model/history";
import type { Selection } from "../model/selection";
import { BakedLayer } from "../render/bakedLayer";
import { makeSurface } from "../render/brush";
import type { Theme } from "../render/look";
import { pinAt, replacedBy, type Pin } from "../render/overlay";
import { browserSliceClock } from "../render/slices";
import { browserTilePainter } from "../render/tilePainter";
import { makeTool } from "../tools/registry";
import { EMPTY_PREVIEW, type Modifiers, type Preview, type ToolAnswer, type ToolName } from "../tools/types";
import type { AttributeValue, Rect, ShapeId, Vec } from "../types";
import { isSameViewport, rectToScreen, toImage, type Viewport } from "../viewport";
import { MaskWorker } from "../worker/maskWorker";
import { EdgeSource } from "./edgeSource";
import { Emitter } from "./emitter";
import type { EngineEvents } from "./events";
import { Frames, type Dirty } from "./frames";
import { ItemView } from "./itemView";
import { CanvasPainter, type CanvasState } from "./painter";
import { DEFAULT_OPTIONS, needsRedraw, nextBrushRadius, type EngineOptions } from "./options";
import { PictureHolder } from "./pictureHolder";
import { PointerInputs, type ToolPointer } from "./pointer";
import { randomId } from "./randomId";
import { makeSurfaces, type Surfaces } from "./surfaces";
import { ToolRunner } from "./toolRunner";
import { View } from "./view";

/** The view rests when it has not moved for this long. */
const REST_MS = 120;

export class Canvas implements Engine {
  readonly #events = new Emitter<EngineEvents>();
  readonly #surfaces: Surfaces;
  readonly #frames = new Frames((dirty) => this.#draw(dirty));
  readonly #static: BakedLayer;
  readonly #painter: CanvasPainter;
  readonly #masks = new MaskWorker();
  readonly #tilePainter = browserTilePainter();
  readonly #picture: PictureHolder;
  readonly #edges: EdgeSource;
  readonly #view: View;
  readonly #pointer: PointerInputs;
  readonly #tools: ToolRunner;
  #theme: Theme;
  #options: EngineOptions;
  #item: ItemView | null = null;
  #stopItem: () => void = () => undefined;
  #preview: Preview = EMPTY_PREVIEW;
  #hovered: ShapeId | null = null;
  #pins: readonly Pin[] = [];
  #isPanHeld = false;
  #wasPanUsed = false;
  #isPanning = false;
  #restTimer: ReturnType<typeof setTimeout> | null = null;
  #isIdleTold = true;

  constructor(setup: EngineSetup) {
    this.#theme = setup.theme;
    this.#options = { ...DEFAULT_OPTIONS, ...setup.options };
    this.#surfaces = makeSurfaces(setup.container);
    const dpr = (): number => this.#view.dpr;
    this.#view = new View(this.#surfaces.root, {
      onResize: (size, ratio) => {
        this.#surfaces.resize(size, ratio);
        this.#static.refresh();
        this.#moved();
      },
    });
    this.#static = new BakedLayer({
      makeSurface,
      clock: browserSliceClock(),
      dpr,
      onChange: () => this.#frames.base(),
    });
    this.#painter = new CanvasPainter({
      surfaces: this.#surfaces,
      staticLayer: this.#static,
      font: setup.theme.font,
    });
    this.#picture = new PictureHolder({
      images: setup.images ?? null,
      tilesElement: this.#surfaces.tiles,
      onChange: () => {
        this.#surfaces.tiles.style.background = this.#theme.surround;
        this.#frames.base();
      },
      onShown: () => this.#events.emit("image-shown", null),
      onFailed: (failure) => this.#events.emit("image-failed", failure),
    });
    this.#edges = new EdgeSource({
      picture: () => this.#picture.picture,
      ask: (question) => this.#events.emit("path", question),
      answer: (result) => this.#tools.answer(result),
    });
    this.#tools = new ToolRunner({
      item: () => this.#item,
      viewport: () => this.#view.viewport,
      settings: () => this.#options.tools,
      makeTool,
      newId: setup.newId ?? randomId,
      preview: (preview) => this.#setPreview(preview),
      pan: (by) => this.#panImage(by),
      dropped: (sentence) => this.#events.emit("dropped", sentence),
      segment: (request) => this.#events.emit("segment", request),
      path: (question) => this.#edges.path(question),
      edges: () => this.#edges.fieldFor(this.#tools.name, this.#options.tools),
    });
    this.#pointer = new PointerInputs(this.#surfaces.root, {
      isPanHeld: () => this.#isPanHeld,
      wheel: () => this.#options.wheel,
      tool: (pointer) => this.#toolPointer(pointer),
      abandon: () => this.#tools.abandon(),
      leave: () => this.#leave(),
      pan: (by, state) => this.#panPointer(by, state),
      zoom: (step) => this.#changeView(() => this.#view.zoomAt(step)),
      brush: (by) => this.#resizeBrush(by),
    });
    this.#surfaces.resize(this.#view.viewport, this.#view.dpr);
    this.#setCursor();
    this.#frames.all();
  }

  // ---- what is shown ----

  async setItem(item: EngineItem | null): Promise<void> {
    this.#tools.abandon();
    this.#stopItem();
    this.#item?.dispose();
    this.#item = null;
    this.#setHovered(null);
    this.#painter.forgetLabels();
    const size = item === null ? { width: 1, height: 1 } : item.document.image;
    this.#view.setImage(size, { keepsView: this.#options.keepsView });
    const shown = this.#picture.show(item?.image ?? null, size);
    if (item !== null) this.#openItem(item);
    this.#moved();
    this.#frames.all();
    this.#events.emit("selection", new Set());
    await shown;
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#surfaces.tiles.style.background = theme.surround;
    this.#frames.all();
  }

  setOptions(options: Partial<EngineOptions>): void {
    const before = this.#options;
    this.#options = { ...before, ...options };
    if (needsRedraw(before, this.#options)) this.#static.refresh();
    else this.#item?.refilter(before, this.#options);
    if (this.#hovered !== null && this.#item?.scene.find(this.#hovered) === null) this.#setHovered(null);
    if (before.showLabels !== this.#options.showLabels) this.#painter.placeLabels(this.#state());
    this.#restLater();
    this.#frames.all();
  }

  setTool(name: ToolName): void {
    if (name === this.#tools.name) return;
    this.#tools.choose(name);
    this.#setHovered(null);
    this.#setCursor();
    this.#events.emit("tool", name);
  }

  setLabel(label: string | null, attributes: Readonly<Record<string, AttributeValue>> = {}): void {
    this.#tools.setLabel(label, attributes);
  }

  setPins(pins: readonly Pin[]): void {
    this.#pins = pins;
    this.#frames.overlay();
  }

  get tool(): ToolName {
    return this.#tools.name;
  }

  get label(): string | null {
    return this.#tools.label;
  }

  get options(): EngineOptions {
    return this.#options;
  }

  get viewport(): Viewport {
    return this.#view.viewport;
  }

  get selection(): Selection | null {
    return this.#item?.selection ?? null;
  }

  get document(): ShapeDocument | null {
    return this.#item?.doc ?? null;
  }

  get history(): History | null {
    return this.#item?.history ?? null;
  }

  get isBusy(): boolean {
    return this.#static.isBusy;
  }

  preload(url: string): Promise<void> {
    return this.#picture.preload(url);
  }

  // ---- the view ----

  fit(): void {
    this.#changeView(() => this.#view.fit());
  }

  zoomBy(factor: number): void {
    const { width, height } = this.#view.viewport;
    this.#changeView(() => this.#view.zoomAt({ at: { x: width / 2, y: height / 2 }, factor }));
  }

  zoomTo(target: Rect | "actual"): void {
    if (target === "actual") return this.zoomBy(1 / this.#view.viewport.scale);
    this.#changeView(() => this.#view.zoomTo(target));
  }

  panBy(x: number, y: number): void {
    this.#changeView(() => this.#view.panBy({ x, y }));
  }

  // ---- editing ----

  select(ids: readonly ShapeId[], options: { readonly isShown?: boolean } = {}): void {
    const item = this.#item;
    if (item === null) return;
    item.selection.change({ kind: "set", ids });
    const first = ids[0] === undefined ? null : item.scene.find(ids[0]);
    if (options.isShown === true && first !== null)
      this.#changeView(() => this.#view.bringIntoSight(first.bounds));
  }

  undo(): boolean {
    this.#tools.abandon();
    return (this.#item?.history.undo() ?? null) !== null;
  }

  redo(): boolean {
    this.#tools.abandon();
    return (this.#item?.history.redo() ?? null) !== null;
  }

  key(key: string, modifiers: Modifiers): boolean {
    return this.#tools.key(key, modifiers);
  }

  answer(result: ToolAnswer): void {
    this.#tools.answer(result);
  }

  holdPan(isHeld: boolean): boolean {
    if (isHeld && !this.#isPanHeld) this.#wasPanUsed = false;
    this.#isPanHeld = isHeld;
    this.#setCursor();
    return this.#wasPanUsed;
  }

  abandon(): void {
    this.#tools.abandon();
  }

  on<Name extends keyof EngineEvents>(name: Name, follower: (value: EngineEvents[Name]) => void): () => void {
    return this.#events.on(name, follower);
  }

  flush(): void {
    this.#frames.flush();
  }

  destroy(): void {
    this.#pointer.destroy();
    this.#stopItem();
    this.#item?.dispose();
    this.#item = null;
    this.#frames.stop();
    if (this.#restTimer !== null) clearTimeout(this.#restTimer);
    this.#view.destroy();
    this.#picture.destroy();
    this.#edges.destroy();
    this.#static.destroy();
    this.#painter.destroy();
    this.#masks.destroy();
    this.#surfaces.remove();
  }

  // ---- inside ----

  #openItem(item: EngineItem): void {
    const doc = item.document;
    const view = new ItemView({
      doc,
      history: item.history ?? new History(doc),
      staticLayer: this.#static,
      maskWorker: this.#masks,
      tilePainter: this.#tilePainter,
      options: () => this.#options,
      dpr: () => this.#view.dpr,
      onDirty: (area) =>
        this.#frames.base(area === null ? undefined : rectToScreen(this.#view.viewport, area)),
      onPreviewReady: () => this.#frames.overlay(),
      isBusy: () => !this.#tools.isIdle,
    });
    const stops = [
      view.history.follow((op) => this.#events.emit("command", op)),
      view.selection.follow((ids) => {
        this.#events.emit("selection", ids);
        this.#frames.all();
      }),
      doc.follow((change) => {
        this.#events.emit("change", change);
        this.#frames.overlay();
        this.#restLater();
      }),
    ];
    this.#stopItem = () => stops.forEach((stop) => stop());
    this.#item = view;
    this.#static.draw(view.scene, this.#view.viewport);
  }

  #draw(dirty: Dirty): void {
    // Looked for before the first stroke needs them: it takes a moment.
    this.#edges.fieldFor(this.#tools.name, this.#options.tools);
    const viewport = this.#view.viewport;
    const isMoving = this.#restTimer !== null && this.#view.movedWithin(REST_MS);
    this.#static.move(viewport, { isMoving });
    this.#picture.move(viewport);
    if (dirty.base !== null) this.#painter.base(this.#state(), dirty.base);
    if (dirty.isOverlayDirty) this.#painter.overlay(this.#state());
    if (!isMoving && !this.#static.isBusy && !this.#isIdleTold) {
      this.#isIdleTold = true;
      this.#events.emit("idle", null);
    }
  }

  #state(): CanvasState {
    return {
      viewport: this.#view.viewport,
      dpr: this.#view.dpr,
      theme: this.#theme,
      options: this.#options,
      picture: this.#picture.picture,
      item: this.#item,
      preview: this.#preview,
      hovered: this.#hovered,
      pins: this.#pins,
      areHandlesShown: this.#tools.name === "select",
    };
  }

  #changeView(change: () => void): void {
    const before = this.#view.viewport;
    change();
    if (!isSameViewport(before, this.#view.viewport)) this.#moved();
  }

  #moved(): void {
    this.#isIdleTold = false;
    this.#restLater();
    this.#frames.all();
    this.#events.emit("viewport", this.#view.viewport);
  }

  #restLater(): void {
    this.#isIdleTold = false;
    if (this.#restTimer !== null) clearTimeout(this.#restTimer);
    this.#restTimer = setTimeout(() => {
      this.#restTimer = null;
      this.#painter.placeLabels(this.#state());
      this.#frames.base();
    }, REST_MS);
  }

  #toolPointer(pointer: ToolPointer): void {
    const at = toImage(this.#view.viewport, pointer.at);
    if (pointer.kind === "move") this.#events.emit("cursor", at);
    if (pointer.kind === "down" && this.#pressed(pointer, at)) return;
    this.#tools.pointer(pointer);
    if (pointer.kind === "move" && !this.#tools.isPressed) this.#hover(at, pointer.modifiers);
  }

  /** What a press does before the tool sees it; says whether the tool shall not. */
  #pressed(pointer: ToolPointer, at: Vec): boolean {
    const pin =
      pointer.button === 0 ? pinAt(this.#pins, { at: pointer.at, viewport: this.#view.viewport }) : null;
    if (pin !== null) {
      this.#events.emit("pin", pin);
      return true;
    }
    const isDouble = pointer.button === 0 && pointer.clicks === 2 && this.#tools.name === "select";
    if (!isDouble || this.shapeAt(at) !== null) return false;
    this.fit();
    return true;
  }

  #hover(at: Vec, modifiers: Modifiers): void {
    const isPicking = this.#tools.name === "select" || modifiers.alt;
    this.#setHovered(isPicking ? this.shapeAt(at) : null);
  }

  shapeAt(at: Vec): ShapeId | null {
    const tolerance = this.#options.tools.tolerancePx / this.#view.viewport.scale;
    return this.#item?.finder.at(at, tolerance)[0]?.id ?? null;
  }

  #leave(): void {
    this.#tools.leave();
    this.#setHovered(null);
    this.#events.emit("cursor", null);
  }

  #setHovered(id: ShapeId | null): void {
    if (id === this.#hovered) return;
    this.#hovered = id;
    this.#events.emit("hover", id);
    this.#frames.overlay();
  }

  #setPreview(preview: Preview): void {
    this.#item?.replace(replacedBy(preview));
    if (preview === this.#preview) return;
    this.#preview = preview;
    this.#setCursor();
    this.#frames.overlay();
  }

  #panPointer(by: Vec, state: "begin" | "go" | "end"): void {
    this.#isPanning = state === "begin" || (state === "go" && this.#isPanning);
    if (this.#isPanHeld && state === "begin") this.#wasPanUsed = true;
    this.#setCursor();
    this.#changeView(() => this.#view.panBy(by));
  }

  /** A tool moves the view so that the image point follows the pointer. */
  #panImage(by: Vec): void {
    const { scale } = this.#view.viewport;
    this.#changeView(() => this.#view.panBy({ x: by.x * scale, y: by.y * scale }));
  }

  #resizeBrush(by: 1 | -1): void {
    const brushRadius = nextBrushRadius(this.#options.tools.brushRadius, by);
    this.setOptions({ tools: { ...this.#options.tools, brushRadius } });
    this.#events.emit("brush-radius", brushRadius);
  }

  #setCursor(): void {
    const cursor = this.#isPanning ? "grabbing" : this.#isPanHeld ? "grab" : this.#preview.cursor;
    this.#surfaces.root.style.cursor = cursor;
  }
}
