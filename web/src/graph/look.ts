/** How kinds of ports and families of nodes look, by CSS variable, so that both colour schemes fit. */
import type { NodeTypeInfo, PortType } from "@/api/schema.gen";

export type Family = NodeTypeInfo["family"];

export const FAMILIES: readonly { readonly family: Family; readonly title: string }[] = [
  { family: "data", title: "Data" },
  { family: "people", title: "People" },
  { family: "model", title: "Models" },
  { family: "quality", title: "Quality" },
  { family: "control", title: "Control" },
];

export const PORT_TYPES: readonly PortType[] = ["item", "model", "evaluation", "comparison", "signal"];

export function portColor(type: PortType): string {
  return `var(--port-${type})`;
}

export function familyColor(family: Family | undefined): string {
  return `var(--family-${family ?? "control"})`;
}

/** A description as plain text: the marks around code go, and a long one ends where a sentence does. */
export function describe(text: string, longest = Number.POSITIVE_INFINITY): string {
  const plain = text.replaceAll("`", "");
  if (plain.length <= longest) return plain;
  const end = plain.slice(0, longest).lastIndexOf(". ");
  return end > 40 ? plain.slice(0, end + 1) : `${plain.slice(0, longest - 1)}…`;
}

/** `test_challenger` as "test challenger". */
export function spaced(name: string): string {
  return name.replaceAll("_", " ");
}
