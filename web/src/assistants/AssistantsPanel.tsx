import { Alert, Button, Card, Group, Select, Stack, Text } from "@mantine/core";
import { IconSparkles } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { assistantsQuery, createAssistant } from "@/api/queries/assistants";
import type { TaskSummary } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { AssistantCard } from "./AssistantCard";
import { KIND_WORDS, type Kind } from "./words";

/** The assistants of a labelling task: start one, see how it does, stop it, let it label the rest. */
export function AssistantsPanel({ task }: { readonly task: TaskSummary }) {
  const assistants = useQuery(assistantsQuery(task.id));
  const mayManage = useIsAtLeast("manager");
  if (assistants.isError)
    return <ProblemNote error={assistants.error} onRetry={() => void assistants.refetch()} />;
  if (assistants.data === undefined) return <WaitRows rows={3} />;
  return (
    <Stack gap="md" maw={860}>
      {assistants.data.map((one) => (
        <AssistantCard key={one.id} assistant={one} mayManage={mayManage} />
      ))}
      {mayManage && task.status !== "done" ? (
        <StartCard task={task} isFirst={assistants.data.length === 0} />
      ) : (
        assistants.data.length === 0 && (
          <Text c="dimmed" size="sm">
            No assistant works here. A manager can start one.
          </Text>
        )
      )}
    </Stack>
  );
}

const ABOUT =
  "It learns while people label and suggests on the next images; everybody says yes or no. " +
  "It puts first what it would learn most from, and never makes ground truth by itself.";

function StartCard({ task, isFirst }: { readonly task: TaskSummary; readonly isFirst: boolean }) {
  const [kind, setKind] = useState<Kind | null>(null);
  const client = useQueryClient();
  const starting = useMutation({
    mutationFn: () => createAssistant({ taskId: task.id, kind }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["assistants"] }),
  });
  const form = (
    <Stack gap="sm">
      {isFirst && <Text size="sm">{ABOUT}</Text>}
      <Group align="flex-end" gap="sm">
        <Button
          variant={isFirst ? "filled" : "default"}
          leftSection={<IconSparkles size={16} />}
          loading={starting.isPending}
          onClick={() => {
            starting.mutate();
          }}
        >
          {isFirst ? "Start an assistant" : "Start another"}
        </Button>
        <Select
          label="It suggests"
          w={220}
          data={[
            { value: "auto", label: "what the recipe asks for" },
            ...KINDS.map((one) => ({ value: one, label: KIND_WORDS[one].name })),
          ]}
          allowDeselect={false}
          value={kind ?? "auto"}
          onChange={(value) => {
            setKind(KINDS.find((one) => one === value) ?? null);
          }}
        />
      </Group>
      {starting.isError && <ProblemNote error={starting.error} />}
    </Stack>
  );
  return isFirst ? (
    <Card withBorder>
      <Alert variant="transparent" p={0} icon={<IconSparkles size={20} />} title="Let an assistant help">
        {form}
      </Alert>
    </Card>
  ) : (
    form
  );
}

const KINDS: readonly Kind[] = ["box", "mask", "class"];
