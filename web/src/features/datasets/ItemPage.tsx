import { Card, Grid, Group, Stack, Table, Tabs, Text } from "@mantine/core";
import { IconPhotoSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";

import { datasetQuery } from "@/api/queries/datasets";
import { itemQuery } from "@/api/queries/items";
import type { Item } from "@/api/schema.gen";
import { useProjectId } from "@/app/context";
import { formatAgo, formatBytes } from "@/ui/format";
import { IdText } from "@/ui/IdText";
import { LinkAnchor, LinkButton } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { ItemAnnotationsPanel } from "./ItemAnnotationsPanel";
import { ItemCommentsPanel } from "./ItemCommentsPanel";
import { ItemHistoryPanel } from "./ItemHistoryPanel";
import { ItemLineagePanel } from "./ItemLineagePanel";
import { ItemPicture } from "./ItemPicture";

/** One item: the picture with what was said about it, its history, and where it came from. */
export function ItemPage() {
  const { itemId } = useParams({ from: "/signed-in/p/$projectId/items/$itemId" });
  const projectId = useProjectId();
  const item = useQuery(itemQuery(itemId));
  const [pointed, setPointed] = useState<string | null>(null);
  if (item.isError) return <ProblemNote error={item.error} onRetry={() => void item.refetch()} />;
  if (item.data === undefined) return <WaitRows rows={3} height={160} />;
  return (
    <>
      <PageHeader
        title={item.data.name}
        about={<InDataset datasetId={item.data.dataset_id} />}
        actions={
          <LinkButton
            variant="default"
            leftSection={<IconPhotoSearch size={16} />}
            to="/p/$projectId/similar"
            params={{ projectId }}
            search={{ item: itemId }}
          >
            More like this
          </LinkButton>
        }
      />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <ItemPicture item={item.data} pointed={pointed} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Tabs defaultValue="annotations" keepMounted={false}>
            <Tabs.List mb="sm">
              <Tabs.Tab px={9} value="annotations">
                Annotations
              </Tabs.Tab>
              <Tabs.Tab px={9} value="about">
                About
              </Tabs.Tab>
              <Tabs.Tab px={9} value="history">
                History
              </Tabs.Tab>
              <Tabs.Tab px={9} value="lineage">
                Lineage
              </Tabs.Tab>
              <Tabs.Tab px={9} value="comments">
                Comments
              </Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="annotations">
              <ItemAnnotationsPanel itemId={itemId} pointed={pointed} onPoint={setPointed} />
            </Tabs.Panel>
            <Tabs.Panel value="about">
              <About item={item.data} />
            </Tabs.Panel>
            <Tabs.Panel value="history">
              <ItemHistoryPanel itemId={itemId} />
            </Tabs.Panel>
            <Tabs.Panel value="lineage">
              <ItemLineagePanel itemId={itemId} />
            </Tabs.Panel>
            <Tabs.Panel value="comments">
              <ItemCommentsPanel itemId={itemId} />
            </Tabs.Panel>
          </Tabs>
        </Grid.Col>
      </Grid>
    </>
  );
}

function InDataset({ datasetId }: { readonly datasetId: string }) {
  const projectId = useProjectId();
  const dataset = useQuery(datasetQuery(datasetId)).data;
  return (
    <>
      in{" "}
      <LinkAnchor to="/p/$projectId/datasets/$datasetId" params={{ projectId, datasetId }}>
        {dataset?.name ?? "its dataset"}
      </LinkAnchor>
    </>
  );
}

function About({ item }: { readonly item: Item }) {
  const rows: readonly (readonly [string, string])[] = [
    ["subset", item.subset ?? "none"],
    ["size", `${String(item.width)} × ${String(item.height)} pixels, ${formatBytes(item.bytes)}`],
    ["type", item.media_type],
    ...(item.group_key === null || item.group_key === undefined ? [] : [["group", item.group_key] as const]),
    ["checked, nothing here", item.is_checked_empty === true ? "yes" : "no"],
    ["added", formatAgo(item.created_at)],
    ...entries(item.metadata ?? {}),
    ...Object.entries(item.health ?? {}).map(([key, value]) => [key, value.toPrecision(3)] as const),
  ];
  return (
    <Card withBorder p={0}>
      <Table>
        <Table.Tbody>
          {rows.map(([key, value]) => (
            <Table.Tr key={key}>
              <Table.Td>
                <Text size="sm" c="dimmed">
                  {key}
                </Text>
              </Table.Td>
              <Table.Td>
                <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                  {value}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Stack gap={2} p="sm">
        <Group gap={6}>
          <Text size="xs" c="dimmed">
            id
          </Text>
          <IdText id={item.id} />
        </Group>
        <Group gap={6}>
          <Text size="xs" c="dimmed">
            SHA-256
          </Text>
          <IdText id={item.sha256.slice(0, 24)} />
        </Group>
      </Stack>
    </Card>
  );
}

function entries(metadata: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  return Object.entries(metadata).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
}
