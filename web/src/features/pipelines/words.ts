/** A pipeline in plain words: its variables, triggers, ports and states. */
import { asRecord, asText } from "@/api/json";
import type { PipelineDefinition, PipelineStatus, VariableSpec, VariableType } from "@/api/schema.gen";

export type Trigger = NonNullable<PipelineDefinition["triggers"]>[number];

interface VariableWords {
  readonly title: string;
  readonly help: string;
  readonly choices?: readonly string[];
  /** Asked for at once; others are below "more". */
  readonly isMain?: boolean;
}

const VARIABLES: Readonly<Record<string, VariableWords>> = {
  pool: { title: "Pool", help: "Images wait here until a round chooses them.", isMain: true },
  ground_truth: {
    title: "Ground truth",
    help: "Labelled and reviewed images are copied here; models are trained and tested on it.",
    isMain: true,
  },
  champion: { title: "Champion", help: "The model in use. None until the first one wins." },
  architecture: {
    title: "Architecture",
    help: "What is trained. tinydet finds boxes, linear tells classes apart.",
    choices: ["builtin:linear", "builtin:tinydet"],
    isMain: true,
  },
  task: {
    title: "What models do",
    help: "Name the whole image, or find objects in it.",
    choices: ["classification", "detection"],
    isMain: true,
  },
  training: { title: "Training parameters", help: 'The architecture\'s own, such as {"budget_s": 60}.' },
  strategy: {
    title: "How images are chosen",
    help: "herding covers the pool, margin and entropy look for doubt, random is the yardstick.",
    choices: ["herding", "margin", "entropy", "k_center", "typical", "stratified", "detection", "random"],
  },
  random_share: {
    title: "Random share",
    help: "Part of each round that is drawn uniformly, so that the labelled set stays an honest sample.",
  },
  budget: { title: "Images per round", help: "How many a round lets go to people.", isMain: true },
  retrain_every: {
    title: "Train after",
    help: "So many new labelled images start a training.",
    isMain: true,
  },
  more_rounds: { title: "Rounds by itself", help: "How many rounds begin after the first one." },
  label_task: { title: "Labelling task", help: "Its name; made when it does not exist." },
  review_task: { title: "Review task", help: "Its name; made when it does not exist." },
  min_delta: { title: "Smallest gain", help: "A challenger must be better by at least this." },
  validation_share: { title: "Validation share", help: "Part of the labels that watches a training." },
  tiles: { title: "Tiles", help: "The pieces that the model looks at; keep it for tiles alone." },
  crops: { title: "Crops", help: "The objects that people name; keep it for objects alone." },
  tile_size: { title: "Tile size", help: "Side of a tile in pixels." },
  min_confidence: { title: "Smallest confidence", help: "Weaker boxes are not shown to people." },
  object_label: {
    title: "Label of the objects",
    help: "What the model finds and people add, such as vehicle. Empty for any.",
    isMain: true,
  },
  expert_skill: {
    title: "Skill to name objects",
    help: "Only people who have it are asked for the classes. Empty for anybody.",
    isMain: true,
  },
  box_task: { title: "Task for what was missed", help: "Its name; made when it does not exist." },
  class_task: { title: "Task for the classes", help: "Its name; made when it does not exist." },
  no_object_label: {
    title: "Class for no object",
    help: "A class that says: there is nothing here, remove it. Empty for none.",
  },
  seed: { title: "Seed", help: "The same seed makes the same choices." },
};

/** Title and help of a variable; unknown ones are told by their name. */
export function variableWords(name: string): VariableWords {
  return VARIABLES[name] ?? { title: sentence(name), help: "" };
}

/** `test_challenger` as "test challenger". */
export function spaced(name: string): string {
  return name.replaceAll("_", " ");
}

function sentence(name: string): string {
  const text = spaced(name);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A variable's value as text in a form; nothing is the empty text. */
export function toText(type: VariableType, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (type === "json") return JSON.stringify(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export type Parsed = { readonly value: unknown } | { readonly problem: string };

/** What a text in a form means for a variable of this type. */
export function parseValue(type: VariableType, text: string): Parsed {
  const trimmed = text.trim();
  if (type === "number") {
    if (trimmed === "") return { value: null };
    const value = Number(trimmed);
    return Number.isFinite(value) ? { value } : { problem: `not a number: ${trimmed}` };
  }
  if (type === "json") {
    if (trimmed === "") return { value: null };
    try {
      return { value: JSON.parse(trimmed) };
    } catch {
      return { problem: 'not JSON: write it like {"budget_s": 60}' };
    }
  }
  return { value: trimmed === "" && type !== "text" ? null : trimmed };
}

/** The definition of a template under another name, its variables set. */
export function fillTemplate(options: {
  definition: PipelineDefinition;
  name: string;
  values: Readonly<Record<string, unknown>>;
}): PipelineDefinition {
  const { definition, name, values } = options;
  return {
    ...definition,
    name,
    variables: (definition.variables ?? []).map((one: VariableSpec) =>
      one.name in values ? { ...one, value: values[one.name] } : one,
    ),
  };
}

/** A parameter's own value, or that of the variable it names. */
export function resolve(value: unknown, variables: Readonly<Record<string, unknown>>): unknown {
  const name = asText(asRecord(value).$var);
  return name === null ? value : variables[name];
}

const EVENTS: Readonly<Record<string, string>> = {
  "item.created": "new image",
  "item.updated": "changed image",
  "annotation.changed": "change of labels",
  "task.item_finished": "finished item of a task",
  "model.trained": "trained model",
  "evaluation.finished": "evaluation",
  "comparison.decided": "decision between models",
  "variable.changed": "change of a variable",
  "run.ended": "ended run",
  "round.closed": "closed round",
};

export interface TriggerNames {
  readonly variables: Readonly<Record<string, unknown>>;
  /** Names of datasets by id. */
  readonly datasets: ReadonlyMap<string, string>;
}

/** When a trigger fires, as a phrase: "after every 40 new images in ground-truth". */
export function describeTrigger(trigger: Trigger, names: TriggerNames): string {
  if (trigger.type === "cron") return `at the times of ${trigger.cron} (UTC)`;
  const what = EVENTS[trigger.event] ?? trigger.event;
  const dataset = asText(resolve(trigger.dataset, names.variables));
  const node = asText(asRecord(trigger).node);
  const of = node === null ? "" : ` of ${spaced(node)}`;
  const where = dataset === null ? of : `${of} in ${names.datasets.get(dataset) ?? dataset}`;
  if (trigger.type === "count") {
    const every = resolve(trigger.every, names.variables);
    return `after every ${typeof every === "number" ? String(every) : "so many"} ${plural(what)}${where}`;
  }
  const most = resolve(trigger.max_fires, names.variables);
  const limit = typeof most === "number" ? sayLimit(most) : "";
  return `with each ${what}${where}${limit}`;
}

function sayLimit(most: number): string {
  if (most <= 0) return ", but its limit is 0";
  return most === 1 ? ", once at most" : `, ${String(most)} times at most`;
}

function plural(words: string): string {
  const [head = "", ...rest] = words.split(" of ");
  return [`${head}s`, ...rest].join(" of ");
}

export interface StatusSums {
  readonly moving: number;
  /** Parked at a node of people. */
  readonly people: number;
  /** Parked where images wait to be chosen. */
  readonly pool: number;
  readonly failed: number;
}

/** Tokens over all nodes: under way, waiting for people, waiting to be chosen, failed. */
export function sumStatus(status: PipelineStatus, nodes: PipelineDefinition["nodes"]): StatusSums {
  const types = new Map(nodes.map((node) => [node.id, node.type]));
  let [moving, people, pool, failed] = [0, 0, 0, 0];
  for (const [id, one] of Object.entries(status.nodes)) {
    moving += one.waiting + one.running;
    if (isPeople(types.get(id))) people += one.parked;
    else pool += one.parked;
    failed += one.failed;
  }
  return { moving, people, pool, failed };
}

/** Whether a node of this type waits for people. */
export function isPeople(type: string | undefined): boolean {
  return type === "label" || type === "review";
}

/** Whether a query key is about what a re-run changes. */
export function isOfRuns(word: unknown): boolean {
  return word === "pipeline" || word === "pipelines" || word === "runs";
}

export interface Door {
  /** node.port */
  readonly target: string;
  readonly node: string;
  readonly kind: "item" | "signal";
  readonly title: string;
}

const SIGNAL_TITLES: Readonly<Record<string, string>> = {
  select: "Open a round",
  create_model: "Train a challenger",
};

/** Where a person can start runs: where items enter, and where a signal sets something going. */
export function doors(
  definition: PipelineDefinition,
  types: readonly { name: string; inputs: Readonly<Record<string, string>> }[],
): Door[] {
  const inputs = new Map(types.map((one) => [one.name, one.inputs]));
  const fed = new Set((definition.edges ?? []).map((edge) => edge.target));
  return definition.nodes.flatMap((node) =>
    Object.entries(inputs.get(node.type) ?? {}).flatMap(([port, type]): Door[] => {
      const target = `${node.id}.${port}`;
      if (type === "item" && node.type === "dataset") {
        return [{ target, node: node.id, kind: "item", title: `Take images in at ${spaced(node.id)}` }];
      }
      if (type !== "signal" || fed.has(target)) return [];
      const title = SIGNAL_TITLES[node.type] ?? `Start ${spaced(node.id)}`;
      return [{ target, node: node.id, kind: "signal", title: `${title} at ${spaced(node.id)}` }];
    }),
  );
}
