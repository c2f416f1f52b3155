/** The explorer's one filter, in the address: what every lens reads and every chip changes. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback } from "react";

import { useProjectId } from "@/app/context";
import { datasetsQuery } from "@/api/queries/datasets";
import type { Dataset } from "@/api/schema.gen";

const route = getRouteApi("/signed-in/p/$projectId/explorer");
const LAST_DATASET = "whorl-explorer-dataset";

export interface Explorer {
  readonly projectId: string;
  readonly datasets: readonly Dataset[] | undefined;
  readonly datasetsError: unknown;
  readonly dataset: Dataset | undefined;
  readonly q: string;
  readonly asOf: number | undefined;
  readonly lens: string;
  readonly viewId: string | undefined;
  readonly setQuery: (q: string) => void;
  readonly setLens: (lens: string) => void;
  readonly setDataset: (datasetId: string) => void;
  readonly openView: (view: {
    id: string | undefined;
    q: string;
    datasetId: string | null;
    lens?: string;
  }) => void;
}

export function useExplorer(): Explorer {
  const projectId = useProjectId();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const datasets = useQuery(datasetsQuery(projectId));
  const list = datasets.data?.items;
  const last = localStorage.getItem(`${LAST_DATASET}:${projectId}`);
  const dataset =
    list?.find((one) => one.id === search.dataset) ??
    (search.dataset === undefined ? (list?.find((one) => one.id === last) ?? list?.[0]) : undefined);

  const setQuery = useCallback(
    (q: string) => {
      void navigate({ search: (old) => ({ ...old, q: q.trim() === "" ? undefined : q.trim() }) });
    },
    [navigate],
  );
  const setLens = useCallback(
    (lens: string) => {
      void navigate({ search: (old) => ({ ...old, lens }), replace: true });
    },
    [navigate],
  );
  const setDataset = useCallback(
    (datasetId: string) => {
      localStorage.setItem(`${LAST_DATASET}:${projectId}`, datasetId);
      void navigate({ search: (old) => ({ lens: old.lens, dataset: datasetId }) });
    },
    [navigate, projectId],
  );
  const openView = useCallback<Explorer["openView"]>(
    ({ id, q, datasetId, lens }) => {
      void navigate({
        search: (old) => ({
          dataset: datasetId ?? old.dataset,
          q: q === "" ? undefined : q,
          lens: lens ?? old.lens,
          view: id,
        }),
      });
    },
    [navigate],
  );
  return {
    projectId,
    datasets: list,
    datasetsError: datasets.error,
    dataset,
    q: search.q ?? "",
    asOf: search.as_of,
    lens: search.lens ?? "grid",
    viewId: search.view,
    setQuery,
    setLens,
    setDataset,
    openView,
  };
}
