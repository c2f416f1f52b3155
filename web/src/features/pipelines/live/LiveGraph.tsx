import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { nodeTypesQuery, pipelineStatusQuery } from "@/api/queries/pipelines";
import type { Pipeline, PipelineStatus } from "@/api/schema.gen";
import { Canvas } from "@/graph/Canvas";
import { toDraft, typesByName } from "@/graph/draft";
import type { CountKind } from "@/graph/marks";

import { liveMarks } from "./liveMarks";

export interface LiveGraphProps {
  readonly pipeline: Pipeline;
  readonly starts: ReadonlyMap<string, string>;
  readonly chosen: string | null;
  readonly onChoose: (node: string | null) => void;
  readonly onCount: (node: string, kind: CountKind) => void;
}

const NOTHING: PipelineStatus["nodes"] = {};
const NO_EDGES: ReadonlySet<string> = new Set();

/** The graph with how many tokens are where; a count opens what is there. */
export function LiveGraph({ pipeline, starts, chosen, onChoose, onCount }: LiveGraphProps) {
  const types = useQuery(nodeTypesQuery());
  const status = useQuery(pipelineStatusQuery(pipeline.id));
  const { now, before } = usePair(status.data?.nodes ?? NOTHING, status.dataUpdatedAt);
  const draft = useMemo(() => toDraft(pipeline.definition), [pipeline.definition]);
  const known = useMemo(() => typesByName(types.data ?? []), [types.data]);
  const marks = useMemo(
    () => liveMarks({ definition: pipeline.definition, now, before, starts }),
    [pipeline.definition, now, before, starts],
  );
  const selection = useMemo(
    () => ({ nodes: new Set(chosen === null ? [] : [chosen]), edges: NO_EDGES }),
    [chosen],
  );
  if (types.data === undefined) return null;
  return (
    <Canvas
      draft={draft}
      types={known}
      marks={marks}
      selection={selection}
      onSelect={({ nodes }) => {
        onChoose([...nodes].at(-1) ?? null);
      }}
      hasCounts
      onCount={onCount}
      label="Graph of the pipeline with what is where"
    />
  );
}

/** What was said last and what the time before, also when both are the same. */
function usePair(status: PipelineStatus["nodes"], at: number) {
  const [pair, setPair] = useState({ at, now: status, before: status });
  if (pair.at === at) return pair;
  const next = { at, now: status, before: pair.at === 0 ? status : pair.now };
  setPair(next);
  return next;
}
