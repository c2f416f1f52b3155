import { IconPlayerPlayFilled } from "@tabler/icons-react";

import { formatLength } from "./format";
import classes from "./VideoMark.module.css";

/** The item's metadata, where an import said how long the video is. */
type Metadata = Readonly<Record<string, unknown>> | null | undefined;

/** On a thumbnail: it is a video, and how long, where that is known. */
export function VideoMark({ metadata }: { readonly metadata?: Metadata }) {
  const seconds = metadata?.duration_s;
  return (
    <span className={classes.mark} role="img" aria-label="Video">
      <IconPlayerPlayFilled size={9} />
      {typeof seconds === "number" && Number.isFinite(seconds) && formatLength(seconds)}
    </span>
  );
}
