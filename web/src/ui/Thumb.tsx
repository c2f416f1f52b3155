import { Text, Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import classes from "./Thumb.module.css";

export interface ThumbProps {
  readonly itemId: string;
  readonly name: string;
  readonly projectId: string;
  /** Removed items have a name and no picture any more. */
  readonly isGone?: boolean;
}

/** A small picture of an item with its name, a link to it. */
export function Thumb({ itemId, name, projectId, isGone = false }: ThumbProps) {
  if (isGone) {
    return (
      <div className={classes.thumb} data-gone="true">
        <div className={classes.hole} />
        <Text size="xs" c="dimmed" truncate title={name}>
          {name}
        </Text>
      </div>
    );
  }
  return (
    <Tooltip label={name}>
      <Link className={classes.thumb} to="/p/$projectId/items/$itemId" params={{ projectId, itemId }}>
        <img
          className={classes.picture}
          src={`/api/v1/items/${encodeURIComponent(itemId)}/thumbnail`}
          alt={name}
          loading="lazy"
          decoding="async"
        />
        <Text size="xs" c="dimmed" truncate>
          {name}
        </Text>
      </Link>
    </Tooltip>
  );
}
