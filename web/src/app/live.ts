/** The project's events keep every list on the screen fresh: what an event names is asked for again. */
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

const GATHER_MS = 400;

/**
 * Which query keys an event of a kind makes stale, by the first word of the kind.
 * Query keys begin with one of these words; a key with the project or subject id behind it is refreshed with them.
 */
const STALE_BY_KIND: Readonly<Record<string, readonly string[]>> = {
  "item.created": ["items", "listing", "facets", "dataset", "datasets", "sources", "overview"],
  "item.updated": ["items", "item", "listing", "facets", "dataset", "overview"],
  "annotation.changed": [
    "items",
    "item",
    "listing",
    "annotations",
    "facets",
    "sources",
    "crops",
    "dataset",
    "overview",
  ],
  "task.item_finished": ["tasks", "task", "issues", "assistants", "ledger", "overview"],
  "task.changed": ["tasks", "task", "issues", "overview"],
  "assistant.changed": ["assistants", "task", "tasks", "jobs"],
  "model.created": ["models", "overview"],
  "model.trained": ["models", "model", "overview"],
  "model.failed": ["models", "model", "overview"],
  "evaluation.finished": ["models", "model", "evaluations", "overview"],
  "comparison.decided": ["comparisons", "models", "champions", "overview"],
  "variable.changed": ["pipelines", "pipeline", "champions", "overview"],
  "run.changed": ["pipelines", "pipeline", "runs", "overview"],
  "run.ended": ["pipeline", "runs"],
  "round.closed": ["pipelines", "pipeline", "runs", "overview"],
  "run.failed": ["pipelines", "pipeline", "runs", "overview"],
  "pipeline.changed": ["pipelines", "pipeline", "champions", "overview"],
  "pipeline.notified": ["pipelines", "pipeline", "runs", "overview"],
  "ontology.changed": ["ontology", "ontologies", "recipes", "fields"],
  "dataset.changed": ["dataset", "datasets", "snapshots", "revisions", "overview"],
  "job.changed": [
    "jobs",
    "job",
    "models",
    "model",
    "selections",
    "simulations",
    "duplicates",
    "spaces",
    "overview",
  ],
  "feedback.received": ["endpoint-log", "flag-catalogue", "overview"],
  "flag.raised": ["endpoint-log", "flag-catalogue", "overview"],
  "endpoint.changed": ["endpoints", "endpoint", "endpoint-metrics"],
  "drift.detected": ["overview"],
};

/** The first words of the query keys that an event kind such as `task.changed` makes stale. */
export function staleKeys(kind: string): readonly string[] {
  return STALE_BY_KIND[kind] ?? ["overview"];
}

/** Gathers stale words and refreshes them together, so that a burst of a thousand events asks once. */
export class Refresher {
  private readonly words = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly client: Pick<QueryClient, "invalidateQueries">) {}

  note(kind: string): void {
    for (const word of staleKeys(kind)) this.words.add(word);
    this.timer ??= setTimeout(() => {
      this.flush();
    }, GATHER_MS);
  }

  flush(): void {
    this.timer = null;
    const words = new Set(this.words);
    this.words.clear();
    void this.client.invalidateQueries({
      predicate: (query) => typeof query.queryKey[0] === "string" && words.has(query.queryKey[0]),
    });
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
  }
}

/**
 * Listen to a project's events while the page can be seen.
 *
 * A hidden tab hangs up, because a browser opens only six connections to one server; when it is seen again
 * everything on it is asked for anew.
 */
export function useLive(projectId: string): void {
  const client = useQueryClient();
  useEffect(() => {
    const refresher = new Refresher(client);
    let source: EventSource | null = null;
    const note = (event: Event) => {
      refresher.note(event.type);
    };
    const listen = () => {
      if (document.hidden) {
        source?.close();
        source = null;
        return;
      }
      if (source !== null) return;
      source = new EventSource(`/api/v1/projects/${encodeURIComponent(projectId)}/events`);
      // An EventSource gives named events only to listeners of that name.
      for (const kind of Object.keys(STALE_BY_KIND)) source.addEventListener(kind, note);
    };
    const turn = () => {
      listen();
      if (!document.hidden) void client.invalidateQueries();
    };
    listen();
    document.addEventListener("visibilitychange", turn);
    return () => {
      document.removeEventListener("visibilitychange", turn);
      source?.close();
      refresher.stop();
    };
  }, [client, projectId]);
}
