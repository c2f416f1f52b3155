/** Which variables fit which fields. */
import type { VariableType } from "@/api/schema.gen";
import type { DraftVariable } from "@/graph/draft";
import type { Field, FieldKind } from "@/graph/fields";

const TYPE_OF: Readonly<Partial<Record<FieldKind, VariableType>>> = {
  dataset: "dataset",
  model: "model",
  query: "query",
  number: "number",
  integer: "number",
  text: "text",
  task: "text",
  strategy: "text",
  choice: "text",
  recipe: "text",
  subset: "text",
  labels: "text",
  code: "text",
};

/** The type of a variable that would hold this field's value. */
export function variableTypeOf(field: Pick<Field, "kind" | "isList">): VariableType {
  return field.isList ? "json" : (TYPE_OF[field.kind] ?? "json");
}

/** Variables that a field can take its value from. */
export function variablesFor(field: Field, variables: readonly DraftVariable[]): DraftVariable[] {
  const type = variableTypeOf(field);
  return variables.filter((one) => one.type === type);
}
