/** Objects of one class side by side: ranked, cut out of their images, relabelled and removed. */
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import { exactly } from "../exact";
import type {
  Annotation,
  AnnotationDraft,
  BulkSaved,
  Crops,
  CropsWanted,
  ItemAnnotations,
  LabelChange,
} from "../schema.gen";

export type CropOrder = NonNullable<CropsWanted["order"]>;

export interface CropsOf {
  readonly datasetId: string;
  readonly label: string;
  /** Whose predictions judge; null for the model that predicted most of these items. */
  readonly modelId: string | null;
  readonly order: CropOrder;
}

/** What the review of crops asks of the server, as an interface, so that it can be tested against a fake. */
export interface CropServer {
  list(page: { readonly cursor: string | null; readonly limit: number }): Promise<Crops>;
  relabel(options: {
    readonly changes: readonly LabelChange[];
    readonly baseRevision: number;
  }): Promise<BulkSaved>;
  annotation(annotationId: string): Promise<Annotation>;
  /** The item's ground truth now, for the revision to base a change on. */
  truth(itemId: string): Promise<ItemAnnotations>;
  change(options: {
    readonly itemId: string;
    readonly annotations: readonly AnnotationDraft[];
    readonly removedIds: readonly string[];
    readonly baseRevision: number;
  }): Promise<ItemAnnotations>;
}

/** The server itself, for the crops of one class. */
export function cropServer({ datasetId, label, modelId, order }: CropsOf): CropServer {
  const inDataset = { params: { path: { dataset_id: datasetId } } };
  return {
    list: ({ cursor, limit }) =>
      exactly<Crops>(
        unwrap(
          api.POST("/api/v1/datasets/{dataset_id}/crops", {
            ...inDataset,
            body: { label, layer: "truth", order, model_id: modelId, limit, cursor },
          }),
        ),
      ),
    relabel: ({ changes, baseRevision }) =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/relabel", {
          ...inDataset,
          body: { changes: [...changes], base_revision: baseRevision },
        }),
      ),
    annotation: (annotationId) =>
      exactly<Annotation>(
        unwrap(
          api.GET("/api/v1/annotations/{annotation_id}", {
            params: { path: { annotation_id: annotationId } },
          }),
        ),
      ),
    truth: (itemId) =>
      exactly<ItemAnnotations>(
        unwrap(api.GET("/api/v1/items/{item_id}/annotations", { params: { path: { item_id: itemId } } })),
      ),
    change: ({ itemId, annotations, removedIds, baseRevision }) =>
      exactly<ItemAnnotations>(
        unwrap(
          api.PATCH("/api/v1/items/{item_id}/annotations", {
            params: { path: { item_id: itemId } },
            body: {
              annotations: [...annotations],
              removed_ids: [...removedIds],
              base_revision: baseRevision,
            },
          }),
        ),
      ),
  };
}

/** An annotation's object with a margin around it. */
export function cropAddress(annotationId: string, size: number): string {
  return `/api/v1/annotations/${encodeURIComponent(annotationId)}/crop?size=${String(size)}`;
}

/** In how many items each class of a dataset's ground truth is. */
export function labelCountsQuery(datasetId: string) {
  return queryOptions({
    queryKey: ["facets", datasetId, "labels alone"],
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, number>> => {
      const { facets } = await unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/facets", {
          params: { path: { dataset_id: datasetId } },
          body: { q: null, fields: ["label"] },
          signal,
        }),
      );
      const buckets = facets.find(({ field }) => field === "label")?.buckets ?? [];
      return new Map(
        buckets.flatMap(({ value, count }) => (typeof value === "string" ? [[value, count] as const] : [])),
      );
    },
  });
}
