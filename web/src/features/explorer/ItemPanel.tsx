import {
  ActionIcon,
  Badge,
  Group,
  Skeleton,
  Stack,
  Table,
  Text,
  Tooltip,
  UnstyledButton,
} from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import {
  IconChevronLeft,
  IconChevronRight,
  IconExternalLink,
  IconHistory,
  IconPhotoSearch,
  IconX,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, useSyncExternalStore } from "react";

import { itemLineageQuery } from "@/api/queries/items";
import { isVideo } from "@/api/queries/videos";
import type { Finding, GridAnnotation, Item } from "@/api/schema.gen";
import { FINDING_COLORS, FINDING_TITLES, sayFinding } from "@/ui/findings";
import { formatBytes } from "@/ui/format";
import { IdText } from "@/ui/IdText";
import { LinkButton } from "@/ui/links";
import { ItemVideo } from "@/video/ItemVideo";

import classes from "./explorer.module.css";
import type { Ink } from "./grid/draw";
import type { GridFeed } from "./grid/feed";
import { ItemStage } from "./ItemStage";

export interface ItemPanelProps {
  readonly projectId: string;
  readonly feed: GridFeed;
  readonly position: number;
  readonly count: number;
  readonly ink: Ink;
  readonly onMove: (position: number) => void;
  readonly onClose: () => void;
}

/** One item beside the lens: large, with what is said about it and the ways on. */
export function ItemPanel({ projectId, feed, position, count, ink, onMove, onClose }: ItemPanelProps) {
  useSyncExternalStore(feed.subscribe, feed.getVersion);
  const item = feed.itemAt(position);
  const [lit, setLit] = useState<string | null>(null);
  useHotkeys([["Escape", onClose]]);
  const annotations = feed.annotationsAt(position);
  const findings = feed.findingsAt(position);
  return (
    <aside className={classes.panel} aria-label="Item">
      <div className={classes.panelHead}>
        <Text fw={600} size="sm" truncate flex={1} title={item?.name}>
          {item?.name ?? "…"}
        </Text>
        <ActionIcon
          aria-label="Previous item"
          disabled={position === 0}
          onClick={() => {
            onMove(position - 1);
          }}
        >
          <IconChevronLeft size={18} />
        </ActionIcon>
        <ActionIcon
          aria-label="Next item"
          disabled={position >= count - 1}
          onClick={() => {
            onMove(position + 1);
          }}
        >
          <IconChevronRight size={18} />
        </ActionIcon>
        <Tooltip label="Close (Esc)">
          <ActionIcon aria-label="Close" onClick={onClose}>
            <IconX size={18} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={classes.panelBody}>
        {item === undefined ? (
          <Skeleton h={320} />
        ) : (
          <Stack gap="md">
            {isVideo(item) ? (
              <div className={classes.video}>
                <ItemVideo itemId={item.id} projectId={projectId} pointed={lit} />
              </div>
            ) : (
              <ItemStage
                item={item}
                thumb={feed.thumbAt(position) ?? null}
                // Two drawings over each other are not to be read: what was found goes first.
                annotations={findings === null ? annotations : annotations.filter((one) => one.id === lit)}
                {...{ findings, ink, lit }}
              />
            )}
            <Ways projectId={projectId} item={item} />
            {findings !== null && <Found findings={findings} />}
            <Said annotations={annotations} ink={ink} lit={lit} onLight={setLit} />
            <Facts item={item} />
          </Stack>
        )}
      </div>
    </aside>
  );
}

function Ways({ projectId, item }: { readonly projectId: string; readonly item: Item }) {
  const lineage = useQuery(itemLineageQuery(item.id));
  const tasks = lineage.data?.tasks ?? [];
  return (
    <Group gap={6}>
      <LinkButton
        size="xs"
        variant="default"
        leftSection={<IconHistory size={15} />}
        to="/p/$projectId/items/$itemId"
        params={{ projectId, itemId: item.id }}
      >
        History and origin
      </LinkButton>
      <LinkButton
        size="xs"
        variant="default"
        leftSection={<IconPhotoSearch size={15} />}
        to="/p/$projectId/similar"
        params={{ projectId }}
        search={{ item: item.id }}
      >
        More like this
      </LinkButton>
      {tasks.slice(0, 3).map((task) => (
        <LinkButton
          key={task.task_id}
          size="xs"
          variant="light"
          leftSection={<IconExternalLink size={15} />}
          to="/p/$projectId/studio/$taskId"
          params={{ projectId, taskId: task.task_id }}
          search={{ item: item.id }}
        >
          Studio: {task.name}
        </LinkButton>
      ))}
    </Group>
  );
}

/** What the evaluation of the filter found here. */
function Found({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <section aria-label="Findings of the evaluation">
      <Text size="xs" fw={600} c="dimmed" mb={4}>
        Found by the evaluation
      </Text>
      {findings.length === 0 && (
        <Text size="sm" c="dimmed">
          It did not test this item.
        </Text>
      )}
      {findings.map((finding, at) => (
        <Group key={at} gap={6} wrap="nowrap" px={7} py={2}>
          <span className={classes.dot} style={{ backgroundColor: FINDING_COLORS[finding.type] }} />
          <Text size="sm" flex={1} truncate>
            {sayFinding(finding)}
          </Text>
          <Text size="xs" c="dimmed">
            {FINDING_TITLES[finding.type]}
            {typeof finding.iou === "number" && `, IoU ${finding.iou.toFixed(2)}`}
          </Text>
        </Group>
      ))}
    </section>
  );
}

interface SaidProps {
  readonly annotations: readonly GridAnnotation[];
  readonly ink: Ink;
  readonly lit: string | null;
  readonly onLight: (id: string | null) => void;
}

function Said({ annotations, ink, lit, onLight }: SaidProps) {
  const shown = annotations.filter((annotation) => ink.colorOf(annotation) !== null);
  return (
    <section aria-label="Annotations">
      <Text size="xs" fw={600} c="dimmed" mb={4}>
        Annotations {shown.length > 0 && String(shown.length)}
        {shown.length < annotations.length && ` of ${String(annotations.length)}, others are hidden`}
      </Text>
      {shown.length === 0 && (
        <Text size="sm" c="dimmed">
          {annotations.length > 0
            ? "All layers with annotations here are hidden."
            : "Nothing is said about it yet."}
        </Text>
      )}
      {shown.map((annotation) => (
        <UnstyledButton
          key={annotation.id}
          className={classes.said}
          data-on={lit === annotation.id}
          onMouseEnter={() => {
            onLight(annotation.id);
          }}
          onMouseLeave={() => {
            onLight(null);
          }}
          onFocus={() => {
            onLight(annotation.id);
          }}
          onBlur={() => {
            onLight(null);
          }}
        >
          <span
            className={classes.dot}
            data-guess={annotation.layer === "prediction"}
            style={{
              backgroundColor: ink.colorOf(annotation) ?? undefined,
              color: ink.colorOf(annotation) ?? undefined,
            }}
          />
          <Text size="sm" flex={1} truncate>
            {annotation.label}
          </Text>
          <Text size="xs" c="dimmed">
            {annotation.geometry.type.replace("_", " ")} · {annotation.origin.replace("_", " ")}
          </Text>
          {annotation.confidence !== null && <Text size="xs">{annotation.confidence.toFixed(2)}</Text>}
        </UnstyledButton>
      ))}
    </section>
  );
}

function Facts({ item }: { readonly item: Item }) {
  const health = Object.entries(item.health ?? {}).map(([name, value]): [string, string] => [
    name,
    value.toFixed(1),
  ]);
  const metadata = Object.entries(item.metadata ?? {}).map(([name, value]): [string, string] => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const rows: [string, string][] = [
    ["size", `${String(item.width)} × ${String(item.height)}, ${formatBytes(item.bytes)}`],
    ["subset", item.subset ?? "none"],
    ["type", item.media_type],
    ...(typeof item.group_key === "string" ? [["group", item.group_key] satisfies [string, string]] : []),
    ...metadata,
    ...health,
  ];
  return (
    <section aria-label="Metadata">
      {item.is_checked_empty && (
        <Badge variant="light" mb={6}>
          Checked: nothing here
        </Badge>
      )}
      <Table verticalSpacing={3} horizontalSpacing={4} layout="fixed">
        <Table.Tbody>
          {rows.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Td c="dimmed" w="38%" style={{ overflowWrap: "anywhere" }}>
                {name}
              </Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <IdText id={item.id} />
    </section>
  );
}
