/** How shapes look: colours, strokes and fills, for a light and a dark page. */

import type { Shape } from "../types";

export type ColorBy = "label" | "source";

export interface Theme {
  readonly isDark: boolean;
  /** What lies around the image. */
  readonly surround: string;
  readonly placeholder: string;
  readonly placeholderText: string;
  readonly accent: string;
  readonly crosshair: string;
  readonly font: string;
}

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

export const LIGHT: Theme = {
  isDark: false,
  surround: "#e9ecef",
  placeholder: "#f8f9fa",
  placeholderText: "#495057",
  accent: "#0ca678",
  crosshair: "rgba(20, 24, 28, 0.55)",
  font: FONT,
};

export const DARK: Theme = {
  isDark: true,
  surround: "#141517",
  placeholder: "#242628",
  placeholderText: "#c1c2c5",
  accent: "#38d9a9",
  crosshair: "rgba(255, 255, 255, 0.55)",
  font: FONT,
};

/** Which colours the shapes get. Both functions give a CSS colour and must always give the same one for the same name. */
export interface Palette {
  readonly colorBy: ColorBy;
  labelColor(label: string): string;
  sourceColor(source: string): string;
}

export interface ShapeLook {
  readonly color: string;
  readonly strokeWidth: number;
  readonly fillAlpha: number;
  readonly strokeAlpha: number;
  readonly dash: readonly number[];
  /** A dark line under the stroke, so that light colours show on light pictures; 0 for none. */
  readonly casingAlpha: number;
}

const SOLID: readonly number[] = [];
const DASHED: readonly number[] = [5, 3.5];

/** Give the colour of a shape. */
export function shapeColor(shape: Shape, palette: Palette): string {
  return palette.colorBy === "source" ? palette.sourceColor(shape.source) : palette.labelColor(shape.label);
}

/** Give the look of a shape at rest: own solid, proposals dashed, references thin. */
export function shapeLook(shape: Shape, palette: Palette): ShapeLook {
  const color = shapeColor(shape, palette);
  if (shape.standing === "proposal") {
    return { color, strokeWidth: 1.5, fillAlpha: 0.06, strokeAlpha: 1, dash: DASHED, casingAlpha: 0 };
  }
  if (shape.standing === "reference") {
    return { color, strokeWidth: 1, fillAlpha: 0, strokeAlpha: 0.85, dash: SOLID, casingAlpha: 0 };
  }
  return { color, strokeWidth: 1.5, fillAlpha: 0.14, strokeAlpha: 1, dash: SOLID, casingAlpha: 0 };
}

/** Say whether black text is easier to read than white on a colour of the form #rrggbb. */
export function wantsDarkText(hex: string): boolean {
  const value = Number.parseInt(hex.slice(1, 7), 16);
  if (Number.isNaN(value) || hex.length < 7) return false;
  const [red, green, blue] = [(value >> 16) & 255, (value >> 8) & 255, value & 255];
  return 0.299 * red + 0.587 * green + 0.114 * blue > 150;
}

/** A colour for a name that nobody chose one for; the same name always gives the same colour, as #rrggbb. */
export function hashColor(name: string): string {
  let hash = 2166136261;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 16777619);
  const hue = ((hash >>> 0) * 0.618033988749895 * 360) % 360;
  return hslToHex({ hue, saturation: 0.72, lightness: 0.55 });
}

function hslToHex(color: {
  readonly hue: number;
  readonly saturation: number;
  readonly lightness: number;
}): string {
  const { hue, saturation, lightness } = color;
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number): string => {
    const k = (n + hue / 30) % 12;
    const value = lightness - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}
