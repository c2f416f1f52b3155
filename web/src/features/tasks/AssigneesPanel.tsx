import { Button, Card, Group, MultiSelect, Stack, Switch, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { membersQuery } from "@/api/queries/people";
import { updateTask } from "@/api/queries/tasks";
import type { TaskSummary } from "@/api/schema.gen";
import { ProblemNote } from "@/ui/ProblemNote";

/** Leave the task open to every annotator, or to some people only. */
export function AssigneesPanel({ task }: { readonly task: TaskSummary }) {
  const members = useQuery(membersQuery(task.project_id));
  const [chosen, setChosen] = useState<readonly string[]>(task.assignee_ids ?? []);
  const [isOpen, setOpen] = useState(task.assignee_ids === null);
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: () => updateTask({ taskId: task.id, assignee_ids: isOpen ? null : [...chosen] }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["task", task.id] });
      notifications.show({
        message: isOpen ? "Everyone may work on it" : "Only these people get items from it now",
      });
    },
  });
  return (
    <Card withBorder maw={640}>
      <Stack gap="sm">
        <Switch
          label="Everyone who may label in this project"
          checked={isOpen}
          onChange={(event) => {
            setOpen(event.currentTarget.checked);
          }}
        />
        {!isOpen && (
          <MultiSelect
            label="Only these people"
            searchable
            data={(members.data ?? []).map((one) => ({
              value: one.person_id,
              label: `${one.name} (${one.role})`,
            }))}
            value={[...chosen]}
            onChange={setChosen}
            nothingFoundMessage="Nobody by that name is a member of this project."
          />
        )}
        {members.isError && <ProblemNote error={members.error} />}
        {saving.isError && <ProblemNote error={saving.error} />}
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            Items already in somebody&apos;s hands stay there.
          </Text>
          <Button
            loading={saving.isPending}
            disabled={!isOpen && chosen.length === 0}
            onClick={() => {
              saving.mutate();
            }}
          >
            Save
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}
