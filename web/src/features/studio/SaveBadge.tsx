import { Badge, Button, Tooltip, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconCloudCheck, IconCloudOff, IconCloudUp } from "@tabler/icons-react";
import { useEffect, useState, type ComponentType } from "react";

import { useEntry, useQueue, useStudio, useWork } from "./context";
import { refusedElsewhere, saveWords, type Tone } from "./saveWords";
import classes from "./studio.module.css";

const LOOKS: Readonly<
  Record<Tone, { readonly color: string; readonly icon: ComponentType<{ readonly size?: number }> }>
> = {
  good: { color: "gray", icon: IconCloudCheck },
  busy: { color: "gray", icon: IconCloudUp },
  waiting: { color: "yellow", icon: IconCloudOff },
  bad: { color: "red.9", icon: IconAlertTriangle },
};

/** Where the work is; never a dialog of its own accord. */
export function SaveBadge() {
  const { store, queue } = useStudio();
  const { entries, at, sending } = useQueue();
  const state = useWork(useEntry()?.work ?? null);
  const [behind] = refusedElsewhere(entries, at);
  const isWaiting = entries.some((entry) => entry.isWaiting);
  const words = state === null ? null : saveWords(state);
  return (
    <>
      {behind !== undefined && (
        <Button
          size="compact-xs"
          color="red"
          variant="light"
          onClick={() => {
            queue.goTo(behind.itemId);
          }}
        >
          An item was not accepted: back to it
        </Button>
      )}
      {isWaiting && (
        <Tooltip
          label="Finished items wait for the server; they are sent as soon as it answers."
          multiline
          w={240}
        >
          <Badge color="yellow" variant="light" leftSection={<IconCloudOff size={12} />}>
            {sending} to send
          </Badge>
        </Tooltip>
      )}
      {words !== null && (
        <Tooltip label={words.long} multiline w={280}>
          <UnstyledButton
            aria-label={`${words.short}. ${words.long}`}
            disabled={words.tone !== "bad"}
            onClick={() => {
              store.setState({ dialog: "conflict" });
            }}
          >
            <SaveLook tone={words.tone} text={words.short} />
          </UnstyledButton>
        </Tooltip>
      )}
    </>
  );
}

function SaveLook({ tone, text }: { readonly tone: Tone; readonly text: string }) {
  const { color, icon: Icon } = LOOKS[tone];
  return (
    <Badge
      color={color}
      variant={tone === "bad" ? "filled" : "light"}
      leftSection={<Icon size={13} />}
      tt="none"
    >
      {text}
    </Badge>
  );
}

/** How long a state must last before it is read aloud: not every save of a busy hand. */
const SETTLED_MS = 1500;

/** Reads the save state aloud when it has settled. */
export function SaveAnnouncer() {
  const state = useWork(useEntry()?.work ?? null);
  const long = state === null || state.save.kind === "saving" ? null : saveWords(state).long;
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (long === null) return undefined;
    const timer = setTimeout(() => {
      setSaid(long);
    }, SETTLED_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [long]);
  return (
    <div className={classes.hidden} aria-live="polite">
      {said}
    </div>
  );
}
