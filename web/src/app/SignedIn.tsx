import { Center, Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

import { ApiProblem } from "@/api/client";
import { meQuery } from "@/api/queries/session";

import { PageProblem } from "./PageProblem";

/** Shows its pages to people who are signed in and sends others to the login page and back. */
export function SignedIn() {
  const me = useQuery(meQuery());
  if (me.isPending) return <Waiting />;
  if (me.error instanceof ApiProblem && me.error.status === 401) return <ToLogin />;
  if (me.error !== null) return <PageProblem error={me.error} onRetry={() => void me.refetch()} />;
  return <Outlet />;
}

function Waiting() {
  return (
    <Center h="100%">
      <Loader role="status" aria-label="Loading" />
    </Center>
  );
}

/** Goes to the login page once. On each change of the address it would go again, with an ever longer way back. */
function ToLogin() {
  const router = useRouter();
  const navigate = useNavigate();
  useEffect(() => {
    const here = router.state.location.href;
    void navigate({ to: "/login", search: { to: here === "/" ? undefined : here }, replace: true });
  }, [router, navigate]);
  return <Waiting />;
}
