/** Variables of a draft and what refers to them. */
import { asRecord, asText } from "@/api/json";

import type { Draft, DraftTrigger, DraftVariable, NodeTypes } from "./draft";
import { kindOfField } from "./fields";

/** The variable that a value names, or null when it is a plain value. */
export function variableOf(value: unknown): string | null {
  const record = asRecord(value);
  return Object.keys(record).length === 1 ? asText(record.$var) : null;
}

export function fromVariable(name: string): { $var: string } {
  return { $var: name };
}

/** Where a variable is used, in words: `choose: budget`, `trigger enough: every`. */
export function usesOf(draft: Draft, types: NodeTypes, name: string): string[] {
  const inNodes = draft.nodes.flatMap((node) =>
    Object.entries(node.params ?? {})
      .filter(
        ([key, value]) => variableOf(value) === name || namesIt({ draft, types, node: node.id, key, name }),
      )
      .map(([key]) => `${node.id}: ${key}`),
  );
  const inTriggers = draft.triggers.flatMap((trigger) =>
    Object.entries(trigger)
      .filter(([, value]) => variableOf(value) === name)
      .map(([key]) => `trigger ${trigger.id}: ${key}`),
  );
  return [...inNodes, ...inTriggers];
}

// A parameter such as that of update_variable holds the name itself.
function namesIt(options: {
  draft: Draft;
  types: NodeTypes;
  node: string;
  key: string;
  name: string;
}): boolean {
  const { draft, types, node, key, name } = options;
  const found = draft.nodes.find((one) => one.id === node);
  const type = found === undefined ? undefined : types.get(found.type);
  return found?.params?.[key] === name && kindOfField(type, key) === "variable";
}

export function addVariable(draft: Draft, variable: DraftVariable): Draft {
  return { ...draft, variables: [...draft.variables, variable] };
}

export function setVariable(draft: Draft, variable: DraftVariable): Draft {
  return { ...draft, variables: draft.variables.map((one) => (one.name === variable.name ? variable : one)) };
}

/** Remove a variable; the same draft while something uses it. */
export function removeVariable(draft: Draft, types: NodeTypes, name: string): Draft {
  if (usesOf(draft, types, name).length > 0) return draft;
  return { ...draft, variables: draft.variables.filter((one) => one.name !== name) };
}

/** Rename a variable; what refers to it follows. The caller checks the name. */
export function renameVariable(draft: Draft, types: NodeTypes, rename: { from: string; to: string }): Draft {
  const { from, to } = rename;
  if (from === to) return draft;
  const follow = (value: unknown) => (variableOf(value) === from ? fromVariable(to) : value);
  return {
    ...draft,
    variables: draft.variables.map((one) => (one.name === from ? { ...one, name: to } : one)),
    nodes: draft.nodes.map((node) => ({
      ...node,
      params: Object.fromEntries(
        Object.entries(node.params ?? {}).map(([key, value]) => {
          const isName = namesIt({ draft, types, node: node.id, key, name: from });
          return [key, isName ? to : follow(value)];
        }),
      ),
    })),
    triggers: draft.triggers.map((trigger) => followIn(trigger, follow)),
  };
}

function followIn(trigger: DraftTrigger, follow: (value: unknown) => unknown): DraftTrigger {
  if (trigger.type === "cron") return trigger;
  const dataset = "dataset" in trigger ? { dataset: follow(trigger.dataset) } : {};
  if (trigger.type === "count") return { ...trigger, ...dataset, every: follow(trigger.every) };
  return { ...trigger, ...dataset, ...("max_fires" in trigger && { max_fires: follow(trigger.max_fires) }) };
}
