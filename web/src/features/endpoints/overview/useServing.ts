import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { endpointQuery, rollBackEndpoint, serveModel } from "@/api/queries/endpoints";
import type { Endpoint, ServeRequest } from "@/api/schema.gen";

export interface Serving {
  readonly serve: (body: ServeRequest) => void;
  readonly promote: (modelId: string) => void;
  readonly rollBack: () => void;
  readonly isBusy: boolean;
  readonly error: Error | null;
}

/** Changes of who serves; what follows an endpoint is asked for again. */
export function useServing(endpointId: string, onDone?: () => void): Serving {
  const client = useQueryClient();
  const changing = useMutation({
    mutationFn: (change: () => Promise<Endpoint>) => change(),
    onSuccess: async (changed) => {
      client.setQueryData(endpointQuery(endpointId).queryKey, changed);
      await client.invalidateQueries({
        predicate: ({ queryKey }) =>
          ["endpoints", "endpoint", "endpoint-metrics", "champions", "pipeline"].includes(
            String(queryKey[0]),
          ),
      });
      notifications.show({ title: changed.name, message: "Who serves was changed." });
      onDone?.();
    },
  });
  const serve = (body: ServeRequest) => serveModel({ endpointId, body });
  return {
    serve: (body) => {
      changing.mutate(() => serve(body));
    },
    promote: (modelId) => {
      changing.mutate(() => serve({ model_id: modelId, role: "champion", share: 0 }));
    },
    rollBack: () => {
      changing.mutate(() => rollBackEndpoint(endpointId));
    },
    isBusy: changing.isPending,
    error: changing.error,
  };
}
