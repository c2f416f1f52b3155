import { Button, Modal, Progress, Tooltip } from "@mantine/core";
import { IconSparkles } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { assistantsQuery, createAssistant } from "@/api/queries/assistants";
import type { Assistant } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { AssistantsPanel } from "@/assistants/AssistantsPanel";
import { shortWords } from "@/assistants/words";

import { useEntry, useStudio } from "./context";
import { say } from "./studioStore";
import classes from "./studio.module.css";

/** Items held at once while an assistant decides what comes next. */
const HELD = 4;

/** The assistant of the task: a click starts one; then how far it is, and all about it in a dialog. */
export function AssistantButton() {
  const { task, asked } = useStudio();
  const [isOpen, setOpen] = useState(false);
  const isPossible = (task.kind === "label" || task.kind === "classify") && asked.mode === "full";
  const { data } = useQuery({ ...assistantsQuery(task.id), enabled: isPossible });
  const shown = data === undefined ? null : mostTelling(data);
  useFreshItems(data ?? NONE);
  if (!isPossible || data === undefined) return null;
  const close = () => {
    setOpen(false);
    document.querySelector<HTMLElement>('[data-region="canvas"]')?.focus({ preventScroll: true });
  };
  return (
    <>
      {shown === null ? (
        <StartButton />
      ) : (
        <StateButton
          assistant={shown}
          onClick={() => {
            setOpen(true);
          }}
        />
      )}
      <Modal opened={isOpen} onClose={close} title="Assistants" size="xl">
        <AssistantsPanel task={task} />
      </Modal>
    </>
  );
}

const NONE: readonly Assistant[] = [];

/** What needs a look first, then what works, then the others. */
function mostTelling(assistants: readonly Assistant[]): Assistant | null {
  const order = ["failed", "training", "ready", "waiting", "stopped"] as const;
  return [...assistants].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status))[0] ?? null;
}

function StartButton() {
  const { task, store } = useStudio();
  const mayManage = useIsAtLeast("manager");
  const client = useQueryClient();
  const starting = useMutation({
    mutationFn: () => createAssistant({ taskId: task.id }),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: ["assistants"] });
      say(store, `It learns from what you label: ${shortWords(made)}.`);
    },
    onError: (error) => {
      say(store, error.message);
    },
  });
  const isVideo = useEntry()?.work?.item.media_type.startsWith("video/") === true;
  if (!mayManage || task.status === "done" || isVideo) return null;
  return (
    <Tooltip label="An assistant learns from what you label and suggests on the next images">
      <Button
        size="xs"
        variant="light"
        leftSection={<IconSparkles size={14} />}
        loading={starting.isPending}
        onClick={() => {
          starting.mutate();
        }}
      >
        Start an assistant
      </Button>
    </Tooltip>
  );
}

interface StateButtonProps {
  readonly assistant: Assistant;
  readonly onClick: () => void;
}

function StateButton({ assistant, onClick }: StateButtonProps) {
  const { status, progress } = assistant;
  const words = shortWords(assistant);
  const isGoing = status === "waiting" || status === "training" || status === "ready";
  return (
    <button
      type="button"
      className={classes.assistant}
      data-status={status}
      aria-label={`Assistant: ${words}`}
      onMouseDown={(event) => {
        event.preventDefault();
      }}
      onClick={onClick}
    >
      <span>
        <IconSparkles size={13} /> {words}
      </span>
      {isGoing && (
        <Progress
          size={4}
          value={status === "training" ? 100 : progress * 100}
          animated={status === "training"}
          aria-hidden
        />
      )}
    </button>
  );
}

/** What comes next is what the assistant would learn most from, with its suggestions: hold little, and get it anew. */
function useFreshItems(assistants: readonly Assistant[]): void {
  const { queue } = useStudio();
  const active = assistants.filter(({ status }) => status !== "stopped" && status !== "failed");
  const round = active.map(({ id, rounds }) => {
    const last = rounds.at(-1);
    return `${id} ${String(last?.round ?? 0)} ${String((last?.n_proposed ?? 0) > 0)}`;
  });
  const key = round.join(" ");
  useEffect(() => {
    if (key !== "") void queue.freshen(HELD);
  }, [key, queue]);
}
