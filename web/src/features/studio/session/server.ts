/** What the session asks of the server, as an interface, so that it can be tested against one that fails on purpose. */
import { api, setCsrfToken, unwrap } from "@/api/client";
import { exactly } from "@/api/exact";
import type {
  Annotation,
  Approve,
  DraftSave,
  Issue,
  IssueCreate,
  Item,
  ItemAnnotations,
  Lease,
  Submit,
  TaskItem,
} from "@/api/schema.gen";

/** One item with all that is drawn on it. */
export interface ItemContent {
  readonly item: Item;
  readonly revision: number;
  readonly annotations: readonly Annotation[];
  readonly predictions: readonly Annotation[];
  /** In a review: the ground truth at the last review, null when there was none. */
  readonly before?: readonly Annotation[] | null;
}

/** A call on an item in one's hands. */
export interface HeldItem {
  readonly itemId: string;
  readonly token: string;
  readonly activeSeconds: number;
}

export interface StudioServer {
  listLeases(): Promise<Lease[]>;
  /** Take work: the next `n`, or these very items where they can be had. */
  lease(wanted: { readonly n: number; readonly itemIds?: readonly string[] }): Promise<Lease[]>;
  heartbeat(held: HeldItem): Promise<Lease>;
  release(held: HeldItem & { readonly isLeaving?: boolean }): Promise<void>;
  saveDraft(draft: {
    readonly itemId: string;
    readonly body: DraftSave;
    readonly isLeaving: boolean;
  }): Promise<Lease>;
  submit(work: { readonly itemId: string; readonly body: Submit }): Promise<TaskItem>;
  approve(work: { readonly itemId: string; readonly body: Approve }): Promise<TaskItem>;
  raiseIssue(work: { readonly itemId: string; readonly body: IssueCreate }): Promise<Issue>;
  discard(held: HeldItem & { readonly reason: string }): Promise<TaskItem>;
  read(itemId: string): Promise<ItemContent>;
  /** Ask who is signed in, which also brings a fresh CSRF token; rejects with 401 when nobody is. */
  renewSession(): Promise<void>;
}

/** The largest body that browsers still send while a page goes away. */
const KEEPALIVE_BYTES = 60_000;

/** The server itself, for one task. */
export function httpServer(taskId: string): StudioServer {
  const on = (itemId: string) => ({ params: { path: { task_id: taskId, item_id: itemId } } });
  return {
    listLeases: () =>
      exactly<Lease[]>(
        unwrap(api.GET("/api/v1/tasks/{task_id}/leases", { params: { path: { task_id: taskId } } })),
      ),
    lease: ({ n, itemIds }) =>
      exactly<Lease[]>(
        unwrap(
          api.POST("/api/v1/tasks/{task_id}/leases", {
            params: { path: { task_id: taskId } },
            body: { n, item_ids: itemIds === undefined ? null : [...itemIds] },
          }),
        ),
      ),
    heartbeat: ({ itemId, token, activeSeconds }) =>
      exactly<Lease>(
        unwrap(
          api.POST("/api/v1/tasks/{task_id}/items/{item_id}/heartbeat", {
            ...on(itemId),
            body: { lease_token: token, active_seconds: activeSeconds },
          }),
        ),
      ),
    release: async ({ itemId, token, activeSeconds, isLeaving }) => {
      await unwrap(
        api.POST("/api/v1/tasks/{task_id}/items/{item_id}/release", {
          ...on(itemId),
          body: { lease_token: token, active_seconds: activeSeconds },
          keepalive: isLeaving === true,
        }),
      );
    },
    saveDraft: ({ itemId, body, isLeaving }) =>
      exactly<Lease>(
        unwrap(
          api.PUT("/api/v1/tasks/{task_id}/items/{item_id}/draft", {
            ...on(itemId),
            body,
            keepalive: isLeaving && JSON.stringify(body).length < KEEPALIVE_BYTES,
          }),
        ),
      ),
    submit: ({ itemId, body }) =>
      unwrap(api.POST("/api/v1/tasks/{task_id}/items/{item_id}/submit", { ...on(itemId), body })),
    approve: ({ itemId, body }) =>
      unwrap(api.POST("/api/v1/tasks/{task_id}/items/{item_id}/approve", { ...on(itemId), body })),
    raiseIssue: ({ itemId, body }) =>
      unwrap(api.POST("/api/v1/tasks/{task_id}/items/{item_id}/issues", { ...on(itemId), body })),
    discard: ({ itemId, token, activeSeconds, reason }) =>
      unwrap(
        api.POST("/api/v1/tasks/{task_id}/items/{item_id}/discard", {
          ...on(itemId),
          body: { lease_token: token, active_seconds: activeSeconds, reason },
        }),
      ),
    read: readItem,
    renewSession: async () => {
      const me = await unwrap(api.GET("/api/v1/me"));
      setCsrfToken(me.csrf_token ?? null);
    },
  };
}

async function readItem(itemId: string): Promise<ItemContent> {
  const params = { params: { path: { item_id: itemId } } };
  const [item, truth, predictions] = await Promise.all([
    unwrap(api.GET("/api/v1/items/{item_id}", params)),
    exactly<ItemAnnotations>(unwrap(api.GET("/api/v1/items/{item_id}/annotations", params))),
    exactly<Annotation[]>(unwrap(api.GET("/api/v1/items/{item_id}/annotations/predictions", params))),
  ]);
  return { item, revision: truth.revision, annotations: truth.annotations, predictions };
}
