/** The part of a 2D context that drawing uses, so that a test can hand in one that only writes down the calls. */

export type BrushImage = HTMLCanvasElement | OffscreenCanvas | ImageBitmap;

export interface Brush {
  globalAlpha: number;
  fillStyle: string | CanvasGradient | CanvasPattern;
  strokeStyle: string | CanvasGradient | CanvasPattern;
  lineWidth: number;
  lineJoin: CanvasLineJoin;
  lineCap: CanvasLineCap;
  font: string;
  textBaseline: CanvasTextBaseline;
  imageSmoothingEnabled: boolean;
  imageSmoothingQuality: ImageSmoothingQuality;
  save(): void;
  restore(): void;
  beginPath(): void;
  closePath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  rect(x: number, y: number, width: number, height: number): void;
  roundRect(x: number, y: number, width: number, height: number, radii?: number): void;
  arc(x: number, y: number, radius: number, start: number, end: number): void;
  fill(rule?: CanvasFillRule): void;
  stroke(): void;
  clip(): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  strokeRect(x: number, y: number, width: number, height: number): void;
  clearRect(x: number, y: number, width: number, height: number): void;
  setLineDash(segments: number[]): void;
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void;
  fillText(text: string, x: number, y: number): void;
  measureText(text: string): { readonly width: number };
  drawImage(image: BrushImage, dx: number, dy: number, dw: number, dh: number): void;
  drawImage(
    image: BrushImage,
    sx: number,
    sy: number,
    sw: number,
    sh: number,
    dx: number,
    dy: number,
    dw: number,
    dh: number,
  ): void;
}

/** A surface that can be drawn on and from: a canvas in the page or a detached one. */
export interface Surface {
  readonly brush: Brush;
  readonly image: BrushImage;
  readonly width: number;
  readonly height: number;
  resize(width: number, height: number): void;
}

export type MakeSurface = (size: { readonly width: number; readonly height: number }) => Surface;

/** Make a canvas that is in no page; sizes are whole device pixels. */
export function makeSurface(size: { readonly width: number; readonly height: number }): Surface {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, size.width);
  canvas.height = Math.max(1, size.height);
  return surfaceOf(canvas);
}

/** The surface of a canvas element. Throws when the browser gives no 2D context (too many or too large canvases). */
export function surfaceOf(canvas: HTMLCanvasElement): Surface {
  const brush = canvas.getContext("2d");
  if (brush === null)
    throw new Error(`No 2D drawing context for a canvas: ${canvas.width} x ${canvas.height}.`);
  return {
    brush,
    image: canvas,
    get width() {
      return canvas.width;
    },
    get height() {
      return canvas.height;
    },
    resize(width, height) {
      canvas.width = Math.max(1, width);
      canvas.height = Math.max(1, height);
    },
  };
}
