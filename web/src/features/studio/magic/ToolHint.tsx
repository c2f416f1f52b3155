import { Code, CopyButton, Loader, SegmentedControl, Text, UnstyledButton } from "@mantine/core";
import { IconMagnet } from "@tabler/icons-react";

import type { ToolName } from "@/canvas/tools/types";

import { useStudio, useView } from "../context";
import { KeyHint } from "../KeyButton";
import classes from "./magic.module.css";
import { magicShapes } from "./shapes";
import { useMagicState, type MagicState } from "./useMagic";

const FETCH = "whorl models fetch sam2-tiny";

/** How the chosen tool is used, and what it can be told, on the picture's upper edge. */
export function ToolHint() {
  const tool = useView((view) => view.tool);
  const magic = useMagicState();
  const words = wordsFor(tool, magic);
  if (tool === "brush" || tool === "eraser") {
    return (
      <div className={classes.hint}>
        <SnapToggle />
      </div>
    );
  }
  if (words === null) return null;
  return (
    <div className={classes.hint}>
      {tool === "magic" && magic.preparing === "waiting" && (
        <span className={classes.badge} role="status">
          <Loader size={12} /> preparing…
        </span>
      )}
      <Text size="xs">{words}</Text>
      {tool === "magic" && magic.segmenter !== null && !magic.hasSam && <GetSam />}
      {tool !== "scissors" && <ShapeChoice />}
    </div>
  );
}

function wordsFor(tool: ToolName, { hasSam, preparing }: MagicState): string | null {
  switch (tool) {
    case "magic":
      if (!hasSam) return "Drag a box; Enter takes the outline.";
      if (preparing === "failed") return "SAM cannot read this image. Drag a box; Enter takes the outline.";
      return "Click: belongs to it. Right-click: does not. Drag: a box. Enter takes it.";
    case "extreme_polygon":
      return "Click its leftmost, topmost, rightmost and lowest point.";
    case "scissors":
      return "Click along the object. Enter or a double click closes the line; Backspace takes a click back.";
    default:
      return null;
  }
}

/** The command that brings SAM, to be copied. */
function GetSam() {
  return (
    <CopyButton value={FETCH}>
      {({ copied, copy }) => (
        <UnstyledButton
          className={classes.quiet}
          title="Copies the command that fetches SAM, for clicks without a box"
          onMouseDown={(event) => {
            event.preventDefault();
          }}
          onClick={copy}
        >
          {copied ? "Copied:" : "Clicks need SAM:"} <Code className={classes.code}>{FETCH}</Code>
        </UnstyledButton>
      )}
    </CopyButton>
  );
}

function ShapeChoice() {
  const { recipe, store, keyboard } = useStudio();
  const chosen = useView((view) => view.magicShape);
  if (magicShapes(recipe).length < 2) return null;
  return (
    <span className={classes.choice}>
      <SegmentedControl
        size="xs"
        aria-label="An outline becomes"
        value={chosen}
        onChange={(value) => {
          if (value !== store.getState().magicShape) keyboard.run("magic.shape");
        }}
        data={[
          { value: "polygon", label: "Polygon" },
          { value: "mask", label: "Mask" },
        ]}
      />
      <KeyHint action="magic.shape" />
    </span>
  );
}

function SnapToggle() {
  const { keyboard } = useStudio();
  const isOn = useView((view) => view.isEdgeSnapping);
  return (
    <UnstyledButton
      className={classes.toggle}
      aria-pressed={isOn}
      onMouseDown={(event) => {
        event.preventDefault();
      }}
      onClick={() => keyboard.run("brush.snap")}
    >
      <IconMagnet size={15} />
      Stop at edges
      <KeyHint action="brush.snap" />
    </UnstyledButton>
  );
}
