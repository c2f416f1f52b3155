/** From a template's form to a running pipeline. */
import { createDataset } from "@/api/queries/datasets";
import { applyPipeline, getTemplate, startRuns } from "@/api/queries/pipelines";
import type { Dataset, Pipeline, TemplateInfo } from "@/api/schema.gen";

import { fillTemplate, parseValue } from "./words";

export interface StartForm {
  readonly values: Readonly<Record<string, unknown>>;
  /** Variables whose dataset is still to be made, and its name. */
  readonly newDatasets: Readonly<Record<string, string>>;
  readonly problems: Readonly<Record<string, string>>;
  readonly sameDataset: boolean;
  readonly isComplete: boolean;
}

/** What the texts of a form mean, and what is wrong with them. */
export function readForm(options: {
  template: Pick<TemplateInfo, "variables">;
  texts: Readonly<Record<string, string>>;
  datasets: readonly Pick<Dataset, "id" | "name">[];
}): StartForm {
  const { template, texts, datasets } = options;
  const values: Record<string, unknown> = {};
  const newDatasets: Record<string, string> = {};
  const problems: Record<string, string> = {};
  const named: string[] = [];
  for (const spec of template.variables) {
    const text = texts[spec.name] ?? "";
    if (spec.type === "dataset") {
      const name = text.trim();
      const known = datasets.find((one) => one.name === name);
      if (name === "") problems[spec.name] = "a dataset is needed";
      else if (known === undefined) newDatasets[spec.name] = name;
      else values[spec.name] = known.id;
      if (name !== "") named.push(name);
      continue;
    }
    if (text.trim() === "" && (spec.value ?? null) === null) {
      // What a template leaves open stays open; an empty text would be a value.
      values[spec.name] = null;
      continue;
    }
    const parsed = parseValue(spec.type, text);
    if ("problem" in parsed) problems[spec.name] = parsed.problem;
    else values[spec.name] = parsed.value;
  }
  const sameDataset = new Set(named).size < named.length;
  const isComplete = Object.keys(problems).length === 0 && !sameDataset;
  return { values, newDatasets, problems, sameDataset, isComplete };
}

/** Make the datasets that are missing, save the pipeline, and take in what its pool holds. */
export async function startPipeline(options: {
  projectId: string;
  template: string;
  name: string;
  form: StartForm;
  takesIn: boolean;
}): Promise<Pipeline> {
  const { projectId, template, name, form, takesIn } = options;
  const definition = await getTemplate(template);
  const made: Record<string, string> = {};
  for (const [variable, title] of Object.entries(form.newDatasets)) {
    made[variable] = (await createDataset({ projectId, name: title })).id;
  }
  const filled = fillTemplate({ definition, name, values: { ...form.values, ...made } });
  const pipeline = await applyPipeline({ projectId, definition: filled });
  const source = definition.nodes.find((node) => node.type === "dataset");
  if (takesIn && source !== undefined) {
    await startRuns({ pipelineId: pipeline.id, body: { node: source.id } });
  }
  return pipeline;
}
