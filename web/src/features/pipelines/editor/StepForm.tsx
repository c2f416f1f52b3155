import {
  ActionIcon,
  Badge,
  Button,
  Divider,
  Group,
  Menu,
  Stack,
  Text,
  TextInput,
  Tooltip,
} from "@mantine/core";
import { IconCopy, IconTrash, IconVariable } from "@tabler/icons-react";
import { useState } from "react";

import { checkName, freeName, inputPorts, outputPorts, type DraftNode, type Port } from "@/graph/draft";
import { setParam } from "@/graph/edits";
import { fieldsOf } from "@/graph/fields";
import { describe, portColor, spaced } from "@/graph/look";
import { addVariable, fromVariable, variableOf } from "@/graph/variables";

import classes from "./editor.module.css";
import { ParamField } from "./ParamField";
import type { Problem } from "./problems";
import { useEditor } from "./useEditor";
import { variableTypeOf } from "./variableTypes";

export interface StepFormProps {
  readonly node: DraftNode;
  readonly problems: readonly Problem[];
}

/** One step: its name, what it does, its ports and its parameters. */
export function StepForm({ node, problems }: StepFormProps) {
  const { types, draft, edit, remove, duplicate } = useEditor();
  const type = types.get(node.type);
  const fields = fieldsOf(type);
  const known = new Set(fields.map((field) => field.name));
  const rest = problems.filter((one) => one.field === null || !known.has(one.field));
  return (
    <Stack gap="sm">
      <NameField node={node} />
      <div>
        <Group gap={6} mb={4} justify="space-between" wrap="nowrap">
          <Badge variant="default" size="sm">
            {spaced(node.type)}
          </Badge>
          <Group gap={2}>
            <Tooltip label="Duplicate (Ctrl D)">
              <ActionIcon aria-label="Duplicate" onClick={duplicate}>
                <IconCopy size={15} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label="Remove (Delete)">
              <ActionIcon
                aria-label="Remove the step"
                onClick={() => {
                  remove();
                }}
              >
                <IconTrash size={15} />
              </ActionIcon>
            </Tooltip>
          </Group>
        </Group>
        <Text size="xs" c="dimmed">
          {type === undefined
            ? "This server knows no such kind of step."
            : type.description === ""
              ? type.summary
              : describe(type.description)}
        </Text>
      </div>
      {rest.map((one) => (
        <Text
          key={`${one.code}${one.message}`}
          size="xs"
          className={one.isWarning ? classes.warning : classes.wrong}
          role="alert"
        >
          {one.port === null || one.port === undefined ? "" : `${spaced(one.port)}: `}
          {one.message}
        </Text>
      ))}
      {fields.length > 0 && <Divider label="Parameters" labelPosition="left" />}
      {fields.map((field) => {
        const value = node.params?.[field.name];
        return (
          <div key={`${node.id}.${field.name}`}>
            <ParamField
              field={field}
              value={value}
              problem={problems
                .find((one) => one.field === field.name)
                ?.message.replace(/^parameter '[^']*': /u, "")}
              onChange={(next) => {
                edit(
                  (one) => setParam(one, { node: node.id, name: field.name, value: next }),
                  `${node.id}.${field.name}`,
                );
              }}
            />
          </div>
        );
      })}
      <MakeVariable node={node} />
      <Divider label="Ports" labelPosition="left" />
      <Ports title="In" ports={inputPorts(draft, node, types)} />
      <Ports title="Out" ports={outputPorts(draft, node, types)} />
    </Stack>
  );
}

/** The name is taken over when it is whole: edges and triggers follow it. */
function NameField({ node }: { readonly node: DraftNode }) {
  const { draft, rename } = useEditor();
  const [text, setText] = useState(node.id);
  const [of, setOf] = useState(node.id);
  if (of !== node.id) {
    setOf(node.id);
    setText(node.id);
  }
  const others = draft.nodes.map((one) => one.id).filter((id) => id !== node.id);
  const problem = checkName(text, others);
  const take = () => {
    if (problem === null) rename(node.id, text);
    else setText(node.id);
  };
  return (
    <TextInput
      size="xs"
      label="Name of the step"
      error={problem}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value.toLowerCase().replaceAll(/[\s-]/gu, "_"));
      }}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === "Enter") take();
      }}
    />
  );
}

/** Turn a parameter into a variable, so that it can be changed without a new version. */
function MakeVariable({ node }: { readonly node: DraftNode }) {
  const { types, draft, edit } = useEditor();
  const free = fieldsOf(types.get(node.type)).filter(
    (field) => field.kind !== "variable" && variableOf(node.params?.[field.name]) === null,
  );
  if (free.length === 0) return null;
  return (
    <Menu position="bottom-start" width={240}>
      <Menu.Target>
        <Button size="compact-xs" variant="subtle" w="fit-content" leftSection={<IconVariable size={14} />}>
          Make a variable of…
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {free.map((field) => (
          <Menu.Item
            key={field.name}
            onClick={() => {
              const name = freeName(
                field.name,
                draft.variables.map((one) => one.name),
              );
              const value = node.params?.[field.name] ?? field.fallback ?? null;
              edit((one) => {
                const made = addVariable(one, {
                  name,
                  type: variableTypeOf(field),
                  value,
                  description: field.help.slice(0, 500),
                });
                return setParam(made, { node: node.id, name: field.name, value: fromVariable(name) });
              });
            }}
          >
            {field.title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Ports({ title, ports }: { readonly title: string; readonly ports: readonly Port[] }) {
  return (
    <div>
      {ports.map((port) => (
        <div key={port.name} className={classes.port}>
          <Text span size="xs" c="dimmed" w={22}>
            {title}
          </Text>
          <span className={classes.dot} style={{ "--port": portColor(port.type) }} />
          <span>{spaced(port.name)}</span>
          <Text span size="xs" c="dimmed">
            {port.type}
            {title === "In" && port.isOptional ? ", may stay free" : ""}
            {port.isMissing ? ", is not there" : ""}
          </Text>
        </div>
      ))}
    </div>
  );
}
