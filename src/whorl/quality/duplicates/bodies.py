"""The heavy parts of a scan, for worker processes: hashes of files, groups of hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import UnreadableMedia
from whorl.datasets.alike import Alike, group_alike

Looked = tuple[int | None, str]
"""The hash of a file, or None and why there is none."""


def hash_files_body(paths: Sequence[str]) -> list[Looked]:
    """The perceptual hash of each file, as ingest computes it."""
    # Late: loads OpenCV.
    from whorl.datasets.media import survey  # noqa: PLC0415

    found: list[Looked] = []
    for path in paths:
        try:
            found.append((survey(Path(path).read_bytes())[2], ""))
        except UnreadableMedia as error:
            found.append((None, error.message))
        except OSError as error:
            found.append((None, error.strerror or type(error).__name__))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class VectorFile:
    """Vectors on disk, float16 (rows, width), and the row of each item; -1 where it has none."""

    path: str
    shape: tuple[int, int]
    row_of: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """What groups are made of; arrays and lists have one entry per item."""

    hashes: NDArray[np.uint64]
    exact_ids: list[str] | None
    rank: NDArray[np.int64]
    links: NDArray[np.int64]
    hash_distance: int | None
    similarity: float | None
    vectors: VectorFile | None


def group_body(given: Grouping) -> Alike:
    """Groups of alike items."""
    vectors = given.vectors
    read = None
    if vectors is not None:
        mapped = np.memmap(vectors.path, "<f2", "r", shape=vectors.shape)
        row_of = vectors.row_of

        def read(rows: NDArray[np.int64]) -> NDArray[np.float32]:
            found = mapped[np.maximum(row_of[rows], 0)].astype(np.float32)
            found[row_of[rows] < 0] = np.nan
            return found

    return group_alike(
        given.hashes,
        exact_ids=given.exact_ids,
        vectors=read,
        links=given.links,
        rank=given.rank,
        hash_distance=given.hash_distance,
        similarity=given.similarity,
    )
