/** A drawing surface for tests: it writes down what is drawn on it and where, and draws nothing. */

import type { Brush, BrushImage, MakeSurface, Surface } from "../render/brush";

export interface DrawnCall {
  readonly name: string;
  readonly values: readonly number[];
}

export interface FakeSurface extends Surface {
  readonly calls: DrawnCall[];
}

/** A surface that remembers. `image` is a stand-in that only identity can be asked of. */
export function fakeSurface(size: { readonly width: number; readonly height: number }): FakeSurface {
  const calls: DrawnCall[] = [];
  let { width, height } = size;
  const image: BrushImage = Object.create(null);
  return {
    calls,
    image,
    brush: fakeBrush(calls),
    get width() {
      return width;
    },
    get height() {
      return height;
    },
    resize(newWidth, newHeight) {
      [width, height] = [newWidth, newHeight];
      calls.push({ name: "resize", values: [newWidth, newHeight] });
    },
  };
}

/** Makes surfaces and keeps them, in the order they were made. */
export function fakeSurfaces(): { readonly make: MakeSurface; readonly made: FakeSurface[] } {
  const made: FakeSurface[] = [];
  return {
    made,
    make: (size) => {
      const surface = fakeSurface(size);
      made.push(surface);
      return surface;
    },
  };
}

export function fakeBrush(calls: DrawnCall[]): Brush {
  const note =
    (name: string) =>
    (...values: readonly unknown[]): void => {
      calls.push({ name, values: values.filter((one) => typeof one === "number") });
    };
  return {
    globalAlpha: 1,
    fillStyle: "#000000",
    strokeStyle: "#000000",
    lineWidth: 1,
    lineJoin: "miter",
    lineCap: "butt",
    font: "",
    textBaseline: "alphabetic",
    imageSmoothingEnabled: true,
    imageSmoothingQuality: "low",
    save: note("save"),
    restore: note("restore"),
    beginPath: note("beginPath"),
    closePath: note("closePath"),
    moveTo: note("moveTo"),
    lineTo: note("lineTo"),
    rect: note("rect"),
    roundRect: note("roundRect"),
    arc: note("arc"),
    fill: note("fill"),
    stroke: note("stroke"),
    clip: note("clip"),
    fillRect: note("fillRect"),
    strokeRect: note("strokeRect"),
    clearRect: note("clearRect"),
    setLineDash: note("setLineDash"),
    setTransform: note("setTransform"),
    fillText: note("fillText"),
    measureText: (text) => ({ width: text.length * 6 }),
    drawImage: note("drawImage"),
  };
}
