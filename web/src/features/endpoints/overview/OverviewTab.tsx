import { Grid, Stack } from "@mantine/core";

import type { Endpoint } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";

import { ChangesPanel } from "./ChangesPanel";
import { MetricsPanel } from "./MetricsPanel";
import { ServingPanel } from "./ServingPanel";
import { SnippetsPanel } from "./SnippetsPanel";
import { TokensPanel } from "./TokensPanel";
import { TryPanel } from "./TryPanel";

export interface TabProps {
  readonly endpoint: Endpoint;
  readonly projectId: string;
}

/** How it does now, who serves, and how to ask it. */
export function OverviewTab({ endpoint, projectId }: TabProps) {
  const mayWrite = useIsAtLeast("manager");
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, lg: 8 }}>
        <Stack gap="md">
          <MetricsPanel endpoint={endpoint} />
          <TryPanel endpoint={endpoint} projectId={projectId} />
          <SnippetsPanel endpoint={endpoint} />
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 4 }}>
        <Stack gap="md">
          <ServingPanel endpoint={endpoint} projectId={projectId} />
          {mayWrite && <TokensPanel endpoint={endpoint} />}
          <ChangesPanel endpoint={endpoint} projectId={projectId} />
        </Stack>
      </Grid.Col>
    </Grid>
  );
}
