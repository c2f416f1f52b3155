/** How findings of evaluations look wherever they are drawn. */
import type { Finding } from "@/api/schema.gen";

export type FindingKind = Finding["type"];

/** Light enough for dark pictures, dark enough for light ones. */
export const FINDING_COLORS: Readonly<Record<FindingKind, string>> = {
  correct: "#37b24d",
  confused: "#f76707",
  missed: "#f03e3e",
  spurious: "#be4bdb",
  empty: "#868e96",
};

export const FINDING_TITLES: Readonly<Record<FindingKind, string>> = {
  correct: "correct",
  confused: "confused",
  missed: "missed",
  spurious: "spurious",
  empty: "rightly nothing",
};

/** A finding in a few words: "cat as dog 0.93", "car missed". */
export function sayFinding({ type, truth, predicted, confidence }: Finding): string {
  const sure = typeof confidence === "number" ? ` ${confidence.toFixed(2)}` : "";
  switch (type) {
    case "correct":
      return `${truth ?? predicted ?? ""}${sure}`;
    case "confused":
      return `${truth ?? "?"} as ${predicted ?? "?"}${sure}`;
    case "missed":
      return `${truth ?? "?"} missed`;
    case "spurious":
      return `no ${predicted ?? "?"}${sure}`;
    case "empty":
      return "nothing, rightly";
  }
}
