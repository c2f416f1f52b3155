/** What is said of an assistant, from what the server tells. */
import type { Assistant, AssistantRound, RestPreview, ThresholdPoint } from "@/api/schema.gen";

export type Kind = Assistant["kind"];

export const KIND_WORDS: Readonly<Record<Kind, { readonly name: string; readonly things: string }>> = {
  class: { name: "Classes", things: "classes" },
  box: { name: "Boxes", things: "boxes" },
  mask: { name: "Outlines", things: "outlines" },
};

type State = Pick<Assistant, "status" | "n_finished" | "n_needed" | "rounds" | "kind" | "error">;

/** How far it is, in one line. */
export function stateWords(one: State): string {
  const first = one.rounds.length === 0;
  const left = `${String(Math.min(one.n_finished, one.n_needed))} of ${String(one.n_needed)} images`;
  switch (one.status) {
    case "waiting":
      return `${left} to the first suggestions`;
    case "training":
      return first
        ? "Learning from what you labelled; the first suggestions are about to come"
        : "Learning again from more images; suggestions go on meanwhile";
    case "ready":
      return `Suggests ${KIND_WORDS[one.kind].things}; learns again at ${String(one.n_needed)} images (${String(one.n_finished)} now)`;
    case "stopped":
      return "Stopped: it neither learns nor suggests; what it suggested stays";
    case "failed":
      return one.error ?? "Its training failed.";
  }
}

/** The same for a bar of a few words. */
export function shortWords(one: State): string {
  switch (one.status) {
    case "waiting":
      return `${String(Math.min(one.n_finished, one.n_needed))} of ${String(one.n_needed)} images to the first suggestions`;
    case "training":
      return one.rounds.length === 0 ? "learning for the first time" : "learning again";
    case "ready":
      return acceptanceWords(one.rounds.at(-1)) ?? "suggesting";
    case "stopped":
      return "stopped";
    case "failed":
      return "needs a look";
  }
}

interface Decided {
  readonly accepted: number;
  readonly edited: number;
  readonly rejected: number;
}

/** The share of decided proposals that people took or mended; null before any. */
export function acceptance({ accepted, edited, rejected }: Decided): number | null {
  const decided = accepted + edited + rejected;
  return decided === 0 ? null : (accepted + edited) / decided;
}

function acceptanceWords(round: AssistantRound | undefined): string | null {
  const share = round === undefined ? null : acceptance(round);
  return share === null ? null : `${String(Math.round(share * 100))} % of its suggestions taken`;
}

export interface AcceptancePoint {
  readonly x: number;
  readonly y: number | null;
  readonly note: string;
}

/** Acceptance by round. */
export function acceptancePoints(rounds: readonly AssistantRound[]): readonly AcceptancePoint[] {
  return rounds.map((round) => ({
    x: round.round,
    y: acceptance(round),
    note: `of ${String(round.accepted + round.edited + round.rejected)} decided; learnt from ${String(round.n_items)} images`,
  }));
}

/** The point of a preview at a threshold: the nearest at or above it, since less sure ones are left out. */
export function pointAt(preview: RestPreview, threshold: number): ThresholdPoint | null {
  const sorted = [...preview.points].sort((a, b) => a.threshold - b.threshold);
  return sorted.find((one) => one.threshold >= threshold - EPSILON) ?? sorted.at(-1) ?? null;
}

const EPSILON = 1e-9;

/** How right what is at least as sure has been, honestly. */
export function precisionWords(point: Pick<ThresholdPoint, "precision" | "n_decided">): string {
  if (point.precision === null) {
    return point.n_decided === 0
      ? "Nobody decided about suggestions as sure as this yet, so how right they are is not known."
      : `Only ${String(point.n_decided)} as sure as this decided about: too few to say how right they are.`;
  }
  return `About ${String(Math.round(point.precision * 100))} % would be right: people took that share of ${String(point.n_decided)} as sure.`;
}
