"""Search a space of a million vectors for the most similar ones.

    python -m benchmarks.embedding_search [--vectors 1000000] [--width 384] [--queries 40] [--json]

Prints one JSON object: median and 95 % quantile of one query in milliseconds, wall and processor time; the share of the
ten truly nearest that were among the ten found; seconds to copy the segments, to fit and write the reduced codes, and
to open the copy again; peak resident memory in MiB; the machine and its load. The vectors are of unit length around
3,000 modes of very different size, each with 32 directions of its own, which is harder than images: their directions
are shared. A query is a vector of the space, a little off. Limits to reach: 100 ms, and 0.95 of the ten nearest.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import describe_machine, peak_rss_mib
from whorl.models.embeddings.halves import widen
from whorl.models.embeddings.mirror import Mirror
from whorl.models.embeddings.segment_list import Segment
from whorl.models.embeddings.segments import encode_segment
from whorl.models.embeddings.vectors import SpaceVectors

MODES, INNER, SPREAD, SEGMENT = 3000, 32, 0.6, 16_384
FloatArray = NDArray[np.float32]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", type=int, default=1_000_000)
    parser.add_argument("--width", type=int, default=384)
    parser.add_argument("--queries", type=int, default=40)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="whorl-search-"))
    try:
        print(json.dumps(measure(folder, given.vectors, given.width, given.queries), indent=2))
    finally:
        shutil.rmtree(folder)


def measure(folder: Path, count: int, width: int, queries: int) -> dict[str, object]:
    """All figures of one space."""
    blobs = folder / "blobs"
    blobs.mkdir()
    segments = write_segments(blobs, count, width)
    mirror = Mirror(folder / "copy")

    def fetch(sha256: str) -> bytes:
        return (blobs / sha256).read_bytes()

    started = time.perf_counter()
    mapped = mirror.sync(segments, width, fetch)
    copied = time.perf_counter()
    SpaceVectors("spc_x", width, mirror, mapped).codes()
    reduced = time.perf_counter()
    space = SpaceVectors("spc_x", width, mirror, Mirror(folder / "copy").sync(segments, width, fetch))
    space.codes()
    opened = time.perf_counter()
    asked = draw_queries(space, queries)
    walls, cpus, found = [], [], []
    for query in (asked[0], *asked):
        wall, cpu = time.perf_counter(), time.process_time()
        found.append(space.search(query[None], 10)[0][0])
        walls.append((time.perf_counter() - wall) * 1e3)
        cpus.append((time.process_time() - cpu) * 1e3)
    peak = peak_rss_mib()
    true = nearest(space, asked, 10)
    hits = [len(set(one.tolist()) & set(other.tolist())) / 10 for one, other in zip(found[1:], true, strict=True)]
    return {
        "vectors": count,
        "width": width,
        "queries": queries,
        "wall_ms": round(statistics.median(walls[1:]), 1),
        "wall_ms_p95": round(float(np.quantile(walls[1:], 0.95)), 1),
        "cpu_ms": round(statistics.median(cpus[1:]), 1),
        "recall_at_10": round(statistics.mean(hits), 4),
        "recall_at_10_least": min(hits),
        "copy_s": round(copied - started, 1),
        "reduce_s": round(reduced - copied, 1),
        "open_s": round(opened - reduced, 2),
        "peak_rss_mib": round(peak),
        "machine": describe_machine(),
    }


def write_segments(blobs: Path, count: int, width: int) -> list[Segment]:
    """Write the vectors as segments; they are drawn block by block, so that memory holds one block."""
    segments: list[Segment] = []
    for number, block in enumerate(draw_blocks(count, width)):
        names = (f"{number}:{row}".encode() for row in range(len(block)))
        keys = np.frombuffer(b"".join(hashlib.sha256(name).digest() for name in names), np.uint8).reshape(-1, 32)
        sha256 = f"{number:064x}"
        (blobs / sha256).write_bytes(encode_segment(keys, block))
        segments.append(Segment(number + 1, sha256, len(block)))
    return segments


def draw_blocks(count: int, width: int, *, seed: int = 0) -> Iterator[FloatArray]:
    """Unit vectors around modes whose sizes follow a Pareto law."""
    rng = np.random.default_rng(seed)
    share = rng.pareto(1.2, MODES) + 0.05
    centres = rng.standard_normal((MODES, width)).astype(np.float32)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    # Half precision: 3,000 modes of 384 x 32 directions would take 150 MB otherwise.
    inner = (rng.standard_normal((MODES, INNER, width), dtype=np.float32) / np.sqrt(width * INNER)).astype(np.float16)
    for start in range(0, count, SEGMENT):
        modes = np.sort(rng.choice(MODES, min(SEGMENT, count - start), p=share / share.sum()))
        block = centres[modes]
        for mode in np.unique(modes):
            mine = modes == mode
            latent = rng.standard_normal((int(mine.sum()), INNER)).astype(np.float32)
            block[mine] += SPREAD * (latent @ inner[mode].astype(np.float32))
        block /= np.linalg.norm(block, axis=1, keepdims=True)
        yield block[rng.permutation(len(block))]


def draw_queries(space: SpaceVectors, count: int, *, seed: int = 1) -> FloatArray:
    """Vectors of the space, a little off."""
    rng = np.random.default_rng(seed)
    chosen = space.read(rng.choice(space.count, count, replace=False).astype(np.int64))
    moved = chosen + rng.standard_normal(chosen.shape).astype(np.float32) * 0.1 / np.sqrt(space.width)
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), np.float32)


def nearest(space: SpaceVectors, queries: FloatArray, k: int) -> NDArray[np.int64]:
    """int64 (q, k): the truly nearest, by comparing all."""
    assert space.mapped is not None
    vectors = space.mapped.vectors
    scores = np.empty((len(vectors), len(queries)), np.float32)
    for start in range(0, len(vectors), SEGMENT):
        block = widen(vectors[start : start + SEGMENT])
        scores[start : start + SEGMENT] = block @ queries.T / np.linalg.norm(block, axis=1, keepdims=True)
    return np.argpartition(scores, len(vectors) - k, axis=0)[-k:].T


if __name__ == "__main__":
    main()
