/** What each way of choosing is called, in a sentence, and what it needs. */

export interface StrategyWords {
  readonly name: string;
  readonly title: string;
  /** One sentence: what it goes for. */
  readonly about: string;
  /** What must be there; empty for nothing. */
  readonly needs: string;
  readonly family: "usual" | "model" | "spread" | "wish" | "chance";
}

export const STRATEGIES: readonly StrategyWords[] = [
  {
    name: "auto",
    title: "Automatic",
    about: "Looks at what is known about these images and takes what fits. Says which, and why.",
    needs: "",
    family: "usual",
  },
  {
    name: "herding",
    title: "Unsure and new",
    about: "Covers what the model is unsure about, without asking the same thing twice.",
    needs: "embeddings; a model makes it better",
    family: "usual",
  },
  {
    name: "typical",
    title: "Typical first",
    about: "One clear example of each kind of image: for the very first labels.",
    needs: "embeddings",
    family: "spread",
  },
  {
    name: "k_center",
    title: "Spread out",
    about: "Leaves no image far from a chosen one; reaches rare images, and strange ones.",
    needs: "embeddings",
    family: "spread",
  },
  {
    name: "cluster_margin",
    title: "Large batches",
    about: "Doubtful images from every cluster in turn: for thousands at once.",
    needs: "embeddings and a model",
    family: "model",
  },
  {
    name: "margin",
    title: "Close calls",
    about: "Where the two likeliest classes are nearly even; good when a model moves to a new place.",
    needs: "a model with probabilities",
    family: "model",
  },
  {
    name: "entropy",
    title: "Most unsure",
    about: "Where the model spreads its guess widest. Weak while labels are few.",
    needs: "a model with probabilities",
    family: "model",
  },
  {
    name: "disagreement",
    title: "Changes its mind",
    about: "Where the answer flips when parts of the evidence are hidden.",
    needs: "embeddings and a classifier",
    family: "model",
  },
  {
    name: "detection",
    title: "Hard boxes",
    about: "For detectors: images whose boxes are doubtful, spread over scenes and sources.",
    needs: "a detector with some 500 labelled images; spreads out below that",
    family: "model",
  },
  {
    name: "regions",
    title: "Parts of images",
    about: "For masks: the regions that the model is unsure about.",
    needs: "a model for masks",
    family: "model",
  },
  {
    name: "class_balance",
    title: "Balance the classes",
    about: "Looks for the classes that are too few, by the model's guess.",
    needs: "a model with probabilities",
    family: "wish",
  },
  {
    name: "rare_tail",
    title: "Rare things",
    about: "The thin end: images unlike the many, and unlike what is labelled.",
    needs: "embeddings",
    family: "wish",
  },
  {
    name: "similarity",
    title: "Like these",
    about: "The images most like the examples you give.",
    needs: "embeddings and examples",
    family: "wish",
  },
  {
    name: "stratified",
    title: "Same from each source",
    about: "As many from every camera, folder or group.",
    needs: "",
    family: "chance",
  },
  {
    name: "random",
    title: "By chance",
    about: "Every image is as likely as the next: the honest comparison.",
    needs: "",
    family: "chance",
  },
];

export const FAMILIES: readonly { readonly family: StrategyWords["family"]; readonly title: string }[] = [
  { family: "usual", title: "Usual" },
  { family: "spread", title: "By their looks alone" },
  { family: "model", title: "By a model's doubts" },
  { family: "wish", title: "By what you wish for" },
  { family: "chance", title: "Without looking" },
];

const KNOWN: ReadonlyMap<string, StrategyWords> = new Map(STRATEGIES.map((one) => [one.name, one]));

/** The title of a strategy; its own name where somebody brought it. */
export function strategyTitle(name: string): string {
  return KNOWN.get(name)?.title ?? name;
}

export function strategyWords(name: string): StrategyWords | undefined {
  return KNOWN.get(name);
}
