import { Text } from "@mantine/core";
import { IconBoxMultiple, IconPolygon, IconSquare, IconTag, IconTags } from "@tabler/icons-react";
import type { ReactNode } from "react";

import type { Architecture } from "@/api/schema.gen";
import { ChoiceCards } from "@/ui/ChoiceCards";
import { Panel } from "@/ui/Panel";

import { architecturesFor, TASKS, usualArchitecture } from "./form";
import type { PartProps } from "./PlaygroundPage";

const ICONS: Readonly<Record<string, ReactNode>> = {
  classification: <IconTag size={18} />,
  multi_label: <IconTags size={18} />,
  detection: <IconSquare size={18} />,
  instance_masks: <IconPolygon size={18} />,
  semantic_masks: <IconBoxMultiple size={18} />,
};

export interface TaskPanelProps extends PartProps {
  readonly architectures: readonly Architecture[];
  /** What the labels of the dataset are made of. */
  readonly found: string | null;
}

/** What the model shall say about an image. */
export function TaskPanel({ form, onChange, architectures, found }: TaskPanelProps) {
  const change = (task: string) => {
    const fits = architecturesFor(architectures, task).some((one) => one.name === form.architecture);
    const isOwn = !architectures.some((one) => one.name === form.architecture);
    onChange({
      task,
      ...(fits || isOwn
        ? {}
        : { architecture: usualArchitecture(architectures, task)?.name ?? "", params: {} }),
    });
  };
  return (
    <Panel title="Task">
      <ChoiceCards
        label="What shall the model say about an image?"
        choices={TASKS.map((one) => ({
          ...one,
          icon: ICONS[one.value],
          isDisabled: architecturesFor(architectures, one.value).length === 0,
        }))}
        value={form.task ?? found}
        onChange={change}
        cols={5}
      />
      {form.task === null && found !== null && (
        <Text size="xs" c="dimmed" mt={6}>
          Told from the labels of the dataset; choose another when it shall be something else.
        </Text>
      )}
    </Panel>
  );
}
