import { Anchor, Select, Stack, Text } from "@mantine/core";

import { ChoiceCards } from "@/ui/ChoiceCards";

import { FAMILIES, STRATEGIES, strategyWords } from "../strategies";
import type { PartProps } from "./ChooseTab";

/** The few that one mostly wants, as cards; the whole list below. */
const CARDS = ["auto", "herding", "similarity", "random"];

/** Which way of choosing: automatic first, a sentence on each. */
export function StrategyPicker({ form, onChange }: PartProps) {
  const words = strategyWords(form.strategy);
  const isCard = CARDS.includes(form.strategy);
  return (
    <Stack gap="sm">
      <ChoiceCards
        label=""
        choices={CARDS.flatMap((name) => strategyWords(name) ?? []).map((one) => ({
          value: one.name,
          title: one.title,
          about: one.about,
        }))}
        value={isCard ? form.strategy : null}
        onChange={(strategy) => {
          onChange({ strategy });
        }}
        cols={4}
      />
      <Select
        label="All ways"
        searchable
        allowDeselect={false}
        data={FAMILIES.map(({ family, title }) => ({
          group: title,
          items: STRATEGIES.filter((one) => one.family === family).map((one) => ({
            value: one.name,
            label: `${one.title} (${one.name})`,
          })),
        }))}
        renderOption={({ option }) => (
          <div>
            <Text size="sm">{option.label}</Text>
            <Text size="xs" c="dimmed">
              {strategyWords(option.value)?.about}
            </Text>
          </div>
        )}
        value={form.strategy}
        onChange={(strategy) => {
          if (strategy !== null) onChange({ strategy });
        }}
      />
      {words !== undefined && (
        <Text size="xs" c="dimmed">
          {!isCard && `${words.about} `}
          {words.needs === "" ? "Needs nothing but the images." : `Needs ${words.needs}.`}{" "}
          {form.strategy !== "auto" && (
            <Anchor
              component="button"
              type="button"
              size="xs"
              onClick={() => {
                onChange({ strategy: "auto" });
              }}
            >
              Back to automatic
            </Anchor>
          )}
        </Text>
      )}
    </Stack>
  );
}
