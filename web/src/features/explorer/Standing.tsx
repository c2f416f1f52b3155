import { Alert, Button, Group, Skeleton, Text, Tooltip } from "@mantine/core";
import { IconDatabasePlus, IconPhotoOff, IconRefresh } from "@tabler/icons-react";
import { useSyncExternalStore } from "react";

import { EmptyState } from "@/ui/EmptyState";
import { formatCount } from "@/ui/format";
import { LinkButton } from "@/ui/links";

import classes from "./explorer.module.css";
import type { GridFeed } from "./grid/feed";
import { NOTHING, selectAll, sizeOf, type Selection } from "./grid/selection";
import type { Explorer } from "./useExplorer";
import type { HeldListing } from "./useHeldListing";

export interface StandingProps {
  readonly held: HeldListing;
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
}

/** How many items match and how many are selected. */
export function Standing({ held, selection, onSelect }: StandingProps) {
  const { listing, isOld, refresh } = held;
  if (listing === undefined) return null;
  const selected = sizeOf(selection);
  return (
    <Group gap={8} wrap="nowrap" aria-live="polite">
      <Text size="sm">
        <b>{formatCount(listing.count)}</b>
        {listing.is_complete ? "" : "+"} {listing.count === 1 ? "item" : "items"}
        {selected > 0 && `, ${formatCount(selected)} selected`}
      </Text>
      {selected > 0 && selected < listing.count && (
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => {
            onSelect(selectAll(listing.count));
          }}
        >
          All {formatCount(listing.count)}
        </Button>
      )}
      {selected > 0 && (
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => {
            onSelect(NOTHING);
          }}
        >
          None
        </Button>
      )}
      {isOld && (
        <Tooltip label="The dataset changed since. The list waits while you have a selection.">
          <Button size="compact-xs" variant="light" leftSection={<IconRefresh size={13} />} onClick={refresh}>
            Show the changes
          </Button>
        </Tooltip>
      )}
    </Group>
  );
}

/** Says that pages could not be read, and asks again. */
export function FailedPages({ feed }: { readonly feed: GridFeed }) {
  useSyncExternalStore(feed.subscribe, feed.getVersion);
  if (!feed.hasFailed) return null;
  return (
    <Alert className={classes.note} color="orange" variant="filled" p="xs">
      <Group gap="sm" wrap="nowrap">
        <Text size="sm">Some items could not be read.</Text>
        <Button size="compact-xs" variant="white" color="orange" onClick={feed.retry}>
          Try again
        </Button>
      </Group>
    </Alert>
  );
}

/** No item matches, or there is none: the next step. */
export function Nothing({
  q,
  explorer,
  datasetId,
}: {
  readonly q: string;
  readonly explorer: Explorer;
  readonly datasetId: string;
}) {
  const { projectId } = explorer;
  if (q !== "") {
    return (
      <EmptyState
        icon={<IconPhotoOff size={28} />}
        title="No item matches"
        action={
          <Button
            onClick={() => {
              explorer.setQuery("");
            }}
          >
            Clear the filter
          </Button>
        }
      >
        Take out a chip above, or turn one around by a click on it.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<IconDatabasePlus size={28} />}
      title="This dataset is empty"
      action={
        <LinkButton to="/p/$projectId/datasets/$datasetId" params={{ projectId, datasetId }}>
          Add images
        </LinkButton>
      }
    >
      Drop images on the dataset&apos;s page, or import a folder: whorl import.
    </EmptyState>
  );
}

/** Tiles on their way. */
export function Waiting() {
  return (
    <div
      style={{
        display: "grid",
        gridTemplateColumns: "repeat(auto-fill, minmax(120px, 1fr))",
        gap: 6,
        padding: 10,
      }}
      aria-busy="true"
      aria-label="Loading"
    >
      {Array.from({ length: 32 }, (_, index) => (
        <Skeleton key={index} h={124} />
      ))}
    </div>
  );
}
