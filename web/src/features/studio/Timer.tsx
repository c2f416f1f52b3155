import { Text, Tooltip } from "@mantine/core";
import { useEffect, useState } from "react";

import { useEntry } from "./context";

/** Seconds of work on this item; silence longer than a minute is not counted. */
export function Timer() {
  const work = useEntry()?.work ?? null;
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => {
      setSeconds(work?.clock.total ?? 0);
    }, 1000);
    return () => {
      clearInterval(timer);
    };
  }, [work]);
  const whole = Math.floor(seconds);
  const text = `${String(Math.floor(whole / 60))}:${String(whole % 60).padStart(2, "0")}`;
  return (
    <Tooltip label="Time worked on this item; silence over a minute is not counted">
      <Text size="xs" c="dimmed" w={36} ta="right">
        {text}
      </Text>
    </Tooltip>
  );
}
