import { Badge, Button, Card, Group, Stack, Text } from "@mantine/core";
import { IconMessageCheck } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { resolveIssue, taskIssuesQuery } from "@/api/queries/tasks";
import type { Issue } from "@/api/schema.gen";
import { EmptyState } from "@/ui/EmptyState";
import { formatAgo } from "@/ui/format";
import { LinkButton } from "@/ui/links";
import { ProblemNote } from "@/ui/ProblemNote";
import { Thumb } from "@/ui/Thumb";
import { WaitRows } from "@/ui/Wait";

export interface IssuesPanelProps {
  readonly taskId: string;
  readonly projectId: string;
}

/** What reviewers want mended, open ones first. */
export function IssuesPanel({ taskId, projectId }: IssuesPanelProps) {
  const issues = useQuery(taskIssuesQuery(taskId));
  if (issues.isError) return <ProblemNote error={issues.error} onRetry={() => void issues.refetch()} />;
  if (issues.data === undefined) return <WaitRows rows={3} />;
  if (issues.data.length === 0) {
    return (
      <EmptyState icon={<IconMessageCheck size={28} />} title="No issue was raised">
        When a reviewer wants something mended, it is listed here and the item goes back to its author.
      </EmptyState>
    );
  }
  const sorted = [...issues.data].sort(
    (a, b) => Number(a.state === "resolved") - Number(b.state === "resolved"),
  );
  return (
    <Stack gap="xs">
      {sorted.map((issue) => (
        <IssueCard key={issue.id} issue={issue} projectId={projectId} />
      ))}
    </Stack>
  );
}

function IssueCard({ issue, projectId }: { readonly issue: Issue; readonly projectId: string }) {
  const client = useQueryClient();
  const resolving = useMutation({
    mutationFn: () => resolveIssue(issue.id),
    onSuccess: () => client.invalidateQueries({ queryKey: ["issues"] }),
  });
  return (
    <Card withBorder p="sm">
      <Group wrap="nowrap" align="flex-start">
        <div style={{ width: 120, flexShrink: 0 }}>
          <Thumb itemId={issue.item_id} name="the item" projectId={projectId} />
        </div>
        <Stack gap={4} style={{ flex: 1, minWidth: 0 }}>
          <Group gap="xs">
            <Badge size="sm" variant="light" color={issue.state === "open" ? "red" : "teal"}>
              {issue.state}
            </Badge>
            <Text size="xs" c="dimmed">
              {formatAgo(issue.created_at)}
            </Text>
          </Group>
          <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
            {issue.body}
          </Text>
          {issue.comments?.map((comment) => (
            <Text key={comment.id} size="sm" c="dimmed" pl="md" style={{ overflowWrap: "anywhere" }}>
              ↳ {comment.body}
            </Text>
          ))}
          {resolving.isError && <ProblemNote error={resolving.error} />}
        </Stack>
        <Group gap="xs" wrap="nowrap">
          <LinkButton
            size="xs"
            variant="default"
            to="/p/$projectId/studio/$taskId"
            params={{ projectId, taskId: issue.task_id }}
            search={{ item: issue.item_id }}
          >
            Open in the studio
          </LinkButton>
          {issue.state === "open" && (
            <Button
              size="xs"
              variant="default"
              loading={resolving.isPending}
              onClick={() => {
                resolving.mutate();
              }}
            >
              Mended
            </Button>
          )}
        </Group>
      </Group>
    </Card>
  );
}
