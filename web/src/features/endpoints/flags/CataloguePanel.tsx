import { Badge, Button, Card, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconMoodCheck, IconRefresh, IconTags } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { flagCatalogueQuery, labelFlags, predictionImageAddress } from "@/api/queries/endpoints";
import type { FlagCatalogue, FlagGroup } from "@/api/schema.gen";
import { EmptyState } from "@/ui/EmptyState";
import { formatCount } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import classes from "../endpoints.module.css";
import { PredictionDrawer } from "../log/PredictionDrawer";
import type { TabProps } from "../overview/OverviewTab";

const SHOWN = 12;

interface CatalogueProps extends TabProps {
  readonly mayWrite: boolean;
}

/** What is to be labelled: a group by its number, or all that no task has yet. */
type Wanted = { readonly group: FlagGroup | null };

/** Flagged answers that look alike, in groups: the pattern behind single mistakes. */
export function CataloguePanel({ endpoint, projectId, mayWrite }: CatalogueProps) {
  const catalogue = useQuery(flagCatalogueQuery(endpoint.id));
  const [looked, setLooked] = useState<string | null>(null);
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const canLabel = mayWrite && endpoint.dataset_id !== null;
  const found = catalogue.data;
  return (
    <Panel
      title="What went wrong"
      about={
        found === undefined || found.n_flags === 0
          ? "Flagged answers in groups that look alike."
          : sayCatalogue(found)
      }
      actions={
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} />}
            loading={catalogue.isFetching}
            onClick={() => void catalogue.refetch()}
          >
            Group again
          </Button>
          {canLabel && found !== undefined && found.n_flags > 0 && (
            <Button
              size="xs"
              leftSection={<IconTags size={14} />}
              onClick={() => {
                setWanted({ group: null });
              }}
            >
              Label all new ones
            </Button>
          )}
        </Group>
      }
    >
      {catalogue.isPending && (
        <>
          <Text size="sm" c="dimmed" mb="xs">
            Looking at the images. The first time this takes a while.
          </Text>
          <WaitRows rows={3} height={90} />
        </>
      )}
      {catalogue.isError && <ProblemNote error={catalogue.error} onRetry={() => void catalogue.refetch()} />}
      {found !== undefined && found.groups.length === 0 && (
        <EmptyState icon={<IconMoodCheck size={28} />} title="Nothing was flagged">
          What a rule flags, or somebody says is wrong, is grouped here by what the images look like.
        </EmptyState>
      )}
      <Stack gap="sm">
        {found?.groups.map((group) => (
          <GroupCard
            key={group.number}
            group={group}
            canLabel={canLabel}
            onLook={setLooked}
            onLabel={() => {
              setWanted({ group });
            }}
          />
        ))}
      </Stack>
      <LabelDialog
        endpoint={endpoint}
        projectId={projectId}
        wanted={wanted}
        onClose={() => {
          setWanted(null);
        }}
      />
      <PredictionDrawer
        predictionId={looked}
        endpoint={endpoint}
        projectId={projectId}
        onClose={() => {
          setLooked(null);
        }}
      />
    </Panel>
  );
}

interface CardProps {
  readonly group: FlagGroup;
  readonly canLabel: boolean;
  readonly onLook: (predictionId: string) => void;
  readonly onLabel: () => void;
}

function GroupCard({ group, canLabel, onLook, onLabel }: CardProps) {
  return (
    <Card withBorder padding="sm" component="article" aria-label={group.title}>
      <Group justify="space-between" align="flex-start" wrap="nowrap" mb="xs">
        <div style={{ minWidth: 0 }}>
          <Text fw={650}>{capital(group.title)}</Text>
          <Text size="sm" c="dimmed">
            {formatCount(group.size)} {group.size === 1 ? "answer" : "answers"}
            {group.wrong > 0 && `, ${formatCount(group.wrong)} of them said to be wrong`}
            {sayLabels(group)}
          </Text>
        </div>
        {canLabel && group.item_ids.length > 0 && (
          <Button size="xs" variant="default" leftSection={<IconTags size={14} />} onClick={onLabel}>
            Label these
          </Button>
        )}
      </Group>
      <Traits group={group} />
      <div className={classes.gallery}>
        {group.examples.slice(0, SHOWN).map((id) => (
          <button
            key={id}
            type="button"
            className={classes.example}
            aria-label="Look at this answer"
            onClick={() => {
              onLook(id);
            }}
          >
            <img src={predictionImageAddress(id)} alt="" loading="lazy" />
          </button>
        ))}
      </div>
    </Card>
  );
}

/** What is commoner here than elsewhere, and which rules flagged it. */
function Traits({ group }: { readonly group: FlagGroup }) {
  const traits = Object.entries(group.metadata).flatMap(([name, values]) =>
    Object.entries(values).map(([value, count]) => ({ name, value, count })),
  );
  return (
    <Group gap={6} mb="xs">
      {traits.map(({ name, value, count }) => (
        <Badge key={`${name} ${value}`} variant="light" color="orange" tt="none">
          {name} {value}: {formatCount(count)} of {formatCount(group.size)}
        </Badge>
      ))}
      {Object.entries(group.kinds).map(([kind, count]) => (
        <Badge key={kind} variant="light" color="yellow">
          {kind} {formatCount(count)}
        </Badge>
      ))}
    </Group>
  );
}

interface DialogProps extends TabProps {
  readonly wanted: Wanted | null;
  readonly onClose: () => void;
}

function LabelDialog({ endpoint, projectId, wanted, onClose }: DialogProps) {
  return (
    <Modal opened={wanted !== null} onClose={onClose} title="Label these">
      {wanted !== null && (
        <LabelForm endpoint={endpoint} projectId={projectId} wanted={wanted} onClose={onClose} />
      )}
    </Modal>
  );
}

function LabelForm({ endpoint, projectId, wanted, onClose }: DialogProps & { readonly wanted: Wanted }) {
  const { group } = wanted;
  const [name, setName] = useState(
    group === null ? `${endpoint.name}: flagged` : `${endpoint.name}: ${group.title}`.slice(0, 200),
  );
  const navigate = useNavigate();
  const client = useQueryClient();
  const making = useMutation({
    mutationFn: () =>
      labelFlags({
        endpointId: endpoint.id,
        // By item, not by number: groups are numbered anew whenever something is flagged.
        body: { name, item_ids: group === null ? null : group.item_ids },
      }),
    onSuccess: async (task) => {
      await client.invalidateQueries({ queryKey: ["tasks"] });
      onClose();
      notifications.show({ title: task.name, message: "The answers are there as proposals." });
      await navigate({ to: "/p/$projectId/tasks/$taskId", params: { projectId, taskId: task.id } });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        making.mutate();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">
          {group === null
            ? "Every flagged image that no task has yet goes into a labelling task"
            : `${formatCount(group.item_ids.length)} images go into a labelling task`}
          , with the answers as proposals to be accepted or corrected.
        </Text>
        <TextInput
          label="Name of the task"
          description="A task that has this name takes them in, too."
          required
          maxLength={200}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        {making.isError && <ProblemNote error={making.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={making.isPending}>
            Open the task
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function sayCatalogue(found: FlagCatalogue): string {
  const alone =
    found.n_ungrouped === 0 ? "" : `; ${formatCount(found.n_ungrouped)} stand alone or have no image`;
  return `${formatCount(found.n_flags)} flags in ${formatCount(found.groups.length)} groups of images that look alike${alone}.`;
}

function sayLabels({ labels }: FlagGroup): string {
  const most = Object.entries(labels)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3);
  if (most.length === 0) return "";
  return ` · answered ${most.map(([name, count]) => `${name} (${formatCount(count)})`).join(", ")}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
