import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { championsQuery, modelsQuery } from "@/api/queries/models";
import { useProjectId } from "@/app/context";

import type { Tile } from "./tile";

export interface ModelChoice {
  /** Whose proposals are shown; null when no model said anything. */
  readonly id: string | null;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly choose: (id: string | null) => void;
}

/** Whose proposals are shown: the one chosen, else the champion's, else of the model that proposed most. */
export function useModelChoice(tiles: readonly Tile[]): ModelChoice {
  const projectId = useProjectId();
  const [wanted, choose] = useState<string | null>(null);
  const models = useQuery(modelsQuery(projectId)).data?.items;
  const champions = useQuery(championsQuery(projectId)).data;
  return useMemo(() => {
    const counts = new Map<string, number>();
    for (const { modelId } of tiles.flatMap(({ proposals }) => proposals))
      counts.set(modelId, (counts.get(modelId) ?? 0) + 1);
    const found = [...counts].sort((a, b) => b[1] - a[1]).map(([id]) => id);
    const champion = found.find((id) => champions?.some((one) => one.model_id === id));
    const id = wanted !== null && counts.has(wanted) ? wanted : (champion ?? found[0] ?? null);
    const nameOf = (modelId: string) => models?.find((one) => one.id === modelId)?.name ?? modelId;
    return { id, options: found.map((value) => ({ value, label: nameOf(value) })), choose };
  }, [tiles, models, champions, wanted]);
}
