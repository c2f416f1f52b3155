/** What the playground's form holds, and the request that it makes of it. Pure. */
import { asRecord } from "@/api/json";
import type { Architecture, Augment, Model, ModelCreate } from "@/api/schema.gen";
import { fieldsOfSchema, type Field } from "@/graph/fields";

import { wholeAugment } from "./augment";

export const TASKS = [
  { value: "classification", title: "One class", about: "What is it? One label for each image." },
  { value: "multi_label", title: "Several classes", about: "Which of these apply? Any number of labels." },
  { value: "detection", title: "Boxes", about: "What is where? A box around each object." },
  { value: "instance_masks", title: "Outlines", about: "The exact shape of each object." },
  { value: "semantic_masks", title: "Regions", about: "What does each pixel belong to?" },
] as const;

export const PRESETS = ["speed", "balance", "accuracy"] as const;
export type Preset = (typeof PRESETS)[number];

export const SAMPLINGS = [
  { value: "as_is", title: "As it is", about: "Every labelled item once per pass." },
  { value: "class_balanced", title: "Balanced", about: "Every label equally often: rare ones are repeated." },
  { value: "repeat_rare", title: "Repeat rare", about: "Items with rare labels a few times, the rest once." },
] as const;
export type Sampling = (typeof SAMPLINGS)[number]["value"];

export interface Form {
  readonly name: string;
  /** Null: what the dataset's labels are made of. */
  readonly task: string | null;
  readonly datasetId: string | null;
  /** Null: the present revision. */
  readonly snapshot: string | null;
  readonly query: string;
  readonly trainQuery: string;
  readonly validationQuery: string;
  readonly architecture: string;
  readonly preset: Preset | null;
  /** Only what was set by hand; the preset and the defaults count for the rest. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly sampling: Sampling;
  /** Only what was set by hand. */
  readonly augment: Partial<Augment>;
  readonly parentId: string | null;
}

export const FIRST: Form = {
  name: "",
  task: null,
  datasetId: null,
  snapshot: null,
  query: "",
  trainQuery: "",
  validationQuery: "",
  architecture: "",
  preset: "balance",
  params: {},
  sampling: "as_is",
  augment: {},
  parentId: null,
};

/** Names with a meaning of their own among a model's parameters. */
const RESERVED = ["sampling", "augment", "preset"];

/** The form that would train the same model again. */
export function formOf(model: Model, presets: Architecture["presets"] = {}): Form {
  const preset = PRESETS.find((one) => one === model.params.preset) ?? null;
  const usual = asRecord(preset === null ? undefined : presets[preset]?.params);
  const own = Object.entries(model.params).filter(
    ([name, value]) => !RESERVED.includes(name) && JSON.stringify(usual[name]) !== JSON.stringify(value),
  );
  return {
    ...FIRST,
    name: nextName(model.name),
    task: model.task,
    datasetId: model.dataset_id,
    query: filterText(model.query.filter),
    trainQuery: filterText(asRecord(model.query.filters).train),
    validationQuery: filterText(asRecord(model.query.filters).validation),
    architecture: model.architecture,
    preset,
    params: Object.fromEntries(own),
    sampling: SAMPLINGS.find((one) => one.value === model.params.sampling)?.value ?? "as_is",
    augment: readAugment(model.params.augment),
    parentId: model.id,
  };
}

/** "tinydet" becomes "tinydet 2", "run 7" becomes "run 8". */
export function nextName(name: string): string {
  const [, stem, number] = /^(.*?)\s+(\d+)$/u.exec(name) ?? [];
  return stem === undefined || number === undefined ? `${name} 2` : `${stem} ${String(Number(number) + 1)}`;
}

/** A stored filter for a line of the form, as JSON: the server reads both forms. */
function filterText(filter: unknown): string {
  return Object.keys(asRecord(filter)).length === 0 ? "" : JSON.stringify(filter);
}

function readAugment(raw: unknown): Partial<Augment> {
  const found = asRecord(raw);
  const usual = wholeAugment({});
  return Object.fromEntries(
    Object.entries(usual).flatMap(([name, value]) => {
      const set = found[name];
      return typeof set === typeof value && set !== value ? [[name, set]] : [];
    }),
  );
}

/** The request; what is left as it is, is left out, so that the server's own defaults count. */
export function bodyOf(form: Form, { takesAugment }: { takesAugment: boolean }): ModelCreate {
  const text = (query: string) => (query.trim() === "" ? null : query.trim());
  const queries = { train: text(form.trainQuery), validation: text(form.validationQuery) };
  return {
    name: form.name.trim(),
    architecture: form.architecture.trim(),
    dataset_id: form.datasetId ?? "",
    task: form.task,
    snapshot: form.snapshot,
    query: text(form.query),
    queries: queries.train === null && queries.validation === null ? undefined : queries,
    params: { ...form.params },
    preset: form.preset,
    sampling: form.sampling === "as_is" ? null : form.sampling,
    augment: takesAugment && Object.keys(form.augment).length > 0 ? wholeAugment(form.augment) : null,
    parent_id: form.parentId,
  };
}

/** Architectures that do a task; all of them while none is chosen. */
export function architecturesFor(all: readonly Architecture[], task: string | null): Architecture[] {
  return all.filter((one) => task === null || one.tasks.includes(task));
}

/** The one to begin with: the first that can be trained here, searches last. */
export function usualArchitecture(all: readonly Architecture[], task: string | null): Architecture | null {
  const fitting = architecturesFor(all, task);
  const direct = fitting.filter((one) => one.name !== AUTO);
  return (
    direct.find((one) => one.is_available) ?? fitting.find((one) => one.is_available) ?? fitting[0] ?? null
  );
}

export const AUTO = "builtin:auto";

/** Fields of an architecture's parameters, with the preset's values where the default was. */
export function fieldsFor(architecture: Architecture, preset: Preset | null): Field[] {
  const chosen = asRecord(preset === null ? undefined : architecture.presets[preset]?.params);
  return fieldsOfSchema(architecture.params_schema).map((field) =>
    field.name in chosen ? { ...field, fallback: chosen[field.name] } : field,
  );
}

/** A parameter set, or given back to the preset when the value is undefined. */
export function withParam(params: Form["params"], name: string, value: unknown): Form["params"] {
  const rest = Object.fromEntries(Object.entries(params).filter(([key]) => key !== name));
  return value === undefined ? rest : { ...rest, [name]: value };
}
