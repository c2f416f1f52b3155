/** Colours of labels: the ontology's, else a stable hue from the name, so that a label looks the same everywhere. */

const GOLDEN_ANGLE = 137.508;

/** A stable colour for a label without one, as `#rrggbb`; readable on light and dark pictures. */
export function hashColor(name: string): string {
  let hash = 2166136261;
  for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16777619);
  const hue = ((hash >>> 0) * GOLDEN_ANGLE) % 360;
  return hslToHex({ hue, saturation: 0.72, lightness: 0.55 });
}

/** The ontology's colour of a label, else the stable one. */
export function labelColor(
  name: string,
  labels: readonly { name: string; color?: string | null }[] = [],
): string {
  return labels.find((label) => label.name === name)?.color ?? hashColor(name);
}

function hslToHex({
  hue,
  saturation,
  lightness,
}: {
  hue: number;
  saturation: number;
  lightness: number;
}): string {
  const amplitude = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number) => {
    const k = (offset + hue / 30) % 12;
    const value = lightness - amplitude * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}
