import { useComputedColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { itemPredictionsQuery, itemTruthQuery } from "@/api/queries/annotations";
import { ontologyQuery } from "@/api/queries/ontology";
import { DARK, LIGHT } from "@/canvas/engine";
import { readAnnotations } from "@/canvas/model/wire";
import { labelColor } from "@/ui/labelColor";

import { VideoViewer } from "./VideoViewer";

export interface ItemVideoProps {
  readonly itemId: string;
  readonly projectId: string;
  /** The annotation to point out. */
  readonly pointed: string | null;
  readonly hasTimeline?: boolean;
}

/** The video of an item with ground truth, and proposals dashed. */
export function ItemVideo({ itemId, projectId, pointed, hasTimeline = false }: ItemVideoProps) {
  const truth = useQuery(itemTruthQuery(itemId)).data;
  const predictions = useQuery(itemPredictionsQuery(itemId)).data;
  const ontology = useQuery(ontologyQuery(projectId)).data;
  const isDark = useComputedColorScheme() === "dark";
  const shapes = useMemo(
    () => readAnnotations([...(truth?.annotations ?? []), ...(predictions ?? [])]).shapes,
    [truth, predictions],
  );
  const options = useMemo(
    () => ({ labelColor: (name: string) => labelColor(name, ontology?.labels ?? []) }),
    [ontology],
  );
  const selected = useMemo(() => (pointed === null ? [] : [pointed]), [pointed]);
  return (
    <VideoViewer
      itemId={itemId}
      shapes={shapes}
      theme={isDark ? DARK : LIGHT}
      options={options}
      selected={selected}
      hasTimeline={hasTimeline}
    />
  );
}
