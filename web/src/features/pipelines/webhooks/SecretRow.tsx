import { Button, Code, CopyButton, Group, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { askWebhookSecret } from "@/api/queries/deliveries";
import { ProblemNote } from "@/ui/ProblemNote";

/** The secret that calls are signed with, on request; a new one only after a second click. */
export function SecretRow({ pipelineId }: { readonly pipelineId: string }) {
  const [isSure, setSure] = useState(false);
  const asking = useMutation({
    mutationFn: askWebhookSecret,
    onSuccess: () => {
      setSure(false);
    },
  });
  const secret = asking.data?.secret;
  return (
    <>
      <Group gap="xs" mb="sm">
        <Text size="sm">Calls are signed with this pipeline's secret:</Text>
        {secret === undefined ? (
          <Button
            size="compact-xs"
            variant="default"
            loading={asking.isPending}
            onClick={() => {
              asking.mutate({ pipelineId, renew: false });
            }}
          >
            Show
          </Button>
        ) : (
          <>
            <Code>{secret}</Code>
            <CopyButton value={secret}>
              {({ copied, copy }) => (
                <Button size="compact-xs" variant="default" onClick={copy}>
                  {copied ? "Copied" : "Copy"}
                </Button>
              )}
            </CopyButton>
            <Button
              size="compact-xs"
              variant={isSure ? "filled" : "default"}
              color="red"
              loading={asking.isPending}
              onClick={() => {
                if (isSure) asking.mutate({ pipelineId, renew: true });
                else setSure(true);
              }}
            >
              {isSure ? "Receivers must learn the new one. Make it?" : "Make a new one"}
            </Button>
          </>
        )}
      </Group>
      {asking.isError && <ProblemNote error={asking.error} />}
    </>
  );
}
