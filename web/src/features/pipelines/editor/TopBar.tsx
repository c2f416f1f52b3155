import { ActionIcon, Badge, Button, Menu, Text, TextInput, Tooltip } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChevronLeft,
  IconDownload,
  IconFlask,
  IconLayoutDistributeHorizontal,
  IconLayoutSidebar,
} from "@tabler/icons-react";
import type { ReactNode } from "react";

import { writeDraft } from "@/graph/write";
import { LinkActionIcon } from "@/ui/links";

import classes from "./editor.module.css";
import { useEditor } from "./useEditor";

export interface TopBarProps {
  readonly version: number | null;
  readonly isDirty: boolean;
  readonly nameProblem: string | null;
  readonly onName: (name: string) => void;
  readonly onPalette: () => void;
  readonly onTry: () => void;
  readonly children: ReactNode;
}

/** Name and state of the draft, and what is done with the whole of it. */
export function TopBar(props: TopBarProps) {
  const { version, isDirty, nameProblem, onName, onPalette, onTry, children } = props;
  const { draft, projectId, pipelineId, undo, redo, canUndo, canRedo, tidy } = useEditor();
  return (
    <header className={classes.bar}>
      <BackLink projectId={projectId} pipelineId={pipelineId} />
      <div className={classes.title}>
        {pipelineId === null ? (
          <TextInput
            size="xs"
            w={220}
            aria-label="Name of the pipeline"
            placeholder="Name of the pipeline"
            error={draft.name === "" ? undefined : nameProblem}
            value={draft.name}
            maxLength={200}
            onChange={(event) => {
              onName(event.currentTarget.value);
            }}
          />
        ) : (
          <Text fw={600} truncate component="h1">
            {draft.name}
          </Text>
        )}
        <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
          {version === null ? "not saved yet" : `version ${String(version)}`}
        </Text>
        {isDirty && version !== null && (
          <Badge size="sm" variant="light" color="yellow" miw="max-content">
            changed
          </Badge>
        )}
      </div>
      <Tool label="Steps to add" icon={<IconLayoutSidebar size={17} />} onClick={onPalette} />
      <Tool label="Undo (Ctrl Z)" icon={<IconArrowBackUp size={17} />} onClick={undo} isOff={!canUndo} />
      <Tool
        label="Redo (Ctrl Shift Z)"
        icon={<IconArrowForwardUp size={17} />}
        onClick={redo}
        isOff={!canRedo}
      />
      <Tool
        label="Lay out (L)"
        icon={<IconLayoutDistributeHorizontal size={17} />}
        onClick={tidy}
        isOff={draft.nodes.length === 0}
      />
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon size="lg" aria-label="Download as a file">
            <IconDownload size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {(["yaml", "json"] as const).map((format) => (
            <Menu.Item
              key={format}
              onClick={() => {
                download(`${fileName(draft.name)}.${format}`, writeDraft(draft, format));
              }}
            >
              {format === "yaml" ? "YAML file" : "JSON file"}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconFlask size={15} />}
        onClick={onTry}
        disabled={draft.nodes.length === 0}
      >
        Try it
      </Button>
      {children}
    </header>
  );
}

function BackLink({
  projectId,
  pipelineId,
}: {
  readonly projectId: string;
  readonly pipelineId: string | null;
}) {
  if (pipelineId === null) {
    return (
      <LinkActionIcon to="/p/$projectId/pipelines" params={{ projectId }} aria-label="Back to the pipelines">
        <IconChevronLeft size={18} />
      </LinkActionIcon>
    );
  }
  return (
    <LinkActionIcon
      to="/p/$projectId/pipelines/$pipelineId"
      params={{ projectId, pipelineId }}
      aria-label="Back to the pipeline"
    >
      <IconChevronLeft size={18} />
    </LinkActionIcon>
  );
}

interface ToolProps {
  readonly label: string;
  readonly icon: ReactNode;
  readonly onClick: () => void;
  readonly isOff?: boolean;
}

function Tool({ label, icon, onClick, isOff = false }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon size="lg" aria-label={label} disabled={isOff} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

function fileName(name: string): string {
  return (
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/gu, "-")
      .replaceAll(/^-|-$/gu, "") || "pipeline"
  );
}

function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
