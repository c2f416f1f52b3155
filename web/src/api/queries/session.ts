/** Who is signed in. */
import { queryOptions } from "@tanstack/react-query";

import { api, setCsrfToken, unwrap } from "../client";

/** The person or token that asks; `ApiProblem` 401 when nobody is signed in. */
export function meQuery() {
  return queryOptions({
    queryKey: ["me"],
    queryFn: async ({ signal }) => {
      const me = await unwrap(api.GET("/api/v1/me", { signal }));
      setCsrfToken(me.csrf_token ?? null);
      return me;
    },
    staleTime: 60_000,
    retry: false,
  });
}

export async function signIn(options: { email: string; password: string }): Promise<void> {
  const session = await unwrap(api.POST("/api/v1/login", { body: options }));
  setCsrfToken(session.csrf_token);
}

export async function signOut(): Promise<void> {
  await unwrap(api.POST("/api/v1/logout"));
  setCsrfToken(null);
}
