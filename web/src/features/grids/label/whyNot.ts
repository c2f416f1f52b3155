/** For which tasks the grid is no place to work, and where to go instead. */
import type { Recipe, TaskSummary } from "@/api/schema.gen";
import { workOf } from "@/api/taskWork";
import { MODE_NAMES } from "@/ui/workWords";

import type { Labels } from "../names";

export interface Reason {
  readonly title: string;
  readonly about: string;
  readonly to: "studio" | "ontology";
}

/** Null when the grid can be used. */
export function whyNot(options: {
  readonly task: Pick<TaskSummary, "kind" | "work">;
  readonly recipe: Pick<Recipe, "tools" | "name"> | null;
  readonly labels: Labels;
}): Reason | null {
  const { task, recipe, labels } = options;
  if (task.kind === "validate") return null;
  if (task.kind === "review") {
    return {
      title: "This task is worked on in the studio",
      about:
        "A review looks at one item's shapes and classes at a time. The label grid gives whole items a class, a page " +
        "at a time.",
      to: "studio",
    };
  }
  const mode = workOf(task).mode;
  if (mode !== "full") {
    return {
      title: "This task asks for shapes",
      about: `${MODE_NAMES[mode]}: that is done on one picture at a time, in the studio.`,
      to: "studio",
    };
  }
  if (task.kind === "label" && recipe !== null && !recipe.tools.includes("class")) {
    return {
      title: "This task asks for shapes",
      about: `Its recipe, ${recipe.name}, allows no class of the whole item, which is what the label grid gives.`,
      to: "studio",
    };
  }
  if (labels.length === 0) {
    return {
      title: "This project has no classes yet",
      about: "The grid gives items a class of the ontology. Make the classes in the settings first.",
      to: "ontology",
    };
  }
  return null;
}
