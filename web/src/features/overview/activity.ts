/** What happened, in sentences. */
import { asNumber, asText } from "@/api/json";
import type { Event } from "@/api/schema.gen";

export interface ActivityNames {
  /** Names of models, datasets, pipelines and tasks by id. */
  readonly names: ReadonlyMap<string, string>;
}

export interface Told {
  readonly text: string;
  readonly tone: "plain" | "good" | "warn" | "bad";
  /** Where it can be read up. */
  readonly link: {
    readonly page: "model" | "comparison" | "pipeline" | "dataset" | "task";
    readonly id: string;
  } | null;
  /** A place that the pipeline's author named: a path of this server, or an http address. */
  readonly href?: string;
}

const LEVEL_TONES = new Map<string | null, Told["tone"]>([
  ["warning", "warn"],
  ["error", "bad"],
]);

/** One event as a sentence, or null when it says nothing to people. */
export function tellEvent(event: Event, { names }: ActivityNames): Told | null {
  const { kind, subject_id: id, payload } = event;
  const name = names.get(id);
  switch (kind) {
    case "model.created":
      return null;
    case "model.trained":
      return told(`${asText(payload.name) ?? name ?? "A model"} was trained${countOf(payload.n_items)}`, {
        page: "model",
        id,
      });
    case "model.failed":
      return told(`The training of ${name ?? "a model"} failed`, { page: "model", id }, "bad");
    case "evaluation.finished": {
      const model = asText(payload.model_id) ?? "";
      const metric = asNumber(payload.metric);
      const score = metric === null ? "" : `: ${metric.toFixed(3)} ${asText(payload.metric_name) ?? ""}`;
      return told(`${names.get(model) ?? "A model"} was scored${score}`, { page: "model", id: model });
    }
    case "comparison.decided":
      return tellDecision(event, names);
    case "variable.changed":
      return tellVariable(event, names);
    case "pipeline.changed":
      return told(`${name ?? "A pipeline"} was saved as version ${String(asNumber(payload.version) ?? 1)}`, {
        page: "pipeline",
        id,
      });
    case "pipeline.notified":
      return tellNotice(payload);
    case "round.closed":
      return told(
        `A round of ${names.get(event.actor_id) ?? "a pipeline"} is over${roundSize(payload.selected)}`,
        {
          page: "pipeline",
          id: event.actor_id,
        },
      );
    case "run.failed":
      return told("A run failed and waits for another try", null, "bad");
    case "dataset.changed":
      return tellDataset(event, names);
    case "ontology.changed":
      return told(`Labels were changed, version ${String(asNumber(payload.version) ?? 1)}`, null);
    case "task.changed":
      return tellTask(event, names);
    default:
      return null;
  }
}

function tellNotice(payload: Event["payload"]): Told {
  const text = asText(payload.message) ?? "A pipeline has something to say";
  const link = asText(payload.link);
  const isSafe = link !== null && /^(\/(?![/\\])|https?:\/\/)/.test(link);
  const notice = told(text, null, LEVEL_TONES.get(asText(payload.level)) ?? "plain");
  return isSafe ? { ...notice, href: link } : notice;
}

function told(text: string, link: Told["link"], tone: Told["tone"] = "plain"): Told {
  return { text, link, tone };
}

function countOf(value: unknown): string {
  const count = asNumber(value);
  return count === null ? "" : ` on ${count.toLocaleString("en")} items`;
}

function roundSize(value: unknown): string {
  const count = asNumber(value);
  return count === null ? "" : `: ${count.toLocaleString("en")} images went through`;
}

function tellDecision(event: Event, names: ReadonlyMap<string, string>): Told {
  const challenger = names.get(asText(event.payload.challenger_id) ?? "") ?? "A challenger";
  const champion = names.get(asText(event.payload.champion_id) ?? "");
  const link = { page: "comparison", id: event.subject_id } as const;
  if (event.payload.decision === "promote") {
    const over = champion === undefined ? "is the first champion" : `beat ${champion} and was promoted`;
    return told(`${challenger} ${over}`, link, "good");
  }
  const why = event.payload.decision === "tie" ? "tied with" : "did not replace";
  return told(`${challenger} ${why} ${champion ?? "the champion"}`, link);
}

function tellVariable(event: Event, names: ReadonlyMap<string, string>): Told {
  const value = asText(event.payload.value);
  const shown =
    value === null ? String(asNumber(event.payload.value) ?? "a new value") : (names.get(value) ?? value);
  const where = names.get(event.subject_id);
  const place = where === undefined ? "" : ` of ${where}`;
  const link = event.subject_id.startsWith("pip_")
    ? ({ page: "pipeline", id: event.subject_id } as const)
    : null;
  return told(`${asText(event.payload.name) ?? "A variable"}${place} is now ${shown}`, link);
}

const DATASET_WORDS: Readonly<Record<string, string>> = {
  test_frozen: "the test subset was frozen",
  snapshot: "a snapshot was made",
  created: "the dataset was made",
};

function tellDataset(event: Event, names: ReadonlyMap<string, string>): Told {
  const what = asText(event.payload.what) ?? "";
  const name = names.get(event.subject_id) ?? "A dataset";
  return told(`${name}: ${DATASET_WORDS[what] ?? "changed"}`, { page: "dataset", id: event.subject_id });
}

function tellTask(event: Event, names: ReadonlyMap<string, string>): Told | null {
  const added = asNumber(event.payload.added);
  const name = names.get(event.subject_id) ?? "a task";
  if (added === null || added === 0) return null;
  return told(`${added.toLocaleString("en")} ${added === 1 ? "item" : "items"} came to ${name}`, {
    page: "task",
    id: event.subject_id,
  });
}
