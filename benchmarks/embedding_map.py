"""Time and faithfulness of maps: ``python -m benchmarks.embedding_map --counts 10000 100000``; JSON on stdout.

Vectors of 64 numbers around 300 centres. ``kept`` is the share of the ten nearest neighbours that are among the eleven
nearest on the map, of 500 points; ``moved`` is how far half of the old points move at most, as a share of the map's
width, when the map of four fifths grows to all; ``moved_fresh`` is the same without the old places.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.models.embeddings.nearest import find_nearest
from whorl.models.embeddings.projection.layout import lay_out

WIDTH, CENTRES, ASKED = 64, 300, 500


def make_vectors(count: int) -> NDArray[np.float32]:
    """Unit vectors around 300 centres, the same each time."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(CENTRES, WIDTH))
    found = centres[rng.integers(0, CENTRES, count)] + 0.35 * rng.normal(size=(count, WIDTH))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def kept_share(vectors: NDArray[np.float32], points: NDArray[np.float64]) -> float:
    """Of the ten nearest, how many are near on the map."""
    asked = np.random.default_rng(1).choice(len(vectors), min(ASKED, len(vectors)), replace=False)
    flat = points.astype(np.float32)
    near, _ = find_nearest(vectors[asked], vectors, k=11)
    shown, _ = find_nearest(flat[asked], flat, k=11)
    return float(
        np.mean([len(set(one) & set(two)) / 11 for one, two in zip(near.tolist(), shown.tolist(), strict=True)])
    )


def measure(count: int, *, grows: bool) -> dict[str, Any]:
    """One size."""
    vectors = make_vectors(count)
    began, used = time.perf_counter(), time.process_time()
    laid = lay_out(vectors, seed=0)
    found: dict[str, Any] = {
        "count": count,
        "seconds": round(time.perf_counter() - began, 1),
        "cpu_seconds": round(time.process_time() - used, 1),
        "kept": round(kept_share(vectors, laid.points), 3),
        "load": round(os.getloadavg()[0], 1),
    }
    if grows:
        old = lay_out(vectors[: count * 4 // 5], seed=0).points
        start = np.full((count, 2), np.nan)
        start[: len(old)] = old
        width = float(np.ptp(old, axis=0).max())
        for name, points in (("moved", lay_out(vectors, seed=0, start=start).points), ("moved_fresh", laid.points)):
            found[name] = round(float(np.median(np.linalg.norm(points[: len(old)] - old, axis=1))) / width, 4)
    return found


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=[10_000])
    parser.add_argument("--no-growth", action="store_true", help="Leave out how far old points move.")
    given = parser.parse_args()
    print(json.dumps([measure(count, grows=not given.no_growth) for count in given.counts], indent=2))


if __name__ == "__main__":
    main()
