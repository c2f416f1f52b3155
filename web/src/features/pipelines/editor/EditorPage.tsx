import { Alert, Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { nodeTypesQuery, pipelineQuery, pipelinesQuery, templateQuery } from "@/api/queries/pipelines";
import type { Pipeline } from "@/api/schema.gen";
import { useProjectId } from "@/app/context";
import { emptyDraft, toDraft, typesByName, type Draft } from "@/graph/draft";
import { placed } from "@/graph/layout";
import { formatAgo } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { Editor } from "./Editor";
import { dropLocal, localKey, readLocal } from "./localDraft";

/** The editor of one pipeline, or of a new one from a template, a file or nothing. */
export function EditorPage() {
  const projectId = useProjectId();
  const { pipelineId = "" } = useParams({ strict: false });
  return pipelineId === "new" ? (
    <NewEditor key={projectId} projectId={projectId} />
  ) : (
    <SavedEditor key={pipelineId} projectId={projectId} pipelineId={pipelineId} />
  );
}

function SavedEditor({ projectId, pipelineId }: { readonly projectId: string; readonly pipelineId: string }) {
  const pipeline = useQuery(pipelineQuery(pipelineId));
  if (pipeline.isPending) return <WaitRows rows={8} />;
  if (pipeline.isError) return <ProblemNote error={pipeline.error} onRetry={() => void pipeline.refetch()} />;
  return (
    <Ready
      projectId={projectId}
      pipelineId={pipelineId}
      saved={toDraft(pipeline.data.definition)}
      version={pipeline.data.version}
    />
  );
}

function NewEditor({ projectId }: { readonly projectId: string }) {
  const { template } = useSearch({ strict: false });
  const found = useQuery({ ...templateQuery(template ?? ""), enabled: template !== undefined });
  if (template === undefined)
    return <Ready projectId={projectId} pipelineId={null} saved={null} version={null} />;
  if (found.isPending) return <WaitRows rows={8} />;
  if (found.isError) return <ProblemNote error={found.error} onRetry={() => void found.refetch()} />;
  return (
    <Ready
      projectId={projectId}
      pipelineId={null}
      saved={null}
      version={null}
      start={{ ...toDraft(found.data), name: found.data.name.replaceAll("_", " ") }}
    />
  );
}

interface ReadyProps {
  readonly projectId: string;
  readonly pipelineId: string | null;
  readonly saved: Draft | null;
  readonly version: number | null;
  /** What a new pipeline begins with. */
  readonly start?: Draft;
}

function Ready({ projectId, pipelineId, saved, version, start }: ReadyProps) {
  const types = useQuery(nodeTypesQuery());
  const pipelines = useQuery(pipelinesQuery(projectId));
  const client = useQueryClient();
  const navigate = useNavigate();
  const [begun] = useState(start);
  const [round, setRound] = useState(0);
  const [kept, setKept] = useState(() =>
    start === undefined ? readLocal(localKey(projectId, pipelineId)) : null,
  );
  // From here on the draft is what counts: a reload must not begin with the template again.
  useEffect(() => {
    if (begun === undefined) return;
    void navigate({
      to: "/p/$projectId/pipelines/$pipelineId/edit",
      params: { projectId, pipelineId: "new" },
      search: {},
      replace: true,
    });
  }, [begun, navigate, projectId]);
  if (types.isPending || pipelines.isPending) return <WaitRows rows={8} />;
  if (types.isError) return <ProblemNote error={types.error} onRetry={() => void types.refetch()} />;
  const known = typesByName(types.data);
  const names = (pipelines.data?.items ?? []).map((one) => one.name);
  const basis = saved === null ? null : placed(saved, known);
  const first =
    kept?.draft ??
    placed(
      begun === undefined ? (basis ?? emptyDraft("")) : { ...begun, name: free(begun.name, names) },
      known,
    );
  const onSaved = (pipeline: Pipeline) => {
    client.setQueryData(pipelineQuery(pipeline.id).queryKey, pipeline);
    if (pipelineId !== null) return;
    void navigate({
      to: "/p/$projectId/pipelines/$pipelineId/edit",
      params: { projectId, pipelineId: pipeline.id },
      replace: true,
    });
  };
  return (
    <>
      {kept !== null && (
        <Kept
          at={kept.at}
          isStale={version !== null && kept.version !== version}
          onDiscard={() => {
            dropLocal(localKey(projectId, pipelineId));
            setKept(null);
            setRound(round + 1);
          }}
        />
      )}
      <Editor
        key={round}
        first={first}
        saved={basis}
        version={version}
        types={known}
        projectId={projectId}
        pipelineId={pipelineId}
        takenNames={names}
        onSaved={onSaved}
      />
    </>
  );
}

interface KeptProps {
  readonly at: number;
  /** Somebody saved since. */
  readonly isStale: boolean;
  readonly onDiscard: () => void;
}

function Kept({ at, isStale, onDiscard }: KeptProps) {
  const [isOpen, setOpen] = useState(true);
  if (!isOpen) return null;
  return (
    <Alert
      color={isStale ? "orange" : "blue"}
      variant="light"
      py={6}
      radius={0}
      withCloseButton
      closeButtonLabel="Keep and close this note"
      onClose={() => {
        setOpen(false);
      }}
    >
      Unsaved changes from {formatAgo(new Date(at).toISOString())} are here again.
      {isStale && " Another version was saved since then: saving these puts them above it."}{" "}
      <Button size="compact-xs" variant="default" ml="xs" onClick={onDiscard}>
        Discard them
      </Button>
    </Alert>
  );
}

function free(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  for (let number = 2; ; number += 1) {
    if (!taken.includes(`${name} ${String(number)}`)) return `${name} ${String(number)}`;
  }
}
