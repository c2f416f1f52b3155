import { useQuery } from "@tanstack/react-query";

import { evaluationFacetsQuery } from "@/api/queries/evaluations";
import type { EvaluationFacet } from "@/api/schema.gen";

import { sourceOf } from "./query";

const NONE: readonly EvaluationFacet[] = [];

/** The evaluation that the filter asks about, as an id; null when it asks about none that is known. */
export function useLookedAt({ datasetId, q }: { datasetId: string; q: string }): string | null {
  const source = sourceOf(q);
  const facets = useQuery({ ...evaluationFacetsQuery(datasetId), enabled: source !== null });
  return source === null ? null : (resolveSource(source, facets.data ?? NONE)?.evaluation_id ?? null);
}

/** An evaluation by its id, or the newest one of a model by the model's id or name. */
export function resolveSource(source: string, facets: readonly EvaluationFacet[]): EvaluationFacet | null {
  return (
    facets.find((one) => one.evaluation_id === source) ??
    facets.find((one) => one.model_id === source || one.model_name === source) ??
    null
  );
}
