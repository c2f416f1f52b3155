import { Button, Card, Group, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { addItemComment, itemCommentsQuery } from "@/api/queries/annotations";
import { formatAgo } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";

/** What people wrote about the item, oldest first. */
export function ItemCommentsPanel({ itemId }: { readonly itemId: string }) {
  const comments = useQuery(itemCommentsQuery(itemId));
  const [body, setBody] = useState("");
  const client = useQueryClient();
  const adding = useMutation({
    mutationFn: () => addItemComment({ itemId, body }),
    onSuccess: async () => {
      setBody("");
      await client.invalidateQueries({ queryKey: ["comments", itemId] });
    },
  });
  return (
    <Stack gap="sm">
      {comments.isError && <ProblemNote error={comments.error} onRetry={() => void comments.refetch()} />}
      {comments.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          Nobody has said anything yet.
        </Text>
      )}
      {comments.data?.map((one) => (
        <Card key={one.id} withBorder p="sm">
          <Text size="xs" c="dimmed">
            {one.author_name} · {formatAgo(one.created_at)}
          </Text>
          <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
            {one.body}
          </Text>
        </Card>
      ))}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          adding.mutate();
        }}
      >
        <Textarea
          aria-label="Comment"
          placeholder="Say something about this image"
          autosize
          minRows={2}
          maxRows={8}
          maxLength={4000}
          value={body}
          onChange={(event) => {
            setBody(event.currentTarget.value);
          }}
        />
        {adding.isError && <ProblemNote error={adding.error} />}
        <Group justify="flex-end" mt="xs">
          <Button type="submit" size="xs" disabled={body.trim() === ""} loading={adding.isPending}>
            Comment
          </Button>
        </Group>
      </form>
    </Stack>
  );
}
