import { Badge, Group, Radio, SimpleGrid, Text } from "@mantine/core";
import type { ReactNode } from "react";

import classes from "./ChoiceCards.module.css";

export interface Choice {
  readonly value: string;
  readonly title: string;
  /** A sentence: what it is, or what it costs. */
  readonly about: string;
  readonly badge?: string;
  readonly icon?: ReactNode;
  readonly isDisabled?: boolean;
}

export interface ChoiceCardsProps {
  readonly label: string;
  readonly description?: string;
  readonly choices: readonly Choice[];
  readonly value: string | null;
  readonly onChange: (value: string) => void;
  readonly cols?: number;
}

/** One of a few, each with a sentence; a radio group for keyboards and screen readers. */
export function ChoiceCards({ label, description, choices, value, onChange, cols }: ChoiceCardsProps) {
  return (
    <Radio.Group label={label} description={description} value={value} onChange={onChange}>
      <SimpleGrid cols={{ base: 1, xs: 2, md: cols ?? choices.length }} spacing="xs" mt={6}>
        {choices.map((one) => (
          <Radio.Card
            key={one.value}
            className={classes.card}
            value={one.value}
            disabled={one.isDisabled}
            aria-label={`${one.title}: ${one.about}`}
          >
            <Group gap={8} wrap="nowrap" align="flex-start" className={classes.inside}>
              {one.icon === undefined ? <Radio.Indicator size="xs" mt={2} /> : one.icon}
              <div className={classes.words}>
                <Group gap={6} wrap="nowrap" justify="space-between">
                  <Text size="sm" fw={600}>
                    {one.title}
                  </Text>
                  {one.badge !== undefined && (
                    <Badge size="xs" variant="light" color="gray" className={classes.badge}>
                      {one.badge}
                    </Badge>
                  )}
                </Group>
                <Text size="xs" c="dimmed" lh={1.35}>
                  {one.about}
                </Text>
              </div>
            </Group>
          </Radio.Card>
        ))}
      </SimpleGrid>
    </Radio.Group>
  );
}
