import { SegmentedControl, Select, Slider, Text, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconArrowLeft } from "@tabler/icons-react";

import { memo, useState } from "react";

import type { TaskSummary } from "@/api/schema.gen";
import { useProjectId } from "@/app/context";
import { formatCount } from "@/ui/format";
import { LinkActionIcon } from "@/ui/links";

import type { Sorting } from "./cells";
import classes from "./label.module.css";
import type { ModelChoice } from "./useModelChoice";

export const SMALLEST_PAGE = 24;
export const LARGEST_PAGE = 100;

export interface GridHeadProps {
  readonly task: TaskSummary;
  readonly page: number;
  readonly done: number;
  readonly perMinute: number | null;
  /** Items in hand: on the page and ready behind it. */
  readonly held: number;
  readonly size: number;
  readonly sorting: Sorting;
  readonly model: ModelChoice;
  readonly hasShapes: boolean;
  readonly told: string;
  readonly onSize: (size: number) => void;
  readonly onSorting: (sorting: Sorting) => void;
  readonly onDone: () => void;
}

const SORTINGS: { value: Sorting; label: string }[] = [
  { value: "class", label: "By class" },
  { value: "doubt", label: "Least sure" },
  { value: "queue", label: "Queue" },
];

/** Which task this is, how far it is and how fast, and how the page is laid out. */
export const GridHead = memo(function GridHead(props: GridHeadProps) {
  const { task, page, held, size, sorting, model, hasShapes, told, onSize, onSorting, onDone } = props;
  const projectId = useProjectId();
  const [shown, setShown] = useState(size);
  const { queued = 0, rework = 0 } = task.counts;
  const left = queued + rework + held;
  const pages = page - 1 + Math.max(1, Math.ceil(left / size));
  return (
    <header className={classes.head}>
      <Tooltip label="Back to the task">
        <LinkActionIcon
          to="/p/$projectId/tasks/$taskId"
          params={{ projectId, taskId: task.id }}
          aria-label="Back to the task"
        >
          <IconArrowLeft size={18} />
        </LinkActionIcon>
      </Tooltip>
      <div className={classes.title}>
        <Text component="h1" fw={600} truncate>
          {task.name}
        </Text>
        {told !== "" && !hasShapes && (
          <Tooltip label={<span style={{ whiteSpace: "pre-wrap" }}>{told}</span>} multiline maw={480}>
            <Text size="xs" c="dimmed" truncate tabIndex={0}>
              {told}
            </Text>
          </Tooltip>
        )}
        {hasShapes && (
          <Tooltip label="Handing in finishes the item: draw boxes and shapes in the studio first.">
            <Text size="xs" c="dimmed" truncate tabIndex={0}>
              <IconAlertTriangle size={12} /> classes only; shapes are drawn in the studio
            </Text>
          </Tooltip>
        )}
      </div>
      {model.options.length > 1 && (
        <Select
          size="xs"
          w={190}
          aria-label="Whose proposals are shown"
          data={[...model.options]}
          value={model.id}
          allowDeselect={false}
          onChange={(id) => {
            model.choose(id);
            onDone();
          }}
        />
      )}
      {model.id !== null && (
        <SegmentedControl
          size="xs"
          aria-label="Order"
          data={SORTINGS}
          value={sorting}
          onChange={(value) => {
            onSorting(SORTINGS.find((one) => one.value === value)?.value ?? "class");
          }}
        />
      )}
      <div>
        <Text size="xs" c="dimmed" lh={1.2} mb={4}>
          {shown} on a page
        </Text>
        <Slider
          w={120}
          size="sm"
          min={SMALLEST_PAGE}
          max={LARGEST_PAGE}
          step={4}
          label={null}
          thumbLabel="Items on a page"
          value={shown}
          onChange={setShown}
          onChangeEnd={onSize}
        />
      </div>
      <div className={classes.figures}>
        <Figure value={`${formatCount(page)} of ${formatCount(pages)}`} name="page" />
        <Figure value={formatCount(left)} name="left" />
        <Figure value={formatCount(props.done)} name="done now" />
        <Figure
          value={props.perMinute === null ? "–" : formatCount(Math.round(props.perMinute))}
          name="a minute"
        />
      </div>
    </header>
  );
});

function Figure({ value, name }: { readonly value: string; readonly name: string }) {
  return (
    <div className={classes.figure}>
      <b>{value}</b>
      <span>{name}</span>
    </div>
  );
}
