import { Text, UnstyledButton } from "@mantine/core";
import { IconEye, IconEyeOff } from "@tabler/icons-react";

import type { Shape } from "@/canvas/types";

import { useLaggingVersion, useStudio, useView } from "../context";
import { CHANGE_SOURCE, CHANGES, type ChangeKind } from "../review";
import type { ItemWork } from "../session/itemWork";
import { toggled } from "../studioStore";
import classes from "../studio.module.css";
import { selectInVideo } from "../video/useVideo";
import { useItemIssues } from "../useItemIssues";
import { kindWord } from "./shapeList";
import { RowButton } from "./ObjectsPanel";

/** What became of the item since the model's proposal, or since the review before. */
export function ChangesPanel({ work }: { readonly work: ItemWork }) {
  useLaggingVersion(work);
  const isAgain = useItemIssues(work.itemId).length > 0;
  const shapes = work.doc.ids.flatMap((id) => work.doc.peek(id) ?? []);
  const corrected = shapes.filter((shape) => shape.source === "truth");
  return (
    <div>
      <Text size="xs" c="dimmed" className={classes.pad}>
        {isAgain
          ? "Since the last review. Colours on the picture say what changed."
          : "Since the models' proposals. Colours on the picture say what changed."}
      </Text>
      {CHANGES.map(({ kind, name, color }) => (
        <ChangeGroup
          key={kind}
          kind={kind}
          name={name}
          color={color}
          shapes={shapes.filter((shape) => shape.source === `${CHANGE_SOURCE}${kind}`)}
        />
      ))}
      {corrected.length > 0 && (
        <Text size="xs" c="dimmed" className={classes.pad}>
          {corrected.length} corrected by you in this review.
        </Text>
      )}
    </div>
  );
}

interface ChangeGroupProps {
  readonly kind: ChangeKind;
  readonly name: string;
  readonly color: string;
  readonly shapes: readonly Shape[];
}

function ChangeGroup({ kind, name, color, shapes }: ChangeGroupProps) {
  const { store } = useStudio();
  const source = `${CHANGE_SOURCE}${kind}`;
  const isHidden = useView((view) => view.hiddenSources.has(source));
  return (
    <section aria-label={name}>
      <div className={classes.row}>
        <span className={classes.swatch} style={{ background: color }} />
        <Text fw={600} size="sm" className={classes.name}>
          {name}
        </Text>
        <span className={classes.dim}>{shapes.length}</span>
        <RowButton
          name={isHidden ? `Show ${name}` : `Hide ${name}`}
          isPressed={isHidden}
          icon={isHidden ? <IconEyeOff size={14} /> : <IconEye size={14} />}
          onClick={() => {
            store.setState(({ hiddenSources }) => ({ hiddenSources: toggled(hiddenSources, source) }));
          }}
        />
      </div>
      {kind !== "same" && shapes.slice(0, 200).map((shape) => <ChangeRow key={shape.id} shape={shape} />)}
    </section>
  );
}

function ChangeRow({ shape }: { readonly shape: Shape }) {
  const { store } = useStudio();
  const engine = useView((view) => view.engine);
  const isSelected = useView((view) => view.selected.has(shape.id));
  return (
    <UnstyledButton
      className={classes.row}
      style={{ paddingInlineStart: 26 }}
      data-selected={isSelected}
      onMouseDown={(event) => {
        event.preventDefault();
      }}
      onClick={() => {
        if (!selectInVideo(store, [shape.id])) engine?.select([shape.id], { isShown: true });
      }}
    >
      <span className={classes.name}>{shape.label}</span>
      <span className={classes.dim}>{kindWord(shape.geometry)}</span>
    </UnstyledButton>
  );
}
