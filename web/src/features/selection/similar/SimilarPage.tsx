import { Button, Grid, Group, Stack, Text } from "@mantine/core";
import { IconPhotoSearch, IconSparkles } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { itemQuery } from "@/api/queries/items";
import { similarQuery } from "@/api/queries/spaces";
import type { Item } from "@/api/schema.gen";
import { useProjectId } from "@/app/context";
import { EmptyState } from "@/ui/EmptyState";
import { formatCount } from "@/ui/format";
import { LinkButton } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { EmbedNote } from "./EmbedNote";
import { ExampleRow } from "./ExampleRow";
import { RegionStage } from "./RegionStage";
import { filterText, mark, readIds, readRegion, requestOf, type SimilarSearch } from "./request";
import { ResultGrid } from "./ResultGrid";

/** The images most like one, like a part of one, or like several and unlike others. */
export function SimilarPage() {
  const projectId = useProjectId();
  const search = useSearch({ from: "/signed-in/p/$projectId/similar" });
  const navigate = useNavigate();
  const first = search.item ?? readIds(search.like)[0];
  const item = useQuery({ ...itemQuery(first ?? ""), enabled: first !== undefined, retry: false });
  const datasetId = item.data?.dataset_id ?? search.dataset ?? "";
  const body = requestOf(search);
  const found = useQuery(similarQuery({ datasetId, body }));
  const go = (next: SimilarSearch) =>
    void navigate({ to: "/p/$projectId/similar", params: { projectId }, search: next });
  if (body === null) return <Nothing projectId={projectId} />;
  const error = item.error ?? found.error;
  return (
    <>
      <PageHeader
        title="More like this"
        about={
          found.data === undefined
            ? "The nearest by what is in the picture."
            : `The ${formatCount(found.data.items.length)} nearest of ${formatCount(found.data.n_searched)}, by what is in the picture.`
        }
        actions={<Ways search={search} projectId={projectId} datasetId={datasetId} />}
      />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack gap="md">
            {item.data !== undefined && <Asked item={item.data} search={search} onGo={go} />}
            <ExampleRow projectId={projectId} search={search} onGo={go} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack gap="sm">
            {error !== null && <ProblemNote error={error} onRetry={() => void found.refetch()} />}
            <EmbedNote datasetId={datasetId} missing={found.data?.n_without ?? 0} error={found.error} />
            {found.data === undefined && error === null && <WaitRows rows={3} height={150} />}
            {found.data !== undefined && (
              <ResultGrid
                projectId={projectId}
                items={found.data.items}
                search={search}
                onMark={(itemId, as) => {
                  go(mark(search, itemId, as));
                }}
              />
            )}
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}

function Nothing({ projectId }: { readonly projectId: string }) {
  return (
    <EmptyState
      icon={<IconPhotoSearch size={28} />}
      title="Like which image?"
      action={
        <LinkButton to="/p/$projectId/explorer" params={{ projectId }}>
          To the explorer
        </LinkButton>
      }
    >
      Open an image in the explorer and press &quot;More like this&quot;.
    </EmptyState>
  );
}

interface AskedProps {
  readonly item: Item;
  readonly search: SimilarSearch;
  readonly onGo: (search: SimilarSearch) => void;
}

function Asked({ item, search, onGo }: AskedProps) {
  const region = readRegion(search.region);
  return (
    <Panel
      title={item.name}
      about={region === null ? "Draw a box to look for a part of it." : "Looking for the part in the box."}
    >
      <RegionStage
        item={item}
        region={region}
        onRegion={(next) => {
          onGo({ item: item.id, region: next === null ? undefined : next.join(",") });
        }}
      />
      {region !== null && (
        <Button
          mt="xs"
          size="xs"
          variant="default"
          onClick={() => {
            onGo({ item: item.id });
          }}
        >
          The whole image
        </Button>
      )}
    </Panel>
  );
}

interface WaysProps {
  readonly search: SimilarSearch;
  readonly projectId: string;
  readonly datasetId: string;
}

function Ways({ search, projectId, datasetId }: WaysProps) {
  const text = filterText(search);
  const examples = [search.item, ...readIds(search.like)].filter((one) => one !== undefined);
  return (
    <Group gap="xs" wrap="nowrap">
      {text !== null && datasetId !== "" && (
        <LinkButton
          variant="default"
          leftSection={<IconPhotoSearch size={16} />}
          to="/p/$projectId/explorer"
          params={{ projectId }}
          search={{ dataset: datasetId, q: text }}
        >
          Use as filter
        </LinkButton>
      )}
      {examples.length > 0 && datasetId !== "" && (
        <LinkButton
          leftSection={<IconSparkles size={16} />}
          to="/p/$projectId/select"
          params={{ projectId }}
          search={{ dataset: datasetId, like: examples.join(",") }}
        >
          Choose like these
        </LinkButton>
      )}
      {examples.length === 0 && (
        <Text size="xs" c="dimmed">
          {search.text}
        </Text>
      )}
    </Group>
  );
}
