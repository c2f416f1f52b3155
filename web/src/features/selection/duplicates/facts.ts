/** In what the images of a group differ. Pure. */
import type { DuplicateMember, DuplicateScanDraft } from "@/api/schema.gen";
import { formatBytes } from "@/ui/format";

export interface Fact {
  readonly name: string;
  readonly value: string;
  /** Not the same in the whole group. */
  readonly isDifferent: boolean;
}

/** What is to be said of a member; what differs within the group is marked. */
export function factsOf(member: DuplicateMember, group: readonly DuplicateMember[]): Fact[] {
  const read: readonly (readonly [string, (one: DuplicateMember) => string])[] = [
    ["size", (one) => `${String(one.width)} × ${String(one.height)}`],
    ["file", (one) => formatBytes(one.bytes)],
    ["subset", (one) => one.subset ?? "none"],
    ["labels", (one) => (one.has_truth ? "yes" : "none")],
  ];
  return read.map(([name, of]) => ({
    name,
    value: of(member),
    isDifferent: group.some((one) => of(one) !== of(member)),
  }));
}

const KINDS: Readonly<Record<DuplicateMember["kind"], string>> = {
  exact: "the same file",
  near: "nearly the same",
  video: "neighbour in a video",
};

/** How a member belongs to its group; nothing for the one that is kept. */
export function kindWords(member: DuplicateMember): string {
  if (member.is_kept) return "kept";
  if (member.kind === "exact") return KINDS.exact;
  return `${KINDS[member.kind]}, distance ${String(Number(member.distance.toPrecision(2)))}`;
}

export const FIRST_SCAN: DuplicateScanDraft = {
  exact: true,
  near: true,
  video: false,
  hash_distance: 8,
  similarity: 0.9,
};

/** What a hash distance means, for people who have never met one. */
export function hashWords(distance: number): string {
  if (distance === 0) return "the same picture, at most in another size or compression";
  if (distance <= 4) return "the same picture, brightened or sharpened";
  if (distance <= 10) return "the same scene a moment later";
  if (distance <= 16) return "alike at a glance: look before you delete";
  return "loosely alike: many of these will be different scenes";
}

export function similarityWords(similarity: number): string {
  if (similarity >= 0.97) return "all but identical content";
  if (similarity >= 0.9) return "the same scene";
  if (similarity >= 0.8) return "the same kind of scene";
  return "loosely alike";
}
