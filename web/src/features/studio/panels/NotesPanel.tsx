import { Badge, Button, Card, Group, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { api, unwrap } from "@/api/client";
import { resolveIssue } from "@/api/queries/tasks";
import type { Comment, Issue } from "@/api/schema.gen";
import { formatAgo } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";

import { useStudio, useView } from "../context";
import { ActionButton } from "../KeyButton";
import { usePins } from "../NoteComposer";
import classes from "../studio.module.css";
import { useItemComments, useItemIssues } from "../useItemIssues";

/** Issues and notes of the item, each pinned to its place on the picture. */
export function NotesPanel({ itemId }: { readonly itemId: string }) {
  const { task } = useStudio();
  const issues = useItemIssues(itemId);
  const comments = useItemComments(itemId);
  usePins(
    useMemo(
      () =>
        [...issues, ...comments].flatMap((one) =>
          one.x === null || one.y === null
            ? []
            : [{ id: one.id, x: one.x, y: one.y, isResolved: "state" in one && one.state === "resolved" }],
        ),
      [issues, comments],
    ),
  );
  return (
    <Stack gap="sm" className={classes.pad}>
      <ActionButton action={task.kind === "review" ? "review.issue" : "comment.pin"}>
        {task.kind === "review" ? "Raise an issue" : "Note at a place"}
      </ActionButton>
      {issues.length + comments.length === 0 && (
        <Text size="sm" c="dimmed">
          No notes. Say here when an object is missing or something is unclear.
        </Text>
      )}
      {issues.map((issue) => (
        <IssueCard key={issue.id} issue={issue} />
      ))}
      {comments.map((comment) => (
        <CommentCard key={comment.id} comment={comment} />
      ))}
    </Stack>
  );
}

function IssueCard({ issue }: { readonly issue: Issue }) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ["issues"] });
  const resolving = useMutation({ mutationFn: () => resolveIssue(issue.id), onSuccess: refresh });
  const isOpen = issue.state === "open";
  return (
    <Card withBorder p="xs">
      <Group justify="space-between" mb={4}>
        <Badge size="xs" color={isOpen ? "orange" : "gray"} variant="light">
          {isOpen ? "Issue" : "Mended"}
        </Badge>
        <Place at={issue} />
      </Group>
      <Body text={issue.body} />
      {(issue.comments ?? []).map((reply) => (
        <Text
          key={reply.id}
          size="xs"
          mt={4}
          pl={8}
          style={{
            borderInlineStart: "2px solid var(--mantine-color-default-border)",
            overflowWrap: "anywhere",
          }}
        >
          <b>{reply.author_name}</b> {reply.body}
        </Text>
      ))}
      {isOpen && <Reply issueId={issue.id} onSent={refresh} />}
      {resolving.isError && <ProblemNote error={resolving.error} />}
      {isOpen && (
        <Button
          mt={6}
          size="compact-xs"
          variant="light"
          loading={resolving.isPending}
          onClick={() => {
            resolving.mutate();
          }}
        >
          Mended
        </Button>
      )}
    </Card>
  );
}

function Reply({ issueId, onSent }: { readonly issueId: string; readonly onSent: () => Promise<void> }) {
  const [body, setBody] = useState("");
  const sending = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/issues/{issue_id}/comments", {
          params: { path: { issue_id: issueId } },
          body: { body },
        }),
      ),
    onSuccess: async () => {
      setBody("");
      await onSent();
    },
  });
  return (
    <>
      <Textarea
        mt={6}
        size="xs"
        autosize
        minRows={1}
        maxRows={4}
        maxLength={4000}
        aria-label="Reply"
        placeholder="Reply; Enter sends"
        value={body}
        onChange={(event) => {
          setBody(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || body.trim() === "") return;
          event.preventDefault();
          sending.mutate();
        }}
      />
      {sending.isError && <ProblemNote error={sending.error} />}
    </>
  );
}

function CommentCard({ comment }: { readonly comment: Comment }) {
  return (
    <Card withBorder p="xs">
      <Group justify="space-between" mb={4}>
        <Text size="xs" c="dimmed">
          {comment.author_name} · {formatAgo(comment.created_at)}
        </Text>
        <Place at={comment} />
      </Group>
      <Body text={comment.body} />
    </Card>
  );
}

function Body({ text }: { readonly text: string }) {
  return (
    <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
      {text}
    </Text>
  );
}

const AROUND_PX = 60;

function Place({ at }: { readonly at: { readonly x: number | null; readonly y: number | null } }) {
  const engine = useView((view) => view.engine);
  const { x, y } = at;
  if (x === null || y === null) return null;
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      onClick={() => {
        engine?.zoomTo({ x0: x - AROUND_PX, y0: y - AROUND_PX, x1: x + AROUND_PX, y1: y + AROUND_PX });
      }}
    >
      Show
    </Button>
  );
}
