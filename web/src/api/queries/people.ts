/** Members of a project, people of the installation, and tokens. */
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import type { MemberSet, PersonCreate, ServiceTokenCreate } from "../schema.gen";

export function membersQuery(projectId: string) {
  return queryOptions({
    queryKey: ["members", projectId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/members", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
  });
}

export function setMember({ projectId, ...body }: MemberSet & { projectId: string }) {
  return unwrap(
    api.PUT("/api/v1/projects/{project_id}/members", { params: { path: { project_id: projectId } }, body }),
  );
}

export function removeMember({ projectId, personId }: { projectId: string; personId: string }) {
  return unwrap(
    api.DELETE("/api/v1/projects/{project_id}/members/{person_id}", {
      params: { path: { project_id: projectId, person_id: personId } },
    }),
  );
}

/** Everybody of the installation; for admins. */
export function peopleQuery() {
  return queryOptions({
    queryKey: ["people"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/people", { params: { query: { limit: 500 } }, signal })),
  });
}

export function createPerson(body: PersonCreate) {
  return unwrap(api.POST("/api/v1/people", { body }));
}

export function tokensQuery(projectId: string) {
  return queryOptions({
    queryKey: ["tokens", projectId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/tokens", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
  });
}

export function createToken({ projectId, ...body }: ServiceTokenCreate & { projectId: string }) {
  return unwrap(
    api.POST("/api/v1/projects/{project_id}/tokens", { params: { path: { project_id: projectId } }, body }),
  );
}

export function revokeToken({ projectId, tokenId }: { projectId: string; tokenId: string }) {
  return unwrap(
    api.DELETE("/api/v1/projects/{project_id}/tokens/{token_id}", {
      params: { path: { project_id: projectId, token_id: tokenId } },
    }),
  );
}
