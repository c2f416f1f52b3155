import { Group, NumberInput, SegmentedControl, Text } from "@mantine/core";

import classes from "../selection.module.css";
import type { PartProps } from "./ChooseTab";
import { UNITS, type Form, type Unit } from "./form";

const TITLES: Readonly<Record<Unit, string>> = {
  count: "Images",
  bytes: "Megabytes",
  seconds: "Hours of work",
};
const ABOUT: Readonly<Record<Unit, string>> = {
  count: "This many images, the best first.",
  bytes: "As many as fit: for a link or a disk with a limit.",
  seconds: "As many as people can label in that time.",
};

/** The amount, large, in the unit one thinks in. */
export function BudgetField({ form, onChange }: PartProps) {
  return (
    <Group align="flex-end" gap="md">
      <NumberInput
        className={classes.amount}
        aria-label={TITLES[form.unit]}
        size="md"
        w={170}
        min={form.unit === "count" ? 1 : 0}
        allowDecimal={form.unit !== "count"}
        allowNegative={false}
        thousandSeparator=","
        value={valueOf(form) ?? ""}
        onChange={(value) => {
          onChange(changeOf(form.unit, typeof value === "number" ? value : null));
        }}
      />
      <div>
        <SegmentedControl
          aria-label="Unit of the budget"
          data={UNITS.map((value) => ({ value, label: TITLES[value] }))}
          value={form.unit}
          onChange={(value) => {
            onChange({ unit: UNITS.find((one) => one === value) ?? "count" });
          }}
        />
        <Text size="xs" c="dimmed" mt={4}>
          {ABOUT[form.unit]}
        </Text>
      </div>
      {form.unit === "seconds" && (
        <NumberInput
          label="Seconds per image"
          description="Left empty: what this project's tasks took."
          w={250}
          min={0.1}
          allowNegative={false}
          placeholder="as measured"
          value={form.secondsPerItem ?? ""}
          onChange={(value) => {
            onChange({ secondsPerItem: typeof value === "number" && value > 0 ? value : null });
          }}
        />
      )}
    </Group>
  );
}

function valueOf(form: Form): number | null {
  return { count: form.count, bytes: form.megabytes, seconds: form.hours }[form.unit];
}

function changeOf(unit: Unit, value: number | null): Partial<Form> {
  if (unit === "count") return { count: value };
  return unit === "bytes" ? { megabytes: value } : { hours: value };
}
