import { Badge, Grid, Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";

import { datasetQuery } from "@/api/queries/datasets";
import { selectionQuery } from "@/api/queries/selections";
import type { Selection, SelectionItem } from "@/api/schema.gen";
import { useProjectId } from "@/app/context";
import { formatAgo } from "@/ui/format";
import { IdText } from "@/ui/IdText";
import { LinkAnchor } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { strategyTitle } from "../strategies";
import { ItemDetails } from "./ItemDetails";
import { ItemsGrid } from "./ItemsGrid";
import { ProofPanel } from "./ProofPanel";
import { SelectionActions } from "./SelectionActions";
import { WhyPanel } from "./WhyPanel";

/** One choice: why as a whole, every image with its reason, and whether it paid. */
export function SelectionPage() {
  const projectId = useProjectId();
  const { selectionId } = useParams({ from: "/signed-in/p/$projectId/selections/$selectionId" });
  const selection = useQuery(selectionQuery(selectionId));
  if (selection.isError)
    return <ProblemNote error={selection.error} onRetry={() => void selection.refetch()} />;
  if (selection.data === undefined) return <WaitRows rows={8} />;
  return <SelectionView key={selectionId} selection={selection.data} projectId={projectId} />;
}

interface ViewProps {
  readonly selection: Selection;
  readonly projectId: string;
}

function SelectionView({ selection, projectId }: ViewProps) {
  const [shown, setShown] = useState<SelectionItem | null>(null);
  return (
    <>
      <Header selection={selection} projectId={projectId} />
      <Stack gap="md">
        <Grid gap="md">
          <Grid.Col span={{ base: 12, md: 6 }}>
            <WhyPanel selection={selection} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 6 }}>
            <ProofPanel selection={selection} />
          </Grid.Col>
        </Grid>
        <Grid gap="md">
          <Grid.Col span={{ base: 12, md: 8 }}>
            <ItemsGrid
              selectionId={selection.id}
              count={selection.n_items}
              shown={shown?.item_id ?? null}
              onShow={setShown}
            />
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 4 }}>
            <ItemDetails projectId={projectId} item={shown} />
          </Grid.Col>
        </Grid>
      </Stack>
    </>
  );
}

function Header({ selection, projectId }: ViewProps) {
  const dataset = useQuery(datasetQuery(selection.dataset_id)).data;
  return (
    <PageHeader
      title={
        <Group gap="sm">
          {selection.name}
          <Badge variant="light" tt="none">
            {strategyTitle(selection.strategy)}
          </Badge>
        </Group>
      }
      about={
        <>
          <LinkAnchor
            to="/p/$projectId/select"
            params={{ projectId }}
            search={{ tab: "selections" }}
            size="sm"
          >
            Selections
          </LinkAnchor>{" "}
          · from{" "}
          <LinkAnchor
            to="/p/$projectId/datasets/$datasetId"
            params={{ projectId, datasetId: selection.dataset_id }}
            size="sm"
          >
            {dataset?.name ?? "its dataset"}
          </LinkAnchor>{" "}
          at revision {selection.revision} · {formatAgo(selection.created_at)} · <IdText id={selection.id} />
        </>
      }
      actions={<SelectionActions selection={selection} projectId={projectId} />}
    />
  );
}
