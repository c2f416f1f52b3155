import { Center, Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Navigate, Outlet, useLocation } from "@tanstack/react-router";

import { ApiProblem } from "@/api/client";
import { meQuery } from "@/api/queries/session";

import { PageProblem } from "./PageProblem";

/** Shows its pages to people who are signed in and sends others to the login page and back. */
export function SignedIn() {
  const me = useQuery(meQuery());
  const here = useLocation({ select: (location) => location.href });
  if (me.isPending) {
    return (
      <Center h="100%">
        <Loader aria-label="Loading" />
      </Center>
    );
  }
  if (me.error instanceof ApiProblem && me.error.status === 401)
    return <Navigate to="/login" search={{ to: here }} />;
  if (me.error !== null) return <PageProblem error={me.error} onRetry={() => void me.refetch()} />;
  return <Outlet />;
}
