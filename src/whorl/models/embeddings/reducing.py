"""Vectors with fewer numbers: the principal directions of a sample, eight bits per number.

The directions are fitted on a sample of the first N vectors, where N is the largest power of four that the space has
reached: a space that grew four times is fitted anew, and two machines with the same vectors find the same directions.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whorl.models.embeddings.halves import widen
from whorl.models.embeddings.segments import Halves

WIDTH = 64
SEED = 0
_SAMPLE = 16_384
_FIRST = 256
_BLOCK = 8192
_EXTRA, _ROUNDS = 24, 2
_ROOM = 1.25  # codes reach beyond the sample's largest value by this factor

FloatArray = NDArray[np.float32]
Codes = NDArray[np.int8]


@dataclass(frozen=True)
class Basis:
    """Principal directions.

    Args:
        fitted_on: How many vectors there were.
        centre: float32 (d,): taken off before.
        directions: float32 (d, r), orthonormal, greatest variance first; r is 64, or d where that is less.
        scales: float32 (r,): what one step of a code is worth.
    """

    fitted_on: int
    centre: FloatArray
    directions: FloatArray
    scales: FloatArray

    @property
    def width(self) -> int:
        """Numbers per reduced vector."""
        return int(self.directions.shape[1])

    def project(self, vectors: FloatArray) -> FloatArray:
        """float32 (n, r) of float32 (n, d)."""
        return np.asarray((vectors - self.centre) @ self.directions, np.float32)

    def encode(self, vectors: FloatArray) -> Codes:
        """int8 (n, r) of float32 (n, d): reduced and rounded; code times scale is the value."""
        steps = np.rint(self.project(vectors) / self.scales)
        return np.asarray(np.clip(steps, -127, 127), np.int8)


def fit_size(count: int) -> int:
    """How many of ``count`` vectors the directions are fitted on: the largest power of four from 256, or all."""
    if count < _FIRST * 4:
        return count
    size = _FIRST
    while size * 4 <= count:
        size *= 4
    return size


def fit_basis(vectors: Halves) -> Basis:
    """Principal directions of float16 (n, d), from a sample of at most 16,384 with a fixed seed.

    Method: randomised range finder with two power iterations, Halko, Martinsson and Tropp, "Finding Structure with
    Randomness" (2011), https://arxiv.org/abs/0909.4061.
    """
    rng = np.random.default_rng(SEED)
    count, width = vectors.shape
    rows = np.arange(count) if count <= _SAMPLE else np.sort(rng.choice(count, _SAMPLE, replace=False))
    sample = widen(vectors[rows])
    centre = sample.mean(axis=0, dtype=np.float64).astype(np.float32)
    sample -= centre
    reduced = min(WIDTH, width)
    if width <= WIDTH:
        directions = np.eye(width, dtype=np.float32)
    else:
        directions = _principal(sample, reduced, rng)
    reach = np.abs(sample @ directions).max(axis=0) if count else np.zeros(reduced, np.float32)
    scales = np.maximum(reach * _ROOM / 127, 1e-8).astype(np.float32)
    return Basis(count, centre, directions, scales)


def _principal(sample: FloatArray, reduced: int, rng: np.random.Generator) -> FloatArray:
    guess = rng.standard_normal((sample.shape[1], min(reduced + _EXTRA, sample.shape[1])), dtype=np.float32)
    for _ in range(_ROUNDS):
        guess, _ = np.linalg.qr(sample.T @ (sample @ guess))
    # The right singular vectors within the range found; a sample with fewer rows than directions is fine.
    _, vectors = np.linalg.eigh(_symmetric(guess.T @ (sample.T @ (sample @ guess))))
    found = (guess @ vectors[:, ::-1][:, :reduced]).astype(np.float32)
    # A direction and its opposite say the same; the greatest part is positive, on every machine.
    signs = np.sign(found[np.abs(found).argmax(axis=0), np.arange(reduced)])
    return np.ascontiguousarray(found * np.where(signs == 0, 1, signs).astype(np.float32))


def _symmetric(matrix: FloatArray) -> NDArray[np.float64]:
    wide = matrix.astype(np.float64)
    return (wide + wide.T) / 2


def load_basis(folder: Path, size: int) -> Basis | None:
    """The directions fitted on ``size`` vectors, or None when they are absent or damaged."""
    try:
        with np.load(folder / f"basis-{size}.npz", allow_pickle=False) as body:
            return Basis(size, body["centre"], body["directions"], body["scales"])
    except (OSError, ValueError, KeyError, EOFError):
        return None
    except Exception as error:
        if type(error).__name__ == "BadZipFile":
            return None
        raise


def save_basis(folder: Path, basis: Basis) -> None:
    """Keep directions; a reader never sees a part of them."""
    draft = folder / f".basis.{os.getpid()}.npz"
    np.savez(draft, centre=basis.centre, directions=basis.directions, scales=basis.scales)
    draft.replace(folder / f"basis-{basis.fitted_on}.npz")


def extend_codes(folder: Path, basis: Basis, vectors: Halves) -> None:
    """Bring the file of codes up to the number of vectors; the caller holds the copy's lock."""
    path = codes_path(folder, basis.fitted_on)
    with path.open("ab") as file:
        done = file.tell() // basis.width
        file.truncate(done * basis.width)
        for start in range(done, len(vectors), _BLOCK):
            file.write(basis.encode(widen(vectors[start : start + _BLOCK])).tobytes())


def codes_path(folder: Path, size: int) -> Path:
    """The file of codes of the directions that were fitted on ``size`` vectors."""
    return folder / f"codes-{size}.i8"
