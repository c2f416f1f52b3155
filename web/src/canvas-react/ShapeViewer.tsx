/** A picture with its shapes, to be looked at: zoom and pan, nothing can be changed. */

import { useEffect, useMemo, useRef, useState } from "react";

import type { Engine, EngineOptions, ItemImage, Theme } from "@/canvas/engine";
import { ShapeDocument } from "@/canvas/model/document";
import type { Shape, ShapeId } from "@/canvas/types";

import { CanvasView } from "./CanvasView";

export interface ShapeViewerProps {
  readonly image: ItemImage;
  readonly shapes: readonly Shape[];
  readonly theme: Theme;
  readonly options?: Partial<EngineOptions>;
  /** Shapes to point out. */
  readonly selected?: readonly ShapeId[];
  readonly onImageFailed?: (reason: string) => void;
  readonly className?: string;
}

export function ShapeViewer(props: ShapeViewerProps) {
  const { image, shapes, theme, options, selected, onImageFailed, className } = props;
  const [engine, setEngine] = useState<Engine | null>(null);
  const tellFailed = useRef(onImageFailed);
  useEffect(() => {
    tellFailed.current = onImageFailed;
  }, [onImageFailed]);
  const size = image.kind === "url" ? image : image.kind === "tiles" ? image.pyramid : image.frames;
  const { width, height } = size;
  const document = useMemo(
    () =>
      new ShapeDocument(
        { width, height },
        shapes.map((shape) => ({ ...shape, isLocked: true })),
      ),
    [width, height, shapes],
  );
  useEffect(() => {
    void engine?.setItem({ image, document });
  }, [engine, image, document]);
  useEffect(() => {
    engine?.select(selected ?? [], { isShown: true });
  }, [engine, selected, document]);
  return (
    <CanvasView
      theme={theme}
      options={options}
      className={className}
      onReady={(made) => {
        setEngine(made);
        const stop = made.on("image-failed", ({ message }) => tellFailed.current?.(message));
        return () => {
          stop();
          setEngine(null);
        };
      }}
    />
  );
}
