import { Badge, ScrollArea, Stack, Tabs, Text, Textarea } from "@mantine/core";

import { edgeKey } from "@/graph/draft";

import { EdgeForm } from "./EdgeForm";
import classes from "./editor.module.css";
import { ListTab } from "./ListTab";
import type { Problem } from "./problems";
import { ProblemsTab } from "./ProblemsTab";
import { StepForm } from "./StepForm";
import { TriggersTab } from "./TriggersTab";
import { useEditor, type PaneTab } from "./useEditor";
import { VariablesTab } from "./VariablesTab";

const TABS: readonly { readonly tab: PaneTab; readonly title: string }[] = [
  { tab: "step", title: "Step" },
  { tab: "variables", title: "Variables" },
  { tab: "triggers", title: "Triggers" },
  { tab: "problems", title: "Checks" },
  { tab: "list", title: "List" },
];

/** Everything that is not drawn: parameters, variables, triggers, problems. */
export function SidePane({ problems }: { readonly problems: readonly Problem[] }) {
  const { tab, show } = useEditor();
  const wrong = problems.filter((one) => !one.isWarning).length;
  return (
    <aside className={classes.side} aria-label="Details">
      <Tabs
        className={classes.tabs}
        value={tab}
        onChange={(value) => {
          const found = TABS.find((one) => one.tab === value);
          if (found !== undefined) show(found.tab);
        }}
      >
        <Tabs.List>
          {TABS.map((one) => (
            <Tabs.Tab
              key={one.tab}
              value={one.tab}
              px={9}
              fz={12}
              rightSection={
                one.tab === "problems" &&
                problems.length > 0 && (
                  <Badge size="xs" variant="filled" px={5} color={wrong > 0 ? "red" : "yellow"}>
                    {wrong > 0 ? wrong : problems.length}
                  </Badge>
                )
              }
            >
              {one.title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <ScrollArea className={classes.pane} type="auto" scrollbarSize={8}>
        <div className={classes.body}>
          {tab === "step" && <Selected problems={problems} />}
          {tab === "variables" && <VariablesTab />}
          {tab === "triggers" && <TriggersTab problems={problems} />}
          {tab === "problems" && <ProblemsTab problems={problems} />}
          {tab === "list" && <ListTab />}
        </div>
      </ScrollArea>
    </aside>
  );
}

function Selected({ problems }: { readonly problems: readonly Problem[] }) {
  const { draft, selection, edit } = useEditor();
  const nodes = draft.nodes.filter((node) => selection.nodes.has(node.id));
  const edges = draft.edges.filter((edge) => selection.edges.has(edgeKey(edge)));
  const [node] = nodes;
  const [edge] = edges;
  if (nodes.length + edges.length > 1) {
    return (
      <Text size="sm">
        {nodes.length} steps and {edges.length} edges are selected. Delete removes them, Ctrl D duplicates the
        steps.
      </Text>
    );
  }
  if (node !== undefined) {
    return (
      <StepForm
        key={node.type}
        node={node}
        problems={problems.filter((one) => one.node === node.id && one.edge === null && one.trigger === null)}
      />
    );
  }
  if (edge !== undefined) {
    return <EdgeForm edge={edge} problems={problems.filter((one) => one.edge === edgeKey(edge))} />;
  }
  return (
    <Stack gap="sm">
      <Textarea
        size="xs"
        label="What this pipeline is for"
        autosize
        minRows={2}
        maxRows={8}
        value={draft.description}
        onChange={(event) => {
          const description = event.currentTarget.value;
          edit((one) => ({ ...one, description }), "description");
        }}
      />
      <Text size="xs" c="dimmed">
        Choose a step or an edge to see and change it. Drag from a port to another to join them; hold Shift
        and drag to select several.
      </Text>
    </Stack>
  );
}
