"""How strange an image is to a model: its distance to the images that the model was trained on, as a quantile.

A reference holds the training images' features, reduced. The distance of an image is the mean distance to its nearest
neighbours among them; its novelty is the share of training images that lie nearer to their own neighbours (each left
out of its own), so that over 0.99 flags one training-like image in a hundred, whatever the features.
"""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from whorl.models.types import FloatArray

NEIGHBOURS: Final = 5
DIRECTIONS: Final = 64
MOST_REFERENCES: Final = 4000
LEAST_REFERENCES: Final = 10
_FIT_ROWS: Final = 2000
_CHUNK: Final = 512
_FORMAT: Final = 1


@dataclass(frozen=True)
class Reference:
    """What a model has seen, for telling what it has not.

    Args:
        mean: (d,) float32, of the training features.
        directions: (d, k) float32 with columns of length 1: where the training features vary most.
        points: (n, k + 1) float32: each training image along the directions, and how far it lies off them.
        distances: (n,) float32, rising: of the training images to their neighbours.
    """

    mean: FloatArray
    directions: FloatArray
    points: FloatArray
    distances: FloatArray

    def reduce(self, features: FloatArray) -> FloatArray:
        """(m, k + 1) float32 coordinates of (m, d) features.

        What the directions leave over is one number, kept, because a new kind of image differs just where the
        training images do not.
        """
        centred = np.asarray(features - self.mean, np.float32)
        along = centred @ self.directions
        off = np.maximum((centred**2).sum(axis=1) - (along**2).sum(axis=1), 0)
        return np.concatenate([along, np.sqrt(off)[:, None]], axis=1).astype(np.float32)

    def novelty(self, coordinates: FloatArray) -> NDArray[np.float64]:
        """(m,) quantiles in [0, n / (n + 1)] of the coordinates' distances among those of the n training images.

        With n training images nothing is stranger than one in n + 1: a rule over 0.99 needs at least 100 of them.
        """
        distances = _neighbour_distances(coordinates, self.points, leave_out=False)
        return np.searchsorted(self.distances, distances, side="left") / (len(self.distances) + 1)

    def save(self, path: Path) -> None:
        """Write it to a file; a reader never sees a part of it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        packed = io.BytesIO()
        np.savez(
            packed,
            format=np.array(_FORMAT),
            mean=self.mean,
            directions=self.directions,
            points=self.points,
            distances=self.distances,
        )
        draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        draft.write_bytes(packed.getvalue())
        draft.replace(path)

    @classmethod
    def find(cls, path: Path) -> Reference | None:
        """Read one back; None when there is none, or it is damaged or of another release."""
        try:
            # Read whole: of a damaged file numpy would leave the handle open.
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as found:
                if int(found["format"]) != _FORMAT:
                    return None
                parts = [np.asarray(found[name], np.float32) for name in ("mean", "directions", "points", "distances")]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None
        return cls(*parts)


def fit_reference(features: FloatArray) -> Reference | None:
    """Learn what is usual from (n, d) features of training images; None for fewer than ten.

    Above 4,000 images an even spread of them is used. The same features give the same reference.
    """
    rows = np.asarray(features, np.float32)
    if len(rows) > MOST_REFERENCES:
        rows = rows[np.linspace(0, len(rows) - 1, MOST_REFERENCES).astype(np.int64)]
    if len(rows) < LEAST_REFERENCES or not rows.shape[1]:
        return None
    mean = rows.mean(axis=0)
    some = rows[np.linspace(0, len(rows) - 1, min(len(rows), _FIT_ROWS)).astype(np.int64)] - mean
    directions = _directions(np.asarray(some, np.float32))
    empty = np.zeros((0, directions.shape[1] + 1), np.float32)
    points = Reference(mean, directions, empty, np.zeros(0, np.float32)).reduce(rows)
    distances = np.sort(_neighbour_distances(points, points, leave_out=True))
    return Reference(mean, directions, points, distances.astype(np.float32))


def load_reference(path: Path, keys: Sequence[str], extract: Callable[[Sequence[str]], FloatArray]) -> Reference | None:
    """The reference of a model: read from beside it, or made once of its training images and kept there.

    Args:
        path: Where it is kept.
        keys: SHA-256 of the training images, in a stable order.
        extract: Gives the features of images by their SHA-256.
    """
    found = Reference.find(path)
    if found is not None:
        return found
    some = spread(keys, MOST_REFERENCES)
    made = fit_reference(extract(some)) if len(some) >= LEAST_REFERENCES else None
    if made is not None:
        made.save(path)
    return made


def spread(keys: Sequence[str], most: int) -> list[str]:
    """At most ``most`` of the distinct keys, an even draw that does not depend on their order."""
    ranked = sorted(dict.fromkeys(keys), key=lambda key: hashlib.sha256(f"novelty:{key}".encode()).digest())
    return ranked[:most]


def _directions(centred: FloatArray) -> FloatArray:
    """The leading right singular vectors by way of the smaller of the two Gram matrices: exact, and no randomness."""
    most = min(DIRECTIONS, len(centred) - 1, centred.shape[1])
    if len(centred) <= centred.shape[1]:
        values, vectors = np.linalg.eigh(np.asarray(centred @ centred.T, np.float64))
        keep = np.argsort(-values, kind="stable")[:most]
        kept = vectors[:, keep][:, values[keep] > 1e-9]
        columns = centred.T.astype(np.float64) @ kept
    else:
        values, vectors = np.linalg.eigh(np.asarray(centred.T @ centred, np.float64))
        columns = vectors[:, np.argsort(-values, kind="stable")[:most]]
    lengths = np.linalg.norm(columns, axis=0, keepdims=True)
    return np.asarray(columns / np.maximum(lengths, 1e-12), np.float32)


def _neighbour_distances(rows: FloatArray, points: FloatArray, *, leave_out: bool) -> NDArray[np.float64]:
    """Mean distance of each row to its nearest points; ``leave_out``: the rows are the points, and not their own."""
    nearest = min(NEIGHBOURS, len(points) - int(leave_out))
    squares = (points.astype(np.float64) ** 2).sum(axis=1)
    found = np.zeros(len(rows), np.float64)
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK].astype(np.float64)
        gaps = (chunk**2).sum(axis=1)[:, None] + squares[None, :] - 2 * chunk @ points.T.astype(np.float64)
        if leave_out:
            gaps[np.arange(len(chunk)), start + np.arange(len(chunk))] = np.inf
        near = np.partition(np.maximum(gaps, 0), nearest - 1, axis=1)[:, :nearest]
        found[start : start + _CHUNK] = np.sqrt(near).mean(axis=1)
    return found
