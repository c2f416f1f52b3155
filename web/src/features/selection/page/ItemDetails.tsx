import { Badge, Group, Stack, Table, Text } from "@mantine/core";
import { IconHistory, IconPhotoSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { itemQuery } from "@/api/queries/items";
import { thumbnailAddress } from "@/api/queries/models";
import type { SelectionItem } from "@/api/schema.gen";
import { LinkAnchor, LinkButton } from "@/ui/links";
import { Panel } from "@/ui/Panel";

import { detailValue, detailWords } from "../choose/words";
import classes from "../selection.module.css";
import { detailsOf, nearestOf } from "./summary";

export interface ItemDetailsProps {
  readonly projectId: string;
  readonly item: SelectionItem | null;
}

/** One image of the choice: why it, in words and numbers, beside the labelled image that it is most like. */
export function ItemDetails({ projectId, item }: ItemDetailsProps) {
  if (item === null) return null;
  const nearest = nearestOf(item);
  return (
    <div className={classes.sticky}>
      <Panel
        title={
          <Text span fw={600} truncate title={item.name}>
            {item.rank}. {item.name}
          </Text>
        }
        about={`${String(item.width)} × ${String(item.height)} pixels`}
      >
        <Stack gap="sm">
          {nearest === null ? (
            <img className={classes.large} src={pictureOf(item)} alt={item.name} />
          ) : (
            <Pair projectId={projectId} item={item} nearestId={nearest} />
          )}
          <Group gap={6} display={item.is_random || item.is_labelled ? undefined : "none"}>
            {item.is_random && (
              <Badge color="violet" variant="light">
                by chance
              </Badge>
            )}
            {item.is_labelled && (
              <Badge color="green" variant="light">
                labelled
              </Badge>
            )}
          </Group>
          <Text size="sm">{item.reason}</Text>
          <Numbers item={item} />
          <Group gap={6}>
            <LinkButton
              size="xs"
              variant="default"
              leftSection={<IconPhotoSearch size={15} />}
              to="/p/$projectId/similar"
              params={{ projectId }}
              search={{ item: item.item_id }}
            >
              More like this
            </LinkButton>
            <LinkButton
              size="xs"
              variant="default"
              leftSection={<IconHistory size={15} />}
              to="/p/$projectId/items/$itemId"
              params={{ projectId, itemId: item.item_id }}
            >
              The image
            </LinkButton>
          </Group>
        </Stack>
      </Panel>
    </div>
  );
}

/** Small pictures as they are: their thumbnail is no smaller. */
function pictureOf({ item_id: id, width, height }: SelectionItem): string {
  const isSmall = width * height <= 4_000_000;
  return isSmall ? `/api/v1/items/${encodeURIComponent(id)}/content` : thumbnailAddress(id);
}

interface PairProps {
  readonly projectId: string;
  readonly item: SelectionItem;
  readonly nearestId: string;
}

function Pair({ projectId, item, nearestId }: PairProps) {
  const nearest = useQuery({ ...itemQuery(nearestId), retry: false });
  return (
    <div className={classes.pair}>
      <div>
        <img className={classes.square} src={pictureOf(item)} alt={item.name} />
        <Text size="xs" c="dimmed" mt={2}>
          chosen
        </Text>
      </div>
      <div>
        <img className={classes.square} src={thumbnailAddress(nearestId)} alt={nearest.data?.name ?? ""} />
        <Text size="xs" c="dimmed" mt={2} truncate>
          nearest labelled:{" "}
          <LinkAnchor
            to="/p/$projectId/items/$itemId"
            params={{ projectId, itemId: nearestId }}
            size="xs"
            title={nearest.data?.name}
          >
            {nearest.data?.name ?? nearestId}
          </LinkAnchor>
        </Text>
      </div>
    </div>
  );
}

function Numbers({ item }: { readonly item: SelectionItem }) {
  const details = detailsOf(item);
  return (
    <Table verticalSpacing={3} horizontalSpacing={4} layout="fixed">
      <Table.Tbody>
        <Table.Tr>
          <Table.Td c="dimmed">score</Table.Td>
          <Table.Td>{detailValue(item.score)}</Table.Td>
        </Table.Tr>
        {details.map((one) => (
          <Table.Tr key={one.name}>
            <Table.Td c="dimmed">{detailWords(one.name)}</Table.Td>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{detailValue(one.value)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
