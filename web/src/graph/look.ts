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

/** `test_challenger` as "test challenger". */
export function spaced(name: string): string {
  return name.replaceAll("_", " ");
}
