import { Text } from "@mantine/core";
import type { ReactNode } from "react";

export interface StatProps {
  readonly value: ReactNode;
  readonly label: ReactNode;
  readonly note?: ReactNode;
}

/** A number people care about, big, and what it counts. */
export function Stat({ value, label, note }: StatProps) {
  return (
    <div>
      <Text fz={26} fw={650} lh={1.15}>
        {value}
      </Text>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      {note !== undefined && (
        <Text size="xs" c="dimmed">
          {note}
        </Text>
      )}
    </div>
  );
}
