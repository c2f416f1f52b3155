import { Alert, Text, useComputedColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { ontologyQuery } from "@/api/queries/ontology";
import type { PredictedAnnotation } from "@/api/schema.gen";
import { DARK, LIGHT } from "@/canvas/engine";
import { readAnnotations } from "@/canvas/model/wire";
import { ShapeViewer } from "@/canvas-react/ShapeViewer";
import { labelColor } from "@/ui/labelColor";

import classes from "./endpoints.module.css";

export interface AnswerPictureProps {
  /** Where the image is; null when it was not kept. */
  readonly url: string | null;
  readonly width: number;
  readonly height: number;
  readonly annotations: readonly PredictedAnnotation[];
  readonly projectId: string;
}

/** An image with what was answered drawn over it; wheel zooms, drag moves. */
export function AnswerPicture({ url, width, height, annotations, projectId }: AnswerPictureProps) {
  const ontology = useQuery(ontologyQuery(projectId)).data;
  const isDark = useComputedColorScheme() === "dark";
  const [failure, setFailure] = useState<string | null>(null);
  const shapes = useMemo(() => shapesOf(annotations), [annotations]);
  const options = useMemo(
    () => ({ labelColor: (name: string) => labelColor(name, ontology?.labels ?? []) }),
    [ontology],
  );
  const image = useMemo(
    () => (url === null ? null : ({ kind: "url", url, width, height } as const)),
    [url, width, height],
  );
  if (image === null) {
    return (
      <div className={classes.picture}>
        <div className={classes.hole}>
          <Text size="sm" c="dimmed">
            The image was not kept: this endpoint keeps hashes only, or its retention has passed.
          </Text>
        </div>
      </div>
    );
  }
  return (
    <div className={classes.picture}>
      {failure !== null && <Alert color="red" title={failure} />}
      <ShapeViewer
        className={classes.view}
        image={image}
        shapes={shapes}
        theme={isDark ? DARK : LIGHT}
        options={options}
        onImageFailed={setFailure}
      />
    </div>
  );
}

function shapesOf(annotations: readonly PredictedAnnotation[]) {
  return readAnnotations(
    annotations
      .filter((one) => one.geometry.type !== "class")
      .map((one, at) => ({
        id: String(at),
        label: one.label,
        geometry: one.geometry,
        layer: "truth",
        author_id: "model",
        confidence: one.confidence,
      })),
  ).shapes;
}
