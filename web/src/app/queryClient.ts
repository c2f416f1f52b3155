import { QueryClient } from "@tanstack/react-query";

import { ApiProblem } from "@/api/client";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && error instanceof ApiProblem && error.isRetryable,
    },
  },
});
