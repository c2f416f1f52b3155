/** Models in plain words: numbers, decisions, curves. */
import { asNumber, type JsonRecord } from "@/api/json";
import { isCount, metricTitle, type ComparisonNumbers } from "@/api/metrics";
import type { Champion, Model } from "@/api/schema.gen";
import { seriesColor, type ChartSeries } from "@/ui/charts/series";
import { formatCount } from "@/ui/format";

export const STATUS_COLORS: Readonly<Record<string, string>> = {
  created: "gray",
  training: "whorl",
  trained: "green",
  failed: "red",
  cancelled: "gray",
};

/** A metric's value: three digits, counts whole. */
export function formatMetric(value: number | null, key = ""): string {
  if (value === null) return "–";
  return isCount(key) ? formatCount(value) : value.toFixed(3);
}

/** A difference with its sign: "+0.030", "−0.004". */
export function formatDelta(value: number | null): string {
  if (value === null) return "–";
  const text = Math.abs(value).toFixed(3);
  if (Number(text) === 0) return "0.000";
  return `${value < 0 ? "−" : "+"}${text}`;
}

/** The two ends of an interval: "0.612 to 0.871". */
export function saySpan(interval: { readonly low: number; readonly high: number }, digits = 3): string {
  const say = (value: number) => `${value < 0 ? "−" : ""}${Math.abs(value).toFixed(digits)}`;
  return `${say(interval.low)} to ${say(interval.high)}`;
}

/** A level such as 0.9833 as "98.3 %". */
export function formatLevel(level: number): string {
  return `${String(Number((level * 100).toFixed(1)))} %`;
}

/** A p-value as it is read: "0.012", "< 0.001". */
export function sayP(p: number): string {
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

/** A share of the metric as points: 0.031 is "3.1 points". */
export function sayPoints(share: number): string {
  const points = Number((share * 100).toFixed(1));
  return `${String(points)} ${points === 1 ? "point" : "points"}`;
}

export const DECISION_WORDS: Readonly<Record<string, { title: string; color: string }>> = {
  promote: { title: "Promoted", color: "green" },
  keep: { title: "Champion kept", color: "gray" },
  tie: { title: "Tie, champion kept", color: "gray" },
};

export function decisionWords(decision: string): { title: string; color: string } {
  return DECISION_WORDS[decision] ?? { title: decision, color: "gray" };
}

/** Why a decision fell as it did, in one sentence. */
export function explainDecision(options: {
  decision: string;
  numbers: ComparisonNumbers;
  hasChampion: boolean;
}): string {
  const { decision, numbers, hasChampion } = options;
  const { delta, low, high } = numbers;
  const metric = metricTitle(numbers.metric);
  const against = hasChampion ? "the champion" : "having no model";
  const breached = numbers.classes.filter((row) => row.isBreached).map((row) => row.name);
  if (delta === null || low === null || high === null) {
    return `${decisionWords(decision).title}: ${metric} could not be measured on these test items.`;
  }
  const gain = `${formatDelta(delta)} ${metric} against ${against}`;
  const interval = `${formatDelta(low)} to ${formatDelta(high)}`;
  if (decision === "promote") {
    return `Promoted because it is provably better: ${gain}, and the whole interval (${interval}) lies above zero.`;
  }
  if (breached.length > 0) {
    const classes = breached.length === 1 ? `class ${breached[0] ?? ""}` : `classes ${breached.join(", ")}`;
    const mean = delta > 0 ? "although the mean rose" : "and the mean fell";
    return `Not promoted because ${classes} fell below the floor, ${mean} by ${Math.abs(delta).toFixed(3)}.`;
  }
  if (decision === "keep" && high < 0) {
    return `Not promoted because it is provably worse: ${gain}, and the whole interval (${interval}) lies below zero.`;
  }
  if (low <= 0 && high >= 0) {
    return `Not promoted because the difference may be chance: ${gain}, but the interval (${interval}) includes zero.`;
  }
  return `Not promoted: ${gain}, interval ${interval}.`;
}

/** Where a model is the champion, for people. */
export function placesOf(champions: readonly Champion[], modelId: string): Champion[] {
  return champions.filter((one) => one.model_id === modelId);
}

export function placeName(place: Champion): string {
  const name = place.pipeline_name ?? "this project";
  return place.variable === "champion" ? name : `${name} (${place.variable})`;
}

export interface CurveGroup {
  readonly title: string;
  readonly series: readonly ChartSeries[];
}

export interface Curves {
  readonly xTitle: string;
  readonly groups: readonly CurveGroup[];
  /** The last value of everything that was reported too seldom for a line. */
  readonly facts: readonly { readonly key: string; readonly value: number }[];
}

const FEWEST_POINTS = 3;
/** What curves are drawn over, and how far a training is: no curves themselves. */
const AXES: ReadonlySet<string> = new Set(["seconds", "epoch", "progress"]);

/** A training's reports as lines, losses apart from the rest, and single values apart from lines. */
export function readCurves(rows: readonly JsonRecord[]): Curves {
  const counts = new Map<string, number>();
  for (const row of rows) for (const key of Object.keys(row)) counts.set(key, (counts.get(key) ?? 0) + 1);
  const x = (counts.get("epoch") ?? 0) >= FEWEST_POINTS ? "epoch" : "seconds";
  const keys = [...counts.keys()].filter((key) => !AXES.has(key));
  const lines = keys.filter((key) => (counts.get(key) ?? 0) >= FEWEST_POINTS);
  const series = (names: readonly string[]) => names.map((key, at) => readSeries({ rows, key, x, at }));
  const losses = lines.filter((key) => key.includes("loss"));
  const others = lines.filter((key) => !key.includes("loss"));
  const groups = [
    { title: "Loss", series: series(losses) },
    { title: others.map(metricTitle).join(", "), series: series(others) },
  ].filter((group) => group.series.length > 0);
  const facts = keys.filter((key) => !lines.includes(key)).map((key) => ({ key, value: lastOf(rows, key) }));
  return { xTitle: x === "epoch" ? "epoch" : "seconds", groups, facts };
}

function readSeries(options: {
  rows: readonly JsonRecord[];
  key: string;
  x: string;
  at: number;
}): ChartSeries {
  const { rows, key, x, at } = options;
  const points = rows.flatMap((row) => {
    const left = asNumber(row[x]);
    const value = asNumber(row[key]);
    return left === null || value === null ? [] : [{ x: left, y: value }];
  });
  return { key, name: metricTitle(key), color: seriesColor(at), points };
}

function lastOf(rows: readonly JsonRecord[], key: string): number {
  return asNumber(rows.findLast((row) => asNumber(row[key]) !== null)?.[key]) ?? 0;
}

const Z_95 = 1.96;

/** The 95 % interval of a share that so many answers showed (Wilson), wide where there are few. */
export function wilson(share: number, count: number): { low: number; high: number } {
  if (count <= 0) return { low: 0, high: 1 };
  const z2 = (Z_95 * Z_95) / count;
  const middle = (share + z2 / 2) / (1 + z2);
  const half = (Z_95 / (1 + z2)) * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** The seconds that a training was given, or null when it decides by itself. */
export function budgetOf(model: Pick<Model, "params">): number | null {
  return asNumber(model.params.budget_s);
}

/** Which two of a list stand against each other: the champion, else the older one, is defended. */
export function pairUp(options: {
  picked: readonly Model[];
  championIds: ReadonlySet<string>;
}): { champion: Model; challenger: Model } | null {
  const [one, other] = [...options.picked].sort((a, b) => a.created_at.localeCompare(b.created_at));
  if (one === undefined || other === undefined || options.picked.length !== 2) return null;
  const isSwapped = options.championIds.has(other.id) && !options.championIds.has(one.id);
  return isSwapped ? { champion: other, challenger: one } : { champion: one, challenger: other };
}
