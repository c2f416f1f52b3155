"""The canvas keeps its promises in frames and milliseconds, with room for a machine that does other things too."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from benchmarks.studio import measures
from benchmarks.studio.__main__ import LIMITS, Figures, measure_once
from benchmarks.studio.harness import Harness
from tests.e2e.web.canvas_page import built_page, on_page

#: The limits hold on a quiet machine; here, twice as much.
ROOM = 2.0
#: Wall time on a busy machine says how busy it is: processor time of the same tasks is gated instead.
CPU_OF = {"task_ms": "task_cpu_ms", "longest_task_ms": "longest_task_cpu_ms"}
REDRAWS = 5


def gated(figures: Figures, path: str) -> float | None:
    """The figure that is held against a limit; None where another one covers it."""
    group, name = path.split(".")
    if name == "script_p95_ms":
        return None  # The script is part of the task, whose processor time is gated.
    if path == "redraw.median_ms":
        return figures[group]["cpu_total_ms"] / REDRAWS
    return figures[group][CPU_OF.get(name, name)]


def test_read_tasks__raster_behind_a_task_counts_with_it() -> None:
    """A detached canvas is rastered after its task; the next task begins later for it."""
    from benchmarks.studio.harness import read_tasks

    thread = {"pid": 1, "tid": 2}
    events = [
        {"name": "thread_name", "ph": "M", **thread, "args": {"name": "CrRendererMain"}},
        {"name": "RunTask", "ph": "X", **thread, "ts": 0, "dur": 2000, "tdur": 1000},
        {"name": "inside", "ph": "X", **thread, "ts": 100, "dur": 500, "tdur": 500},
        {"name": "CanvasRenderingContext2D::FinalizeFrame", "ph": "X", **thread, "ts": 2100, "dur": 8000, "tdur": 7000},
        {"name": "RunTask", "ph": "X", **thread, "ts": 20000, "dur": 3000, "tdur": 3000},
    ]
    assert asdict(read_tasks(events)) == {
        "wall_total": 13.0,
        "cpu_total": 11.0,
        "longest_wall": 10.0,
        "longest_cpu": 8.0,
    }


@pytest.mark.timeout(600)
def test_canvas__stays_within_twice_its_limits(tmp_path_factory: pytest.TempPathFactory) -> None:
    """5,000 polygons panned and zoomed, clicks, keys, strokes and the next image."""
    page = built_page(tmp_path_factory.mktemp("canvas"))

    def work(harness: Harness) -> Figures:
        harness.page.set_viewport_size({"width": 1600, "height": 1000})
        return measure_once(harness)

    figures = on_page(page, work)
    over = {}
    for path, limit in LIMITS.items():
        value = gated(figures, path)
        if value is not None and value > limit * ROOM:
            over[path] = value
    slow = {name: figures[name]["cpu_ratio_to_floor"] for name in measures.MOTIONS}
    assert over == {}, f"over twice the limit: {over}"
    assert {name: ratio for name, ratio in slow.items() if ratio > 2 * ROOM} == {}
