import { Text, Tooltip, UnstyledButton } from "@mantine/core";
import {
  IconAlertTriangle,
  IconBan,
  IconBrowser,
  IconCheck,
  IconClockPause,
  IconPencil,
  IconUpload,
  IconArrowBackUpDouble,
} from "@tabler/icons-react";
import { useEffect, useRef, type ReactNode } from "react";

import { VideoMark } from "@/ui/VideoMark";

import { useQueue, useStudio } from "./context";
import type { EntryState, Standing } from "./session/entry";
import classes from "./studio.module.css";

/** How many done items stay in the strip. */
const SHOWN_BEHIND = 5;

const WORDS: Readonly<Record<Standing, string>> = {
  ready: "To be done",
  skipped: "Skipped: it comes again at the end",
  sending: "On its way to the server",
  done: "Done",
  discarded: "Discarded",
  refused: "The server said no: open it to see why",
  elsewhere: "Open in another tab",
};

const MARKS: Readonly<Partial<Record<Standing, ReactNode>>> = {
  skipped: <IconClockPause size={12} />,
  sending: <IconUpload size={12} />,
  done: <IconCheck size={12} />,
  discarded: <IconBan size={12} />,
  refused: <IconAlertTriangle size={12} />,
  elsewhere: <IconBrowser size={12} />,
};

/** The last items and the next ones. */
export function FilmStrip() {
  const { entries, at } = useQueue();
  const from = Math.max(0, at - SHOWN_BEHIND);
  return (
    <nav className={classes.strip} aria-label="Items in hand" data-region="strip">
      {entries.slice(from).map((entry, i) => (
        <Frame key={entry.itemId} entry={entry} isCurrent={from + i === at} />
      ))}
      {entries.length === 0 && (
        <Text size="xs" c="dimmed">
          Items you work on appear here.
        </Text>
      )}
    </nav>
  );
}

function Frame({ entry, isCurrent }: { readonly entry: EntryState; readonly isCurrent: boolean }) {
  const { queue } = useStudio();
  const place = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isCurrent) place.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [isCurrent]);
  const name = entry.work?.item.name ?? "";
  const words =
    entry.isRework && entry.standing === "ready" ? "Sent back by a reviewer" : WORDS[entry.standing];
  return (
    <Tooltip label={name === "" ? words : `${name}: ${words}`}>
      <UnstyledButton
        ref={place}
        className={classes.frame}
        data-current={isCurrent}
        data-standing={entry.standing}
        aria-label={`${name} ${words}`}
        aria-current={isCurrent ? "true" : undefined}
        onMouseDown={(event) => {
          event.preventDefault();
        }}
        onClick={() => {
          queue.goTo(entry.itemId);
        }}
      >
        <img src={`/api/v1/items/${encodeURIComponent(entry.itemId)}/thumbnail`} alt="" decoding="async" />
        {entry.work?.item.media_type.startsWith("video/") === true && (
          <VideoMark metadata={entry.work.item.metadata} />
        )}
        <Mark entry={entry} />
      </UnstyledButton>
    </Tooltip>
  );
}

function Mark({ entry }: { readonly entry: EntryState }) {
  const isTouched = entry.standing === "ready" && (entry.work?.state.steps ?? 0) > 0;
  const isRework = entry.standing === "ready" && entry.isRework;
  const mark = isTouched ? (
    <IconPencil size={12} />
  ) : isRework ? (
    <IconArrowBackUpDouble size={12} />
  ) : (
    MARKS[entry.standing]
  );
  return mark === undefined ? null : (
    <span className={classes.mark} data-standing={entry.standing}>
      {mark}
    </span>
  );
}
