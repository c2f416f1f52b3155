import { Alert, Button, Group, Switch, Tabs, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconAlertTriangle, IconPlayerPlay } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";

import { endpointQuery, flagRulesQuery, updateEndpoint } from "@/api/queries/endpoints";
import type { Endpoint } from "@/api/schema.gen";
import { useIsAtLeast, useProjectId } from "@/app/context";
import { formatCount } from "@/ui/format";
import { IdText } from "@/ui/IdText";
import { LinkAnchor } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { StateBadge } from "./EndpointsPage";
import { FeedbackTab } from "./FeedbackTab";
import { FlagsTab } from "./flags/FlagsTab";
import { LogTab } from "./log/LogTab";
import { OverviewTab } from "./overview/OverviewTab";
import { SettingsTab } from "./settings/SettingsTab";

/** One endpoint: how it does, what it was asked, what went wrong, and how it is set. */
export function EndpointPage() {
  const projectId = useProjectId();
  const { endpointId = "" } = useParams({ strict: false });
  const endpoint = useQuery(endpointQuery(endpointId));
  if (endpoint.isPending) return <WaitRows rows={8} />;
  if (endpoint.isError) return <ProblemNote error={endpoint.error} onRetry={() => void endpoint.refetch()} />;
  return <EndpointView key={endpointId} endpoint={endpoint.data} projectId={projectId} />;
}

interface ViewProps {
  readonly endpoint: Endpoint;
  readonly projectId: string;
}

function EndpointView({ endpoint, projectId }: ViewProps) {
  const { tab = "overview" } = useSearch({ from: "/signed-in/p/$projectId/endpoints/$endpointId" });
  const navigate = useNavigate();
  const flags = useQuery(flagRulesQuery(endpoint.id)).data?.reduce((sum, one) => sum + one.today, 0) ?? 0;
  const problem = endpoint.problem ?? null;
  return (
    <>
      <Header endpoint={endpoint} projectId={projectId} />
      {problem !== null && endpoint.is_on && (
        <Alert
          color="red"
          variant="light"
          icon={<IconAlertTriangle size={18} />}
          title="It does not serve the model that it should"
          mb="md"
        >
          {problem}
        </Alert>
      )}
      <Tabs
        value={tab}
        onChange={(value) =>
          void navigate({
            to: "/p/$projectId/endpoints/$endpointId",
            params: { projectId, endpointId: endpoint.id },
            search: { tab: value === null || value === "overview" ? undefined : value },
            replace: true,
          })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          <Tabs.Tab value="log">Log</Tabs.Tab>
          <Tabs.Tab value="flags">
            Flags{" "}
            {flags > 0 && (
              <Text span size="xs" c="dimmed">
                {formatCount(flags)} today
              </Text>
            )}
          </Tabs.Tab>
          <Tabs.Tab value="feedback">Feedback</Tabs.Tab>
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <OverviewTab endpoint={endpoint} projectId={projectId} />
        </Tabs.Panel>
        <Tabs.Panel value="log">
          <LogTab endpoint={endpoint} projectId={projectId} />
        </Tabs.Panel>
        <Tabs.Panel value="flags">
          <FlagsTab endpoint={endpoint} projectId={projectId} />
        </Tabs.Panel>
        <Tabs.Panel value="feedback">
          <FeedbackTab endpoint={endpoint} projectId={projectId} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <SettingsTab endpoint={endpoint} projectId={projectId} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Header({ endpoint, projectId }: ViewProps) {
  const mayWrite = useIsAtLeast("manager");
  const client = useQueryClient();
  const switching = useMutation({
    mutationFn: (isOn: boolean) => updateEndpoint({ endpointId: endpoint.id, body: { is_on: isOn } }),
    onSuccess: (changed) => {
      client.setQueryData(endpointQuery(endpoint.id).queryKey, changed);
      void client.invalidateQueries({ queryKey: ["endpoints"] });
    },
  });
  const askOff = () => {
    modals.openConfirmModal({
      title: `Switch ${endpoint.name} off?`,
      children: (
        <Text size="sm">
          Whoever asks it gets an error until it is switched on again. Its log, flags and tokens stay.
        </Text>
      ),
      labels: { confirm: "Switch off", cancel: "Cancel" },
      confirmProps: { color: "red" },
      onConfirm: () => {
        switching.mutate(false);
      },
    });
  };
  return (
    <>
      <PageHeader
        title={
          <Group gap="sm">
            {endpoint.name}
            <StateBadge endpoint={endpoint} />
          </Group>
        }
        about={
          <>
            <LinkAnchor to="/p/$projectId/endpoints" params={{ projectId }} size="sm">
              Endpoints
            </LinkAnchor>{" "}
            · {endpoint.predict_url} · <IdText id={endpoint.id} />
          </>
        }
        actions={
          mayWrite &&
          (endpoint.is_on ? (
            <Switch label="Answers" checked onChange={askOff} disabled={switching.isPending} />
          ) : (
            <Button
              leftSection={<IconPlayerPlay size={16} />}
              loading={switching.isPending}
              onClick={() => {
                switching.mutate(true);
              }}
            >
              Switch on
            </Button>
          ))
        }
      />
      {switching.isError && <ProblemNote error={switching.error} />}
    </>
  );
}
