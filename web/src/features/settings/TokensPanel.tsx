import {
  Alert,
  Button,
  Card,
  Code,
  CopyButton,
  Grid,
  Group,
  NumberInput,
  Select,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconKey } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { createToken, revokeToken, tokensQuery } from "@/api/queries/people";
import type { Token } from "@/api/schema.gen";
import type { RoleName } from "@/app/context";
import { EmptyState } from "@/ui/EmptyState";
import { formatAgo } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

const ROLES: readonly RoleName[] = ["manager", "reviewer", "annotator", "viewer"];

/** Tokens for programs: each acts as one role in this project. */
export function TokensPanel({ projectId }: { readonly projectId: string }) {
  const tokens = useQuery(tokensQuery(projectId));
  if (tokens.isError) return <ProblemNote error={tokens.error} onRetry={() => void tokens.refetch()} />;
  if (tokens.data === undefined) return <WaitRows rows={3} />;
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 8 }}>
        {tokens.data.length === 0 ? (
          <EmptyState icon={<IconKey size={28} />} title="No token yet">
            A camera, a script or a continuous-integration job signs in with a token instead of a password.
          </EmptyState>
        ) : (
          <Card withBorder p={0}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Name</Table.Th>
                  <Table.Th>Role</Table.Th>
                  <Table.Th>Made</Table.Th>
                  <Table.Th>Ends</Table.Th>
                  <Table.Th />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {tokens.data.map((token) => (
                  <TokenRow key={token.id} token={token} projectId={projectId} />
                ))}
              </Table.Tbody>
            </Table>
          </Card>
        )}
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 4 }}>
        <NewToken projectId={projectId} />
      </Grid.Col>
    </Grid>
  );
}

function TokenRow({ token, projectId }: { readonly token: Token; readonly projectId: string }) {
  const client = useQueryClient();
  const revoking = useMutation({
    mutationFn: () => revokeToken({ projectId, tokenId: token.id }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["tokens"] }),
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
    <Table.Tr>
      <Table.Td fw={600}>{token.name}</Table.Td>
      <Table.Td>{token.role}</Table.Td>
      <Table.Td>{formatAgo(token.created_at)}</Table.Td>
      <Table.Td>{token.expires_at === null ? "never" : formatAgo(token.expires_at)}</Table.Td>
      <Table.Td ta="right">
        {token.revoked_at === null ? (
          <Button size="xs" variant="default" onClick={ask} loading={revoking.isPending}>
            Revoke
          </Button>
        ) : (
          <Text size="sm" c="dimmed">
            revoked
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function NewToken({ projectId }: { readonly projectId: string }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<RoleName>("annotator");
  const [days, setDays] = useState<number | null>(90);
  const client = useQueryClient();
  const making = useMutation({
    mutationFn: () => createToken({ projectId, name, role, expires_in_days: days }),
    onSuccess: async () => {
      setName("");
      await client.invalidateQueries({ queryKey: ["tokens"] });
    },
  });
  return (
    <Card withBorder>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          making.mutate();
        }}
      >
        <Title order={3} mb="sm">
          New token
        </Title>
        <Stack gap="sm">
          <TextInput
            label="Name"
            placeholder="Camera 3"
            required
            maxLength={200}
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value);
            }}
          />
          <Select
            label="Acts as"
            data={[...ROLES]}
            value={role}
            allowDeselect={false}
            onChange={(value) => {
              setRole(ROLES.find((one) => one === value) ?? "viewer");
            }}
          />
          <NumberInput
            label="Ends after days"
            description="Empty: never"
            min={1}
            max={3660}
            value={days ?? ""}
            onChange={(value) => {
              setDays(typeof value === "number" ? value : null);
            }}
          />
          {making.isError && <ProblemNote error={making.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={making.isPending}>
              Make it
            </Button>
          </Group>
        </Stack>
      </form>
      {making.data !== undefined && (
        <Alert mt="md" color="yellow" title="Copy it now; it is not shown again">
          <Code block>{making.data.secret}</Code>
          <CopyButton value={making.data.secret}>
            {({ copied, copy }) => (
              <Button size="xs" mt="xs" variant="default" onClick={copy}>
                {copied ? "Copied" : "Copy"}
              </Button>
            )}
          </CopyButton>
        </Alert>
      )}
    </Card>
  );
}
