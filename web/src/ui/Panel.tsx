import { Card, Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

export interface PanelProps {
  readonly title: ReactNode;
  /** A few words beside or below the title. */
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page with a title of its own. */
export function Panel({ title, about, actions, children }: PanelProps) {
  return (
    <Card withBorder padding="md" component="section" h="100%">
      <Group justify="space-between" align="flex-start" wrap="nowrap" mb="sm" gap="sm">
        <div>
          <Title order={2} fz="md">
            {title}
          </Title>
          {about !== undefined && (
            <Text size="xs" c="dimmed">
              {about}
            </Text>
          )}
        </div>
        {actions}
      </Group>
      {children}
    </Card>
  );
}
