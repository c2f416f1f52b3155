/** What lies above the shapes for a moment: the tool's preview, the hovered shape, the crosshair, issue pins. */

import type { Mark, Preview } from "../tools/types";
import type { MaskGeometry, Rect, Shape, ShapeId, Vec, XY } from "../types";
import { rectToScreen, toScreen, visibleRect, type Viewport } from "../viewport";
import type { Brush } from "./brush";
import { shapeColor, shapeLook, type Palette, type ShapeLook, type Theme } from "./look";
import { paintDot, paintShape } from "./shapePainter";
import type { SceneShape } from "./staticLayer";

export interface Pin {
  readonly id: string;
  readonly at: Vec;
  /** One or two characters, the number of the issue. */
  readonly text: string;
  readonly isResolved: boolean;
}

export interface OverlayContent {
  readonly viewport: Viewport;
  readonly theme: Theme;
  readonly palette: Palette;
  readonly hovered: SceneShape | null;
  readonly preview: Preview;
  readonly pins: readonly Pin[];
  /** Selected shapes too many for handles. */
  readonly outlined: readonly SceneShape[];
  /** Draw the mask of a preview. */
  readonly paintMask: (mask: {
    readonly index: number;
    readonly geometry: MaskGeometry;
    readonly color: string;
  }) => void;
}

const GOOD = "#2f9e44";
const BAD = "#e03131";
const PIN_RADIUS = 10;
/** Of an outline that was found and not yet taken, in CSS pixels. */
const FOUND_DASH = [6, 4];

export function paintOverlay(brush: Brush, content: OverlayContent): void {
  const { viewport, theme, preview } = content;
  brush.lineJoin = "round";
  for (const shape of content.outlined) paintEmphasis(brush, { shape, content, fillAlpha: 0.18 });
  if (content.hovered !== null) paintEmphasis(brush, { shape: content.hovered, content, fillAlpha: 0.24 });
  paintPreviewShapes(brush, content);
  for (const line of preview.lines) paintLine(brush, { line, viewport, color: theme.accent });
  if (preview.band !== null) paintBand(brush, { band: preview.band, viewport, color: theme.accent });
  for (const mark of preview.marks) paintMark(brush, { mark, viewport, color: theme.accent });
  if (preview.crosshair !== null) paintCrosshair(brush, { at: preview.crosshair, viewport });
  if (preview.brush !== null) paintBrushRing(brush, { ring: preview.brush, viewport });
  for (const pin of content.pins) paintPin(brush, { pin, viewport });
}

/** Which pin lies under a screen place, the uppermost first. */
export function pinAt(
  pins: readonly Pin[],
  options: { readonly at: Vec; readonly viewport: Viewport },
): string | null {
  for (const pin of [...pins].reverse()) {
    const tip = toScreen(options.viewport, pin.at);
    if (Math.hypot(options.at.x - tip.x, options.at.y - (tip.y - PIN_RADIUS - 6)) <= PIN_RADIUS + 2)
      return pin.id;
  }
  return null;
}

/** The shapes not drawn elsewhere while a preview stands for them. */
export function replacedBy(preview: Preview): ReadonlySet<ShapeId> {
  return new Set(preview.shapes.flatMap((one) => one.replaces ?? []));
}

function paintEmphasis(
  brush: Brush,
  options: { readonly shape: SceneShape; readonly content: OverlayContent; readonly fillAlpha: number },
): void {
  const { shape, content, fillAlpha } = options;
  const { geometry } = shape.shape;
  if (geometry.type === "mask")
    return paintMaskFrame(brush, { bounds: shape.bounds, content, shape: shape.shape });
  const look = shapeLook(shape.shape, content.palette);
  const frame = content.viewport;
  const halo: ShapeLook = {
    ...look,
    color: "#ffffff",
    strokeWidth: 4,
    strokeAlpha: 0.75,
    fillAlpha: 0,
    dash: [],
  };
  paintShape(brush, { geometry, bounds: shape.bounds, look: halo, frame });
  paintShape(brush, {
    geometry,
    bounds: shape.bounds,
    look: { ...look, strokeWidth: 2, fillAlpha, dash: [] },
    frame,
  });
}

/** A mask has no line to make thicker: its corners are marked. */
function paintMaskFrame(
  brush: Brush,
  options: { readonly bounds: Rect; readonly content: OverlayContent; readonly shape: Shape },
): void {
  const { bounds, content, shape } = options;
  const { x0, y0, x1, y1 } = rectToScreen(content.viewport, bounds);
  const arm = Math.min(14, (x1 - x0) / 3, (y1 - y0) / 3);
  const corners: readonly [number, number, number, number][] = [
    [x0, y0, 1, 1],
    [x1, y0, -1, 1],
    [x1, y1, -1, -1],
    [x0, y1, 1, -1],
  ];
  for (const [color, width] of [
    ["#ffffff", 4],
    [shapeColor(shape, content.palette), 2],
  ] as const) {
    brush.strokeStyle = color;
    brush.lineWidth = width;
    brush.beginPath();
    for (const [x, y, right, down] of corners) {
      brush.moveTo(x + right * arm, y);
      brush.lineTo(x, y);
      brush.lineTo(x, y + down * arm);
    }
    brush.stroke();
  }
}

function paintPreviewShapes(brush: Brush, content: OverlayContent): void {
  const { viewport, palette, preview, theme } = content;
  const bounds = visibleRect(viewport);
  for (const [index, { geometry, label, isFound }] of preview.shapes.entries()) {
    const color = label === null ? theme.accent : palette.labelColor(label);
    if (geometry.type === "mask") {
      content.paintMask({ index, geometry, color });
      continue;
    }
    const look: ShapeLook = {
      color,
      strokeWidth: 1.75,
      fillAlpha: isFound === true ? 0.28 : 0.16,
      strokeAlpha: 1,
      dash: isFound === true ? FOUND_DASH : [],
      casingAlpha: 0,
    };
    // Beneath dashes a dark line, or one would not see that they are dashes.
    const under =
      isFound === true ? { color: "#000000", strokeAlpha: 0.45 } : { color: "#ffffff", strokeAlpha: 0.5 };
    const halo: ShapeLook = { ...look, ...under, strokeWidth: 3.5, fillAlpha: 0, dash: [] };
    paintShape(brush, { geometry, bounds, look: halo, frame: viewport });
    paintShape(brush, { geometry, bounds, look, frame: viewport });
  }
}

function paintLine(
  brush: Brush,
  options: { readonly line: readonly XY[]; readonly viewport: Viewport; readonly color: string },
): void {
  const { line, viewport, color } = options;
  brush.beginPath();
  for (const [i, [x, y]] of line.entries()) {
    const at = toScreen(viewport, { x, y });
    if (i === 0) brush.moveTo(at.x, at.y);
    else brush.lineTo(at.x, at.y);
  }
  twoTone(brush, { color, width: 1.25, dash: [5, 4] });
}

function paintBand(
  brush: Brush,
  options: { readonly band: Rect; readonly viewport: Viewport; readonly color: string },
): void {
  const { x0, y0, x1, y1 } = rectToScreen(options.viewport, options.band);
  brush.fillStyle = options.color;
  brush.globalAlpha = 0.1;
  brush.fillRect(x0, y0, x1 - x0, y1 - y0);
  brush.globalAlpha = 1;
  brush.beginPath();
  brush.rect(Math.round(x0) + 0.5, Math.round(y0) + 0.5, Math.round(x1 - x0), Math.round(y1 - y0));
  twoTone(brush, { color: options.color, width: 1, dash: [4, 3] });
}

/** Stroke the present path so that it shows on light and on dark: coloured dashes on a white line. */
function twoTone(
  brush: Brush,
  line: { readonly color: string; readonly width: number; readonly dash: readonly number[] },
): void {
  brush.strokeStyle = "rgba(255, 255, 255, 0.85)";
  brush.lineWidth = line.width + 1;
  brush.stroke();
  brush.strokeStyle = line.color;
  brush.lineWidth = line.width;
  brush.setLineDash([...line.dash]);
  brush.stroke();
  brush.setLineDash([]);
}

function paintMark(
  brush: Brush,
  options: { readonly mark: Mark; readonly viewport: Viewport; readonly color: string },
): void {
  const { mark, viewport, color } = options;
  const at = toScreen(viewport, { x: mark.at[0], y: mark.at[1] });
  switch (mark.kind) {
    case "vertex":
      return paintDot(brush, { at, radius: 3, color });
    case "first":
      return paintDot(brush, { at, radius: 5, color });
    case "extreme":
      return paintDot(brush, { at, radius: 4, color });
    case "snap":
      return paintRing(brush, { at, radius: 7, color });
    case "include":
      return paintSign(brush, { at, color: GOOD, isPlus: true });
    case "exclude":
      return paintSign(brush, { at, color: BAD, isPlus: false });
  }
}

function paintRing(
  brush: Brush,
  ring: { readonly at: Vec; readonly radius: number; readonly color: string },
): void {
  brush.beginPath();
  brush.arc(ring.at.x, ring.at.y, ring.radius, 0, Math.PI * 2);
  brush.strokeStyle = "#ffffff";
  brush.lineWidth = 3.5;
  brush.stroke();
  brush.strokeStyle = ring.color;
  brush.lineWidth = 1.75;
  brush.stroke();
}

function paintSign(
  brush: Brush,
  sign: { readonly at: Vec; readonly color: string; readonly isPlus: boolean },
): void {
  const { at, color, isPlus } = sign;
  paintDot(brush, { at, radius: 6.5, color });
  brush.beginPath();
  brush.moveTo(at.x - 3.5, at.y);
  brush.lineTo(at.x + 3.5, at.y);
  if (isPlus) {
    brush.moveTo(at.x, at.y - 3.5);
    brush.lineTo(at.x, at.y + 3.5);
  }
  brush.strokeStyle = "#ffffff";
  brush.lineWidth = 1.75;
  brush.stroke();
}

function paintCrosshair(brush: Brush, options: { readonly at: XY; readonly viewport: Viewport }): void {
  const { viewport } = options;
  const at = toScreen(viewport, { x: options.at[0], y: options.at[1] });
  const [x, y] = [Math.round(at.x) + 0.5, Math.round(at.y) + 0.5];
  // A dark line beside a light one is seen on every picture.
  for (const [color, shift] of [
    ["rgba(0, 0, 0, 0.45)", 1],
    ["rgba(255, 255, 255, 0.8)", 0],
  ] as const) {
    brush.beginPath();
    brush.moveTo(0, y + shift);
    brush.lineTo(viewport.width, y + shift);
    brush.moveTo(x + shift, 0);
    brush.lineTo(x + shift, viewport.height);
    brush.strokeStyle = color;
    brush.lineWidth = 1;
    brush.stroke();
  }
}

function paintBrushRing(
  brush: Brush,
  options: { readonly ring: NonNullable<Preview["brush"]>; readonly viewport: Viewport },
): void {
  const { ring, viewport } = options;
  const at = toScreen(viewport, { x: ring.at[0], y: ring.at[1] });
  brush.beginPath();
  brush.arc(at.x, at.y, Math.max(1, ring.radius * viewport.scale), 0, Math.PI * 2);
  brush.strokeStyle = "rgba(0, 0, 0, 0.55)";
  brush.lineWidth = 3;
  brush.stroke();
  brush.strokeStyle = ring.isErasing ? "#ff8787" : "#ffffff";
  brush.lineWidth = 1.5;
  brush.stroke();
}

function paintPin(brush: Brush, options: { readonly pin: Pin; readonly viewport: Viewport }): void {
  const { pin, viewport } = options;
  const tip = toScreen(viewport, pin.at);
  const centre = { x: tip.x, y: tip.y - PIN_RADIUS - 6 };
  const color = pin.isResolved ? "#868e96" : "#f08c00";
  brush.beginPath();
  brush.moveTo(tip.x, tip.y);
  brush.lineTo(centre.x - 6, centre.y + 7);
  brush.lineTo(centre.x + 6, centre.y + 7);
  brush.closePath();
  brush.fillStyle = color;
  brush.fill();
  paintDot(brush, { at: centre, radius: PIN_RADIUS - 1, color });
  brush.font = "700 11px system-ui, sans-serif";
  brush.textBaseline = "middle";
  brush.fillStyle = "#ffffff";
  const text = pin.text.slice(0, 2);
  brush.fillText(text, centre.x - brush.measureText(text).width / 2, centre.y + 0.5);
}
