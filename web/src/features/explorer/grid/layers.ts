/** Annotation sources as layers: which are seen, in which colours, from which confidence on. */
import type { AnnotationSource, GridAnnotation, Layer } from "@/api/schema.gen";
import { hashColor, labelColor } from "@/ui/labelColor";

import type { Ink } from "./draw";

export interface LayerSettings {
  /** Keys of sources that are not to be seen. */
  readonly hidden: readonly string[];
  readonly colorBy: "label" | "source";
  /** Predictions below this are left out. */
  readonly leastConfidence: number;
}

export const ALL_LAYERS: LayerSettings = { hidden: [], colorBy: "label", leastConfidence: 0 };

export function sourceKey(
  source: Pick<AnnotationSource | GridAnnotation, "layer" | "author_kind" | "author_id">,
): string {
  return `${source.layer}:${source.author_kind}:${source.author_id}`;
}

/** What people stand behind is teal; each model and import has a colour of its own. */
export function sourceColor(
  source: Pick<AnnotationSource | GridAnnotation, "layer" | "author_kind" | "author_id">,
): string {
  if (source.layer === "truth" && source.author_kind === "person") return "#2dd4bf";
  return hashColor(sourceKey(source));
}

/** The layers that must be read for what is to be seen. */
export function layersToRead(sources: readonly AnnotationSource[], settings: LayerSettings): Layer[] {
  const seen = sources.filter((source) => !settings.hidden.includes(sourceKey(source)));
  const layers: readonly Layer[] = ["truth", "prediction"];
  return layers.filter((layer) => seen.some((source) => source.layer === layer));
}

export function inkFor(options: {
  readonly settings: LayerSettings;
  readonly labels: readonly { readonly name: string; readonly color?: string | null }[];
  readonly lineWidth: number;
}): Ink {
  const { settings, labels, lineWidth } = options;
  const hidden = new Set(settings.hidden);
  const colors = new Map<string, string>();
  const labelOf = (name: string) => {
    const known = colors.get(name) ?? labelColor(name, [...labels]);
    colors.set(name, known);
    return known;
  };
  return {
    lineWidth,
    colorOf: (annotation) => {
      if (hidden.has(sourceKey(annotation))) return null;
      const isBelow =
        annotation.layer === "prediction" && (annotation.confidence ?? 1) < settings.leastConfidence;
      if (isBelow) return null;
      return settings.colorBy === "label" ? labelOf(annotation.label) : sourceColor(annotation);
    },
  };
}

/** Settings from what a saved view or the browser kept, whatever is in there. */
export function parseLayers(value: unknown): LayerSettings {
  if (typeof value !== "object" || value === null) return ALL_LAYERS;
  const hidden = "hidden" in value && Array.isArray(value.hidden) ? value.hidden.filter(isText) : [];
  const colorBy = "colorBy" in value && value.colorBy === "source" ? "source" : "label";
  const least =
    "leastConfidence" in value && typeof value.leastConfidence === "number" ? value.leastConfidence : 0;
  return { hidden, colorBy, leastConfidence: Math.min(1, Math.max(0, least)) };
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
