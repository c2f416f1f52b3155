import {
  ActionIcon,
  Group,
  MultiSelect,
  SegmentedControl,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { triggerEventsQuery } from "@/api/queries/pipelines";
import { checkName, type DraftTrigger } from "@/graph/draft";
import { cronInWords, nextTimes, readCron } from "@/graph/cron";
import type { Field } from "@/graph/fields";
import { spaced } from "@/graph/look";

import classes from "./editor.module.css";
import { ParamField } from "./ParamField";
import type { Problem } from "./problems";
import type { Target } from "./TriggersTab";
import { useEditor } from "./useEditor";

type Timed = Extract<DraftTrigger, { type: "cron" }>;
type Eventful = Exclude<DraftTrigger, Timed>;

export interface TriggerFormProps {
  readonly trigger: DraftTrigger;
  readonly targets: readonly Target[];
  readonly problems: readonly Problem[];
  /** Null takes the trigger away. */
  readonly onChange: (trigger: DraftTrigger | null) => void;
}

const KINDS = {
  event: "With each event",
  count: "After so many events",
  cron: "At times of the day",
} as const;

/** One trigger: what it waits for, and which input it enters. */
export function TriggerForm({ trigger, targets, problems, onChange }: TriggerFormProps) {
  return (
    <section className={classes.row} aria-label={`Trigger ${spaced(trigger.id)}`}>
      <Stack gap={8}>
        <Group gap={6} wrap="nowrap" justify="space-between">
          <Text size="xs" fw={600}>
            {KINDS[trigger.type]}
          </Text>
          <ActionIcon
            size="sm"
            aria-label={`Remove the trigger ${spaced(trigger.id)}`}
            onClick={() => {
              onChange(null);
            }}
          >
            <IconTrash size={14} />
          </ActionIcon>
        </Group>
        <Group gap={6} wrap="nowrap" grow align="flex-start">
          <TriggerName trigger={trigger} onChange={onChange} />
          <Select
            size="xs"
            label="Enters"
            data={[...targets]}
            value={trigger.target === "" ? null : trigger.target}
            allowDeselect={false}
            searchable
            onChange={(target) => {
              if (target !== null) onChange({ ...trigger, target });
            }}
          />
        </Group>
        {trigger.type === "cron" ? (
          <CronFields trigger={trigger} onChange={onChange} />
        ) : (
          <EventFields trigger={trigger} onChange={onChange} />
        )}
        {problems.map((one) => (
          <Text
            key={one.message}
            size="xs"
            className={one.isWarning ? classes.warning : classes.wrong}
            role="alert"
          >
            {one.message.replace(/^trigger '[^']*':? ?/u, "")}
          </Text>
        ))}
      </Stack>
    </section>
  );
}

function TriggerName({ trigger, onChange }: Pick<TriggerFormProps, "trigger" | "onChange">) {
  const { draft } = useEditor();
  const [text, setText] = useState(trigger.id);
  const others = draft.triggers.map((one) => one.id).filter((id) => id !== trigger.id);
  const problem = checkName(text, others);
  return (
    <TextInput
      size="xs"
      label="Name"
      error={problem}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value.toLowerCase().replaceAll(/[\s-]/gu, "_"));
      }}
      onBlur={() => {
        if (problem !== null) setText(trigger.id);
        else if (text !== trigger.id) onChange({ ...trigger, id: text });
      }}
    />
  );
}

interface CronFieldsProps {
  readonly trigger: Timed;
  readonly onChange: (trigger: DraftTrigger) => void;
}

function CronFields({ trigger, onChange }: CronFieldsProps) {
  const read = readCron(trigger.cron);
  const [now] = useState(() => new Date());
  const times = "cron" in read ? nextTimes(read.cron, { after: now }) : [];
  return (
    <>
      <TextInput
        size="xs"
        label="Cron, in UTC"
        placeholder="minute hour day month weekday"
        classNames={{ input: classes.mono }}
        error={"problem" in read ? read.problem : undefined}
        value={trigger.cron}
        onChange={(event) => {
          onChange({ ...trigger, cron: event.currentTarget.value });
        }}
      />
      {"cron" in read && (
        <Text size="xs" c="dimmed">
          {sentence(cronInWords(trigger.cron))}.{" "}
          {times.length === 0
            ? "That never comes."
            : `Next: ${times.map((time) => time.toISOString().slice(0, 16).replace("T", " ")).join(", ")} (UTC).`}
        </Text>
      )}
      <Select
        size="xs"
        label="Times that passed while nothing ran"
        data={[
          { value: "once", label: "start one run for them" },
          { value: "skip", label: "are skipped" },
        ]}
        value={trigger.missed}
        allowDeselect={false}
        onChange={(value) => {
          onChange({ ...trigger, missed: value === "skip" ? "skip" : "once" });
        }}
      />
    </>
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

interface EventFieldsProps {
  readonly trigger: Eventful;
  readonly onChange: (trigger: DraftTrigger) => void;
}

function EventFields({ trigger, onChange }: EventFieldsProps) {
  const events = useQuery(triggerEventsQuery());
  const listed = events.data ?? [];
  const chosen = listed.find((one) => one.kind === trigger.event);
  const data = listed.map((one) => ({ value: one.kind, label: one.title }));
  const isAboutItems = chosen === undefined || chosen.subject === "item";
  return (
    <>
      <Select
        size="xs"
        label="Event"
        description={chosen?.description}
        data={chosen === undefined ? [...data, { value: trigger.event, label: trigger.event }] : data}
        value={trigger.event}
        allowDeselect={false}
        searchable
        onChange={(event) => {
          if (event !== null) onChange({ ...trigger, event });
        }}
      />
      {trigger.type === "count" && (
        <ParamField
          field={EVERY}
          value={trigger.every ?? undefined}
          problem={undefined}
          onChange={(every) => {
            onChange({ ...trigger, every: every ?? null });
          }}
        />
      )}
      <ParamField
        field={DATASET}
        value={trigger.dataset ?? undefined}
        problem={undefined}
        onChange={(dataset) => {
          onChange({ ...trigger, dataset: dataset ?? null });
        }}
      />
      {isAboutItems && <FilterField trigger={trigger} onChange={onChange} />}
      <By trigger={trigger} onChange={onChange} />
      {trigger.type === "event" ? (
        <EventLimits trigger={trigger} onChange={onChange} />
      ) : (
        <NodeSelect
          label="Rounds of"
          help="A select step: when its round closes, what was counted starts a run."
          value={trigger.rounds_of ?? null}
          onChange={(rounds_of) => {
            onChange({ ...trigger, rounds_of });
          }}
        />
      )}
    </>
  );
}

function FilterField({ trigger, onChange }: EventFieldsProps) {
  return (
    <Textarea
      size="xs"
      label="Only images that match"
      placeholder="subset:train label:car"
      autosize
      minRows={1}
      spellCheck={false}
      classNames={{ input: classes.mono }}
      value={trigger.filter ?? ""}
      onChange={(event) => {
        const text = event.currentTarget.value;
        onChange({ ...trigger, filter: text === "" ? null : text });
      }}
    />
  );
}

const SOURCES = [
  { value: "others", label: "Others" },
  { value: "own", label: "Own" },
  { value: "any", label: "Any" },
] as const;

function By({ trigger, onChange }: EventFieldsProps) {
  return (
    <Group gap={8} justify="space-between">
      <Text size="xs">Whose events</Text>
      <SegmentedControl
        size="xs"
        data={[...SOURCES]}
        value={trigger.by}
        onChange={(value) => {
          const by = SOURCES.find((one) => one.value === value)?.value;
          if (by !== undefined) onChange({ ...trigger, by });
        }}
      />
    </Group>
  );
}

function EventLimits({
  trigger,
  onChange,
}: {
  readonly trigger: Extract<DraftTrigger, { type: "event" }>;
  readonly onChange: (trigger: DraftTrigger) => void;
}) {
  const { draft } = useEditor();
  return (
    <>
      <Group gap={8} justify="space-between">
        <Text size="xs">Each one</Text>
        <SegmentedControl
          size="xs"
          data={[
            { value: "once", label: "Once, ever" },
            { value: "always", label: "Every time" },
          ]}
          value={trigger.mode}
          onChange={(value) => {
            onChange({ ...trigger, mode: value === "always" ? "always" : "once" });
          }}
        />
      </Group>
      <NodeSelect
        label="Only of runs that began at"
        help=""
        value={trigger.node ?? null}
        onChange={(node) => {
          onChange({ ...trigger, node });
        }}
      />
      <MultiSelect
        size="xs"
        label="Not while runs are active that began at"
        data={draft.nodes.map((node) => node.id)}
        value={trigger.unless_active ?? []}
        onChange={(unless_active) => {
          onChange({ ...trigger, unless_active });
        }}
      />
      <ParamField
        field={MOST}
        value={trigger.max_fires ?? undefined}
        problem={undefined}
        onChange={(max_fires) => {
          onChange({ ...trigger, max_fires: max_fires ?? null });
        }}
      />
    </>
  );
}

interface NodeSelectProps {
  readonly label: string;
  readonly help: string;
  readonly value: string | null;
  readonly onChange: (node: string | null) => void;
}

function NodeSelect({ label, help, value, onChange }: NodeSelectProps) {
  const { draft } = useEditor();
  return (
    <Select
      size="xs"
      label={label}
      description={help === "" ? undefined : help}
      placeholder="any step"
      clearable
      data={draft.nodes.map((node) => node.id)}
      value={value}
      onChange={onChange}
    />
  );
}

const FIELD: Omit<Field, "name" | "title" | "kind"> = {
  help: "",
  isNullable: true,
  isRequired: false,
  fallback: null,
  choices: [],
  least: null,
  most: null,
  isList: false,
};
const DATASET: Field = {
  ...FIELD,
  name: "dataset",
  title: "In the dataset",
  kind: "dataset",
  fallback: "any dataset",
};
const EVERY: Field = {
  ...FIELD,
  name: "every",
  title: "How many",
  kind: "integer",
  isRequired: true,
  least: 1,
};
const MOST: Field = {
  ...FIELD,
  name: "max_fires",
  title: "At most so many runs",
  kind: "integer",
  fallback: "no limit",
};
