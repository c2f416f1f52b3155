/** The knobs of augmentation, in groups, with the values that leave an image as it is. */
import type { Augment } from "@/api/schema.gen";

export interface Knob {
  readonly name: NumberKnobName;
  readonly title: string;
  readonly least: number;
  readonly most: number;
  readonly step: number;
  readonly usual: number;
  readonly say: (value: number) => string;
}

export type NumberKnobName = Exclude<keyof Augment, "flip" | "flip_vertical">;
export type SwitchName = "flip" | "flip_vertical";

export const SWITCHES: readonly {
  readonly name: SwitchName;
  readonly title: string;
  readonly usual: boolean;
}[] = [
  { name: "flip", title: "Mirror left and right", usual: true },
  { name: "flip_vertical", title: "Mirror top and bottom", usual: false },
];

const times = (value: number) => `× ${value.toFixed(2)}`;
const degrees = (value: number) => `${String(Math.round(value))}°`;
const levels = (value: number) => `± ${String(Math.round(value))}`;
const share = (value: number) => `± ${String(Math.round(value * 100))} %`;
const pixels = (value: number) => `${value.toFixed(1)} px`;

export const KNOBS: readonly { readonly title: string; readonly knobs: readonly Knob[] }[] = [
  {
    title: "Place and size",
    knobs: [
      { name: "rotate", title: "Turn", least: 0, most: 180, step: 1, usual: 0, say: degrees },
      { name: "scale_low", title: "Shrink to", least: 0.25, most: 1, step: 0.05, usual: 0.75, say: times },
      { name: "scale_high", title: "Enlarge to", least: 1, most: 4, step: 0.1, usual: 1.4, say: times },
      { name: "shift", title: "Shift", least: 0, most: 0.5, step: 0.05, usual: 0.1, say: share },
    ],
  },
  {
    title: "Light and colour",
    knobs: [
      { name: "brightness", title: "Brightness", least: 0, most: 100, step: 1, usual: 20, say: levels },
      { name: "contrast", title: "Contrast", least: 0, most: 0.9, step: 0.05, usual: 0.25, say: share },
      { name: "tint", title: "Tint", least: 0, most: 0.5, step: 0.01, usual: 0.07, say: share },
      { name: "hue", title: "Hue", least: 0, most: 180, step: 5, usual: 0, say: degrees },
      { name: "saturation", title: "Saturation", least: 0, most: 1, step: 0.05, usual: 0, say: share },
    ],
  },
  {
    title: "Quality",
    knobs: [
      { name: "blur", title: "Blur", least: 0, most: 10, step: 0.5, usual: 0, say: pixels },
      { name: "noise", title: "Noise", least: 0, most: 100, step: 1, usual: 0, say: levels },
      {
        name: "jpeg",
        title: "JPEG from quality",
        least: 0,
        most: 95,
        step: 5,
        usual: 0,
        say: (value) => (value === 0 ? "never" : String(value)),
      },
    ],
  },
];

/** A knob turned; back at its usual value it counts as not touched. */
export function turned(
  augment: Partial<Augment>,
  knob: { name: keyof Augment; usual: number | boolean },
  value: number | boolean,
): Partial<Augment> {
  const rest = Object.fromEntries(Object.entries(augment).filter(([name]) => name !== knob.name));
  return value === knob.usual ? rest : { ...rest, [knob.name]: value };
}

/** Nothing is changed: what "off" means. */
export const STILL: Partial<Augment> = {
  flip: false,
  scale_low: 1,
  scale_high: 1,
  shift: 0,
  brightness: 0,
  contrast: 0,
  tint: 0,
};

const USUAL: Augment = {
  flip: true,
  flip_vertical: false,
  rotate: 0,
  scale_low: 0.75,
  scale_high: 1.4,
  shift: 0.1,
  brightness: 20,
  contrast: 0.25,
  tint: 0.07,
  hue: 0,
  saturation: 0,
  blur: 0,
  noise: 0,
  jpeg: 0,
};

/** What was set by hand over what is usual. */
export function wholeAugment(augment: Partial<Augment>): Augment {
  return { ...USUAL, ...augment };
}
