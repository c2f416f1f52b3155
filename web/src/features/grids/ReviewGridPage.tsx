import { Select } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconTags } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";

import { labelCountsQuery, type CropOrder } from "@/api/queries/crops";
import { datasetQuery } from "@/api/queries/datasets";
import { sourcesQuery } from "@/api/queries/facets";
import { ontologyQuery } from "@/api/queries/ontology";
import { useIsAtLeast, useProjectId } from "@/app/context";
import { EmptyState } from "@/ui/EmptyState";
import { formatCount } from "@/ui/format";
import { LinkButton } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import type { Labels } from "./names";
import { ReviewGrid } from "./review/ReviewGrid";
import classes from "./review/review.module.css";
import { useReview } from "./review/useReview";

const ORDERS: { value: CropOrder; label: string }[] = [
  { value: "suspicion", label: "Most suspicious first" },
  { value: "confidence", label: "Least confident first" },
  { value: "newest", label: "Newest first" },
];
const PAGE_SIZES = ["24", "40", "60", "100"];

/** The objects of one class side by side: what does not belong there is seen at a glance. */
export function ReviewGridPage() {
  const { datasetId } = useParams({ from: "/signed-in/p/$projectId/crops/$datasetId" });
  const { label: asked, model } = useSearch({ from: "/signed-in/p/$projectId/crops/$datasetId" });
  const projectId = useProjectId();
  const dataset = useQuery(datasetQuery(datasetId));
  const ontology = useQuery(ontologyQuery(projectId));
  const counts = useQuery(labelCountsQuery(datasetId));
  const failed = [dataset, ontology, counts].find((one) => one.isError && one.data === undefined);
  if (failed !== undefined) return <ProblemNote error={failed.error} onRetry={() => void failed.refetch()} />;
  if (dataset.data === undefined || ontology.data === undefined || counts.data === undefined)
    return <WaitRows />;
  const [first] = [...counts.data].sort((a, b) => b[1] - a[1]);
  const label = asked ?? first?.[0];
  return (
    <div className={classes.page}>
      <PageHeader
        title="Review crops"
        about={`One class of ${dataset.data.name} at a time: click what is wrong, and mend a page at once.`}
        actions={
          <LinkButton
            variant="default"
            to="/p/$projectId/datasets/$datasetId"
            params={{ projectId, datasetId }}
          >
            To the dataset
          </LinkButton>
        }
      />
      {label === undefined ? (
        <Nothing datasetId={datasetId} />
      ) : (
        <Review
          datasetId={datasetId}
          label={label}
          modelId={model ?? null}
          labels={ontology.data?.labels ?? []}
          counts={counts.data}
        />
      )}
    </div>
  );
}

interface ReviewProps {
  readonly datasetId: string;
  readonly label: string;
  readonly modelId: string | null;
  readonly labels: Labels;
  readonly counts: ReadonlyMap<string, number>;
}

function Review({ datasetId, label, modelId, labels, counts }: ReviewProps) {
  const [order, setOrder] = useLocalStorage<CropOrder>({
    key: "whorl-crops-order",
    defaultValue: "suspicion",
  });
  const [size, setSize] = useLocalStorage({ key: "whorl-crops-size", defaultValue: "40" });
  const session = useReview({ datasetId, label, modelId, order, pageSize: Number(size) || 40, isAll: false });
  const mayWrite = useIsAtLeast("annotator");
  if (!mayWrite) {
    return (
      <EmptyState icon={<IconTags size={28} />} title="Looking only">
        You may look at this project and change nothing; ask an owner to make you an annotator.
      </EmptyState>
    );
  }
  const head = (
    <>
      <Switches datasetId={datasetId} label={label} modelId={modelId} labels={labels} counts={counts} />
      <Select
        size="xs"
        w={175}
        label="Order"
        data={ORDERS}
        value={order}
        allowDeselect={false}
        onChange={(value) => {
          setOrder(ORDERS.find((one) => one.value === value)?.value ?? "suspicion");
        }}
      />
      <Select
        size="xs"
        w={76}
        label="On a page"
        data={PAGE_SIZES}
        value={size}
        allowDeselect={false}
        onChange={(value) => {
          setSize(value ?? "40");
        }}
      />
    </>
  );
  if (session === null) {
    return (
      <>
        <div className={classes.bar}>{head}</div>
        <WaitRows rows={4} height={110} />
      </>
    );
  }
  return <ReviewGrid session={session} label={label} labels={labels} head={head} />;
}

/** Which class, and who judges it: both are in the address, so that a link shows the same. */
function Switches({ datasetId, label, modelId, labels, counts }: ReviewProps) {
  const projectId = useProjectId();
  const navigate = useNavigate();
  const sources = useQuery(sourcesQuery(datasetId)).data ?? [];
  const judges = sources.filter(({ layer }) => layer === "prediction");
  const go = (search: { label: string; model?: string }) =>
    void navigate({
      to: "/p/$projectId/crops/$datasetId",
      params: { projectId, datasetId },
      search,
      replace: true,
    });
  const names = [...new Set([...labels.map(({ name }) => name), ...counts.keys(), label])];
  const options = names.map((value) => ({
    value,
    label: `${value} (${formatCount(counts.get(value) ?? 0)})`,
  }));
  const judgeOptions = [
    { value: "", label: "The busiest model" },
    ...judges.map(({ author_id: value, name }) => ({ value, label: name })),
  ];
  return (
    <>
      <Select
        size="xs"
        w={130}
        label="Class (images)"
        data={options}
        value={label}
        searchable
        allowDeselect={false}
        onChange={(value) => {
          go({ label: value ?? label, model: modelId ?? undefined });
        }}
      />
      <Select
        size="xs"
        w={220}
        label="Judged by"
        data={judgeOptions}
        value={modelId ?? ""}
        allowDeselect={false}
        onChange={(value) => {
          go({ label, model: value === null || value === "" ? undefined : value });
        }}
      />
    </>
  );
}

function Nothing({ datasetId }: { readonly datasetId: string }) {
  const projectId = useProjectId();
  return (
    <EmptyState
      icon={<IconTags size={28} />}
      title="Nothing is labelled here yet"
      action={
        <LinkButton to="/p/$projectId/explorer" params={{ projectId }} search={{ dataset: datasetId }}>
          Choose images to label
        </LinkButton>
      }
    >
      Crops are cut from what people labelled. Make a task of some images first.
    </EmptyState>
  );
}
