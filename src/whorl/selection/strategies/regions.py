"""Regions of images for masks: where in an image a person should look."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from whorl.base.errors import InvalidInput, JsonValue
from whorl.selection.explaining import explained
from whorl.selection.kernels import one_blas_thread
from whorl.selection.strategies.entropy import entropy
from whorl.selection.strategies.herding import Herding
from whorl.selection.strategies.margin import margin_uncertainty
from whorl.selection.types import FloatArray, ImageRegions, IntArray, Pool, Selection, best_first, check_budget

Measure = Literal["margin", "entropy"]


@dataclass(frozen=True, slots=True)
class Regions:
    """Images whose most uncertain regions say most, with the list of those regions in ``details["regions"]``.

    A region (a superpixel, or a mask of a segmenter) counts by its uncertainty. At most ``per_image`` regions of an
    image are asked for, and no two with centres closer than ``apart``, so that one hard corner does not take the
    whole image's share. An image counts by the sum over its regions; with embeddings, coverage thins the best images.

    Attributes:
        per_image: At least 1.
        apart: Least distance of two centres, as a share of width and height; 0 and more.
        measure: Of a region's uncertainty.
        candidates: Times the budget: best images that coverage chooses from; at least 1.

    Source: region entropy with a spatial cap, as in A. Casanova et al., https://arxiv.org/abs/2002.06583, and
    Y. Siddiqui et al., https://arxiv.org/abs/1911.11789 (ViewAL, superpixels).
    """

    per_image: int = 3
    apart: float = 0.1
    measure: Measure = "margin"
    candidates: int = 4

    def __post_init__(self) -> None:
        if self.per_image < 1 or self.candidates < 1:
            raise InvalidInput(f"per_image {self.per_image} and candidates {self.candidates} must be at least 1")
        if not 0 <= self.apart < np.inf:
            raise InvalidInput(f"apart is {self.apart:g}", hint="Give at least 0.")
        if self.measure not in ("margin", "entropy"):
            raise InvalidInput(f"measure is {self.measure}", hint="Give margin or entropy.")

    @one_blas_thread()
    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        """See ``Strategy``; needs regions, uses embeddings. An image without regions comes last."""
        budget = check_budget(pool.check(), budget)
        if pool.regions is None:
            raise InvalidInput(
                "strategy regions needs the regions of each image", hint="Segment first, or use detection for boxes."
            )
        asked = [self.ask(found) for found in pool.regions]
        worth = np.array([sum(score for _, score in regions) for regions in asked])
        order = best_first(worth, min(pool.size, self.candidates * budget), seed)
        if pool.embeddings is not None and len(order) > budget:
            part = replace(pool.take(np.sort(order)), probabilities=None, uncertainty=worth[np.sort(order)])
            order = np.sort(order)[Herding()(part, budget, seed).indices]
        chosen = order[:budget]
        listed = [_listed(pool, pool.regions[row], asked[row]) for row in chosen.tolist()]
        reasons = [
            f"{len(regions)} uncertain region{'' if len(regions) == 1 else 's'}, {worth[row]:.2f} altogether."
            if regions
            else "No regions were found in it."
            for row, regions in zip(chosen.tolist(), listed, strict=True)
        ]
        return explained(pool, chosen, worth[chosen], reasons, {"uncertainty": worth[chosen], "regions": listed})

    def ask(self, found: ImageRegions) -> list[tuple[int, float]]:
        """(position, uncertainty) of the regions of one image to ask for, the most uncertain first."""
        doubts = _doubts(found, self.measure)
        asked: list[int] = []
        for at in np.argsort(-doubts, kind="stable").tolist():
            if len(asked) == self.per_image:
                break
            if doubts[at] > 0 and self._is_apart(found.centres, at, asked):
                asked.append(at)
        return [(at, float(doubts[at])) for at in asked]

    def _is_apart(self, centres: FloatArray | None, at: int, asked: list[int]) -> bool:
        if centres is None or not asked:
            return True
        return bool((np.hypot(*(centres[asked] - centres[at]).T) >= self.apart).all())


def _doubts(found: ImageRegions, measure: Measure) -> FloatArray:
    rows = np.asarray(found.probabilities, np.float64)
    if not rows.size:
        return np.zeros(len(rows))
    if rows.ndim != 2 or not np.isfinite(rows).all() or (rows < 0).any():
        raise InvalidInput("probabilities of a region are negative or not finite")
    return margin_uncertainty(rows) if measure == "margin" else entropy(rows)


def _listed(pool: Pool, found: ImageRegions, asked: list[tuple[int, float]]) -> list[JsonValue]:
    listed: list[JsonValue] = []
    for at, doubt in asked:
        region: dict[str, JsonValue] = {
            "number": at if found.numbers is None else int(found.numbers[at]),
            "uncertainty": round(doubt, 6),
            "predicted_class": pool.class_name(int(np.argmax(found.probabilities[at]))),
        }
        if found.centres is not None:
            region["x"], region["y"] = (round(float(value), 6) for value in found.centres[at])
        if found.areas is not None:
            region["area"] = round(float(found.areas[at]), 6)
        listed.append(region)
    return listed


def region_order(selection: Selection) -> list[tuple[int, IntArray]]:
    """(row, numbers of its regions) of a selection, best first."""
    return [
        (row, np.array([_number(region) for region in _regions(details)], np.int64))
        for row, details in zip(selection.indices.tolist(), selection.details, strict=True)
    ]


def _regions(details: dict[str, JsonValue]) -> list[JsonValue]:
    found = details.get("regions")
    return found if isinstance(found, list) else []


def _number(region: JsonValue) -> int:
    number = region.get("number") if isinstance(region, dict) else None
    return number if isinstance(number, int) else -1
