import { Button, Group, Modal, Progress, Select, Stack, Text } from "@mantine/core";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { previewConversion, reportOf, startConversion, undoConversion } from "@/api/queries/converting";
import { cancelJob, isActive, jobQuery } from "@/api/queries/jobs";
import { magicQuery } from "@/api/queries/magic";
import type { ConvertReport, ConvertRequest } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";

import { convertWords, refusedWords } from "./convertWords";
import { MOST_IDS, queryOfIds } from "./queryOfIds";
import type { Scope } from "./scope";
import { ScopeDialog, type ChangeDialogProps } from "./ScopeDialog";

type To = ConvertRequest["to"];
type Outline = NonNullable<ConvertRequest["outline"]>;

const KINDS: readonly { readonly value: To; readonly label: string }[] = [
  { value: "box", label: "Boxes" },
  { value: "rotated_box", label: "Rotated boxes" },
  { value: "polygon", label: "Polygons" },
  { value: "mask", label: "Masks" },
  { value: "class", label: "Classes of the whole item" },
];
const LOSSES = [
  { value: "0", label: "nothing: every vertex stays" },
  { value: "0.01", label: "1 % of the overlap" },
  { value: "0.03", label: "3 % of the overlap" },
  { value: "0.1", label: "10 % of the overlap" },
];

interface Form {
  readonly to: To;
  readonly outline: Outline;
  readonly loss: string;
}

/** Make the shapes of the scope another kind: first what would come of it, then the job, then a way back. */
export function ConvertDialog({ scope, onClose, onDone }: ChangeDialogProps) {
  const [form, setForm] = useState<Form>({ to: "polygon", outline: "shape", loss: "0.01" });
  const isTooMany = scope.q === null && scope.count > MOST_IDS;
  const { dataset_id: datasetId, revision } = scope.listing;
  const counting = useQuery({
    queryKey: ["convert", datasetId, revision, scope.q, scope.spans, form],
    queryFn: async () => previewConversion(datasetId, await wantedOf(scope, form)),
    enabled: !isTooMany,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const starting = useMutation({
    mutationFn: async () => startConversion(datasetId, await wantedOf(scope, form)),
  });
  if (starting.data !== undefined)
    return <Converting jobId={starting.data.id} datasetId={datasetId} onClose={onClose} onDone={onDone} />;
  const report = counting.data;
  return (
    <ScopeDialog
      title="Convert shapes"
      lead="Changes the ground truth of"
      scope={scope}
      isBusy={starting.isPending}
      error={starting.error ?? counting.error}
      button={report === undefined ? "Convert" : `Convert ${formatCount(report.n_converted)}`}
      isReady={!isTooMany && !counting.isFetching && (report?.n_converted ?? 0) > 0}
      onSubmit={() => {
        starting.mutate();
      }}
      onClose={onClose}
    >
      <ConvertFields form={form} onChange={setForm} />
      {isTooMany ? (
        <Text size="sm" c="orange">
          A selection to be converted holds at most 1,000 items. Narrow the filter instead: it has no such
          limit.
        </Text>
      ) : (
        <ReportWords report={report} isCounting={counting.isFetching} />
      )}
    </ScopeDialog>
  );
}

async function wantedOf(scope: Scope, { to, outline, loss }: Form): Promise<Omit<ConvertRequest, "dry_run">> {
  const q = scope.q ?? (await queryOfIds(scope));
  // Polygons are simplified only when they are named.
  const kinds: ConvertRequest["kinds"] = to === "polygon" ? KINDS.map(({ value }) => value) : [];
  return { to, query: q.trim() === "" ? null : q, labels: [], kinds, outline, max_iou_loss: Number(loss) };
}

interface ConvertFieldsProps {
  readonly form: Form;
  readonly onChange: (form: Form) => void;
}

function ConvertFields({ form, onChange }: ConvertFieldsProps) {
  const { data: info } = useQuery(magicQuery());
  const hasSam = info?.segmenters.some(({ kind, is_ready }) => kind === "sam" && is_ready) === true;
  const outlines: { value: Outline; label: string; disabled?: boolean }[] = [
    { value: "shape", label: "Its four sides" },
    { value: "grabcut", label: "The object found in it by GrabCut" },
    { value: "sam", label: "The object found in it by SAM", disabled: !hasSam },
  ];
  const isOutline = form.to === "polygon" || form.to === "mask";
  return (
    <>
      <Select
        label="They become"
        allowDeselect={false}
        data={[...KINDS]}
        value={form.to}
        onChange={(value) => {
          onChange({ ...form, to: KINDS.find((one) => one.value === value)?.value ?? "polygon" });
        }}
      />
      {isOutline && (
        <Select
          label="A box becomes"
          allowDeselect={false}
          data={outlines}
          value={form.outline}
          onChange={(value) => {
            onChange({ ...form, outline: outlines.find((one) => one.value === value)?.value ?? "shape" });
          }}
        />
      )}
      {form.to === "polygon" && (
        <Select
          label="Simpler outlines may cost"
          allowDeselect={false}
          data={LOSSES}
          value={form.loss}
          onChange={(value) => {
            onChange({ ...form, loss: value ?? "0.01" });
          }}
        />
      )}
    </>
  );
}

function ReportWords({
  report,
  isCounting,
}: {
  readonly report: ConvertReport | undefined;
  readonly isCounting: boolean;
}) {
  if (report === undefined) {
    return (
      <Text size="sm" c="dimmed">
        {isCounting ? "Counting…" : ""}
      </Text>
    );
  }
  return (
    <div style={{ opacity: isCounting ? 0.5 : 1 }} aria-live="polite">
      <Text size="sm">{convertWords(report)}</Text>
      {refusedWords(report).map((line) => (
        <Text key={line} size="xs" c="dimmed">
          {line}
        </Text>
      ))}
    </div>
  );
}

interface ConvertingProps {
  readonly jobId: string;
  readonly datasetId: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** How far it is, what came of it, and the way back. */
function Converting({ jobId, datasetId, onClose, onDone }: ConvertingProps) {
  const job = useQuery(jobQuery(jobId));
  const stopping = useMutation({ mutationFn: () => cancelJob(jobId) });
  const undoing = useMutation({
    mutationFn: (revision: number) => undoConversion(datasetId, revision),
    onSuccess: onDone,
  });
  const { data } = job;
  const isOver = data !== undefined && !isActive(data);
  const report = data === undefined ? null : reportOf(data);
  const isDone = data?.state === "done";
  useEffect(() => {
    if (isDone) onDone();
  }, [isDone, onDone]);
  const revision = report?.revision ?? null;
  return (
    <Modal opened onClose={onClose} title="Convert shapes">
      <Stack gap="sm">
        <Progress value={(data?.progress ?? 0) * 100} animated={!isOver} aria-label="Progress" />
        {!isDone && <Text size="sm">{data?.error ?? data?.message ?? "Waiting for a worker"}</Text>}
        {report !== null && undoing.data === undefined && <ReportWords report={report} isCounting={false} />}
        {undoing.data !== undefined && (
          <Text size="sm">
            {formatCount(undoing.data.n_converted)} shapes are again what they were.
            {undoing.data.n_refused > 0 &&
              ` ${formatCount(undoing.data.n_refused)} were changed since and stay.`}
          </Text>
        )}
        {job.isError && <ProblemNote error={job.error} onRetry={() => void job.refetch()} />}
        {undoing.error !== null && <ProblemNote error={undoing.error} />}
        <Group justify="flex-end">
          {!isOver && (
            <Button
              variant="default"
              loading={stopping.isPending}
              onClick={() => {
                stopping.mutate();
              }}
            >
              Stop
            </Button>
          )}
          {revision !== null && undoing.data === undefined && (
            <Button
              variant="default"
              loading={undoing.isPending}
              onClick={() => {
                undoing.mutate(revision);
              }}
            >
              Undo
            </Button>
          )}
          <Button onClick={onClose}>{isOver ? "Close" : "Go on in the background"}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
