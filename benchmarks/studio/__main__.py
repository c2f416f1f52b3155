"""Measure the studio's canvas in headless Chromium, without a GPU.

    python -m benchmarks.studio [--runs 3] [--page FOLDER]

Prints one JSON object: medians of the runs in milliseconds, the limits, and the machine with its load. `task` is the
browser's own TaskDuration; `cpu` leaves out the time other programs had the core, so it holds on a busy machine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from dataclasses import asdict
from pathlib import Path

from benchmarks.machine import describe_machine
from benchmarks.studio import measures
from benchmarks.studio.harness import Harness, NoHarnessError, build_page, open_page, serve

#: What the product promises, on a quiet machine.
LIMITS = {
    "pan_fit.task_ms": 16.0,
    "pan_fit.script_p95_ms": 10.0,
    "pan_fit.longest_task_ms": 50.0,
    "pan_1to1.task_ms": 16.0,
    "pan_1to1.script_p95_ms": 10.0,
    "pan_1to1.longest_task_ms": 50.0,
    "pan_far_1to1.task_ms": 16.0,
    "pan_far_1to1.longest_task_ms": 50.0,
    "zoom.task_ms": 16.0,
    "zoom.script_p95_ms": 10.0,
    "zoom.longest_task_ms": 50.0,
    "redraw.median_ms": 300.0,
    "redraw.longest_task_ms": 50.0,
    "click.median_ms": 1.0,
    "key_to_repaint.median_ms": 16.0,
    "brush_frame.longest_task_ms": 50.0,
    "next_image.median_ms": 50.0,
}

Figures = dict[str, dict[str, float]]


def measure_once(harness: Harness) -> Figures:
    """All figures, once."""
    figures: Figures = {}
    measures.show_crowd(harness)
    for name in measures.MOTIONS:
        motion = measures.measure_motion(harness, name)
        figures[name] = {**asdict(motion), "cpu_ratio_to_floor": motion.ratio}
    figures["redraw"] = asdict(measures.measure_redraw(harness))
    figures["click"] = asdict(measures.measure_clicks(harness))
    figures["key_to_repaint"] = asdict(measures.measure_keys(harness))
    figures["threshold_frame"] = asdict(measures.measure_threshold(harness))
    brush, per_frame = measures.measure_brush(harness)
    figures["brush_frame"] = {**asdict(brush), "task_ms": per_frame}
    figures["next_image"] = asdict(measures.measure_next_image(harness))
    return figures


def medians(runs: list[Figures]) -> Figures:
    """The median of every figure over the runs."""
    return {
        group: {name: round(statistics.median(run[group][name] for run in runs), 2) for name in values}
        for group, values in runs[0].items()
    }


def over_limits(figures: Figures, *, factor: float = 1.0) -> dict[str, dict[str, float]]:
    """The figures above `factor` times their limit."""
    found = {}
    for path, limit in LIMITS.items():
        group, name = path.split(".")
        if figures[group][name] > limit * factor:
            found[path] = {"measured": figures[group][name], "limit": limit}
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--page", type=Path, help="a folder with the page already built")
    parser.add_argument("--json", action="store_true", help="JSON is all it prints; taken for likeness to the others")
    arguments = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder:
            page = arguments.page or build_page(Path(folder))
            runs = []
            with serve(page) as address:
                for _ in range(arguments.runs):
                    with open_page(address) as harness:
                        runs.append(measure_once(harness))
    except NoHarnessError as problem:
        raise SystemExit(f"cannot measure: {problem}") from None
    figures = medians(runs)
    result = {"figures": figures, "over_limit": over_limits(figures), "limits": LIMITS, "runs": len(runs)}
    print(json.dumps({**result, "machine": describe_machine()}, indent=1))


if __name__ == "__main__":
    main()
