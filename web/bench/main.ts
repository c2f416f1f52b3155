/**
 * The canvas alone in a page, for the benchmark and for looking at it.
 *
 * `window.bench` is driven from outside: it makes scenes and moves the view one step per frame; who drives it reads the
 * browser's own counters around each run.
 */

import { createEngine, DARK, LIGHT, type Engine } from "@/canvas/engine";
import { ShapeDocument } from "@/canvas/model/document";
import { setLabel } from "@/canvas/model/edits";
import type { Shape } from "@/canvas/types";

import { polygonCrowd, randomFrom } from "./shapes";

export interface Run {
  readonly frames: number;
  readonly intervals: readonly number[];
  readonly scripts: readonly number[];
}

const container = document.getElementById("canvas");
if (container === null) throw new Error("The page has no canvas.");
const isDark = location.hash.includes("dark");
const engine: Engine = createEngine({ container, theme: isDark ? DARK : LIGHT });
function nextFrame(): Promise<number> {
  return new Promise((done) => requestAnimationFrame(done));
}

/** Until the view rests and nothing is left to draw. */
async function idle(): Promise<void> {
  await new Promise((done) => setTimeout(done, 150));
  while (engine.isBusy) await new Promise((done) => setTimeout(done, 10));
  await nextFrame();
  await nextFrame();
}

/** One step per frame; scripts are the milliseconds of the engine's own frame, taken with our callback first in line. */
async function run(frames: number, step: (i: number) => void): Promise<Run> {
  const intervals: number[] = [];
  const scripts: number[] = [];
  let last = await nextFrame();
  for (let i = 0; i < frames; i += 1) {
    const begun = performance.now();
    step(i);
    engine.flush();
    scripts.push(performance.now() - begun);
    const now = await nextFrame();
    intervals.push(now - last);
    last = now;
  }
  return { frames, intervals, scripts };
}

async function imageOf(size: { readonly width: number; readonly height: number }, seed = 0): Promise<string> {
  const canvas = new OffscreenCanvas(size.width, size.height);
  const brush = canvas.getContext("2d");
  if (brush === null) throw new Error("No context.");
  const shade = brush.createLinearGradient(0, 0, size.width, size.height);
  shade.addColorStop(0, `hsl(${90 + seed * 40} 25% 70%)`);
  shade.addColorStop(1, `hsl(${140 + seed * 40} 30% 35%)`);
  brush.fillStyle = shade;
  brush.fillRect(0, 0, size.width, size.height);
  for (let i = 0; i < 400; i += 1) {
    brush.fillStyle = `hsl(${(i * 37 + seed * 50) % 360} 30% ${30 + (i % 5) * 10}% / 0.35)`;
    brush.fillRect((i * 997) % size.width, (i * 613) % size.height, 60 + (i % 9) * 30, 40 + (i % 7) * 30);
  }
  return URL.createObjectURL(await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 }));
}

/** When the task that runs now is over, raster included. */
function taskEnd(): Promise<number> {
  return new Promise((done) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now());
    channel.port2.postMessage(null);
  });
}

/** Milliseconds from the beginning of `act` until its result is drawn. */
async function timeToPaint(act: () => void): Promise<number> {
  await nextFrame();
  await taskEnd();
  const begun = performance.now();
  act();
  engine.flush();
  return (await taskEnd()) - begun;
}

function pointer(
  kind: "pointerdown" | "pointermove" | "pointerup",
  at: { readonly x: number; readonly y: number },
): void {
  const root = container?.firstElementChild;
  const pressed = kind === "pointerup" ? 0 : 1;
  root?.dispatchEvent(
    new PointerEvent(kind, {
      clientX: at.x,
      clientY: at.y,
      button: 0,
      buttons: pressed,
      pointerId: 1,
      bubbles: true,
    }),
  );
}

/** Clicks at random places; gives the milliseconds of each press and release together. */
function clicks(count: number): number[] {
  const random = randomFrom(3);
  const { width, height } = engine.viewport;
  return Array.from({ length: count }, () => {
    const at = { x: width * (0.15 + random() * 0.7), y: height * (0.1 + random() * 0.8) };
    const begun = performance.now();
    pointer("pointerdown", at);
    pointer("pointerup", at);
    return performance.now() - begun;
  });
}

/** A class key pressed on one shape after the other. */
async function relabel(count: number): Promise<number[]> {
  const { document, history } = engine;
  if (document === null || history === null) return [];
  const times: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const id = document.ids[(i * 131) % document.count];
    if (id === undefined) continue;
    engine.select([id]);
    await nextFrame();
    times.push(
      await timeToPaint(() => {
        const command = setLabel(document, [id], `class ${i % 7}`);
        if (command !== null) history.run(command);
      }),
    );
  }
  return times;
}

/** Strokes with the brush, one step per frame, at the places of a person's zigzag. */
async function strokes(count: number, steps: number): Promise<Run> {
  engine.setTool("brush");
  engine.setLabel("leaf");
  engine.setOptions({ tools: { ...engine.options.tools, brushRadius: 30 } });
  const { scale } = engine.viewport;
  let at = { x: 0, y: 0 };
  const result = await run(count * steps, (i) => {
    const [stroke, step] = [Math.floor(i / steps), i % steps];
    if (step === 0) at = { x: 300 + (stroke % 5) * 180, y: 120 + Math.floor(stroke / 5) * 190 };
    else at = { x: at.x + 25 * scale, y: at.y + Math.sin(step / 3) * 25 * scale };
    pointer(step === 0 ? "pointerdown" : step === steps - 1 ? "pointerup" : "pointermove", at);
  });
  engine.setTool("select");
  return result;
}

/** Prefetched pictures shown one after the other; gives the milliseconds until each is drawn. */
async function nextImages(
  urls: readonly string[],
  size: { readonly width: number; readonly height: number },
) {
  for (const url of urls) await engine.preload(url);
  const times: number[] = [];
  for (const url of urls) {
    const shapes = polygonCrowd({ count: 100, corners: 20, ...size });
    const document = new ShapeDocument(size, shapes);
    times.push(
      await timeToPaint(() => void engine.setItem({ image: { kind: "url", url, ...size }, document })),
    );
    await idle();
  }
  return times;
}

/** Milliseconds until everything is drawn anew. */
async function redraw(): Promise<number> {
  const begun = performance.now();
  engine.setOptions({ colorBy: engine.options.colorBy === "label" ? "source" : "label" });
  engine.flush();
  while (engine.isBusy) await taskEnd();
  await nextFrame();
  return performance.now() - begun;
}

async function show(item: {
  readonly url: string;
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}): Promise<void> {
  const { url, width, height, shapes } = item;
  const document = new ShapeDocument({ width, height }, shapes);
  await engine.setItem({ image: { kind: "url", url, width, height }, document });
  await idle();
}

/** A picture in tiles of a folder beside this page: `base/level/column_row.png`. */
async function showTiles(item: {
  readonly base: string;
  readonly width: number;
  readonly height: number;
  readonly tileSize: number;
  readonly levels: number;
  readonly shapes: readonly Shape[];
}): Promise<void> {
  const { base, width, height, tileSize, levels, shapes } = item;
  const tileUrl = (level: number, column: number, row: number) => `${base}/${level}/${column}_${row}.png`;
  const pyramid = { width, height, tileSize, overlap: 0, levels, tileUrl };
  const document = new ShapeDocument({ width, height }, shapes);
  await engine.setItem({ image: { kind: "tiles", pyramid }, document });
  await idle();
}

const failures: string[] = [];
engine.on("image-failed", (failure) => failures.push(failure.message));

const bench = {
  showTiles,
  failures,
  engine,
  polygonCrowd,
  imageOf,
  idle,
  run,
  clicks,
  relabel,
  strokes,
  nextImages,
  redraw,
  show,
  pointer,
};

declare global {
  interface Window {
    bench: typeof bench;
  }
}

window.bench = bench;
