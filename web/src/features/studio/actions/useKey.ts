/** Says what an action does while a part of the page is there. */
import { useEffect, useEffectEvent } from "react";

import type { KeyHandler } from "@/keys/keyboard";

import { useStudio } from "../context";

/** Several actions at once; the handlers may read what is current. False: nothing to do. */
export function useKeyHandlers(handlers: Readonly<Record<string, KeyHandler>>): void {
  const { keyboard } = useStudio();
  const call = useEffectEvent((id: string, use: Parameters<KeyHandler>[0]) => handlers[id]?.(use));
  const ids = Object.keys(handlers).join(" ");
  useEffect(() => {
    const stops = ids.split(" ").map((id) => keyboard.on(id, (use) => call(id, use)));
    return () => {
      for (const stop of stops) stop();
    };
  }, [keyboard, ids]);
}
