import { ActionIcon, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { IconFilter } from "@tabler/icons-react";

import { asOneTerm, hasTerm, toggleTerm } from "@/query/edit";
import { formatCount } from "@/ui/format";

import { countListed } from "./look";
import classes from "./map.module.css";
import type { Colours } from "./wire";

export interface LegendProps {
  readonly colours: Colours;
  readonly positions: Uint32Array | null;
  /** Of each category, as `#rrggbb`. */
  readonly colors: readonly string[];
  readonly hidden: ReadonlySet<string>;
  readonly onHidden: (hidden: ReadonlySet<string>) => void;
  readonly q: string;
  readonly onQuery: (q: string) => void;
}

/** What the colours mean: a click hides a category, its funnel puts it into the filter. */
export function Legend({ colours, positions, colors, hidden, onHidden, q, onQuery }: LegendProps) {
  const counts = countListed(colours, positions);
  const toggle = (value: string) => {
    const next = new Set(hidden);
    if (!next.delete(value)) next.add(value);
    onHidden(next);
  };
  return (
    <div role="group" aria-label="Legend">
      {colours.legend.categories.map((one, at) => {
        const chip = asOneTerm(one.chip);
        return (
          <div key={one.value} className={classes.entry}>
            <UnstyledButton
              className={classes.entryName}
              aria-pressed={!hidden.has(one.value)}
              title={`${one.title}: ${formatCount(one.count)} on the map`}
              onClick={() => {
                toggle(one.value);
              }}
            >
              <span className={classes.swatch} style={{ backgroundColor: colors[at] }} aria-hidden="true" />
              <span className={classes.entryTitle}>{one.title}</span>
              <Text size="xs" c="dimmed" component="span">
                {formatCount(counts[at] ?? 0)}
              </Text>
            </UnstyledButton>
            {chip !== "" && (
              <Tooltip label={hasTerm(q, chip) ? "Take it out of the filter" : "Only these"}>
                <ActionIcon
                  size="sm"
                  variant={hasTerm(q, chip) ? "light" : "subtle"}
                  color={hasTerm(q, chip) ? undefined : "gray"}
                  aria-label={`Filter by ${one.title}`}
                  onClick={() => {
                    onQuery(toggleTerm(q, chip));
                  }}
                >
                  <IconFilter size={13} />
                </ActionIcon>
              </Tooltip>
            )}
          </div>
        );
      })}
    </div>
  );
}
