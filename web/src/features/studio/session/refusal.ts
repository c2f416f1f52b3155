/** Why the server said no, sorted by what can be done about it. */
import { ApiProblem } from "@/api/client";

export type Refusal =
  /** Nobody is signed in any more; work goes on here and is sent after signing in again, in another tab. */
  | { readonly kind: "signed_out"; readonly problem: ApiProblem }
  /** Somebody, or another window, saved in between. */
  | { readonly kind: "stale"; readonly problem: ApiProblem }
  /** The lease is over; `isElsewhere` when another person has the item. */
  | { readonly kind: "lease_lost"; readonly problem: ApiProblem; readonly isElsewhere: boolean }
  /** Labels of this work are no longer in the ontology. */
  | { readonly kind: "label_gone"; readonly problem: ApiProblem; readonly labels: readonly string[] }
  | { readonly kind: "other"; readonly problem: ApiProblem };

/** What to do after a call failed: try again later, or stop and say why. */
export type Failure =
  | { readonly kind: "retry"; readonly problem: ApiProblem }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export function toApiProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  const detail = error instanceof Error ? error.message : "something went wrong in this page";
  return new ApiProblem({ status: -1, code: "client_error", detail });
}

export function failureOf(error: unknown): Failure {
  const problem = toApiProblem(error);
  if (problem.isRetryable || problem.status === 500 || problem.status === 503)
    return { kind: "retry", problem };
  return { kind: "refused", refusal: refusalOf(problem) };
}

function refusalOf(problem: ApiProblem): Refusal {
  if (problem.status === 401) return { kind: "signed_out", problem };
  switch (problem.code) {
    case "stale_write":
      return { kind: "stale", problem };
    case "lease_lost":
      return { kind: "lease_lost", problem, isElsewhere: problem.details.is_elsewhere === true };
    case "label_gone":
      return { kind: "label_gone", problem, labels: strings(problem.details.labels) };
    default:
      return { kind: "other", problem };
  }
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one: unknown) => typeof one === "string") : [];
}

/** A number among a problem's details, null when it is not there. */
export function numberIn(problem: ApiProblem, name: string): number | null {
  const value = problem.details[name];
  return typeof value === "number" ? value : null;
}
