"""Merge the boxes that a detector found in the tiles of one large image, beside SAHI where it is installed.

    python -m benchmarks.merge_tiles [--boxes 33000 70000] [--runs 15]

Prints one JSON object: for each number of boxes the median processor time in milliseconds of the edge-aware merge, and
of NMS, greedy NMM and NMM on scattered and on crowded boxes, with SAHI's (PyPI: sahi) beside it and whether both keep
the same boxes; the machine and its load. One thread; run it with OMP_NUM_THREADS=1.

Scattered are objects of 15 to 60 pixels on 20,000 x 20,000 pixels as tiles of 640 with an overlap of 0.2 show them, cut
at the tiles' borders, each side off by a pixel or so. Crowded are ten boxes for each object on 6,000 x 6,000 pixels, as
a detector says them that does not suppress by itself.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import describe_machine
from whorl.geometry.boxes import FloatArray, IndexArray
from whorl.geometry.suppression import greedy_nmm, nmm, nms
from whorl.geometry.tiling import merge_tile_boxes, plan_tiles

SIDE, TILE, OVERLAP, LABELS = 20_000, 640, 0.2, 5
CROWDED_SIDE, CROWD = 6_000, 10
SAHI_RUNS = 3
Found = tuple[FloatArray, FloatArray, IndexArray, IndexArray]
T = TypeVar("T")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boxes", type=int, nargs="+", default=[33_000, 70_000])
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    given = parser.parse_args()
    tiles = plan_tiles(SIDE, SIDE, size=TILE, overlap=OVERLAP)
    report = {
        "tiles": len(tiles),
        "sahi": _sahi_version(),
        "runs": [measure(tiles, count, runs=given.runs) for count in given.boxes],
        "machine": describe_machine(),
    }
    print(json.dumps(report, indent=2))


def measure(tiles: IndexArray, count: int, *, runs: int) -> dict[str, object]:
    """All merges of about ``count`` boxes."""
    objects, found = make_boxes(tiles, count)
    edge_ms, merged = cpu_ms(lambda: merge_tile_boxes(*found, tiles), runs)
    boxes, scores, labels, where = found
    placed = boxes + tiles[where][:, [0, 1, 0, 1]]
    scattered = np.column_stack([placed, scores, labels]).astype(np.float32)
    return {
        "boxes": len(boxes),
        "objects": objects,
        "edge_aware": {"cpu_ms": edge_ms, "merged": len(merged.boxes)},
        "scattered": beside_sahi(scattered, runs),
        "crowded": beside_sahi(make_crowded(len(boxes)), runs),
    }


def beside_sahi(rows: NDArray[np.float32], runs: int) -> dict[str, object]:
    """Processor time of each way and of SAHI's, and whether both keep the same; labels never meet."""
    boxes, scores, labels = rows[:, :4], rows[:, 4], rows[:, 5].astype(np.int64)
    report: dict[str, object] = {}
    for name, way in (("nms", nms), ("greedy_nmm", greedy_nmm), ("nmm", nmm)):
        # Any: three functions of two kinds of result.
        call: Any = way
        ours_ms, found = cpu_ms(lambda call=call: call(boxes, scores, labels=labels), runs)  # type: ignore[misc]
        kept = set((found if name == "nms" else found.sources).tolist())
        row: dict[str, object] = {"cpu_ms": ours_ms, "kept": len(kept)}
        theirs = _find_sahi(f"batched_{name}")
        if theirs is not None:
            row["sahi_cpu_ms"], said = cpu_ms(lambda theirs=theirs: theirs(rows, "IOU", 0.5), SAHI_RUNS)  # type: ignore[misc]
            row["same_kept_set"] = set(said) == kept
        report[name] = row
    return report


def cpu_ms(call: Callable[[], T], runs: int) -> tuple[float, T]:
    """Median processor time of a call in milliseconds, the first one apart, and what it gave."""
    taken = []
    for _ in range(runs + 1):
        started = time.process_time()
        found = call()
        taken.append((time.process_time() - started) * 1e3)
    return round(statistics.median(taken[1:]), 1), found


def make_crowded(count: int, *, seed: int = 0) -> NDArray[np.float32]:
    """Ten boxes for each object, each side off by two pixels or so: x0 y0 x1 y1, score, label."""
    rng = np.random.default_rng(seed)
    objects = count // CROWD
    centres, sides = rng.uniform(0, CROWDED_SIDE, (objects, 2)), rng.uniform(15, 60, (objects, 2))
    boxes = np.concatenate([centres - sides / 2, centres + sides / 2], axis=1).repeat(CROWD, axis=0)
    boxes += rng.normal(0, 2, boxes.shape)
    return np.column_stack([boxes, rng.uniform(0.05, 1, len(boxes)), np.zeros(len(boxes))]).astype(np.float32)


# Any: the package may not be there.
def _find_sahi(name: str) -> Any:
    try:
        from sahi.postprocess import combine  # type: ignore[import-not-found]
    except ImportError:
        return None
    return getattr(combine, name)


def _sahi_version() -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("sahi")
    except PackageNotFoundError:
        return None


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
