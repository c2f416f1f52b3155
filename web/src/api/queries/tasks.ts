/** Tasks, their items, people and issues. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import { FIRST_PAGE } from "../pages";
import type { TaskCreate, TaskItem, TaskItemsAdd, TaskUpdate } from "../schema.gen";

export type ItemStatus = TaskItem["status"];

export function tasksQuery(projectId: string) {
  return queryOptions({
    queryKey: ["tasks", projectId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/tasks", {
          params: { path: { project_id: projectId }, query: { limit: 500 } },
          signal,
        }),
      ),
  });
}

export function taskQuery(taskId: string) {
  return queryOptions({
    queryKey: ["task", taskId],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/tasks/{task_id}", { params: { path: { task_id: taskId } }, signal })),
  });
}

export function taskItemsQuery({ taskId, status }: { taskId: string; status: ItemStatus | null }) {
  return infiniteQueryOptions({
    queryKey: ["task", taskId, "items", status],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/tasks/{task_id}/items", {
          params: {
            path: { task_id: taskId },
            query: { status: status ?? undefined, cursor: pageParam, limit: 60 },
          },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function taskIssuesQuery(taskId: string) {
  return queryOptions({
    queryKey: ["issues", taskId],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/tasks/{task_id}/issues", { params: { path: { task_id: taskId } }, signal })),
  });
}

const LEASE_SECONDS = 600;

export function createTask({
  projectId,
  ...rest
}: Omit<TaskCreate, "lease_seconds"> & { projectId: string }) {
  const body = { ...rest, lease_seconds: LEASE_SECONDS };
  return unwrap(
    api.POST("/api/v1/projects/{project_id}/tasks", { params: { path: { project_id: projectId } }, body }),
  );
}

export function addTaskItems({ taskId, ...body }: Partial<TaskItemsAdd> & { taskId: string }) {
  return unwrap(api.POST("/api/v1/tasks/{task_id}/items", { params: { path: { task_id: taskId } }, body }));
}

export function updateTask({ taskId, ...body }: TaskUpdate & { taskId: string }) {
  return unwrap(api.PATCH("/api/v1/tasks/{task_id}", { params: { path: { task_id: taskId } }, body }));
}

/** What each person did in a task. */
export function taskPeopleQuery(taskId: string) {
  return queryOptions({
    queryKey: ["task", taskId, "people"],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/tasks/{task_id}/people", { params: { path: { task_id: taskId } }, signal })),
  });
}

export function resolveIssue(issueId: string) {
  return unwrap(api.POST("/api/v1/issues/{issue_id}/resolve", { params: { path: { issue_id: issueId } } }));
}
