import { Card, Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

export interface PanelProps {
  readonly title: ReactNode;
  /** A few words beside or below the title. */
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  /** As tall as its neighbour in a row. */
  readonly fills?: boolean;
  readonly children: ReactNode;
}

/** A part of a page with a title of its own. */
export function Panel({ title, about, actions, fills = false, children }: PanelProps) {
  return (
    <Card withBorder padding="md" component="section" h={fills ? "100%" : undefined}>
      <Group justify="space-between" align="flex-start" wrap="nowrap" mb="sm" gap="sm">
        <div style={{ minWidth: 0 }}>
          <Title order={2} fz="md">
            {title}
          </Title>
          {about !== undefined && (
            <Text size="xs" c="dimmed">
              {about}
            </Text>
          )}
        </div>
        {actions !== undefined && <div style={{ flex: "none" }}>{actions}</div>}
      </Group>
      {children}
    </Card>
  );
}
