/** One way to the server: typed calls, the CSRF token of this session, and errors with the server's own words. */
import createClient, { type Middleware } from "openapi-fetch";

import type { paths, Problem } from "./schema.gen";

/** What the server, or the way to it, said no with. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(problem: {
    status: number;
    code: string;
    detail: string;
    hint?: string;
    details?: Record<string, unknown>;
  }) {
    super(problem.detail);
    this.name = "ApiProblem";
    this.status = problem.status;
    this.code = problem.code;
    this.hint = problem.hint ?? "";
    this.details = problem.details ?? {};
  }

  /** The server could not be reached or said that trying again may help. */
  get isRetryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}

let csrfToken: string | null = null;

/** Writes carry this token from now on; `GET /me` gives it. */
export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

const csrf: Middleware = {
  onRequest({ request }) {
    if (csrfToken !== null && request.method !== "GET" && request.method !== "HEAD") {
      request.headers.set("X-CSRF-Token", csrfToken);
    }
    return request;
  },
};

/** The typed client. Wrap its calls in `unwrap`. */
export const api = createClient<paths>({ baseUrl: "", credentials: "same-origin" });
api.use(csrf);

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && "detail" in value;
}

/** Turn whatever an answer of no looked like into an `ApiProblem`. */
export function toProblem(error: unknown, status: number): ApiProblem {
  if (isProblem(error)) return new ApiProblem({ ...error, status });
  return new ApiProblem({
    status,
    code: "unexpected_answer",
    detail: `the server answered ${String(status)} without saying why`,
    hint: "Look into the server's log.",
  });
}

/** Give the data of a call, or throw an `ApiProblem`; a server that cannot be reached is one with status 0. */
export async function unwrap<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await call.catch((reason: unknown) => {
    if (reason instanceof DOMException && reason.name === "AbortError") throw reason;
    throw new ApiProblem({
      status: 0,
      code: "unreachable",
      detail: "the server cannot be reached",
      hint: "Nothing is lost: work waits in this browser and is sent when the server answers again.",
    });
  });
  if (error !== undefined || !response.ok || !isData(data, response)) throw toProblem(error, response.status);
  return data;
}

// openapi-fetch types the data of every call as optional; that of a 204 is undefined, and so is its T.
function isData<T>(data: T | undefined, response: Response): data is T {
  return data !== undefined || response.ok;
}

/** Upload one image with progress; openapi-fetch cannot tell how far an upload is. */
export function uploadItem(options: {
  datasetId: string;
  file: File;
  name?: string;
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}): Promise<void> {
  const { datasetId, file, name, onProgress, signal } = options;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/datasets/${encodeURIComponent(datasetId)}/items`);
    if (csrfToken !== null) request.setRequestHeader("X-CSRF-Token", csrfToken);
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress?.(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status < 300) resolve();
      else reject(toProblem(request.response, request.status));
    };
    request.onerror = () => {
      reject(toProblem({ code: "unreachable", detail: "the server cannot be reached" }, 0));
    };
    request.onabort = () => {
      reject(new DOMException("upload cancelled", "AbortError"));
    };
    signal?.addEventListener("abort", () => {
      request.abort();
    });
    const form = new FormData();
    form.append("file", file, file.name);
    form.append("name", name ?? file.name);
    request.send(form);
  });
}
