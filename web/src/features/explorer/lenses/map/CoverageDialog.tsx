import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { IconRadar2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { useProjectId } from "@/app/context";
import { coverageQuery } from "@/api/queries/maps";
import type { CoverageExample, CoverageReport } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";
import { Thumb } from "@/ui/Thumb";
import { WaitRows } from "@/ui/Wait";

import { Chart, type ChartColors } from "../Chart";

import classes from "./map.module.css";

const AGAINST = [
  { value: "", label: "the training subset" },
  { value: "annotated:true", label: "everything labelled" },
  { value: "rest", label: "the rest of the dataset" },
] as const;

const MOST_QUERY = 120;

/** "What is new here?": the filter's items against what is known. */
export function CoverageButton({ datasetId, q }: { readonly datasetId: string; readonly q: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        mt="md"
        size="xs"
        fullWidth
        variant="default"
        leftSection={<IconRadar2 size={15} />}
        onClick={() => {
          setOpen(true);
        }}
      >
        What is new here?
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => {
          setOpen(false);
        }}
        size="xl"
        title="What is new here?"
      >
        {isOpen && <Coverage datasetId={datasetId} q={q} />}
      </Modal>
    </>
  );
}

function Coverage({ datasetId, q }: { readonly datasetId: string; readonly q: string }) {
  const [against, setAgainst] = useState<string>("");
  const isRest = against === "rest";
  const rest = q.trim() === "" ? null : `-(${q})`;
  const body = {
    query: q === "" ? null : q,
    against: isRest ? rest : against === "" ? null : against,
    examples: 8,
  };
  const report = useQuery(coverageQuery({ datasetId, body }));
  return (
    <Stack gap="md">
      <Group gap="xs" align="end">
        <Text size="sm" pb={5}>
          {q.trim() === "" ? "All items of the dataset" : "The items matching your filter"}, against
        </Text>
        <Select
          size="xs"
          aria-label="Against"
          allowDeselect={false}
          data={AGAINST.filter((one) => one.value !== "rest" || rest !== null)}
          value={against}
          onChange={(value) => {
            setAgainst(value ?? "");
          }}
        />
      </Group>
      {report.error !== null && <ProblemNote error={report.error} />}
      {report.isPending && report.error === null && <WaitRows />}
      {report.data !== undefined && <Report report={report.data} />}
    </Stack>
  );
}

function Report({ report }: { readonly report: CoverageReport }) {
  const uncovered = Math.round((1 - report.covered_share) * 1000) / 10;
  const sources = Object.entries(report.by_source ?? {}).filter(([, share]) => share > 0);
  return (
    <>
      <Text>
        <b>{uncovered} %</b> of {formatCount(report.n_new)} items lie farther from the{" "}
        {formatCount(report.n_known)} known ones than these lie from each other
        {uncovered === 0 ? ": nothing new." : "."}
      </Text>
      <Text size="xs" c="dimmed">
        {saySmall(report)}
      </Text>
      <Distances report={report} />
      {sources.length > 1 && (
        <Stack gap={2}>
          <Text size="sm" fw={600}>
            Where it comes from
          </Text>
          {sources.slice(0, 8).map(([name, share]) => (
            <Group key={name} gap="xs" wrap="nowrap">
              <Text size="sm" truncate w={220}>
                {name}
              </Text>
              <Text size="sm" c="dimmed">
                {Math.round(share * 100)} % not covered
              </Text>
            </Group>
          ))}
        </Stack>
      )}
      <Pairs title="Most new, beside the known image that is most like each" examples={report.farthest} />
      <Pairs title="Nothing new: nearly the same as a known one" examples={report.nearest.slice(0, 4)} />
    </>
  );
}

function saySmall({ radius, n_both, n_without, is_sampled, against }: CoverageReport): string {
  const known = against ?? "";
  const said = [
    known.length > MOST_QUERY ? "" : `Known: ${known}`,
    `covered means no farther than ${radius.toFixed(3)}, as 95 % of the known are from their nearest`,
    (n_both ?? 0) > 0 ? `${formatCount(n_both ?? 0)} are in both and count as known` : "",
    (n_without ?? 0) > 0 ? `${formatCount(n_without ?? 0)} are not embedded yet and do not count` : "",
    is_sampled === true ? "measured on a random part" : "",
  ];
  return said.filter((one) => one !== "").join(" · ");
}

function Distances({ report }: { readonly report: CoverageReport }) {
  const { histogram_edges: edges, histogram_new: fresh, histogram_known: known } = report;
  const optionOf = useMemo(
    () => (colors: ChartColors) => ({
      grid: { left: 8, right: 14, top: 24, bottom: 4, outerBoundsMode: "same" },
      legend: { top: 0, textStyle: { color: colors.text } },
      xAxis: {
        type: "category",
        data: edges.slice(0, -1).map((one) => one.toFixed(2)),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: colors.line } },
        axisLabel: { color: colors.text },
      },
      yAxis: {
        type: "value",
        splitNumber: 3,
        splitLine: { lineStyle: { color: colors.line } },
        axisLabel: { color: colors.text, formatter: "{value} %" },
      },
      series: [
        {
          type: "bar",
          name: "known",
          barGap: "-100%",
          itemStyle: { color: colors.line },
          data: shares(known),
        },
        { type: "bar", name: "new", itemStyle: { color: colors.accent, opacity: 0.75 }, data: shares(fresh) },
      ],
    }),
    [edges, fresh, known],
  );
  return (
    <div>
      <Text size="sm" fw={600}>
        Distance to the nearest known image
      </Text>
      <Chart
        label={`Distances: ${fresh.map((count, at) => `${(edges[at] ?? 0).toFixed(2)} ${String(count)}`).join(", ")}`}
        height={170}
        optionOf={optionOf}
      />
    </div>
  );
}

function shares(counts: readonly number[]): number[] {
  const total = Math.max(
    1,
    counts.reduce((sum, one) => sum + one, 0),
  );
  return counts.map((one) => Math.round((1000 * one) / total) / 10);
}

function Pairs({
  title,
  examples,
}: {
  readonly title: string;
  readonly examples: readonly CoverageExample[];
}) {
  const projectId = useProjectId();
  if (examples.length === 0) return null;
  return (
    <div>
      <Text size="sm" fw={600} mb={6}>
        {title}
      </Text>
      <div className={classes.pairs}>
        {examples.map((one) => (
          <div key={one.item_id} className={classes.pair} title={`Distance ${one.distance.toFixed(3)}`}>
            <Thumb projectId={projectId} itemId={one.item_id} name={one.name} />
            <Thumb projectId={projectId} itemId={one.nearest_item_id} name={one.nearest_name} />
          </div>
        ))}
      </div>
    </div>
  );
}
