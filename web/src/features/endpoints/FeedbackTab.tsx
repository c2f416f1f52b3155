import { Button, Card, Group, Stack, Table, Text } from "@mantine/core";
import { IconMessage2 } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { feedbackQuery, predictionImageAddress } from "@/api/queries/endpoints";
import type { Feedback } from "@/api/schema.gen";
import { CurveChart } from "@/ui/charts/CurveChart";
import { EmptyState } from "@/ui/EmptyState";
import { formatAgo, formatCount, formatShare } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { Stat } from "@/ui/Stat";
import { WaitRows } from "@/ui/Wait";

import classes from "./endpoints.module.css";
import { goodShares, WINDOW } from "./feedback";
import { PredictionDrawer } from "./log/PredictionDrawer";
import type { TabProps } from "./overview/OverviewTab";
import { formatMinute } from "./overview/traffic";
import { VerdictBadge } from "./VerdictButtons";

const ROWS = 60;

/** What people and programs said of its answers. */
export function FeedbackTab({ endpoint, projectId }: TabProps) {
  const feedback = useInfiniteQuery(feedbackQuery(endpoint.id));
  const [looked, setLooked] = useState<string | null>(null);
  const [shown, setShown] = useState(ROWS);
  const pages = feedback.data?.pages;
  const listed = useMemo(() => pages?.flatMap((page) => page.items) ?? [], [pages]);
  if (feedback.isPending) return <WaitRows rows={8} />;
  if (feedback.isError) return <ProblemNote error={feedback.error} onRetry={() => void feedback.refetch()} />;
  if (listed.length === 0) {
    return (
      <EmptyState icon={<IconMessage2 size={28} />} title="Nobody said anything yet">
        Say good or wrong of an answer in the log, let your program send feedback, or show end users the small
        page for it: see the settings.
      </EmptyState>
    );
  }
  const hasMore = shown < listed.length || feedback.hasNextPage;
  return (
    <Stack gap="md">
      <Shares listed={listed} isAll={!feedback.hasNextPage} />
      <FeedbackTable listed={listed.slice(0, shown)} onLook={setLooked} />
      {hasMore && (
        <Group justify="center">
          <Button
            variant="default"
            loading={feedback.isFetchingNextPage}
            onClick={() => {
              setShown(shown + ROWS);
              if (shown + ROWS > listed.length && feedback.hasNextPage) void feedback.fetchNextPage();
            }}
          >
            Show older ones
          </Button>
        </Group>
      )}
      <PredictionDrawer
        predictionId={looked}
        endpoint={endpoint}
        projectId={projectId}
        onClose={() => {
          setLooked(null);
        }}
      />
    </Stack>
  );
}

function Shares({ listed, isAll }: { readonly listed: readonly Feedback[]; readonly isAll: boolean }) {
  const points = useMemo(() => goodShares(listed), [listed]);
  const good = listed.filter((one) => one.verdict === "ok").length;
  const series = [{ key: "ok", name: "good", color: "var(--mantine-color-whorl-7)", points }];
  const first = points[0]?.x ?? 0;
  const span = (points.at(-1)?.x ?? 0) - first;
  return (
    <Panel
      title="Share of good answers"
      about={`Of the last ${String(WINDOW)} judged at each moment${isAll ? "" : "; the newest feedback is shown"}. People rather report what is wrong, so this is no accuracy.`}
    >
      <Group gap={40} mb="sm">
        <Stat value={formatShare(good / listed.length)} label="good" />
        <Stat value={formatCount(listed.length)} label="feedbacks" />
        <Stat
          value={formatCount(listed.filter((one) => one.verdict === "correction").length)}
          label="corrections"
        />
      </Group>
      <CurveChart
        title="Share of good answers over time"
        xTitle="time"
        series={series}
        yDomain={[0, 1]}
        height={180}
        formatX={(value) => formatMinute(value, span)}
        formatY={(value) => formatShare(value, 0)}
      />
    </Panel>
  );
}

interface TableProps {
  readonly listed: readonly Feedback[];
  readonly onLook: (predictionId: string) => void;
}

function FeedbackTable({ listed, onLook }: TableProps) {
  return (
    <Card withBorder padding={0}>
      <Table.ScrollContainer minWidth={760}>
        <Table highlightOnHover verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={64}>Image</Table.Th>
              <Table.Th w={110}>Verdict</Table.Th>
              <Table.Th>What is true</Table.Th>
              <Table.Th>Comment</Table.Th>
              <Table.Th>Who</Table.Th>
              <Table.Th>When</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {listed.map((one) => (
              <Table.Tr
                key={one.id}
                className={classes.row}
                onClick={() => {
                  onLook(one.prediction_id);
                }}
              >
                <Table.Td>
                  <button
                    type="button"
                    className={classes.example}
                    style={{ width: 48 }}
                    aria-label={`Look at the answer judged ${formatAgo(one.at)}`}
                  >
                    <Picture predictionId={one.prediction_id} />
                  </button>
                </Table.Td>
                <Table.Td>
                  <VerdictBadge verdict={one.verdict} />
                </Table.Td>
                <Table.Td>
                  {[...new Set((one.correction ?? []).map((each) => each.label))].join(", ")}
                </Table.Td>
                <Table.Td maw={320}>
                  <Text size="sm" lineClamp={2}>
                    {one.comment}
                  </Text>
                </Table.Td>
                <Table.Td>{one.who}</Table.Td>
                <Table.Td>
                  <Text size="sm" c="dimmed" className={classes.short}>
                    {formatAgo(one.at)}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}

/** The picture, or a quiet square where it was not kept. */
function Picture({ predictionId }: { readonly predictionId: string }) {
  const [isGone, setGone] = useState(false);
  if (isGone) return <span />;
  return (
    <img
      src={predictionImageAddress(predictionId)}
      alt=""
      loading="lazy"
      onError={() => {
        setGone(true);
      }}
    />
  );
}
