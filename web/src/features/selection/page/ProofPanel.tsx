import { Badge, Group, Progress, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { selectionProofQuery } from "@/api/queries/proofs";
import type { Selection, SelectionProof } from "@/api/schema.gen";
import { IntervalBar } from "@/ui/charts/IntervalBar";
import { LineChart } from "@/ui/charts/LineChart";
import { formatCount, formatShare } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import classes from "../selection.module.css";
import { armsOf, gainWords, savingWords } from "./proof";

const COLOR = "var(--mantine-color-whorl-6)";

/** Whether the choice paid: measured on its own random slice, or what that waits for. */
export function ProofPanel({ selection }: { readonly selection: Selection }) {
  const proof = useQuery(selectionProofQuery(selection.id));
  const labelled = selection.n_items === 0 ? 0 : selection.n_labelled / selection.n_items;
  return (
    <Panel title="Did it pay" about="The same model, taught by as many chosen labels as random ones." fills>
      <Stack gap="sm">
        <div>
          <Progress value={labelled * 100} size="sm" aria-label="Share labelled" />
          <Text size="xs" c="dimmed" mt={3}>
            {formatCount(selection.n_labelled)} of {formatCount(selection.n_items)} labelled
          </Text>
        </div>
        {proof.isError && <ProblemNote error={proof.error} onRetry={() => void proof.refetch()} />}
        {proof.isPending && <WaitRows rows={3} />}
        {proof.data !== undefined && <Proof proof={proof.data} />}
      </Stack>
    </Panel>
  );
}

function Proof({ proof }: { readonly proof: SelectionProof }) {
  const arms = armsOf(proof);
  const saving = savingWords(proof);
  return (
    <Stack gap="sm">
      {proof.status !== "ready" && (
        <Group gap={8} wrap="nowrap" align="flex-start">
          <Badge
            variant="light"
            color={proof.status === "waiting" ? "yellow" : "gray"}
            style={{ flex: "none" }}
          >
            {proof.is_pending ? "being measured" : proof.status === "waiting" ? "not yet" : "cannot be told"}
          </Badge>
          <Text size="sm">{proof.message}</Text>
        </Group>
      )}
      {saving !== null && <Text className={classes.verdict}>{saving}</Text>}
      {typeof proof.saving === "number" &&
        typeof proof.low === "number" &&
        typeof proof.high === "number" && (
          <IntervalBar
            title="Labels saved against chance"
            value={proof.saving}
            low={proof.low}
            high={proof.high}
            color={COLOR}
            format={(value) => formatShare(value, 0)}
          />
        )}
      {arms.length > 0 && (
        <LineChart
          title={`${proof.metric_name ?? "Metric"} of the choice and of chance over labels`}
          xTitle="labels"
          series={arms}
          height={190}
          formatY={(value) => String(Number(value.toFixed(3)))}
        />
      )}
      {proof.status === "ready" && (
        <Text size="xs" c="dimmed">
          {proof.message}
        </Text>
      )}
      {gainWords(proof) !== null && <Text size="sm">{gainWords(proof)}</Text>}
      {proof.advice !== "" && (
        <Text size="sm" fw={600}>
          {proof.advice}
        </Text>
      )}
    </Stack>
  );
}
