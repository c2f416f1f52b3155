/**
 * Names of shapes as small chips. They are canvas text, never HTML: a name is whatever somebody typed.
 *
 * Which names are shown is decided at rest, larger shapes first and never one over another; while the view moves the
 * chosen ones move with their shapes and stay sharp.
 */

import type { Rect, Shape, ShapeId } from "../types";
import { toScreen, type Viewport } from "../viewport";
import type { Brush } from "./brush";
import { wantsDarkText } from "./look";
import type { SceneShape } from "./staticLayer";

export interface Label {
  readonly id: ShapeId;
  readonly text: string;
  readonly color: string;
  readonly bounds: Rect;
}

export const LABEL_HEIGHT = 17;
const FONT_SIZE = 11;
const PADDING = 5;
const MOST_LABELS = 200;
const SMALLEST_SHAPE_PX = 26;
const LONGEST_TEXT = 28;
/** Names are kept apart on a grid of cells of this size. */
const CELL_PX = 24;

/** Give the words on a shape's chip: its class, and how sure the model is. */
export function labelText(shape: Shape): string {
  const name = shape.label.length > LONGEST_TEXT ? `${shape.label.slice(0, LONGEST_TEXT - 1)}…` : shape.label;
  return shape.confidence === null || shape.standing === "own"
    ? name
    : `${name} ${percent(shape.confidence)}`;
}

function percent(confidence: number): string {
  return `${Math.round(Math.min(1, Math.max(0, confidence)) * 100)}%`;
}

/** Choose the names to show for the shapes in sight. */
export function placeLabels(options: {
  readonly shapes: readonly SceneShape[];
  readonly viewport: Viewport;
  readonly color: (shape: Shape) => string;
  readonly widthOf: (text: string) => number;
}): readonly Label[] {
  const { shapes, viewport, color, widthOf } = options;
  const large = shapes
    .filter((one) => sizeOf(one.bounds) * viewport.scale >= SMALLEST_SHAPE_PX)
    .sort((a, b) => sizeOf(b.bounds) - sizeOf(a.bounds));
  const taken = new Set<number>();
  const placed: Label[] = [];
  for (const { shape, bounds } of large) {
    if (placed.length >= MOST_LABELS) break;
    const text = labelText(shape);
    const chip = chipRect({ bounds, viewport, width: widthOf(text) });
    if (chip.x1 < 0 || chip.y1 < 0 || chip.x0 > viewport.width || chip.y0 > viewport.height) continue;
    const cells = cellsOf(chip);
    if (cells.some((cell) => taken.has(cell))) continue;
    for (const cell of cells) taken.add(cell);
    placed.push({ id: shape.id, text, color: color(shape), bounds });
  }
  return placed;
}

/** Where a chip goes: above the shape's upper left corner, inside when it would leave the view there. */
export function chipRect(options: {
  readonly bounds: Rect;
  readonly viewport: Viewport;
  readonly width: number;
}): Rect {
  const { bounds, viewport, width } = options;
  const at = toScreen(viewport, { x: bounds.x0, y: bounds.y0 });
  const low = toScreen(viewport, { x: bounds.x1, y: bounds.y1 });
  const x0 = Math.round(Math.max(at.x - 1, Math.min(2, low.x - width - 2)));
  const above = Math.round(at.y - LABEL_HEIGHT - 1);
  const y0 = above >= 2 ? above : Math.round(Math.max(above, Math.min(2, low.y - LABEL_HEIGHT - 2)));
  return { x0, y0, x1: x0 + width, y1: y0 + LABEL_HEIGHT };
}

/** Draws chips; keeps the measured widths, of which a page of boxes needs only a few. */
export class LabelPainter {
  readonly #widths = new Map<string, number>();

  constructor(
    private readonly brush: Brush,
    private readonly font: string,
  ) {}

  widthOf(text: string): number {
    const known = this.#widths.get(text);
    if (known !== undefined) return known;
    if (this.#widths.size > 2000) this.#widths.clear();
    this.brush.font = this.#fontText();
    const width = Math.ceil(this.brush.measureText(text).width) + 2 * PADDING;
    this.#widths.set(text, width);
    return width;
  }

  paint(brush: Brush, options: { readonly labels: Iterable<Label>; readonly viewport: Viewport }): void {
    const { labels, viewport } = options;
    brush.font = this.#fontText();
    brush.textBaseline = "middle";
    for (const label of labels) {
      const chip = chipRect({ bounds: label.bounds, viewport, width: this.widthOf(label.text) });
      if (chip.x1 < 0 || chip.y1 < 0 || chip.x0 > viewport.width || chip.y0 > viewport.height) continue;
      this.#paintChip(brush, { chip, text: label.text, color: label.color });
    }
  }

  #paintChip(
    brush: Brush,
    label: { readonly chip: Rect; readonly text: string; readonly color: string },
  ): void {
    const { chip, text, color } = label;
    brush.globalAlpha = 0.92;
    brush.fillStyle = color;
    brush.beginPath();
    brush.roundRect(chip.x0, chip.y0, chip.x1 - chip.x0, chip.y1 - chip.y0, 4);
    brush.fill();
    brush.globalAlpha = 1;
    brush.fillStyle = wantsDarkText(color) ? "#14171a" : "#ffffff";
    brush.fillText(text, chip.x0 + PADDING, chip.y0 + LABEL_HEIGHT / 2 + 0.5);
  }

  #fontText(): string {
    return `600 ${FONT_SIZE}px ${this.font}`;
  }
}

function sizeOf(bounds: Rect): number {
  return Math.max(bounds.x1 - bounds.x0, bounds.y1 - bounds.y0);
}

function cellsOf(chip: Rect): number[] {
  const cells: number[] = [];
  for (let row = Math.floor(chip.y0 / CELL_PX); row <= Math.floor(chip.y1 / CELL_PX); row += 1) {
    for (let column = Math.floor(chip.x0 / CELL_PX); column <= Math.floor(chip.x1 / CELL_PX); column += 1) {
      cells.push(row * 65_536 + column);
    }
  }
  return cells;
}
