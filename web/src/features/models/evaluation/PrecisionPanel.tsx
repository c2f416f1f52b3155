import { MultiSelect, Text } from "@mantine/core";
import { useMemo, useState } from "react";

import type { Curve, EvaluationReport } from "@/api/schema.gen";
import { CurveChart } from "@/ui/charts/CurveChart";
import { QUIET_COLOR, seriesColor } from "@/ui/charts/series";
import { Panel } from "@/ui/Panel";

const FIRST_SHOWN = 4;

/** Precision over recall, of all labels together and of those chosen. */
export function PrecisionPanel({ report }: { readonly report: EvaluationReport }) {
  const labelled = report.curves.flatMap((curve) => (typeof curve.label === "string" ? [curve.label] : []));
  const [chosen, setChosen] = useState<readonly string[]>(() => labelled.slice(0, FIRST_SHOWN));
  const series = useMemo(() => {
    const shown = report.curves.filter(
      (curve) => typeof curve.label !== "string" || chosen.includes(curve.label),
    );
    return shown.map((curve, at) => ({
      key: curve.label ?? "",
      name: sayCurve(curve),
      color: typeof curve.label === "string" ? seriesColor(at) : QUIET_COLOR,
      isDashed: typeof curve.label !== "string",
      points: curve.recall.map((x, index) => ({ x, y: curve.precision[index] ?? null })),
    }));
  }, [report.curves, chosen]);
  return (
    <Panel
      fills
      title="Precision over recall"
      about="From the surest answer down: how much is found, and how much of it is right."
    >
      {labelled.length > 1 && (
        <MultiSelect
          size="xs"
          mb="xs"
          aria-label="Labels"
          placeholder={chosen.length === 0 ? "Labels" : undefined}
          data={labelled}
          value={[...chosen]}
          onChange={setChosen}
          searchable
          clearable
          maxValues={6}
        />
      )}
      {series.length === 0 ? (
        <Text size="sm" c="dimmed">
          Choose a label.
        </Text>
      ) : (
        <CurveChart
          title="Precision over recall"
          xTitle="recall"
          xDomain={[0, 1]}
          yDomain={[0, 1.02]}
          height={260}
          series={series}
          formatX={(value) => String(Number(value.toFixed(3)))}
          formatY={(value) => String(Number(value.toFixed(3)))}
        />
      )}
    </Panel>
  );
}

function sayCurve(curve: Curve): string {
  const name = curve.label ?? "all labels";
  return typeof curve.average_precision === "number"
    ? `${name}, AP ${curve.average_precision.toFixed(3)}`
    : name;
}
