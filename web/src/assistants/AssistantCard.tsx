import {
  ActionIcon,
  Alert,
  Badge,
  Button,
  Card,
  Group,
  Progress,
  Slider,
  Text,
  Tooltip,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { modals } from "@mantine/modals";
import { IconAlertTriangle, IconPlayerPause, IconPlayerPlay, IconTrash, IconWand } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { deleteAssistant, updateAssistant } from "@/api/queries/assistants";
import type { Assistant, AssistantUpdate } from "@/api/schema.gen";
import { LineChart } from "@/ui/charts/LineChart";
import { SERIES_COLORS } from "@/ui/charts/series";
import { formatCount, formatSeconds, formatShare } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";

import { RestDialog } from "./RestDialog";
import { acceptance, acceptancePoints, KIND_WORDS, stateWords } from "./words";

const COLORS: Readonly<Record<Assistant["status"], string>> = {
  waiting: "gray",
  training: "blue",
  ready: "teal",
  stopped: "yellow",
  failed: "red",
};

export interface AssistantCardProps {
  readonly assistant: Assistant;
  readonly mayManage: boolean;
}

/** One assistant: how far it is, what people made of its suggestions, and what may be done with it. */
export function AssistantCard({ assistant, mayManage }: AssistantCardProps) {
  const { kind, status, rounds } = assistant;
  return (
    <Card withBorder component="section" aria-label={`Assistant for ${KIND_WORDS[kind].things}`}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Group gap="xs">
          <Text fw={600}>{KIND_WORDS[kind].name}</Text>
          <Badge variant="light" color={COLORS[status]}>
            {status}
          </Badge>
          {(assistant.settings.labels ?? []).length > 0 && (
            <Text size="sm" c="dimmed">
              only {(assistant.settings.labels ?? []).join(", ")}
            </Text>
          )}
        </Group>
        {mayManage && <Steering assistant={assistant} />}
      </Group>
      {status === "failed" ? (
        <Alert
          color="red"
          variant="light"
          mt="sm"
          icon={<IconAlertTriangle size={18} />}
          title={stateWords(assistant)}
        >
          Nothing is lost: what people labelled stays. Check that labels are drawn alike and that there are
          enough different images, label some more, and resume.
        </Alert>
      ) : (
        <Text size="sm" mt={6} aria-live="polite">
          {stateWords(assistant)}
        </Text>
      )}
      {(status === "waiting" || status === "ready" || status === "training") && (
        <Progress
          mt={6}
          size={8}
          value={status === "training" ? 100 : assistant.progress * 100}
          animated={status === "training"}
          aria-label="Towards the next training"
        />
      )}
      {rounds.length > 0 && <Rounds assistant={assistant} />}
      {mayManage && <Confidence assistant={assistant} />}
    </Card>
  );
}

function Rounds({ assistant }: { readonly assistant: Assistant }) {
  const { rounds } = assistant;
  const last = rounds.at(-1);
  const share = acceptance(assistant);
  const decided = assistant.accepted + assistant.edited + assistant.rejected;
  const points = acceptancePoints(rounds);
  return (
    <Group gap="lg" mt="sm" wrap="nowrap" align="flex-start">
      {points.length > 1 && (
        <div style={{ flex: 1, minWidth: 0, maxWidth: 420 }}>
          <LineChart
            title="Share of suggestions that people took, by round"
            xTitle="round"
            height={120}
            yDomain={[0, 1]}
            xDomain={[1, Math.max(2, rounds.length)]}
            formatX={(x) => (Number.isInteger(x) ? `round ${String(x)}` : "")}
            formatY={(y) => formatShare(y, 0)}
            series={[
              {
                key: "taken",
                name: "taken",
                color: SERIES_COLORS[0],
                hasMarks: true,
                points,
              },
            ]}
          />
        </div>
      )}
      <div style={{ flex: "none" }}>
        <Text size="sm">
          {share === null
            ? "Nobody decided about its suggestions yet."
            : `${formatShare(share, 0)} of ${formatCount(decided)} suggestions taken`}
        </Text>
        <Text size="xs" c="dimmed">
          {assistant.accepted} as they were, {assistant.edited} mended, {assistant.rejected} refused
        </Text>
        {last !== undefined && (
          <Text size="xs" c="dimmed" mt={4}>
            Round {last.round}: {formatCount(last.n_items)} images, {formatCount(last.n_objects)} objects,{" "}
            {formatSeconds(last.seconds)}; suggested on {formatCount(last.n_proposed)} images
          </Text>
        )}
      </div>
    </Group>
  );
}

function Steering({ assistant }: { readonly assistant: Assistant }) {
  const client = useQueryClient();
  const [isAsking, asking] = useDisclosure(false);
  const refresh = () => client.invalidateQueries({ queryKey: ["assistants"] });
  const changing = useChange(assistant.id);
  const removing = useMutation({ mutationFn: () => deleteAssistant(assistant.id), onSuccess: refresh });
  const isResting = assistant.status === "stopped" || assistant.status === "failed";
  const remove = () => {
    modals.openConfirmModal({
      title: "Remove this assistant?",
      children: (
        <Text size="sm">
          Its suggestions are taken off the images that nobody has begun. What people accepted stays.
        </Text>
      ),
      labels: { confirm: "Remove", cancel: "Cancel" },
      confirmProps: { color: "red" },
      onConfirm: removing.mutate,
    });
  };
  return (
    <Group gap="xs" wrap="nowrap">
      {assistant.model_id !== null && (
        <Button size="xs" leftSection={<IconWand size={14} />} onClick={asking.open}>
          Label the rest…
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        loading={changing.isPending}
        leftSection={isResting ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
        onClick={() => {
          changing.mutate({ is_stopped: !isResting });
        }}
      >
        {isResting ? "Resume" : "Stop"}
      </Button>
      <Tooltip label="Remove">
        <ActionIcon variant="subtle" color="red" aria-label="Remove this assistant" onClick={remove}>
          <IconTrash size={16} />
        </ActionIcon>
      </Tooltip>
      {(changing.isError || removing.isError) && <ProblemNote error={changing.error ?? removing.error} />}
      {isAsking && <RestDialog assistant={assistant} onClose={asking.close} />}
    </Group>
  );
}

function useChange(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: AssistantUpdate) => updateAssistant({ id, ...change }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["assistants"] }),
  });
}

/** Why it shows only surer suggestions than it was told, where it does. */
function surerWords({ settings, shows_from }: Assistant): string {
  if (shows_from <= settings.min_confidence) return "";
  return `; now from ${shows_from.toFixed(2)}, since less sure ones cost more than they save`;
}

/** How sure a suggestion must be to be shown. */
function Confidence({ assistant }: { readonly assistant: Assistant }) {
  const kept = assistant.settings.min_confidence;
  const [value, setValue] = useState(kept);
  const changing = useChange(assistant.id);
  return (
    <div style={{ maxWidth: 420, marginTop: 12 }}>
      <Text size="xs" c="dimmed">
        Suggests from a confidence of {value.toFixed(2)}
        {value === kept ? surerWords(assistant) : "; from its next training on"}
      </Text>
      <Slider
        size="sm"
        label={null}
        min={0}
        max={1}
        step={0.05}
        thumbLabel="Smallest confidence of a suggestion"
        value={value}
        onChange={setValue}
        onChangeEnd={(chosen) => {
          changing.mutate({ min_confidence: chosen });
        }}
      />
      {changing.isError && <ProblemNote error={changing.error} />}
    </div>
  );
}
