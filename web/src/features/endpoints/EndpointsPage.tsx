import { Badge, Button, Card, Code, Stack, Table, Text, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconPlus, IconServerBolt } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { endpointMetricsQuery, endpointsQuery, flagRulesQuery } from "@/api/queries/endpoints";
import { modelsQuery } from "@/api/queries/models";
import type { Endpoint } from "@/api/schema.gen";
import { useIsAtLeast, useProjectId } from "@/app/context";
import { EmptyState } from "@/ui/EmptyState";
import { formatCount } from "@/ui/format";
import { LinkAnchor } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { NewEndpoint } from "./NewEndpoint";
import { formatMs, formatRate, modelName, trafficOf } from "./words";

const HOUR = 60;

/** Every endpoint of the project, and how it does. */
export function EndpointsPage() {
  const projectId = useProjectId();
  const endpoints = useQuery(endpointsQuery(projectId));
  const mayWrite = useIsAtLeast("manager");
  const { model } = useSearch({ from: "/signed-in/p/$projectId/endpoints" });
  const navigate = useNavigate();
  const open = (given: string | undefined) => {
    void navigate({
      to: "/p/$projectId/endpoints",
      params: { projectId },
      search: { model: given },
      replace: true,
    });
  };
  const listed = endpoints.data?.items ?? [];
  const add = mayWrite ? (
    <Button
      leftSection={<IconPlus size={16} />}
      onClick={() => {
        open("any");
      }}
    >
      New endpoint
    </Button>
  ) : undefined;
  return (
    <>
      <PageHeader
        title="Endpoints"
        about="Models at work under an address. What they answer is written down, judged and flagged, and comes back as work for people."
        actions={listed.length > 0 ? add : undefined}
      />
      {endpoints.isPending && <WaitRows />}
      {endpoints.isError && <ProblemNote error={endpoints.error} onRetry={() => void endpoints.refetch()} />}
      {endpoints.isSuccess && listed.length === 0 && <Nothing action={add} />}
      {listed.length > 0 && <EndpointTable endpoints={listed} projectId={projectId} />}
      {mayWrite && (
        <NewEndpoint
          key={model ?? ""}
          projectId={projectId}
          modelId={model === undefined || model === "any" ? null : model}
          isOpen={model !== undefined}
          onClose={() => {
            open(undefined);
          }}
        />
      )}
    </>
  );
}

function Nothing({ action }: { readonly action: React.ReactNode }) {
  return (
    <EmptyState
      icon={<IconServerBolt size={28} />}
      title="No endpoint yet"
      action={
        <Stack align="center" gap="sm" mt="xs">
          {action}
          <Text size="sm" c="dimmed">
            or from the command line
          </Text>
          <Code block>whorl endpoints create shelf-cameras --model shelves-3</Code>
        </Stack>
      }
    >
      An endpoint answers about images over HTTP with the model you choose. It can try a second model on a
      share of the requests, keeps a log, takes feedback, and flags what deserves a look.
    </EmptyState>
  );
}

interface TableProps {
  readonly endpoints: readonly Endpoint[];
  readonly projectId: string;
}

function EndpointTable({ endpoints, projectId }: TableProps) {
  return (
    <Card withBorder padding={0}>
      <Table.ScrollContainer minWidth={860}>
        <Table highlightOnHover verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Endpoint</Table.Th>
              <Table.Th>Answers with</Table.Th>
              <Table.Th ta="right">Requests / min</Table.Th>
              <Table.Th ta="right">p99</Table.Th>
              <Table.Th ta="right">Errors</Table.Th>
              <Table.Th ta="right">Flags today</Table.Th>
              <Table.Th w={110}>State</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {endpoints.map((one) => (
              <Row key={one.id} endpoint={one} projectId={projectId} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="xs" c="dimmed" px="sm" py="xs">
        Requests, p99 and errors are of the last hour.
      </Text>
    </Card>
  );
}

function Row({ endpoint, projectId }: { readonly endpoint: Endpoint; readonly projectId: string }) {
  const models = useQuery(modelsQuery(projectId)).data?.items ?? [];
  const metrics = useQuery(endpointMetricsQuery({ endpointId: endpoint.id, minutes: HOUR })).data;
  const rules = useQuery(flagRulesQuery(endpoint.id)).data;
  const traffic = metrics === undefined ? null : trafficOf(metrics, HOUR);
  const flags = rules?.reduce((sum, rule) => sum + rule.today, 0);
  return (
    <Table.Tr>
      <Table.Td>
        <LinkAnchor
          fw={600}
          to="/p/$projectId/endpoints/$endpointId"
          params={{ projectId, endpointId: endpoint.id }}
        >
          {endpoint.name}
        </LinkAnchor>
      </Table.Td>
      <Table.Td>
        {endpoint.model_id === null ? (
          <Text size="sm" c="dimmed">
            no model yet
          </Text>
        ) : (
          <LinkAnchor
            size="sm"
            to="/p/$projectId/models/$modelId"
            params={{ projectId, modelId: endpoint.model_id }}
          >
            {modelName(models, endpoint.model_id)}
          </LinkAnchor>
        )}
        <Beside endpoint={endpoint} nameOf={(id) => modelName(models, id)} />
      </Table.Td>
      <Table.Td ta="right">{traffic === null ? "…" : formatRate(traffic.perMinute)}</Table.Td>
      <Table.Td ta="right">{traffic === null ? "…" : formatMs(traffic.p99)}</Table.Td>
      <Table.Td ta="right" c={traffic !== null && traffic.errors > 0 ? "red" : undefined}>
        {traffic === null ? "…" : formatCount(traffic.errors)}
      </Table.Td>
      <Table.Td ta="right">{flags === undefined ? "…" : formatCount(flags)}</Table.Td>
      <Table.Td>
        <StateBadge endpoint={endpoint} />
      </Table.Td>
    </Table.Tr>
  );
}

interface BesideProps {
  readonly endpoint: Endpoint;
  readonly nameOf: (id: string) => string;
}

function Beside({ endpoint, nameOf }: BesideProps) {
  const words = [
    endpoint.canary_id === null ? null : `canary ${nameOf(endpoint.canary_id)}`,
    endpoint.shadow_id === null ? null : `shadow ${nameOf(endpoint.shadow_id)}`,
    endpoint.variable === null ? null : `follows ${endpoint.variable}`,
  ].filter((one) => one !== null);
  if (words.length === 0) return null;
  return (
    <Text size="xs" c="dimmed">
      {words.join(" · ")}
    </Text>
  );
}

/** Whether it answers, and why not. */
export function StateBadge({ endpoint }: { readonly endpoint: Endpoint }) {
  const problem = endpoint.problem ?? null;
  if (!endpoint.is_on) return <Badge color="gray">off</Badge>;
  if (problem !== null) {
    return (
      <Tooltip label={problem} multiline maw={360}>
        <Badge color="red" leftSection={<IconAlertTriangle size={12} />}>
          problem
        </Badge>
      </Tooltip>
    );
  }
  if (endpoint.model_id === null) {
    return (
      <Badge color="yellow" variant="light">
        waits
      </Badge>
    );
  }
  return <Badge variant="light">on</Badge>;
}
