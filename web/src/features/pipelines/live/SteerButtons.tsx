import { Button, Group, Menu, Modal, Radio, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { modals } from "@mantine/modals";
import { IconBolt, IconBoltOff, IconChevronDown, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import {
  activatePipeline,
  deactivatePipeline,
  pausePipeline,
  pipelineQuery,
  resumePipeline,
} from "@/api/queries/pipelines";
import type { Pipeline } from "@/api/schema.gen";
import { ProblemNote } from "@/ui/ProblemNote";

type Turn = "keep" | "drop" | "resume" | "activate" | "deactivate";

/** Pause and resume a pipeline, or only its triggers. */
export function SteerButtons({ pipeline }: { readonly pipeline: Pipeline }) {
  const [isAsking, asking] = useDisclosure(false);
  const turn = useTurn(pipeline);
  const isRunning = !pipeline.is_paused;
  return (
    <>
      <Button.Group>
        <Button
          variant="default"
          loading={turn.isPending}
          leftSection={isRunning ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
          onClick={() => {
            if (isRunning) asking.open();
            else turn.mutate("resume");
          }}
        >
          {isRunning ? "Pause…" : "Resume"}
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" px={8} aria-label="Triggers">
              <IconChevronDown size={14} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={pipeline.is_active ? <IconBoltOff size={15} /> : <IconBolt size={15} />}
              onClick={() => {
                turn.mutate(pipeline.is_active ? "deactivate" : "activate");
              }}
            >
              {pipeline.is_active ? "Switch its triggers off" : "Switch its triggers on"}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Button.Group>
      {isAsking && (
        <PauseDialog
          name={pipeline.name}
          onClose={asking.close}
          onPause={(triggers) => {
            asking.close();
            turn.mutate(triggers);
          }}
        />
      )}
    </>
  );
}

function useTurn({ id }: Pipeline) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (turn: Turn): Promise<Pipeline> => {
      if (turn === "resume") return resumePipeline(id);
      if (turn === "activate") return activatePipeline(id);
      if (turn === "deactivate") return deactivatePipeline(id);
      return pausePipeline({ pipelineId: id, triggers: turn });
    },
    onSuccess: async (changed) => {
      client.setQueryData(pipelineQuery(id).queryKey, changed);
      await client.invalidateQueries({ queryKey: ["pipelines"] });
    },
    onError: (error) => {
      modals.open({ title: "Nothing was changed", children: <ProblemNote error={error} /> });
    },
  });
}

interface PauseDialogProps {
  readonly name: string;
  readonly onClose: () => void;
  readonly onPause: (triggers: "keep" | "drop") => void;
}

function PauseDialog({ name, onClose, onPause }: PauseDialogProps) {
  const [triggers, setTriggers] = useState<"keep" | "drop">("keep");
  return (
    <Modal opened onClose={onClose} title={`Pause ${name}?`}>
      <Stack gap="sm">
        <Text size="sm">
          Its steps take no new work until it is resumed. People can go on with what lies before them; what
          they finish waits.
        </Text>
        <Radio.Group
          label="What happens meanwhile"
          value={triggers}
          onChange={(value) => {
            setTriggers(value === "drop" ? "drop" : "keep");
          }}
        >
          <Stack gap={8} mt={6}>
            <Radio value="keep" label="begins runs, which wait for the pipeline" />
            <Radio value="drop" label="starts nothing: its triggers are off" />
          </Stack>
        </Radio.Group>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            onClick={() => {
              onPause(triggers);
            }}
          >
            Pause
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
