import { Stack, Text } from "@mantine/core";

import { spaced } from "@/graph/look";

import classes from "./editor.module.css";
import type { Problem } from "./problems";
import { useEditor } from "./useEditor";

/** What keeps the pipeline from running; a click leads to its place. */
export function ProblemsTab({ problems }: { readonly problems: readonly Problem[] }) {
  const { draft, select, show } = useEditor();
  const open = (problem: Problem) => {
    if (problem.trigger !== null) show("triggers");
    else if (problem.edge !== null) select({ nodes: new Set(), edges: new Set([problem.edge]) });
    else if (draft.nodes.some((node) => node.id === problem.node)) {
      select({ nodes: new Set([problem.node ?? ""]), edges: new Set() });
    } else show("variables");
  };
  if (problems.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {draft.nodes.length === 0 ? "Nothing to check yet." : "Nothing keeps it from running."}
      </Text>
    );
  }
  return (
    <Stack gap={6}>
      {problems.map((problem, at) => (
        <button
          key={at}
          type="button"
          className={classes.problem}
          data-warning={problem.isWarning}
          onClick={() => {
            open(problem);
          }}
        >
          <b>{placeOf(problem)}</b> {problem.message}
        </button>
      ))}
    </Stack>
  );
}

function placeOf(problem: Problem): string {
  const node = problem.node === null || problem.node === undefined ? "" : spaced(problem.node);
  const port = problem.port === null || problem.port === undefined ? "" : ` · ${spaced(problem.port)}`;
  if (node !== "") return `${node}${port}:`;
  return problem.trigger === null ? "" : `trigger ${spaced(problem.trigger)}:`;
}
