/** What found outlines may become. */
import type { Recipe } from "@/api/schema.gen";

import type { MagicShape } from "./magicServer";

/** The kinds that a recipe allows for an outline, the usual one first. */
export function magicShapes(recipe: Recipe | null): readonly MagicShape[] {
  const all = ["polygon", "mask"] as const;
  return recipe === null ? all : all.filter((kind) => recipe.tools.includes(kind));
}
