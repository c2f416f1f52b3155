import {
  ActionIcon,
  Alert,
  Button,
  Code,
  CopyButton,
  Group,
  Stack,
  Text,
  TextInput,
  Tooltip,
} from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { createEndpointToken, endpointTokensQuery, revokeEndpointToken } from "@/api/queries/endpoints";
import type { Endpoint, Token } from "@/api/schema.gen";
import { formatAgo } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

/** Tokens that may ask this endpoint and give it feedback, and do nothing else. */
export function TokensPanel({ endpoint }: { readonly endpoint: Endpoint }) {
  const tokens = useQuery(endpointTokensQuery(endpoint.id));
  const standing = (tokens.data ?? []).filter((one) => one.revoked_at === null);
  return (
    <Panel title="Tokens" about="Each may ask this endpoint and give it feedback, and nothing else.">
      <Stack gap="xs">
        {tokens.isPending && <WaitRows rows={1} />}
        {tokens.isError && <ProblemNote error={tokens.error} onRetry={() => void tokens.refetch()} />}
        {tokens.isSuccess && standing.length === 0 && (
          <Text size="sm" c="dimmed">
            No token yet. Every program that asks should have its own.
          </Text>
        )}
        {standing.map((one) => (
          <Row key={one.id} token={one} endpoint={endpoint} />
        ))}
        <NewToken endpoint={endpoint} />
      </Stack>
    </Panel>
  );
}

function Row({ token, endpoint }: { readonly token: Token; readonly endpoint: Endpoint }) {
  const client = useQueryClient();
  const revoking = useMutation({
    mutationFn: () => revokeEndpointToken({ endpointId: endpoint.id, tokenId: token.id }),
    onSuccess: () => client.invalidateQueries({ queryKey: endpointTokensQuery(endpoint.id).queryKey }),
  });
  const ask = () => {
    modals.openConfirmModal({
      title: `Revoke “${token.name}”?`,
      children: <Text size="sm">Whatever uses it is refused from now on.</Text>,
      labels: { confirm: "Revoke", cancel: "Cancel" },
      confirmProps: { color: "red" },
      onConfirm: revoking.mutate,
    });
  };
  return (
    <>
      <Group justify="space-between" wrap="nowrap">
        <div style={{ minWidth: 0 }}>
          <Text size="sm" fw={600} truncate>
            {token.name}
          </Text>
          <Text size="xs" c="dimmed">
            made {formatAgo(token.created_at)}
            {token.expires_at === null ? "" : ` · ends ${formatAgo(token.expires_at)}`}
          </Text>
        </div>
        <Tooltip label="Revoke">
          <ActionIcon aria-label={`Revoke ${token.name}`} onClick={ask} loading={revoking.isPending}>
            <IconTrash size={16} />
          </ActionIcon>
        </Tooltip>
      </Group>
      {revoking.isError && <ProblemNote error={revoking.error} />}
    </>
  );
}

function NewToken({ endpoint }: { readonly endpoint: Endpoint }) {
  const [name, setName] = useState("");
  const client = useQueryClient();
  const making = useMutation({
    mutationFn: () => createEndpointToken({ endpointId: endpoint.id, name, expires_in_days: null }),
    onSuccess: async () => {
      setName("");
      await client.invalidateQueries({ queryKey: endpointTokensQuery(endpoint.id).queryKey });
    },
  });
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          making.mutate();
        }}
      >
        <Group gap="xs" wrap="nowrap">
          <TextInput
            aria-label="Name of a new token"
            placeholder="Camera 3"
            required
            maxLength={200}
            style={{ flex: 1 }}
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value);
            }}
          />
          <Button type="submit" variant="default" loading={making.isPending}>
            Make a token
          </Button>
        </Group>
      </form>
      {making.isError && <ProblemNote error={making.error} />}
      {making.data !== undefined && (
        <Alert color="yellow" variant="light" title="Copy it now; it is not shown again">
          <Code block style={{ whiteSpace: "normal", wordBreak: "break-all" }}>
            {making.data.secret}
          </Code>
          <CopyButton value={making.data.secret}>
            {({ copied, copy }) => (
              <Button size="xs" mt="xs" variant="default" onClick={copy}>
                {copied ? "Copied" : "Copy"}
              </Button>
            )}
          </CopyButton>
        </Alert>
      )}
    </>
  );
}
