/** What every page may ask: which project it is in and who is looking. */
import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { meQuery } from "@/api/queries/session";
import type { Me } from "@/api/schema.gen";

export type RoleName = Me["roles"][string];

const RANK: Readonly<Record<RoleName, number>> = {
  owner: 4,
  manager: 3,
  reviewer: 2,
  annotator: 1,
  viewer: 0,
};

/** The project of the address; throws outside `/p/...`. */
export function useProjectId(): string {
  const { projectId } = useParams({ strict: false });
  if (projectId === undefined) throw new Error("this page belongs to a project");
  return projectId;
}

export function useMe(): Me {
  return useSuspenseQuery(meQuery()).data;
}

/** The reader's role in the project of the address. */
export function useRole(): RoleName {
  const me = useMe();
  const projectId = useProjectId();
  return me.is_admin ? "owner" : (me.roles[projectId] ?? "viewer");
}

/** Whether the reader is at least this in the project; what they may not do is not offered. */
export function useIsAtLeast(role: RoleName): boolean {
  return RANK[useRole()] >= RANK[role];
}
