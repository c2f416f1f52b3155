/** What a search for a model reported, from its open metrics. Pure. */
import { asList, asNumber, asRecord, asText, type JsonRecord } from "@/api/json";

import { flatParams } from "./runs/table";

export interface Trial {
  readonly at: number;
  readonly architecture: string;
  readonly params: string;
  readonly score: number | null;
  readonly seconds: number | null;
  /** done, ended early, failed */
  readonly state: string;
  readonly error: string;
}

export interface Search {
  readonly metric: string;
  readonly seconds: number | null;
  readonly best: number | null;
  /** Which items the scores are of. */
  readonly scoredOn: string;
  readonly trials: readonly Trial[];
}

const STATES: Readonly<Record<string, string>> = { pruned: "ended early" };

/** Null for a model that was not searched for. */
export function readSearch(metrics: JsonRecord): Search | null {
  const found = asRecord(metrics.search);
  const trials = asList(found.trials).map((raw, index) => readTrial(asRecord(raw), index));
  if (trials.length === 0) return null;
  const scored = trials.filter((one) => one.score !== null);
  const top = scored.reduce<Trial | null>(
    (best, one) => (best === null || (one.score ?? 0) > (best.score ?? 0) ? one : best),
    null,
  );
  return {
    metric: asText(found.metric) ?? asText(found.metric_name) ?? "score",
    seconds: asNumber(found.seconds),
    best: asNumber(found.best) ?? asNumber(found.winner) ?? top?.at ?? null,
    scoredOn: asText(found.scored_on) ?? "validation",
    trials,
  };
}

function readTrial(raw: JsonRecord, index: number): Trial {
  return {
    at: asNumber(raw.number) ?? asNumber(raw.trial) ?? index,
    architecture: asText(raw.architecture) ?? "?",
    params: Object.entries(flatParams(asRecord(raw.params)))
      .map(([name, value]) => `${name} ${value}`)
      .join(", "),
    score: asNumber(raw.score) ?? asNumber(raw.value),
    seconds: asNumber(raw.seconds),
    state: STATES[asText(raw.state) ?? "done"] ?? asText(raw.state) ?? "done",
    error: asText(raw.error) ?? "",
  };
}
