import { Alert, Card, useComputedColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { itemPredictionsQuery, itemTruthQuery } from "@/api/queries/annotations";
import { isVideo } from "@/api/queries/videos";
import { itemImageQuery } from "@/api/queries/pictures";
import { ontologyQuery } from "@/api/queries/ontology";
import type { Item } from "@/api/schema.gen";
import { useProjectId } from "@/app/context";
import { DARK, LIGHT } from "@/canvas/engine";
import { readAnnotations } from "@/canvas/model/wire";
import { ShapeViewer } from "@/canvas-react/ShapeViewer";
import { labelColor } from "@/ui/labelColor";
import { ItemVideo } from "@/video/ItemVideo";

import classes from "./ItemPicture.module.css";

export interface ItemPictureProps {
  readonly item: Item;
  /** The annotation to point out. */
  readonly pointed: string | null;
}

/** The picture or video with what is said about it. */
export function ItemPicture({ item, pointed }: ItemPictureProps) {
  const projectId = useProjectId();
  if (!isVideo(item)) return <StillPicture item={item} pointed={pointed} />;
  return (
    <Card withBorder p={0}>
      <div className={classes.frame}>
        <ItemVideo itemId={item.id} projectId={projectId} pointed={pointed} hasTimeline />
      </div>
    </Card>
  );
}

/** The picture with ground truth, and proposals dashed; wheel zooms, drag moves. */
function StillPicture({ item, pointed }: ItemPictureProps) {
  const truth = useQuery(itemTruthQuery(item.id)).data;
  const predictions = useQuery(itemPredictionsQuery(item.id)).data;
  const ontology = useQuery(ontologyQuery(useProjectId())).data;
  const image = useQuery(itemImageQuery(item)).data;
  const isDark = useComputedColorScheme() === "dark";
  const [failure, setFailure] = useState<string | null>(null);
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
    <Card withBorder p={0}>
      {failure !== null && <Alert color="red" title={failure} />}
      <div className={classes.frame}>
        {image !== undefined && (
          <ShapeViewer
            className={classes.view}
            image={image}
            shapes={shapes}
            theme={isDark ? DARK : LIGHT}
            options={options}
            selected={selected}
            onImageFailed={setFailure}
          />
        )}
      </div>
    </Card>
  );
}
