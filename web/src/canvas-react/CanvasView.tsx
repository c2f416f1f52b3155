/** Puts the canvas engine into a page. The engine lives as long as the component; React never draws on it. */

import { useEffect, useRef, type CSSProperties } from "react";

import { createEngine, type Engine, type EngineOptions, type ImageStore, type Theme } from "@/canvas/engine";
import type { ShapeId } from "@/canvas/types";

export interface CanvasViewProps {
  readonly theme: Theme;
  /** Changes are handed on; what is left out keeps its value. */
  readonly options?: Partial<EngineOptions>;
  /** Decoded images, shared with whoever prefetches. */
  readonly images?: ImageStore;
  readonly newId?: () => ShapeId;
  /** Called once the engine stands; what it gives, if anything, is called when the engine goes. */
  readonly onReady: (engine: Engine) => (() => void) | undefined;
  readonly className?: string;
  readonly style?: CSSProperties;
}

export function CanvasView(props: CanvasViewProps) {
  const { theme, options, className, style } = props;
  const place = useRef<HTMLDivElement>(null);
  const engine = useRef<Engine | null>(null);
  const first = useRef(props);

  useEffect(() => {
    const container = place.current;
    if (container === null) return undefined;
    const { onReady, ...setup } = first.current;
    const made = createEngine({ container, ...setup });
    engine.current = made;
    const onGone = onReady(made);
    return () => {
      onGone?.();
      engine.current = null;
      made.destroy();
    };
  }, []);

  useEffect(() => engine.current?.setTheme(theme), [theme]);
  useEffect(() => {
    if (options !== undefined) engine.current?.setOptions(options);
  }, [options]);

  return <div ref={place} className={className} style={{ position: "relative", minHeight: 0, ...style }} />;
}
