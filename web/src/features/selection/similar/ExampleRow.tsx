import { CloseButton, Group, Stack, Text } from "@mantine/core";

import { thumbnailAddress } from "@/api/queries/models";
import { LinkAnchor } from "@/ui/links";
import { Panel } from "@/ui/Panel";

import classes from "../selection.module.css";
import { mark, readIds, type SimilarSearch } from "./request";

export interface ExampleRowProps {
  readonly projectId: string;
  readonly search: SimilarSearch;
  readonly onGo: (search: SimilarSearch) => void;
}

/** What is wanted besides the first image, and what is not. */
export function ExampleRow({ projectId, search, onGo }: ExampleRowProps) {
  const like = readIds(search.like);
  const unlike = readIds(search.unlike);
  if (like.length === 0 && unlike.length === 0) {
    return (
      <Text size="xs" c="dimmed">
        Thumbs up and down on what was found make the search follow: towards some, away from others.
      </Text>
    );
  }
  const remove = (itemId: string) => {
    onGo(mark(search, itemId, null));
  };
  return (
    <Panel title="Examples">
      <Stack gap="sm">
        <Some title="Like these, too" ids={like} projectId={projectId} onRemove={remove} />
        <Some title="Not like these" ids={unlike} projectId={projectId} onRemove={remove} />
      </Stack>
    </Panel>
  );
}

interface SomeProps {
  readonly title: string;
  readonly ids: readonly string[];
  readonly projectId: string;
  readonly onRemove: (itemId: string) => void;
}

function Some({ title, ids, projectId, onRemove }: SomeProps) {
  if (ids.length === 0) return null;
  return (
    <div>
      <Text size="xs" fw={600} c="dimmed" mb={4}>
        {title}
      </Text>
      <div className={classes.strip}>
        {ids.map((itemId) => (
          <div key={itemId}>
            <LinkAnchor to="/p/$projectId/items/$itemId" params={{ projectId, itemId }}>
              <img src={thumbnailAddress(itemId)} alt={itemId} />
            </LinkAnchor>
            <Group justify="center">
              <CloseButton
                size="xs"
                aria-label={`Take ${itemId} back`}
                onClick={() => {
                  onRemove(itemId);
                }}
              />
            </Group>
          </div>
        ))}
      </div>
    </div>
  );
}
