/** Work by the page: leases, annotations and submits of many items at once. */
import { api, setCsrfToken, unwrap } from "../client";
import { exactly } from "../exact";
import type { BulkItem, BulkResult, GridAnnotation, Lease } from "../schema.gen";

/** What a page of items has, from one moment. */
export interface PageAnnotations {
  readonly revision: number;
  readonly annotations: readonly GridAnnotation[];
  /** A yes or no is asked about each item, whatever stands on it. */
  readonly isAsking?: boolean;
}

/** What a grid asks of the server, as an interface, so that it can be tested against one that fails on purpose. */
export interface GridServer {
  listLeases(): Promise<Lease[]>;
  /** Take the next `n`, or these very items, those in one's hands included, for another term. */
  lease(wanted: { readonly n: number; readonly itemIds?: readonly string[] }): Promise<Lease[]>;
  release(held: {
    readonly itemId: string;
    readonly token: string;
    readonly isLeaving: boolean;
  }): Promise<void>;
  submit(items: readonly BulkItem[], options?: { readonly isLeaving: boolean }): Promise<BulkResult[]>;
  annotations(itemIds: readonly string[]): Promise<PageAnnotations>;
  /** Ask who is signed in, which also brings a fresh CSRF token; rejects with 401 when nobody is. */
  renewSession(): Promise<void>;
}

/** The server itself, for one task. */
export function gridServer(options: {
  readonly taskId: string;
  readonly datasetId: string;
  readonly isAsking?: boolean;
}): GridServer {
  const { taskId, datasetId, isAsking = false } = options;
  const onTask = { params: { path: { task_id: taskId } } };
  return {
    listLeases: () => exactly<Lease[]>(unwrap(api.GET("/api/v1/tasks/{task_id}/leases", onTask))),
    lease: ({ n, itemIds }) =>
      exactly<Lease[]>(
        unwrap(
          api.POST("/api/v1/tasks/{task_id}/leases", {
            ...onTask,
            body: { n, item_ids: itemIds === undefined ? null : [...itemIds] },
          }),
        ),
      ),
    release: async ({ itemId, token, isLeaving }) => {
      await unwrap(
        api.POST("/api/v1/tasks/{task_id}/items/{item_id}/release", {
          params: { path: { task_id: taskId, item_id: itemId } },
          body: { lease_token: token, active_seconds: 0 },
          keepalive: isLeaving,
        }),
      );
    },
    submit: (items, options) =>
      unwrap(
        api.POST("/api/v1/tasks/{task_id}/bulk", {
          ...onTask,
          body: { items: [...items] },
          keepalive: options?.isLeaving === true,
        }),
      ),
    annotations: async (itemIds) => {
      const read = await exactly<PageAnnotations>(
        unwrap(
          api.POST("/api/v1/datasets/{dataset_id}/annotations/batch", {
            params: { path: { dataset_id: datasetId } },
            body: { item_ids: [...itemIds], layers: ["truth", "prediction"] },
          }),
        ),
      );
      return { ...read, isAsking };
    },
    renewSession: async () => {
      const me = await unwrap(api.GET("/api/v1/me"));
      setCsrfToken(me.csrf_token ?? null);
    },
  };
}
