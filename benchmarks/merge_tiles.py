"""Merge the boxes that a detector found in the tiles of one large image.

    python -m benchmarks.merge_tiles [--boxes 33000] [--runs 25]

Prints one JSON object: median wall and processor time of a merge in milliseconds, how many objects there were and how
many came back; the machine and its load. The boxes are objects of 15 to 60 pixels on 20,000 x 20,000 pixels as tiles of
640 with an overlap of 0.2 show them, cut at the tiles' borders, each side off by a pixel or so.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time

import numpy as np

from benchmarks.machine import describe_machine
from whorl.geometry.boxes import FloatArray, IndexArray
from whorl.geometry.tiling import merge_tile_boxes, plan_tiles

SIDE, TILE, OVERLAP, LABELS = 20_000, 640, 0.2, 5
Found = tuple[FloatArray, FloatArray, IndexArray, IndexArray]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boxes", type=int, default=33_000)
    parser.add_argument("--runs", type=int, default=25)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    given = parser.parse_args()
    tiles = plan_tiles(SIDE, SIDE, size=TILE, overlap=OVERLAP)
    objects, found = make_boxes(tiles, given.boxes)
    walls, cpus = [], []
    for _ in range(given.runs + 1):
        wall, cpu = time.perf_counter(), time.process_time()
        merged = merge_tile_boxes(*found, tiles)
        walls.append((time.perf_counter() - wall) * 1e3)
        cpus.append((time.process_time() - cpu) * 1e3)
    report = {
        "boxes": len(found[0]),
        "tiles": len(tiles),
        "objects": objects,
        "merged": len(merged.boxes),
        "wall_ms": round(statistics.median(walls[1:]), 1),
        "cpu_ms": round(statistics.median(cpus[1:]), 1),
        "machine": describe_machine(),
    }
    print(json.dumps(report, indent=2))


def make_boxes(tiles: IndexArray, count: int, *, seed: int = 0) -> tuple[int, Found]:
    """How many objects are seen, and about ``count`` boxes of them with scores, labels and tiles."""
    rng = np.random.default_rng(seed)
    # An object is seen in 1.7 tiles on average.
    objects = round(count / 1.7)
    centres, sides = rng.uniform(0, SIDE, (objects, 2)), rng.uniform(15, 60, (objects, 2))
    whole = np.clip(np.concatenate([centres - sides / 2, centres + sides / 2], axis=1), 0, SIDE)
    labels = rng.integers(0, LABELS, objects)
    boxes, kinds, where = [], [], []
    for index, tile in enumerate(tiles.tolist()):
        cut = np.clip(whole, [tile[0], tile[1]] * 2, [tile[2], tile[3]] * 2)
        seen = ((cut[:, 2:] - cut[:, :2]) > 2).all(axis=1)
        boxes.append(cut[seen] - [tile[0], tile[1]] * 2)
        kinds.append(labels[seen])
        where.append(np.full(int(seen.sum()), index))
    placed = np.concatenate(boxes)
    placed += rng.normal(0, 0.5, placed.shape)
    found = (placed, rng.uniform(0.3, 1, len(placed)), np.concatenate(kinds), np.concatenate(where))
    return objects, found


if __name__ == "__main__":
    main()
