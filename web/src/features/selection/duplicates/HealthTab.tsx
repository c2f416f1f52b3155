import { Card, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconHeartbeat, IconPhotoSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { healthQuery } from "@/api/queries/duplicates";
import { thumbnailAddress } from "@/api/queries/models";
import type { Dataset, HealthIssue } from "@/api/schema.gen";
import { EmptyState } from "@/ui/EmptyState";
import { formatCount, formatShare } from "@/ui/format";
import { LinkButton } from "@/ui/links";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import classes from "../selection.module.css";

const WORDS: Readonly<Record<HealthIssue["kind"], { title: string; about: string }>> = {
  blurred: { title: "Blurred", about: "No sharp edge anywhere." },
  dark: { title: "Dark", about: "Hardly any light." },
  bright: { title: "Bright", about: "Washed out." },
  flat: { title: "Flat", about: "Next to no contrast: fog, a covered lens, a blank page." },
  odd_size: { title: "Odd size", about: "Much smaller or larger than the others." },
  odd_aspect: { title: "Odd shape", about: "Much wider or taller than the others." },
  truncated: { title: "Cut off", about: "The file ends before the picture does." },
};
const MOST_EXAMPLES = 6;

export interface HealthTabProps {
  readonly projectId: string;
  readonly dataset: Dataset;
}

/** What is wrong with a dataset's images, with the worst of each kind. */
export function HealthTab({ projectId, dataset }: HealthTabProps) {
  const health = useQuery(healthQuery(dataset.id));
  if (health.isError) return <ProblemNote error={health.error} onRetry={() => void health.refetch()} />;
  if (health.data === undefined) return <WaitRows rows={4} height={120} />;
  const { n_items: count } = health.data;
  const issues = health.data.issues.filter((one) => one.n_items > 0);
  if (issues.length === 0) {
    return (
      <EmptyState icon={<IconHeartbeat size={28} />} title={count === 0 ? "No images yet" : "All well"}>
        {count === 0
          ? "Blur, light, size and broken files are looked at as images come in."
          : `None of ${formatCount(count)} images is blurred, dark, bright, flat, odd or cut off.`}
      </EmptyState>
    );
  }
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
      {issues.map((one) => (
        <IssueCard key={one.kind} issue={one} count={count} projectId={projectId} datasetId={dataset.id} />
      ))}
    </SimpleGrid>
  );
}

interface CardProps {
  readonly issue: HealthIssue;
  readonly count: number;
  readonly projectId: string;
  readonly datasetId: string;
}

function IssueCard({ issue, count, projectId, datasetId }: CardProps) {
  const { title, about } = WORDS[issue.kind];
  return (
    <Card withBorder padding="md" component="section" aria-label={title}>
      <Stack gap="sm" h="100%">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <Text fw={600}>{title}</Text>
            <Text size="xs" c="dimmed">
              {about}
            </Text>
          </div>
          <div style={{ textAlign: "end", flex: "none" }}>
            <Text fz={22} fw={650} lh={1.1}>
              {formatCount(issue.n_items)}
            </Text>
            <Text size="xs" c="dimmed">
              {formatShare(issue.n_items / Math.max(1, count))}
            </Text>
          </div>
        </Group>
        <div className={classes.six}>
          {issue.examples.slice(0, MOST_EXAMPLES).map((itemId) => (
            <img key={itemId} src={thumbnailAddress(itemId)} alt="" loading="lazy" decoding="async" />
          ))}
        </div>
        <Text size="xs" c="dimmed" flex={1}>
          {issue.threshold}
        </Text>
        <LinkButton
          size="xs"
          variant="default"
          w="fit-content"
          leftSection={<IconPhotoSearch size={15} />}
          to="/p/$projectId/explorer"
          params={{ projectId }}
          search={{ dataset: datasetId, q: JSON.stringify(issue.query) }}
        >
          Look at them
        </LinkButton>
      </Stack>
    </Card>
  );
}
