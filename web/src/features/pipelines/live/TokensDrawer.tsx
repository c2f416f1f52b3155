import { Button, Code, Drawer, Group, Stack, Tabs, Text } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { rerunFailed, runQuery, tokensQuery } from "@/api/queries/pipelines";
import type { NodeToken, Pipeline } from "@/api/schema.gen";
import { COUNT_KINDS, countWord, type CountKind } from "@/graph/marks";
import { formatAgo } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { Journey } from "../Journey";
import { useNames } from "../NodePanel";
import { Subject } from "../RunsPanel";
import { isOfRuns, isPeople, spaced } from "../words";
import classes from "./live.module.css";

export interface Looked {
  readonly node: string;
  readonly kind: CountKind;
}

export interface TokensDrawerProps {
  readonly pipeline: Pipeline;
  readonly projectId: string;
  readonly looked: Looked | null;
  readonly mayRun: boolean;
  readonly onLook: (looked: Looked | null) => void;
}

/** What is at one step: pictures, errors, another try, and each one's journey. */
export function TokensDrawer({ pipeline, projectId, looked, mayRun, onLook }: TokensDrawerProps) {
  const [run, setRun] = useState<string | null>(null);
  const close = () => {
    setRun(null);
    onLook(null);
  };
  return (
    <Drawer
      opened={looked !== null}
      onClose={close}
      position="right"
      size="lg"
      title={run === null ? `At ${spaced(looked?.node ?? "")}` : "A run's journey"}
    >
      {run !== null && (
        <OneJourney
          runId={run}
          projectId={projectId}
          mayRun={mayRun}
          onBack={() => {
            setRun(null);
          }}
        />
      )}
      {run === null && looked !== null && (
        <Tokens
          pipeline={pipeline}
          projectId={projectId}
          looked={looked}
          mayRun={mayRun}
          onLook={onLook}
          onRun={setRun}
        />
      )}
    </Drawer>
  );
}

interface TokensProps extends Omit<TokensDrawerProps, "looked"> {
  readonly looked: Looked;
  readonly onRun: (run: string) => void;
}

function Tokens({ pipeline, projectId, looked, mayRun, onLook, onRun }: TokensProps) {
  const { node, kind } = looked;
  const tokens = useInfiniteQuery(tokensQuery({ pipelineId: pipeline.id, node, state: kind }));
  const names = useNames(projectId);
  const type = pipeline.definition.nodes.find((one) => one.id === node)?.type;
  const listed = tokens.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack gap="sm">
      <Tabs
        value={kind}
        onChange={(value) => {
          const next = COUNT_KINDS.find((one) => one === value);
          if (next !== undefined) onLook({ node, kind: next });
        }}
      >
        <Tabs.List>
          {COUNT_KINDS.map((one) => (
            <Tabs.Tab key={one} value={one} fz="xs">
              {capital(countWord(one, isPeople(type)))}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      {kind === "failed" && listed.length > 0 && mayRun && <RetryAll pipelineId={pipeline.id} node={node} />}
      {tokens.isPending && <WaitRows rows={6} height={44} />}
      {tokens.isError && <ProblemNote error={tokens.error} onRetry={() => void tokens.refetch()} />}
      {tokens.isSuccess && listed.length === 0 && (
        <Text size="sm" c="dimmed" py="md">
          Nothing is {countWord(kind, isPeople(type))} here now.
        </Text>
      )}
      {listed.map((token, at) => (
        <TokenRow
          key={`${String(token.run_id)} ${String(at)}`}
          token={token}
          names={names}
          projectId={projectId}
          onRun={onRun}
        />
      ))}
      {tokens.hasNextPage && (
        <Button
          size="xs"
          variant="default"
          loading={tokens.isFetchingNextPage}
          onClick={() => void tokens.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </Stack>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

interface TokenRowProps {
  readonly token: NodeToken;
  readonly names: ReadonlyMap<string, string>;
  readonly projectId: string;
  readonly onRun: (run: string) => void;
}

function TokenRow({ token, names, projectId, onRun }: TokenRowProps) {
  const { run_id: runId } = token;
  return (
    <div className={classes.token}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Subject subject={token.ref} names={names} projectId={projectId} />
        <Group gap={8} wrap="nowrap">
          <Text size="xs" c="dimmed">
            {token.port !== null && token.port !== undefined && `${spaced(token.port)} · `}
            {token.since !== null && token.since !== undefined ? formatAgo(token.since) : ""}
          </Text>
          {runId !== null && (
            <Button
              size="compact-xs"
              variant="subtle"
              onClick={() => {
                onRun(runId);
              }}
            >
              Journey
            </Button>
          )}
        </Group>
      </Group>
      {token.error !== null && token.error !== undefined && (
        <Code block mt={6} fz={11}>
          {token.error}
        </Code>
      )}
    </div>
  );
}

function RetryAll({ pipelineId, node }: { readonly pipelineId: string; readonly node: string }) {
  const client = useQueryClient();
  const retrying = useMutation({
    mutationFn: () => rerunFailed({ pipelineId, node }),
    onSuccess: () => client.invalidateQueries({ predicate: ({ queryKey }) => isOfRuns(queryKey[0]) }),
  });
  return (
    <>
      <Button
        size="xs"
        w="fit-content"
        leftSection={<IconRefresh size={14} />}
        loading={retrying.isPending}
        onClick={() => {
          retrying.mutate();
        }}
      >
        Try all of these again
      </Button>
      {retrying.isError && <ProblemNote error={retrying.error} />}
    </>
  );
}

interface OneJourneyProps {
  readonly runId: string;
  readonly projectId: string;
  readonly mayRun: boolean;
  readonly onBack: () => void;
}

function OneJourney({ runId, projectId, mayRun, onBack }: OneJourneyProps) {
  const run = useQuery(runQuery(runId));
  const names = useNames(projectId);
  return (
    <Stack gap="sm">
      <Button size="compact-xs" variant="default" w="fit-content" onClick={onBack}>
        Back to the list
      </Button>
      {run.isPending && <WaitRows />}
      {run.isError && <ProblemNote error={run.error} onRetry={() => void run.refetch()} />}
      {run.data !== undefined && (
        <Journey run={run.data} names={names} projectId={projectId} mayRun={mayRun} />
      )}
    </Stack>
  );
}
