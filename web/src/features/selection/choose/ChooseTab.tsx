import { Grid, Stack, Switch } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { selectionPlanQuery } from "@/api/queries/selections";
import type { Dataset } from "@/api/schema.gen";
import { Panel } from "@/ui/Panel";
import { isQueryProblem, QueryBar } from "@/query/QueryBar";

import classes from "../selection.module.css";
import { AdvancedPanel } from "./AdvancedPanel";
import { BudgetField } from "./BudgetField";
import { begin, draftOf, type Form } from "./form";
import { PlanPanel } from "./PlanPanel";
import { QuotaRows } from "./QuotaRows";
import { StrategyPicker } from "./StrategyPicker";

const PAUSE_MS = 500;

/** What every part of the form gets. */
export interface PartProps {
  readonly form: Form;
  readonly onChange: (changes: Partial<Form>) => void;
}

export interface ChooseTabProps {
  readonly projectId: string;
  readonly dataset: Dataset;
  /** The pool to begin with. */
  readonly q: string;
  /** Examples to look alike, to begin with. */
  readonly like: string;
}

/** How many, from where and how; beside it what that would do, and the button that does it. */
export function ChooseTab({ projectId, dataset, q, like }: ChooseTabProps) {
  const [form, setForm] = useState<Form>(() => begin({ q, like }));
  const onChange = (changes: Partial<Form>) => {
    setForm((before) => ({ ...before, ...changes }));
  };
  const [settled] = useDebouncedValue(form, PAUSE_MS);
  const plan = useQuery(selectionPlanQuery({ datasetId: dataset.id, draft: draftOf(settled) }));
  const navigate = useNavigate();
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, md: 8 }}>
        <Stack gap="md">
          <Panel title="How much">
            <BudgetField form={form} onChange={onChange} />
          </Panel>
          <Panel
            title="How"
            about="Leave it automatic when in doubt. Which way wins here is what a simulation measures."
          >
            <StrategyPicker form={form} onChange={onChange} />
          </Panel>
          <Panel
            title="From which"
            about={
              form.takesAny
                ? "All that the filter finds, whatever was done with it."
                : "Without what is labelled, kept for testing, or in somebody's task already."
            }
          >
            <Stack gap="md">
              <QueryBar
                appliesOnBlur
                datasetId={dataset.id}
                q={form.q}
                error={isQueryProblem(plan.error) ? plan.error : null}
                onQuery={(text) => {
                  onChange({ q: text });
                }}
              />
              <Switch
                label="Also what is labelled or in work already"
                checked={form.takesAny}
                onChange={(event) => {
                  onChange({ takesAny: event.currentTarget.checked });
                }}
              />
              <QuotaRows form={form} onChange={onChange} />
            </Stack>
          </Panel>
          <AdvancedPanel projectId={projectId} dataset={dataset} form={form} onChange={onChange} />
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 4 }}>
        <div className={classes.sticky}>
          <PlanPanel
            projectId={projectId}
            dataset={dataset}
            form={form}
            plan={plan}
            isWaiting={plan.isFetching || settled !== form}
            onDone={(selectionId) =>
              void navigate({
                to: "/p/$projectId/selections/$selectionId",
                params: { projectId, selectionId },
              })
            }
          />
        </div>
      </Grid.Col>
    </Grid>
  );
}
