import { ScrollArea, Text, TextInput, Tooltip } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";

import type { NodeTypeInfo } from "@/api/schema.gen";
import { DRAGGED_TYPE } from "@/graph/Canvas";
import { FamilyIcon } from "@/graph/FamilyIcon";
import { describe, FAMILIES, familyColor, spaced } from "@/graph/look";

import classes from "./editor.module.css";
import { findTypes } from "./palette";
import { useEditor } from "./useEditor";

/** The kinds of steps by family: drag one onto the canvas, or click to put it beside what is selected. */
export function PalettePane() {
  const { types, add } = useEditor();
  const [asked, setAsked] = useState("");
  const found = findTypes([...types.values()], asked);
  return (
    <nav className={classes.palette} aria-label="Steps to add">
      <TextInput
        size="xs"
        m={8}
        mb={4}
        placeholder="Find a step"
        aria-label="Find a step"
        leftSection={<IconSearch size={14} />}
        value={asked}
        onChange={(event) => {
          setAsked(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          const first = found.find((one) => !one.is_reserved);
          if (event.key === "Enter" && first !== undefined) add(first.name);
        }}
      />
      <ScrollArea className={classes.fill} type="auto" scrollbarSize={8}>
        {FAMILIES.map(({ family, title }) => {
          const members = found.filter((one) => one.family === family);
          if (members.length === 0) return null;
          return (
            <section key={family} aria-label={title}>
              <h2 className={classes.family} style={{ "--family": familyColor(family) }}>
                <FamilyIcon family={family} size={13} />
                {title}
              </h2>
              {members.map((type) => (
                <Entry key={type.name} type={type} />
              ))}
            </section>
          );
        })}
        {found.length === 0 && (
          <Text size="xs" c="dimmed" p="sm">
            No step does “{asked}”.
          </Text>
        )}
      </ScrollArea>
    </nav>
  );
}

function Entry({ type }: { readonly type: NodeTypeInfo }) {
  const { add } = useEditor();
  const about = type.is_reserved
    ? "Comes with a later version: a pipeline with it cannot run yet."
    : type.description === ""
      ? type.summary
      : describe(type.description, 220);
  return (
    <Tooltip label={about} position="right" multiline w={280} openDelay={600} offset={12}>
      <button
        type="button"
        className={classes.entry}
        draggable={!type.is_reserved}
        aria-disabled={type.is_reserved}
        data-type={type.name}
        onClick={() => {
          if (!type.is_reserved) add(type.name);
        }}
        onDragStart={(event) => {
          event.dataTransfer.setData(DRAGGED_TYPE, type.name);
          event.dataTransfer.effectAllowed = "copy";
        }}
      >
        <b>{spaced(type.name)}</b>
        <span>{type.is_reserved ? "Comes later" : type.summary}</span>
      </button>
    </Tooltip>
  );
}
