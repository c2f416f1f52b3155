/** What endpoints, answers and rules are called, and numbers of their traffic. */
import type {
  AnnotationDraft,
  EndpointChange,
  EndpointMetrics,
  EndpointPoint,
  FlagRule,
  Model,
  PredictedAnnotation,
  RuleKind,
  ServingRole,
  Verdict,
} from "@/api/schema.gen";
import { formatShare } from "@/ui/format";

export const ROLES: readonly ServingRole[] = ["champion", "canary", "shadow"];

export const ROLE_WORDS: Readonly<Record<ServingRole, string>> = {
  champion: "Answers the requests.",
  canary: "Answers a share of the requests, so that a new model is tried on few.",
  shadow: "Is asked beside the champion; its answers are only written down, for comparing.",
};

export const VERDICT_WORDS: Readonly<Record<Verdict, { title: string; color: string }>> = {
  ok: { title: "good", color: "whorl" },
  wrong: { title: "wrong", color: "red" },
  correction: { title: "corrected", color: "orange" },
};

export interface RuleWords {
  readonly title: string;
  /** One sentence: what it catches. */
  readonly catches: string;
  /** The threshold that it takes. */
  readonly side: "below" | "above" | "share" | null;
  readonly example: number;
}

export const RULES: Readonly<Record<RuleKind, RuleWords>> = {
  confidence: {
    title: "Low confidence",
    catches: "Answers whose least sure part the model itself doubts.",
    side: "below",
    example: 0.6,
  },
  margin: {
    title: "Close call",
    catches: "Answers where the two likeliest classes are nearly even.",
    side: "below",
    example: 0.2,
  },
  disagreement: {
    title: "Shadow disagrees",
    catches: "Answers that the shadow model gives differently.",
    side: "above",
    example: 0.3,
  },
  novelty: {
    title: "Unlike the training images",
    catches: "Images that look stranger to the model than nearly all of those it was trained on.",
    side: "above",
    example: 0.95,
  },
  metric: {
    title: "Too many bad answers",
    catches: "Answers judged bad while the share of good feedback is low.",
    side: "below",
    example: 0.9,
  },
  report: {
    title: "Somebody reports it",
    catches: "Answers that a person or a program said were wrong.",
    side: null,
    example: 0,
  },
  random: {
    title: "Random sample",
    catches: "A share of everything, so that mistakes no other rule sees are found, too.",
    side: "share",
    example: 0.01,
  },
};

export const RULE_KINDS: readonly RuleKind[] = [
  "confidence",
  "margin",
  "novelty",
  "disagreement",
  "report",
  "metric",
  "random",
];

/** When a rule flags: "under 0.6". */
export function sayRule(rule: Pick<FlagRule, "kind" | "below" | "above" | "share" | "window">): string {
  if (rule.kind === "random") return `${formatShare(rule.share ?? 0)} of the requests`;
  if (rule.kind === "report") return "each report";
  const edge = typeof rule.below === "number" ? `under ${say(rule.below)}` : `over ${say(rule.above ?? 0)}`;
  return rule.kind === "metric" ? `${edge} over the last ${String(rule.window)}` : edge;
}

function say(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** A share or score of one with two digits; a dash where there is none. */
export function formatScore(value: number | null | undefined): string {
  return typeof value === "number" ? value.toFixed(2) : "–";
}

/** Milliseconds as people read them: "4.2 ms", "135 ms", "1.8 s". */
export function formatMs(value: number | null | undefined): string {
  if (typeof value !== "number") return "–";
  if (value === 0) return "0 ms";
  if (value >= 1000) return `${(value / 1000).toFixed(1)} s`;
  return `${value < 10 ? value.toFixed(1) : String(Math.round(value))} ms`;
}

/** What an answer says, in a few words: the likeliest class, or how many of what. */
export function sayAnswer(annotations: readonly PredictedAnnotation[]): string {
  const [first] = annotations;
  if (first === undefined) return "nothing found";
  if (isClasses(annotations)) return strongest(annotations)?.label ?? first.label;
  const counts = new Map<string, number>();
  for (const one of annotations) counts.set(one.label, (counts.get(one.label) ?? 0) + 1);
  const parts = [...counts].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${String(count)} ${name}`);
  return parts.length > 3 ? `${parts.slice(0, 3).join(", ")} …` : parts.join(", ");
}

/** Whether an answer speaks of the whole image only. */
export function isClasses(annotations: readonly PredictedAnnotation[]): boolean {
  return annotations.every((one) => one.geometry.type === "class");
}

export function strongest(annotations: readonly PredictedAnnotation[]): PredictedAnnotation | undefined {
  return [...annotations].sort((a, b) => (b.confidence ?? 0) - (a.confidence ?? 0))[0];
}

/** An answer as what is true instead, to be sent as a correction. */
export function draftsOf(annotations: readonly PredictedAnnotation[]): AnnotationDraft[] {
  return annotations.map(({ label, geometry }) => ({ label, geometry }));
}

export interface Traffic {
  readonly requests: number;
  readonly errors: number;
  readonly perMinute: number;
  readonly p99: number | null;
}

/** The numbers of those who answer: a shadow's requests are the champion's again. */
export function trafficOf(metrics: EndpointMetrics, minutes: number): Traffic {
  const answering = metrics.totals.filter((one) => one.role !== "shadow");
  const requests = sum(answering, (one) => one.requests);
  const slowest = answering.flatMap((one) => one.p99_ms ?? []);
  return {
    requests,
    errors: sum(answering, (one) => one.errors),
    perMinute: requests / minutes,
    p99: slowest.length === 0 ? null : Math.max(...slowest),
  };
}

function sum(points: readonly EndpointPoint[], of: (one: EndpointPoint) => number): number {
  return points.reduce((total, one) => total + of(one), 0);
}

/** A rate with as many digits as it deserves: "0.4", "12". */
export function formatRate(value: number): string {
  return value === 0
    ? "0"
    : value < 0.1
      ? "< 0.1"
      : value < 10
        ? value.toFixed(1)
        : String(Math.round(value));
}

/** A name that an address can carry: small letters, digits and dashes. */
export function isEndpointName(name: string): boolean {
  return name.length <= 100 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/u.test(name);
}

/** The name of a model by its id. */
export function modelName(models: readonly Model[], id: string | null | undefined): string {
  if (id === null || id === undefined) return "nobody";
  return models.find((one) => one.id === id)?.name ?? "a model";
}

/** The model that a rollback brings back, after these changes, oldest first; null when there is none. */
export function predecessorOf(changes: readonly EndpointChange[]): string | null {
  const before: string[] = [];
  for (const change of changes) {
    if (change.role !== "champion") continue;
    if (change.cause === "rollback") before.pop();
    else if (change.previous_id !== null && change.previous_id !== change.model_id)
      before.push(change.previous_id);
  }
  return before.at(-1) ?? null;
}
