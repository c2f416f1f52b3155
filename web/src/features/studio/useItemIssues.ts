/** Issues and comments of an item. */
import { queryOptions, useQuery } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import { itemCommentsQuery } from "@/api/queries/annotations";
import type { Comment, Issue } from "@/api/schema.gen";

import { useStudio } from "./context";

/** The issues of one item, of this task and of the reviews that look after it. */
export function itemIssuesQuery(taskId: string, itemId: string) {
  return queryOptions({
    queryKey: ["issues", taskId, itemId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/tasks/{task_id}/issues", {
          params: { path: { task_id: taskId }, query: { item_id: itemId } },
          signal,
        }),
      ),
  });
}

const NO_ISSUES: Issue[] = [];
const NO_COMMENTS: Comment[] = [];

/** In a review the issues of the labelling task too. */
export function useItemIssues(itemId: string): readonly Issue[] {
  const { task } = useStudio();
  const { data } = useQuery({
    ...itemIssuesQuery(task.reviews_task_id ?? task.id, itemId),
    enabled: itemId !== "",
  });
  return data ?? NO_ISSUES;
}

export function useItemComments(itemId: string): readonly Comment[] {
  const { data } = useQuery({ ...itemCommentsQuery(itemId), enabled: itemId !== "" });
  return data ?? NO_COMMENTS;
}
