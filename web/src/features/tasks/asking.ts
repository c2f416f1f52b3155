/** What a new task asks of people, as plain data, and what they will see of it. */
import type { Recipe, TaskCreate, TaskSummary } from "@/api/schema.gen";
import { listed, MODE_NAMES } from "@/ui/workWords";

export type Ask = "full" | "find_missed" | "fix_geometry" | "validate" | "classify" | "review";

export const ASKS: readonly { readonly value: Ask; readonly title: string; readonly about: string }[] = [
  {
    value: "full",
    title: MODE_NAMES.full,
    about: "Draw and name what is there, starting from proposals when there are any.",
  },
  {
    value: "find_missed",
    title: MODE_NAMES.find_missed,
    about: "The model's shapes stand still; one label, one tool, only what has no shape yet.",
  },
  {
    value: "fix_geometry",
    title: MODE_NAMES.fix_geometry,
    about: "Outlines are moved and reshaped; nothing is added, removed or renamed.",
  },
  { value: "validate", title: "Yes or no", about: "One question per image, answered in a second." },
  {
    value: "classify",
    title: "Name images or crops",
    about: "One class each; a page at a time in the grid.",
  },
  { value: "review", title: "Review", about: "Look at what others labelled; approve it or send it back." },
];

export interface Wish {
  readonly name: string;
  readonly ask: Ask;
  readonly datasetId: string | null;
  readonly recipeId: string | null;
  readonly reviewsId: string | null;
  readonly takesAll: boolean;
  readonly question: string;
  readonly labels: readonly string[];
  readonly modelId: string | null;
  /** Predictions less sure than this are not shown. */
  readonly minConfidence: number;
  readonly skills: readonly string[];
}

export const EMPTY: Wish = {
  name: "",
  ask: "full",
  datasetId: null,
  recipeId: null,
  reviewsId: null,
  takesAll: true,
  question: "",
  labels: [],
  modelId: null,
  minConfidence: 0.3,
  skills: [],
};

export function askOf(value: string): Ask {
  return ASKS.find((one) => one.value === value)?.value ?? "full";
}

/** What a task asks. */
export function askOfTask({ kind, work }: Pick<TaskSummary, "kind" | "work">): Ask {
  return kind === "label" ? (work?.mode ?? "full") : kind;
}

/** What the asking of a task is called. */
export function askName(task: Pick<TaskSummary, "kind" | "work">): string {
  const ask = askOfTask(task);
  return ASKS.find((one) => one.value === ask)?.title ?? ask;
}

/** Which fields a kind of asking has. */
export function fieldsOf(ask: Ask): {
  readonly hasLabels: boolean;
  readonly hasModel: boolean;
  readonly hasQuestion: boolean;
  readonly hasRecipe: boolean;
} {
  const isShapes = ask === "full" || ask === "find_missed" || ask === "fix_geometry";
  return {
    hasLabels: isShapes || ask === "classify",
    hasModel: isShapes,
    hasQuestion: ask === "validate",
    hasRecipe: ask !== "fix_geometry",
  };
}

/** The task to be made; null while something is lacking. */
export function taskOf(wish: Wish, datasetId: string | null): Omit<TaskCreate, "lease_seconds"> | null {
  if (datasetId === null || wish.name.trim() === "") return null;
  const { ask } = wish;
  const isReview = ask === "review";
  const { hasLabels, hasModel, hasQuestion, hasRecipe } = fieldsOf(ask);
  const isNarrow = ask === "find_missed" || ask === "fix_geometry";
  return {
    name: wish.name,
    kind: ask === "full" || isNarrow ? "label" : ask,
    dataset_id: datasetId,
    recipe_id: hasRecipe ? wish.recipeId : null,
    reviews_task_id: isReview ? wish.reviewsId : null,
    takes_submitted: isReview,
    ...(hasQuestion && wish.question.trim() !== "" ? { settings: { question: wish.question.trim() } } : {}),
    work: {
      mode: isNarrow ? ask : "full",
      labels: hasLabels ? [...wish.labels] : [],
      model_id: hasModel ? wish.modelId : null,
      min_confidence: hasModel && (isNarrow || wish.modelId !== null) ? wish.minConfidence : 0,
      skills: [...wish.skills],
    },
  };
}

export interface Names {
  /** Name of the chosen model; null for none. */
  readonly model: string | null;
  readonly recipe: Pick<Recipe, "tools"> | null;
}

/** What whoever takes the task will see, in a sentence or two. */
export function seenWords(wish: Wish, { model, recipe }: Names): string {
  const what = listed(wish.labels);
  const whose = model === null ? "the model that looked last" : `“${model}”`;
  const from = wish.minConfidence > 0 ? ` from a score of ${wish.minConfidence.toFixed(2)}` : "";
  switch (wish.ask) {
    case "full":
      return (
        `They see each image with ${model === null ? "every model's proposals" : `the proposals of ${whose}${from}`}, ` +
        `${toolWords(recipe)}, and ${what === null ? "all classes" : `only ${what}`}.`
      );
    case "find_missed":
      return (
        `They see each image with what ${whose} found${from}, drawn thin and out of reach; in their hand is ` +
        `${toolWords(recipe)} for ${what ?? "any class"}. What they add is marked as missed by the model; with their ` +
        "submit the model's shapes become ground truth, too."
      );
    case "fix_geometry":
      return (
        `They see each image with the shapes that stand on it${model === null ? "" : ` and those of ${whose}${from}`}. ` +
        "Tab takes them from shape to shape, close up; they drag outlines, and that is all they can do."
      );
    case "validate":
      return wish.question.trim() === ""
        ? "They see one image after the other and answer with two keys: Y and N."
        : `They see one image after the other with “${wish.question.trim()}” and two keys: Y and N.`;
    case "classify":
      return `They see a page of small pictures and ${what === null ? "all classes" : `only ${what}`}; a key names a picture.`;
    case "review":
      return "They see what changed on each image since the model's proposal, and approve it or say what needs mending.";
  }
}

function toolWords(recipe: Names["recipe"]): string {
  if (recipe === null) return "every tool";
  const names = recipe.tools.map((tool) => tool.replace("_", " "));
  return names.length === 1 ? `the ${names[0] ?? ""} tool` : `the tools ${names.join(", ")}`;
}
