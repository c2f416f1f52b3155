"""Offer camera frames to the sampler of a device, on one core.

    python -m benchmarks.edge [--frames 3000] [--size 640x480] [--budget 500/day]

Frames are scenes that stand still and now and then change, 15 a second on the stream's clock. Prints one JSON object:
offers a second of wall and of processor time while the stream runs at full speed, microseconds of the descriptor alone,
files written, peak memory, and the machine with its load.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.machine import describe_machine
from whorl.selection.edge import FakeTime, Rules, Sampler, Spool, describe, parse_budget, parse_recipe

SCENES, FRAMES_A_SECOND = 24, 15.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=3000)
    parser.add_argument("--size", default="640x480")
    parser.add_argument("--budget", default="500/day")
    given = parser.parse_args()
    width, height = map(int, given.size.split("x"))
    frames = make_frames(width, height)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory(prefix="whorl-edge-") as folder:
        report = measure(frames, given.frames, given.budget, Path(folder))
    started = time.process_time()
    for at in range(500):
        describe(frames[at % SCENES])
    descriptor_us = (time.process_time() - started) / 500 * 1e6
    report |= {
        "size": given.size,
        "budget": given.budget,
        "descriptor_us": round(descriptor_us, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "peak_mb_before_the_stream": round(before_kb / 1024, 1),
        "machine": describe_machine(),
    }
    print(json.dumps(report, indent=2))


def make_frames(width: int, height: int) -> list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    """One frame of each scene: blocks of colour with a little noise, which compress about as photographs do."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(SCENES):
        blocks = rng.integers(0, 256, (height // 40 + 1, width // 40 + 1, 3), dtype=np.uint8)
        scene = np.repeat(np.repeat(blocks, 40, axis=0), 40, axis=1)[:height, :width]
        found.append(scene - rng.integers(0, 4, scene.shape, dtype=np.uint8))
    return found


def measure(
    frames: list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]], n_frames: int, budget: str, folder: Path
) -> dict[str, object]:
    """Offer frames as fast as they are taken, on a clock of the stream's own."""
    source = FakeTime()
    rules = Rules(budget=parse_budget(budget), recipe=parse_recipe("novelty+uncertainty+uniform"))
    spool = Spool(folder / "spool")
    sampler = Sampler(spool, rules, device="benchmark", source=source)
    uncertainties = np.random.default_rng(1).random(n_frames).tolist()
    # The first frames fill the window; a device is in that state for a moment of its day.
    n_first = min(200, n_frames // 4)
    wall = cpu = 0.0
    for at in range(n_frames):
        if at == n_first:
            wall, cpu = time.perf_counter(), time.process_time()
        sampler.offer(frames[(at // 40) % SCENES], {"frame": at}, uncertainties[at])
        source.advance(1 / FRAMES_A_SECOND)
    n_timed = n_frames - n_first
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    counts = sampler.counts()
    spool.close()
    return {
        "offers": n_frames,
        "offers_a_second": round(n_timed / wall),
        "offers_a_cpu_second": round(n_timed / cpu),
        "files_written": counts.get("kept", 0),
    }


if __name__ == "__main__":
    main()
