"""How much of what is new the known covers: distances to the nearest known, against the known's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from whorl.base.errors import InvalidInput, ShapeError
from whorl.models.embeddings.nearest import FloatArray, IndexArray, find_nearest

QUANTILES: Final = (5, 25, 50, 75, 95)
BINS: Final = 24
_RADIUS_QUANTILE = 0.95
_CANDIDATES = 2_000


@dataclass(frozen=True)
class Coverage:
    """What ``measure_coverage`` finds; distances are Euclidean between unit vectors, 0 to 2.

    Args:
        radius: How far 95 % of the known lie at most from their nearest known neighbour.
        distances: float32 (n,) of each new one to the nearest known.
        nearest: int64 (n,): which known one that is.
        known_distances: float32 (m,) of each known one to its nearest known neighbour.
        farthest: Rows of the new, uncovered ones first and each unlike those before it.
        least_new: Rows of the new that are most like a known one.
    """

    radius: float
    distances: FloatArray
    nearest: IndexArray
    known_distances: FloatArray
    farthest: IndexArray
    least_new: IndexArray

    @property
    def covered_share(self) -> float:
        """Of the new, the share no farther from a known one than the radius."""
        return float((self.distances <= self.radius).mean())

    @property
    def edges(self) -> list[float]:
        """Ends of 24 equal bins that hold all distances."""
        top = max(float(self.distances.max()), float(self.known_distances.max()), 1e-6)
        return [float(edge) for edge in np.linspace(0.0, top, BINS + 1)]

    def uncovered_by(self, groups: Sequence[str]) -> dict[str, float]:
        """Share of each group's new ones that are not covered, most first; equal ones by name."""
        uncovered = self.distances > self.radius
        found: dict[str, list[bool]] = {}
        for group, is_uncovered in zip(groups, uncovered.tolist(), strict=True):
            found.setdefault(group, []).append(is_uncovered)
        shares = {group: sum(each) / len(each) for group, each in found.items()}
        return dict(sorted(shares.items(), key=lambda one: (-one[1], one[0])))


def measure_coverage(
    new: FloatArray, known: FloatArray, *, examples: int = 12, report: Callable[[float], bool] = lambda done: True
) -> Coverage:
    """Compare new vectors with known ones, exactly.

    The farthest examples are chosen one by one among the least covered: the next is the one that is farthest from the
    known and from the examples before it, so that twelve examples are twelve kinds of novelty where there are twelve.

    Args:
        new: (n, d), unit length, n >= 1.
        known: (m, d), unit length, m >= 2: a neighbour of its own is needed.
        report: As for ``find_nearest``.

    Raises:
        InvalidInput: One side has too few vectors.
        ShapeError: The sides have different widths, or a vector is not finite.
        Cancelled: ``report`` said no.
    """
    if not len(new):
        raise InvalidInput(
            "nothing is new: no item of the first query has a vector", hint="Embed it first, or ask for other items."
        )
    if len(known) < 2:
        raise InvalidInput(
            f"{len(known)} known items with a vector; at least 2 are needed to say how far known ones lie apart",
            hint="Ask against a larger set, such as every labelled item.",
        )
    if new.shape[1] != known.shape[1]:
        raise ShapeError(f"vectors of {new.shape[1]} and of {known.shape[1]} numbers", hint="Use one space for both.")
    if not (np.isfinite(new).all() and np.isfinite(known).all()):
        raise ShapeError("some vectors are not finite", hint="Embed the items again.")
    parts = len(new) / (len(new) + len(known))
    nearest, distances = find_nearest(new, known, report=lambda done: report(parts * done))
    _, own = find_nearest(known, known, skip_self=True, report=lambda done: report(parts + (1 - parts) * done))
    radius = float(np.quantile(own[:, 0], _RADIUS_QUANTILE))
    gaps = distances[:, 0]
    return Coverage(
        radius=radius,
        distances=gaps,
        nearest=nearest[:, 0],
        known_distances=own[:, 0],
        farthest=_unlike(new, gaps, examples),
        least_new=np.argsort(gaps, kind="stable")[:examples],
    )


def quantiles_of(distances: FloatArray) -> dict[str, float]:
    """5, 25, 50, 75 and 95 % quantiles, by their number."""
    found = np.quantile(distances, [one / 100 for one in QUANTILES])
    return {str(name): float(value) for name, value in zip(QUANTILES, found, strict=True)}


def _unlike(new: FloatArray, gaps: FloatArray, examples: int) -> IndexArray:
    """Greedy: each next row has the greatest distance to the known and to the rows before it."""
    candidates = np.argsort(-gaps, kind="stable")[:_CANDIDATES]
    vectors, left = new[candidates], gaps[candidates].astype(np.float64)
    chosen: list[int] = []
    for _ in range(min(examples, len(candidates))):
        best = int(left.argmax())
        chosen.append(best)
        left = np.minimum(left, np.linalg.norm(vectors - vectors[best], axis=1))
        left[chosen] = -1.0
    return candidates[np.asarray(chosen, np.int64)]
