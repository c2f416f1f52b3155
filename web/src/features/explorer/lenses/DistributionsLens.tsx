import { Paper, SimpleGrid, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, type ReactNode } from "react";

import { narrowedFacetsQuery } from "@/api/queries/facets";
import type { Facet, FacetBucket } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";
import { labelColor } from "@/ui/labelColor";

import { nameBucket, shortNumber } from "../facets/buckets";
import { addTerm, asOneTerm, replaceLike, spanChip, toggleTerm } from "@/query/edit";

import { Chart, type ChartColors } from "./Chart";
import type { LensProps } from "./lens";

const MOST_BARS = 24;
const BAR_PX = 20;

/** What the matching items hold, large; each bar, cell and stretch adds a chip to the filter. */
export function DistributionsLens(props: LensProps) {
  const { facets } = props;
  if (facets === undefined) return <Waiting />;
  const labels = facets.facets.filter(
    (facet) => facet.field === "label" || facet.field === "predicted_label",
  );
  const ranges = facets.facets.filter((facet) => facet.kind === "range");
  const subset = facets.facets.find((facet) => facet.field === "subset");
  const others = facets.facets.filter(
    (facet) =>
      facet.kind === "values" && facet.buckets.length > 1 && !labels.includes(facet) && facet !== subset,
  );
  return (
    <div
      role="region"
      aria-label="Distributions"
      tabIndex={0}
      style={{ height: "100%", overflowY: "auto", padding: 14 }}
    >
      {facets.is_sampled && (
        <Text size="xs" c="dimmed" mb={8}>
          Counts are estimated from a sample of the {formatCount(facets.count)} items.
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="sm">
        {labels.map((facet) => (
          <Card key={facet.field} title={facet.title} hint="A click on a bar narrows the filter.">
            <Bars {...props} facet={facet} />
          </Card>
        ))}
        {labels[0] !== undefined && subset !== undefined && (
          <Card
            title={`${labels[0].title} by subset`}
            hint="How many items; a click on a cell asks for them."
          >
            <LabelBySubset {...props} facet={labels[0]} subset={subset} />
          </Card>
        )}
        {ranges.map((facet) => (
          <Card key={facet.field} title={facet.title} hint="Drag over the bars to ask for a range.">
            <Histogram {...props} facet={facet} />
          </Card>
        ))}
        {others.map((facet) => (
          <Card key={facet.field} title={facet.title}>
            <Bars {...props} facet={facet} />
          </Card>
        ))}
      </SimpleGrid>
    </div>
  );
}

type OfFacet = LensProps & { readonly facet: Facet };

function Bars({ facet, filter, onQuery, labels }: OfFacet) {
  const buckets = useMemo(() => facet.buckets.slice(0, MOST_BARS), [facet]);
  const isLabel = facet.field === "label" || facet.field === "predicted_label";
  const optionOf = useMemo(
    () => (colors: ChartColors) => ({
      grid: { left: 8, right: 44, top: 4, bottom: 4, outerBoundsMode: "same" },
      xAxis: { type: "value", show: false },
      yAxis: {
        type: "category",
        inverse: true,
        data: buckets.map(nameBucket),
        axisTick: { show: false },
        axisLine: { show: false },
        axisLabel: { color: colors.text, width: 130, overflow: "truncate" },
      },
      series: [
        {
          type: "bar",
          barMaxWidth: 14,
          itemStyle: { borderRadius: 3 },
          label: {
            show: true,
            position: "right",
            color: colors.text,
            formatter: ({ value }: { value: number }) => formatCount(value),
          },
          data: buckets.map((bucket) => ({
            value: bucket.count,
            itemStyle: { color: isLabel ? labelColor(String(bucket.value), [...labels]) : colors.accent },
          })),
        },
      ],
    }),
    [buckets, isLabel, labels],
  );
  return (
    <>
      <Chart
        label={`${facet.title}: ${buckets.map((one) => `${nameBucket(one)} ${String(one.count)}`).join(", ")}`}
        height={Math.max(60, buckets.length * BAR_PX + 12)}
        optionOf={optionOf}
        onPick={({ y }) => {
          const chip = asOneTerm(buckets[y]?.chip ?? "");
          if (chip !== "") onQuery(toggleTerm(filter.q, chip));
        }}
      />
      {facet.buckets.length > buckets.length && (
        <Text size="xs" c="dimmed">
          The first {buckets.length} of {facet.buckets.length}.
        </Text>
      )}
    </>
  );
}

function Histogram({ facet, filter, onQuery }: OfFacet) {
  const buckets = useMemo(() => facet.buckets.filter((bucket) => typeof bucket.low === "number"), [facet]);
  const optionOf = useMemo(
    () => (colors: ChartColors) => ({
      grid: { left: 8, right: 14, top: 10, bottom: 4, outerBoundsMode: "same" },
      tooltip: { trigger: "axis" },
      brush: { xAxisIndex: 0, brushStyle: { color: "rgba(34,162,177,0.18)", borderColor: colors.accent } },
      xAxis: {
        type: "category",
        data: buckets.map((bucket) => shortNumber(bucket.low ?? 0)),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: colors.line } },
        axisLabel: { color: colors.text },
      },
      yAxis: {
        type: "value",
        splitNumber: 3,
        splitLine: { lineStyle: { color: colors.line } },
        axisLabel: { color: colors.text, formatter: shortNumber },
      },
      series: [
        {
          type: "bar",
          name: "items",
          barCategoryGap: "8%",
          itemStyle: { color: colors.accent, borderRadius: [3, 3, 0, 0] },
          data: buckets.map((bucket) => bucket.count),
        },
      ],
    }),
    [buckets],
  );
  const ask = (first: FacetBucket | undefined, last: FacetBucket | undefined) => {
    const chip = spanChip(first?.chip ?? "", last?.chip ?? "");
    if (chip !== "") onQuery(replaceLike(filter.q, chip));
  };
  return (
    <Chart
      label={`${facet.title}: ${buckets.map((one) => `${nameBucket(one)} ${String(one.count)}`).join(", ")}`}
      height={190}
      optionOf={optionOf}
      onPick={({ x }) => {
        ask(buckets[x], buckets[x]);
      }}
      onBrush={({ first, last }) => {
        ask(buckets[Math.max(0, first)], buckets[Math.min(buckets.length - 1, last)]);
      }}
    />
  );
}

function LabelBySubset({ facet, subset, filter, onQuery }: OfFacet & { readonly subset: Facet }) {
  const columns = useMemo(() => subset.buckets.filter((bucket) => bucket.chip !== ""), [subset]);
  const rows = useMemo(() => facet.buckets.slice(0, MOST_BARS), [facet]);
  const chips = columns.map((bucket) => asOneTerm(bucket.chip));
  const narrowed = useQuery(narrowedFacetsQuery({ ...filter, field: facet.field, chips }));
  const cells = useMemo(
    () =>
      (narrowed.data ?? []).flatMap((found, x) =>
        rows.map((row, y) => [
          x,
          y,
          found.facets[0]?.buckets.find((one) => one.value === row.value)?.count ?? 0,
        ]),
      ),
    [narrowed.data, rows],
  );
  const most = Math.max(1, ...cells.map((cell) => cell[2] ?? 0));
  const optionOf = useMemo(
    () => (colors: ChartColors) => ({
      grid: { left: 8, right: 8, top: 4, bottom: 4, outerBoundsMode: "same" },
      xAxis: {
        type: "category",
        position: "top",
        data: columns.map(nameBucket),
        axisTick: { show: false },
        axisLine: { show: false },
        axisLabel: { color: colors.text },
      },
      yAxis: {
        type: "category",
        inverse: true,
        data: rows.map(nameBucket),
        axisTick: { show: false },
        axisLine: { show: false },
        axisLabel: { color: colors.text, width: 130, overflow: "truncate" },
      },
      visualMap: {
        show: false,
        min: 0,
        max: most,
        inRange: { color: [colors.low, colors.accent] },
      },
      series: [
        {
          type: "heatmap",
          label: {
            show: true,
            color: colors.text,
            formatter: ({ value }: { value: number[] }) => formatCount(value[2] ?? 0),
          },
          itemStyle: { borderColor: colors.panel, borderWidth: 2, borderRadius: 4 },
          data: cells.map((value) => ({
            value,
            label: { color: (value[2] ?? 0) * 2 > most ? "#fff" : colors.text },
          })),
        },
      ],
    }),
    [cells, columns, rows, most],
  );
  return (
    <Chart
      label={`${facet.title} by subset`}
      height={Math.max(80, rows.length * 24 + 34)}
      optionOf={optionOf}
      onPick={({ x, y }) => {
        const terms = [columns[x]?.chip ?? "", rows[y]?.chip ?? ""].map(asOneTerm);
        onQuery(terms.reduce(addTerm, filter.q));
      }}
    />
  );
}

interface CardProps {
  readonly title: string;
  readonly hint?: string;
  readonly children: ReactNode;
}

function Card({ title, hint, children }: CardProps) {
  return (
    <Paper withBorder p="sm" component="section" aria-label={title}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {hint !== undefined && (
        <Text size="xs" c="dimmed" mb={4}>
          {hint}
        </Text>
      )}
      {children}
    </Paper>
  );
}

function Waiting() {
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} p={14} aria-busy="true" aria-label="Counting">
      {Array.from({ length: 4 }, (_, index) => (
        <Skeleton key={index} h={240} />
      ))}
    </SimpleGrid>
  );
}
