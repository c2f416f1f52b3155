"""The scenes of the benchmark and what is read off them."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from benchmarks.studio.harness import Harness, Tasks

WIDTH, HEIGHT = 4000, 3000
POLYGONS, CORNERS = 5000, 20
FRAMES = 90

#: The view's movement at frame `i`; there and back, so that it ends where it began.
MOTIONS = {
    "pan_fit": ("bench.engine.fit()", "bench.engine.panBy(i % 60 < 30 ? -8 : 8, i % 60 < 30 ? -5 : 5)"),
    "pan_1to1": (
        "bench.engine.fit(), bench.engine.zoomTo('actual')",
        "bench.engine.panBy(i % 60 < 30 ? -24 : 24, i % 60 < 30 ? -10 : 10)",
    ),
    "pan_far_1to1": (
        "bench.engine.fit(), bench.engine.zoomTo('actual'), bench.engine.panBy(1000, 0)",
        "bench.engine.panBy(-22, 0)",
    ),
    "zoom": ("bench.engine.fit()", "bench.engine.zoomBy(i % 90 < 45 ? 1.045 : 1 / 1.045)"),
}


@dataclass(frozen=True)
class Motion:
    """Milliseconds per frame while the view moves; `floor` is the same movement with the picture alone."""

    task_ms: float
    task_cpu_ms: float
    script_p95_ms: float
    frame_p95_ms: float
    longest_task_ms: float
    longest_task_cpu_ms: float
    floor_task_ms: float
    floor_task_cpu_ms: float

    @property
    def ratio(self) -> float:
        """Processor time against the picture alone."""
        return self.task_cpu_ms / max(0.01, self.floor_task_cpu_ms)


@dataclass(frozen=True)
class Times:
    """Milliseconds of one kind of act."""

    median_ms: float
    p95_ms: float
    worst_ms: float
    longest_task_ms: float
    longest_task_cpu_ms: float
    #: Processor time of all acts together.
    cpu_total_ms: float


def show_crowd(harness: Harness, *, standing: str = "own") -> None:
    """5,000 polygons of 20 corners over 4,000 x 3,000 pixels."""
    harness.call(
        """async ({ width, height, count, corners, standing }) => {
             const url = await bench.imageOf({ width, height });
             const shapes = bench.polygonCrowd({ count, corners, width, height, standing });
             await bench.show({ url, width, height, shapes });
           }""",
        {"width": WIDTH, "height": HEIGHT, "count": POLYGONS, "corners": CORNERS, "standing": standing},
    )


def measure_motion(harness: Harness, name: str) -> Motion:
    """Move the view for 90 frames, with all shapes and with none."""
    shown = _move(harness, name, is_hidden=False)
    floor = _move(harness, name, is_hidden=True)
    harness.call("() => bench.engine.setOptions({ isHidden: false })")
    return Motion(
        task_ms=shown["task_ms"],
        task_cpu_ms=shown["task_cpu_ms"],
        script_p95_ms=shown["script_p95_ms"],
        frame_p95_ms=shown["frame_p95_ms"],
        longest_task_ms=shown["longest_task_ms"],
        longest_task_cpu_ms=shown["longest_task_cpu_ms"],
        floor_task_ms=floor["task_ms"],
        floor_task_cpu_ms=floor["task_cpu_ms"],
    )


def _move(harness: Harness, name: str, *, is_hidden: bool) -> dict[str, float]:
    start, step = MOTIONS[name]
    harness.call("(isHidden) => bench.engine.setOptions({ isHidden })", is_hidden)
    harness.call(f"() => {{ {start}; return bench.idle(); }}")
    before = harness.task_duration_ms()
    run, tasks = harness.traced(f"(frames) => bench.run(frames, (i) => {step})", FRAMES)
    task_ms = (harness.task_duration_ms() - before) / FRAMES
    return {
        "task_ms": task_ms,
        "task_cpu_ms": tasks.cpu_total / FRAMES,
        "script_p95_ms": p95(run["scripts"]),
        "frame_p95_ms": p95(run["intervals"]),
        "longest_task_ms": tasks.longest_wall,
        "longest_task_cpu_ms": tasks.longest_cpu,
    }


def measure_redraw(harness: Harness) -> Times:
    """Everything drawn anew at fit, five times, until nothing is left to draw."""
    harness.call("() => { bench.engine.fit(); return bench.idle(); }")
    script = "async () => { const all = []; for (let i = 0; i < 5; i++) all.push(await bench.redraw()); return all; }"
    return times(*harness.traced(script))


def measure_clicks(harness: Harness) -> Times:
    """200 clicks among 5,000 shapes: press and release, selection told."""
    return times(*harness.traced("() => bench.clicks(200)"))


def measure_keys(harness: Harness) -> Times:
    """A class key on a selected shape until it is drawn in its new colour."""
    return times(*harness.traced("() => bench.relabel(40)"))


def measure_brush(harness: Harness) -> tuple[Times, float]:
    """20 strokes of 30 steps on one mask of 4,000 x 3,000; frame intervals, and task time per frame."""
    harness.call(
        """async ({ width, height }) => {
             await bench.show({ url: await bench.imageOf({ width, height }), width, height, shapes: [] });
           }""",
        {"width": WIDTH, "height": HEIGHT},
    )
    before = harness.task_duration_ms()
    run, tasks = harness.traced("() => bench.strokes(20, 30)")
    per_frame = (harness.task_duration_ms() - before) / 600
    return times(run["intervals"], tasks), per_frame


def measure_next_image(harness: Harness) -> Times:
    """Five prefetched pictures of 4,000 x 3,000 with 100 shapes each."""
    script = """async (size) => {
      const urls = [];
      for (let i = 0; i < 5; i++) urls.push(await bench.imageOf(size, i + 1));
      return bench.nextImages(urls, size);
    }"""
    return times(*harness.traced(script, {"width": WIDTH, "height": HEIGHT}))


def measure_threshold(harness: Harness) -> Times:
    """The confidence slider drawn over 60 steps of one per frame with 5,000 proposals."""
    show_crowd(harness, standing="proposal")
    script = "async () => (await bench.run(60, (i) => bench.engine.setOptions({ threshold: i / 120 }))).intervals"
    return times(*harness.traced(script))


def times(values: list[float], tasks: Tasks) -> Times:
    """Sum up the milliseconds of one kind of act."""
    return Times(
        median_ms=statistics.median(values),
        p95_ms=p95(values),
        worst_ms=max(values),
        longest_task_ms=tasks.longest_wall,
        longest_task_cpu_ms=tasks.longest_cpu,
        cpu_total_ms=tasks.cpu_total,
    )


def p95(values: list[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
