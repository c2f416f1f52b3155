import { ActionIcon, Code, CopyButton, Group, SegmentedControl, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";

import type { Endpoint } from "@/api/schema.gen";
import { Panel } from "@/ui/Panel";

import classes from "../endpoints.module.css";

const WAYS = [
  { value: "curl", label: "curl" },
  { value: "python", label: "Python" },
];

/** The lines to be copied into a program. */
export function SnippetsPanel({ endpoint }: { readonly endpoint: Endpoint }) {
  const [way, setWay] = useState("curl");
  const text = way === "curl" ? endpoint.examples.curl : endpoint.examples.python;
  return (
    <Panel
      title="Ask it"
      about="Put in a token of this endpoint."
      actions={
        <Group gap={6} wrap="nowrap">
          <SegmentedControl size="xs" aria-label="Language" data={WAYS} value={way} onChange={setWay} />
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Tooltip label={copied ? "Copied" : "Copy"}>
                <ActionIcon variant="default" aria-label="Copy these lines" onClick={copy}>
                  {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
                </ActionIcon>
              </Tooltip>
            )}
          </CopyButton>
        </Group>
      }
    >
      <Code block className={classes.code} tabIndex={0} aria-label={`How to ask it with ${way}`}>
        {text}
      </Code>
    </Panel>
  );
}
