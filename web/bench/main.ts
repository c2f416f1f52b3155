/**
 * The canvas alone in a page, for the benchmark and for looking at it.
 *
 * `window.bench` is driven from outside: it makes scenes and moves the view one step per frame; who drives it reads the
 * browser's own counters around each run.
 */

import { createEngine, DARK, LIGHT, type Engine } from "@/canvas/engine";
import { ShapeDocument } from "@/canvas/model/document";
import type { Shape } from "@/canvas/types";

import { polygonCrowd } from "./shapes";

export interface Run {
  readonly frames: number;
  readonly intervals: readonly number[];
  readonly scripts: readonly number[];
  readonly longTasks: readonly number[];
}

const container = document.getElementById("canvas");
if (container === null) throw new Error("The page has no canvas.");
const isDark = location.hash.includes("dark");
const engine: Engine = createEngine({ container, theme: isDark ? DARK : LIGHT });
const longTasks: number[] = [];
new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((one) => one.duration))).observe({
  entryTypes: ["longtask"],
});

function nextFrame(): Promise<number> {
  return new Promise((done) => requestAnimationFrame(done));
}

function idle(): Promise<void> {
  return new Promise((done) => {
    const stop = engine.on("idle", () => {
      stop();
      setTimeout(done, 50);
    });
    engine.zoomBy(1.0001);
  });
}

/** One step per frame; scripts are the milliseconds of the engine's own frame, taken with our callback first in line. */
async function run(frames: number, step: (i: number) => void): Promise<Run> {
  const intervals: number[] = [];
  const scripts: number[] = [];
  longTasks.length = 0;
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
  await new Promise((done) => setTimeout(done, 60));
  return { frames, intervals, scripts, longTasks: [...longTasks] };
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

const bench = {
  engine,
  ShapeDocument,
  polygonCrowd,
  imageOf,
  idle,
  run,
  nextFrame,
  longTasks,
  async show(options: {
    readonly url: string;
    readonly width: number;
    readonly height: number;
    readonly shapes: readonly Shape[];
  }) {
    const { url, width, height, shapes } = options;
    const document = new ShapeDocument({ width, height }, shapes);
    await engine.setItem({ image: { kind: "url", url, width, height }, document });
    await idle();
    return document;
  },
};

declare global {
  interface Window {
    bench: typeof bench;
  }
}

window.bench = bench;
