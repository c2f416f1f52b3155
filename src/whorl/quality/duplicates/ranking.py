"""Which item of a group is kept, and which frames of a video are tied because they are neighbours."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import JsonValue
from whorl.datasets.alike import NO_HASH, hash_distances

NEIGHBOURS = 30
"""So many frames further a frame may still be tied to one that is kept."""
MOST_VIDEO_DISTANCE = 32
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the scan knows of one item."""

    key: int
    sha256: str
    name: str
    media_type: str
    width: int
    height: int
    bytes: int
    sharpness: float
    subset: str | None
    group_key: str | None
    has_truth: bool
    metadata: Mapping[str, JsonValue]
    picture_hash: int | None


def rank_items(items: Sequence[Candidate]) -> NDArray[np.int64]:
    """Rank of each item; 0 is kept first.

    With ground truth first, then the most pixels, the sharpest, the most bytes, the oldest.
    """
    if not items:
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort(
        (
            np.array([one.key for one in items]),
            np.array([-one.bytes for one in items]),
            # In doublings: the traces of strong compression look a little sharper than the picture they spoil.
            np.array([-round(math.log2(1 + max(one.sharpness, 0.0))) for one in items]),
            np.array([-one.width * one.height for one in items]),
            np.array([not one.has_truth for one in items]),
        )
    )
    rank = np.empty(len(items), dtype=np.int64)
    rank[order] = np.arange(len(items))
    return rank


def link_frames(items: Sequence[Candidate], hashes: NDArray[np.uint64], *, hash_distance: int) -> NDArray[np.int64]:
    """Pairs (m, 2) of rows that are frames of one video, close in time, with little change on the way.

    A frame is tied to those that follow as long as each on the way differs from it in at most twice ``hash_distance``
    bits, and for ``NEIGHBOURS`` frames at most. Frames are items that a video was cut into, and items of one group
    whose names end in numbers.
    """
    runs = _runs(items)
    reach = min(2 * hash_distance, MOST_VIDEO_DISTANCE)
    found: list[NDArray[np.int64]] = []
    for rows in runs:
        open_rows = np.arange(len(rows))
        for step in range(1, NEIGHBOURS + 1):
            open_rows = open_rows[open_rows + step < len(rows)]
            here, there = rows[open_rows], rows[open_rows + step]
            near = (hashes[here] != NO_HASH) & (hashes[there] != NO_HASH)
            near &= hash_distances(hashes[here], hashes[there]) <= reach
            open_rows = open_rows[near]
            if not len(open_rows):
                break
            found.append(np.stack([here[near], there[near]], axis=1))
    return np.concatenate(found) if found else np.empty((0, 2), dtype=np.int64)


def _runs(items: Sequence[Candidate]) -> list[NDArray[np.int64]]:
    """Rows of each video in the order of time."""
    by_video: dict[str, list[tuple[tuple[object, ...], int]]] = {}
    for row, one in enumerate(items):
        part = one.metadata.get("part")
        parent = one.metadata.get("parent")
        if isinstance(part, dict) and part.get("kind") == "frame" and isinstance(parent, str):
            frame = part.get("frame")
            by_video.setdefault(f"video:{parent}", []).append(
                ((frame if isinstance(frame, int | float) else 0, one.name), row)
            )
        elif one.group_key is not None and _DIGITS.search(one.name.rpartition("/")[2]):
            by_video.setdefault(f"group:{one.group_key}", []).append((natural_order(one.name), row))
    return [np.array([row for _, row in sorted(rows)], dtype=np.int64) for rows in by_video.values() if len(rows) > 1]


def natural_order(name: str) -> tuple[tuple[int, str], ...]:
    """A sort key that counts: frame9 before frame10.

    >>> sorted(["f10.jpg", "f9.jpg"], key=natural_order)
    ['f9.jpg', 'f10.jpg']
    """
    parts = _DIGITS.split(name)
    return tuple((int(part), "") if at % 2 else (0, part) for at, part in enumerate(parts))
