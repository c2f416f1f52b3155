/** The open parts of evaluations and comparisons, read into fixed shapes. */
import { asList, asNumber, asRecord, asText, type JsonRecord } from "./json";

export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly level: number;
}

export interface NamedMetric {
  readonly key: string;
  readonly value: number;
  readonly interval: Interval | null;
}

/** One class; a value is null where the test set has none of it. */
export interface ClassRow {
  readonly name: string;
  readonly values: Readonly<Record<string, number | null>>;
}

export interface EvaluationNumbers {
  readonly metrics: readonly NamedMetric[];
  readonly classColumns: readonly string[];
  readonly classes: readonly ClassRow[];
}

/** Plain numbers of an evaluation with their intervals, and its table of classes. */
export function readEvaluation(metrics: JsonRecord): EvaluationNumbers {
  const classes = asList(metrics.per_class).map(readClass);
  const classColumns = Object.keys(asRecord(asList(metrics.per_class)[0])).filter((key) => key !== "name");
  const numbers: NamedMetric[] = [];
  for (const [key, raw] of Object.entries(metrics)) {
    const value = asNumber(raw);
    if (value !== null) numbers.push({ key, value, interval: readInterval(metrics[`${key}_interval`]) });
  }
  return { metrics: numbers, classColumns, classes };
}

function readClass(row: unknown): ClassRow {
  const { name, ...rest } = asRecord(row);
  const values = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, asNumber(value)]));
  return { name: asText(name) ?? "?", values };
}

function readInterval(raw: unknown): Interval | null {
  const found = asRecord(raw);
  const low = asNumber(found.low);
  const high = asNumber(found.high);
  return low === null || high === null ? null : { low, high, level: asNumber(found.level) ?? 0.95 };
}

export interface ClassChange {
  readonly name: string;
  readonly champion: number | null;
  readonly challenger: number | null;
  readonly delta: number | null;
  readonly support: number;
  readonly floorDrop: number | null;
  readonly isBreached: boolean;
}

export interface Wear {
  readonly timesCompared: number;
  readonly testItems: number;
  readonly level: string;
  readonly message: string;
  readonly luck: number | null;
}

export interface ComparisonNumbers {
  readonly metric: string;
  readonly reasons: readonly string[];
  readonly champion: number | null;
  readonly challenger: number | null;
  readonly delta: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly level: number;
  readonly pValue: number | null;
  readonly mcnemarP: number | null;
  readonly images: number;
  readonly groups: number;
  readonly resamples: number;
  readonly wear: Wear | null;
  readonly classes: readonly ClassChange[];
  readonly slices: readonly SliceChange[];
  readonly power: PowerNumbers | null;
  /** Smallest gain worth a change. */
  readonly minDelta: number;
}

/** One protected slice of the test set. */
export interface SliceChange {
  readonly name: string;
  readonly champion: number | null;
  readonly challenger: number | null;
  readonly delta: number | null;
  readonly low: number | null;
  readonly images: number;
  readonly floorDrop: number;
  readonly pValue: number | null;
  /** What Holm asks the p-value to be at most. */
  readonly needed: number | null;
  readonly verdict: string;
}

/** What a test set can tell apart. */
export interface PowerNumbers {
  readonly power: number;
  readonly smallestGain: number | null;
  readonly imagesForDelta: number | null;
  readonly message: string;
}

export function readComparison(numbers: JsonRecord): ComparisonNumbers {
  return {
    metric: asText(numbers.metric) ?? "metric",
    reasons: asList(numbers.reasons).flatMap((one) => asText(one) ?? []),
    champion: asNumber(numbers.champion),
    challenger: asNumber(numbers.challenger),
    delta: asNumber(numbers.delta),
    low: asNumber(numbers.low),
    high: asNumber(numbers.high),
    level: asNumber(numbers.level) ?? 0.95,
    pValue: asNumber(numbers.p_value),
    mcnemarP: asNumber(numbers.mcnemar_p),
    images: asNumber(numbers.n_images) ?? 0,
    groups: asNumber(numbers.n_groups) ?? 0,
    resamples: asNumber(numbers.resamples) ?? 0,
    wear: readWear(numbers.wear),
    classes: asList(numbers.per_class).map(readChange),
    slices: asList(numbers.slices).map(readSlice),
    power: readPower(numbers.power),
    minDelta: asNumber(numbers.min_delta) ?? 0,
  };
}

function readSlice(raw: unknown): SliceChange {
  const row = asRecord(raw);
  return {
    name: asText(row.name) ?? "?",
    champion: asNumber(row.champion),
    challenger: asNumber(row.challenger),
    delta: asNumber(row.delta),
    low: asNumber(row.low),
    images: asNumber(row.n_images) ?? 0,
    floorDrop: asNumber(row.floor_drop) ?? 0,
    pValue: asNumber(row.p_value),
    needed: asNumber(row.needed),
    verdict: asText(row.verdict) ?? "unsure",
  };
}

function readPower(raw: unknown): PowerNumbers | null {
  const row = asRecord(raw);
  const power = asNumber(row.power);
  if (power === null) return null;
  return {
    power,
    smallestGain: asNumber(row.smallest_gain),
    imagesForDelta: asNumber(row.images_for_delta),
    message: asText(row.message) ?? "",
  };
}

function readChange(raw: unknown): ClassChange {
  const row = asRecord(raw);
  return {
    name: asText(row.name) ?? "?",
    champion: asNumber(row.champion),
    challenger: asNumber(row.challenger),
    delta: asNumber(row.delta),
    support: asNumber(row.support) ?? 0,
    floorDrop: asNumber(row.floor_drop),
    isBreached: row.is_breached === true,
  };
}

function readWear(raw: unknown): Wear | null {
  const wear = asRecord(raw);
  const message = asText(wear.message);
  if (message === null) return null;
  return {
    timesCompared: asNumber(wear.times_compared) ?? 0,
    testItems: asNumber(wear.n_test) ?? 0,
    level: asText(wear.level) ?? "fresh",
    message,
    luck: asNumber(wear.luck),
  };
}

const METRIC_TITLES: Readonly<Record<string, string>> = {
  accuracy: "Accuracy",
  macro_f1: "Macro F1",
  ece: "Calibration error",
  brier: "Brier score",
  nll: "Log loss",
  ap: "AP",
  ap50: "AP50",
  map: "Mean AP",
  map50: "AP50",
  miou: "Mean IoU",
  iou: "IoU",
  dice: "Dice",
  mask_ap: "Mask AP",
  mask_ap50: "Mask AP50",
  ap75: "AP75",
  ap_small: "AP small",
  ap_medium: "AP medium",
  ap_large: "AP large",
  ar1: "AR, 1 box",
  ar10: "AR, 10 boxes",
  ar100: "AR, 100 boxes",
  ar_small: "AR small",
  ar_medium: "AR medium",
  ar_large: "AR large",
  n_images: "Images",
  n_groups: "Groups",
  n_truth: "True objects",
  n_predicted: "Predicted objects",
  n_unknown: "Unknown labels",
  cv_accuracy: "Accuracy, cross-validated",
  cv_loss: "Loss, cross-validated",
  heat_loss: "Heat loss",
  box_loss: "Box loss",
  precision: "Precision",
  recall: "Recall",
  f1: "F1",
  support: "Examples",
};

/** A metric's name for people. */
export function metricTitle(key: string): string {
  const known = METRIC_TITLES[key];
  if (known !== undefined) return known;
  const crossed = /^cv_(accuracy|loss)_(.+)$/.exec(key);
  if (crossed !== null) return `${crossed[1] === "loss" ? "Loss" : "Accuracy"} with ${crossed[2] ?? ""}`;
  const validated = /^(?:validation|val)_(.+)$/.exec(key)?.[1];
  if (validated !== undefined) return `${metricTitle(validated)}, validation`;
  const words = key.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The same in a table of classes, where every row is of one class. */
export function columnTitle(key: string): string {
  if (key === "n_truth") return "True";
  return key === "n_predicted" ? "Predicted" : metricTitle(key);
}

/** Whether a metric counts something, so that it is shown whole. */
export function isCount(key: string): boolean {
  return key.startsWith("n_") || ["support", "samples", "epoch", "times_compared"].includes(key);
}
