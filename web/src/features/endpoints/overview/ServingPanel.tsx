import { ActionIcon, Badge, Button, Group, Slider, Stack, Text, Tooltip } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconArrowBackUp, IconArrowUp, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { endpointChangesQuery } from "@/api/queries/endpoints";
import { modelsQuery } from "@/api/queries/models";
import type { Model, ServingRole } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { formatShare } from "@/ui/format";
import { LinkAnchor } from "@/ui/links";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";

import { modelName, predecessorOf, ROLE_WORDS } from "../words";
import type { TabProps } from "./OverviewTab";
import { ServeDialog } from "./ServeDialog";
import { useServing, type Serving } from "./useServing";

/** Who answers, who is tried, who is only asked along; and how to change that. */
export function ServingPanel({ endpoint, projectId }: TabProps) {
  const models = useQuery(modelsQuery(projectId)).data?.items ?? [];
  const mayWrite = useIsAtLeast("manager");
  const [role, setRole] = useState<ServingRole | null>(null);
  const serving = useServing(endpoint.id);
  const parts = { endpoint, projectId, models, serving, mayWrite, onChoose: setRole };
  return (
    <Panel
      title="Who serves"
      about={
        endpoint.variable === null
          ? "A change drops no request: the new model is loaded and warm before it answers."
          : `It follows the variable ${endpoint.variable}: a new champion there serves here, and the other way round.`
      }
    >
      <Stack gap="md">
        <Champion {...parts} />
        <Canary key={endpoint.canary_share} {...parts} />
        <Shadow {...parts} />
        {serving.error !== null && <ProblemNote error={serving.error} />}
      </Stack>
      <ServeDialog
        endpoint={endpoint}
        models={models}
        role={role}
        onClose={() => {
          setRole(null);
        }}
      />
    </Panel>
  );
}

interface PartProps extends TabProps {
  readonly models: readonly Model[];
  readonly serving: Serving;
  readonly mayWrite: boolean;
  readonly onChoose: (role: ServingRole) => void;
}

function Champion({ endpoint, projectId, models, serving, mayWrite, onChoose }: PartProps) {
  const changes = useQuery(endpointChangesQuery(endpoint.id)).data ?? [];
  const before = predecessorOf(changes);
  const ask = () => {
    modals.openConfirmModal({
      title: `Roll back from ${modelName(models, endpoint.model_id)}?`,
      children: (
        <Text size="sm">
          {modelName(models, before)}, the champion before it, answers again from the next request on. No
          request is dropped.
          {endpoint.variable !== null && ` The variable ${endpoint.variable} goes back with it.`} Log, flags
          and feedback stay as they are.
        </Text>
      ),
      labels: { confirm: "Roll back", cancel: "Cancel" },
      onConfirm: serving.rollBack,
    });
  };
  return (
    <Part
      role="champion"
      id={endpoint.model_id}
      models={models}
      projectId={projectId}
      aside={formatShare(endpoint.canary_id === null ? 1 : 1 - endpoint.canary_share, 0)}
    >
      {mayWrite && (
        <Group gap={6}>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              onChoose("champion");
            }}
          >
            {endpoint.model_id === null ? "Choose" : "Change"}
          </Button>
          {before !== null && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconArrowBackUp size={14} />}
              loading={serving.isBusy}
              onClick={ask}
            >
              Roll back
            </Button>
          )}
        </Group>
      )}
    </Part>
  );
}

function Canary({ endpoint, projectId, models, serving, mayWrite, onChoose }: PartProps) {
  const [share, setShare] = useState(endpoint.canary_share);
  const id = endpoint.canary_id;
  const name = modelName(models, id);
  const promote = () => {
    modals.openConfirmModal({
      title: `Promote ${name}?`,
      children: (
        <Text size="sm">
          {name} answers every request from now on, instead of {modelName(models, endpoint.model_id)}; the
          canary ends.
          {endpoint.variable !== null && ` It becomes the value of ${endpoint.variable}, too.`} You can roll
          back at any time.
        </Text>
      ),
      labels: { confirm: "Promote", cancel: "Cancel" },
      onConfirm: () => {
        if (id !== null) serving.promote(id);
      },
    });
  };
  return (
    <Part
      role="canary"
      id={id}
      models={models}
      projectId={projectId}
      aside={id === null ? undefined : formatShare(share, 0)}
      onRemove={
        mayWrite && id !== null
          ? () => {
              serving.serve({ model_id: null, role: "canary", share: endpoint.canary_share });
            }
          : undefined
      }
    >
      {id !== null && mayWrite && (
        <Slider
          size="sm"
          my={6}
          min={0.01}
          max={1}
          step={0.01}
          value={share}
          label={(value) => formatShare(value, 0)}
          thumbLabel="Share of the requests that the canary answers"
          onChange={setShare}
          onChangeEnd={(value) => {
            serving.serve({ model_id: id, role: "canary", share: value });
          }}
        />
      )}
      {mayWrite && (
        <Group gap={6}>
          {id !== null && (
            <Button
              size="compact-sm"
              leftSection={<IconArrowUp size={14} />}
              onClick={promote}
              loading={serving.isBusy}
            >
              Promote
            </Button>
          )}
          <Choose role="canary" isTaken={id !== null} onChoose={onChoose} />
        </Group>
      )}
    </Part>
  );
}

function Shadow({ endpoint, projectId, models, serving, mayWrite, onChoose }: PartProps) {
  const id = endpoint.shadow_id;
  return (
    <Part
      role="shadow"
      id={id}
      models={models}
      projectId={projectId}
      onRemove={
        mayWrite && id !== null
          ? () => {
              serving.serve({ model_id: null, role: "shadow", share: endpoint.canary_share });
            }
          : undefined
      }
    >
      {mayWrite && <Choose role="shadow" isTaken={id !== null} onChoose={onChoose} />}
    </Part>
  );
}

interface ChooseProps {
  readonly role: ServingRole;
  readonly isTaken: boolean;
  readonly onChoose: (role: ServingRole) => void;
}

function Choose({ role, isTaken, onChoose }: ChooseProps) {
  return (
    <Button
      size="compact-sm"
      variant="default"
      aria-label={isTaken ? `Change the ${role}` : `Choose a ${role}`}
      onClick={() => {
        onChoose(role);
      }}
    >
      {isTaken ? "Change" : `Choose a ${role}`}
    </Button>
  );
}

interface RoleProps {
  readonly role: ServingRole;
  readonly id: string | null;
  readonly models: readonly Model[];
  readonly projectId: string;
  readonly aside?: string;
  readonly onRemove?: () => void;
  readonly children: React.ReactNode;
}

function Part({ role, id, models, projectId, aside, onRemove, children }: RoleProps) {
  return (
    <section aria-label={role}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Group gap={8} wrap="nowrap" miw={0}>
          <Badge variant="light" color={id === null ? "gray" : COLORS[role]} style={{ flex: "none" }}>
            {role}
          </Badge>
          {id === null ? (
            <Text size="sm" c="dimmed">
              none
            </Text>
          ) : (
            <LinkAnchor
              size="sm"
              fw={600}
              truncate
              to="/p/$projectId/models/$modelId"
              params={{ projectId, modelId: id }}
            >
              {modelName(models, id)}
            </LinkAnchor>
          )}
        </Group>
        <Group gap={6} wrap="nowrap">
          {id !== null && aside !== undefined && (
            <Text size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
              {aside}
            </Text>
          )}
          {onRemove !== undefined && (
            <Tooltip label={`End the ${role}`}>
              <ActionIcon aria-label={`End the ${role}`} onClick={onRemove} size="sm">
                <IconX size={14} />
              </ActionIcon>
            </Tooltip>
          )}
        </Group>
      </Group>
      <Text size="xs" c="dimmed" my={4}>
        {ROLE_WORDS[role]}
      </Text>
      {children}
    </section>
  );
}

const COLORS: Readonly<Record<ServingRole, string>> = {
  champion: "whorl",
  canary: "orange",
  shadow: "violet",
};
