import { useConnection, type Connection } from "@xyflow/react";

import classes from "./canvas.module.css";

/** While a wrong edge is held over a port: why it cannot be, beside the pointer. */
export function ConnectNote({ why }: { readonly why: (connection: Connection) => string | null }) {
  const held = useConnection();
  if (!held.inProgress || held.toHandle === null) return null;
  const { fromHandle, toHandle, pointer } = held;
  const isForward = fromHandle.type === "source";
  const [source, target] = isForward ? [fromHandle, toHandle] : [toHandle, fromHandle];
  const reason =
    fromHandle.type === toHandle.type
      ? fromHandle.id === toHandle.id && fromHandle.nodeId === toHandle.nodeId
        ? null
        : "Join an output with an input."
      : why({
          source: source.nodeId,
          sourceHandle: source.id ?? null,
          target: target.nodeId,
          targetHandle: target.id ?? null,
        });
  if (reason === null) return null;
  return (
    <div
      className={classes.refusal}
      role="status"
      style={{ transform: `translate(${String(pointer.x + 14)}px, ${String(pointer.y + 14)}px)` }}
    >
      {reason}
    </div>
  );
}
