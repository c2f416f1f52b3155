"""What the pixels of a dataset say about its images: blurred, dark, bright, flat, odd in size, odd in shape.

Pure: measures in, issues out. Thresholds are the dataset's own: an image is listed when it lies far from the median of
its source, counted in median absolute deviations, and past a bound that no ordinary image passes; and always when it is
past a bound that no useful image passes. The measures are those that ingest stores, of the thumbnail.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import JsonValue
from whorl.schemas.selecting import HealthIssue

FloatArray = NDArray[np.float64]

DEVIATIONS = 3.5
"""So many deviations from the median are far."""
_FEWEST_OF_A_SOURCE = 30
_MOST_SOURCES = 20
_EXAMPLES = 24
_MOST_SIZES = 40
_FEW, _FEW_SHARE = 4, 0.05
_MOST_IDS = 500


@dataclass(frozen=True, slots=True)
class Measured:
    """One image: its measures, and the source it comes from."""

    item_id: str
    width: int
    height: int
    brightness: float | None
    contrast: float | None
    sharpness: float | None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """When a measure is too low, or too high.

    Args:
        never: Past this it is always listed.
        unless: It is not listed before this, however far from the median it lies.
    """

    kind: str
    measure: str
    is_low: bool
    never: float
    unless: float
    words: str


RULES = (
    Rule("blurred", "sharpness", True, 3.0, 120.0, "variance of the Laplacian"),
    Rule("dark", "brightness", True, 12.0, 70.0, "mean level of 255"),
    Rule("bright", "brightness", False, 245.0, 190.0, "mean level of 255"),
    Rule("flat", "contrast", True, 4.0, 20.0, "deviation of levels"),
)


def find_issues(
    images: Sequence[Measured], *, refused: Sequence[str] = (), source_field: str | None = None
) -> list[HealthIssue]:
    """What is wrong, an issue per kind that some image has; kinds in a set order, examples worst first.

    Args:
        refused: Names of files that imports refused because they do not decode.
        source_field: The query field that ``source`` was read from, such as ``metadata.camera``; thresholds are of
            each source when there are several with enough images.
    """
    sources = _sources(images) if source_field is not None else {}
    found = [_measure_issue(images, rule, sources, source_field) for rule in RULES]
    found += [_odd_size(images), _odd_aspect(images)]
    if refused:
        shown = ", ".join(refused[:5]) + (", …" if len(refused) > 5 else "")
        found.append(
            HealthIssue(
                kind="truncated",
                n_items=len(refused),
                threshold=f"files that imports refused since they do not decode to the end: {shown}",
                query={"filter": {"id": {"$in": []}}},
                examples=[],
            )
        )
    return [one for one in found if one is not None]


def _sources(images: Sequence[Measured]) -> dict[str, list[int]]:
    by_source: dict[str, list[int]] = {}
    for row, one in enumerate(images):
        if one.source is not None:
            by_source.setdefault(one.source, []).append(row)
    large = sorted((name for name, rows in by_source.items() if len(rows) >= _FEWEST_OF_A_SOURCE), key=str)
    if not 1 < len(large) <= _MOST_SOURCES:
        return {}
    return {name: by_source[name] for name in large}


def _measure_issue(
    images: Sequence[Measured], rule: Rule, sources: dict[str, list[int]], source_field: str | None
) -> HealthIssue | None:
    values = np.array([_or_nan(getattr(one, rule.measure)) for one in images])
    apart = {name: _threshold(values[rows], rule) for name, rows in sources.items()}
    in_sources = np.zeros(len(images), dtype=np.bool_)
    limits = np.full(len(images), np.nan)
    for name, of_source in sources.items():
        limits[of_source] = apart[name]
        in_sources[of_source] = True
    rest = _threshold(values[~in_sources], rule) if not in_sources.all() else rule.never
    limits[~in_sources] = rest
    is_bad = values < limits if rule.is_low else values > limits
    rows = np.nonzero(is_bad)[0]
    if not len(rows):
        return None
    order = np.argsort(values[rows] if rule.is_low else -values[rows], kind="stable")
    sign = "<" if rule.is_low else ">"
    where = "".join(f"; {sign} {limit:g} in {name}" for name, limit in sorted(apart.items()))
    return HealthIssue(
        kind=rule.kind,
        n_items=len(rows),
        threshold=f"{rule.measure} {sign} {rest:g} ({rule.words}; median {np.nanmedian(values):.4g}){where}",
        query={"filter": _condition(rule, rest, apart, source_field)},
        examples=[images[row].item_id for row in rows[order][:_EXAMPLES].tolist()],
    )


def _condition(rule: Rule, rest: float, apart: dict[str, float], source_field: str | None) -> dict[str, JsonValue]:
    field, op = f"health.{rule.measure}", "$lt" if rule.is_low else "$gt"
    if not apart or source_field is None:
        return {field: {op: rest}}
    parts: list[JsonValue] = [
        {"$and": [{source_field: name}, {field: {op: limit}}]} for name, limit in sorted(apart.items())
    ]
    names: list[JsonValue] = [*sorted(apart)]
    others: JsonValue = {
        "$and": [
            {"$or": [{source_field: {"$nin": names}}, {source_field: {"$exists": False}}]},
            {field: {op: rest}},
        ]
    }
    return {"$or": [*parts, others]}


def _threshold(values: FloatArray, rule: Rule) -> float:
    """The value past which a measure is bad. Levels of sharpness differ by factors, so they are compared as logs."""
    known = values[np.isfinite(values)]
    if not len(known):
        return rule.never
    is_log = rule.measure == "sharpness"
    middle, spread = _middle(np.log1p(known) if is_log else known)
    edge = middle + (-DEVIATIONS if rule.is_low else DEVIATIONS) * spread
    far = float(np.expm1(edge)) if is_log else edge
    limit = max(min(far, rule.unless), rule.never) if rule.is_low else min(max(far, rule.unless), rule.never)
    return float(f"{limit:.4g}")


def _middle(values: FloatArray) -> tuple[float, float]:
    """Median, and the median absolute deviation scaled to the standard deviation of a normal distribution."""
    median = float(np.median(values))
    return median, 1.4826 * float(np.median(np.abs(values - median)))


def _odd_size(images: Sequence[Measured]) -> HealthIssue | None:
    pixels = np.array([float(one.width * one.height) for one in images])
    return _odd(
        images,
        np.log2(np.maximum(pixels, 1.0)),
        kind="odd_size",
        least=2.0,
        words=lambda middle, away: (
            f"{2 ** (middle - away) / 1e6:.3g} to {2 ** (middle + away) / 1e6:.3g} megapixels are usual"
        ),
    )


def _odd_aspect(images: Sequence[Measured]) -> HealthIssue | None:
    # Upright and lying pictures of one camera are equally usual.
    longer = np.array([max(one.width, one.height) / max(1, min(one.width, one.height)) for one in images])
    return _odd(
        images,
        np.log2(longer) if len(longer) else longer,
        kind="odd_aspect",
        least=0.7,
        words=lambda middle, away: (
            f"longer side {max(1.0, 2 ** (middle - away)):.3g} to {2 ** (middle + away):.3g} times the shorter is usual"
        ),
    )


def _odd(
    images: Sequence[Measured],
    values: FloatArray,
    *,
    kind: str,
    least: float,
    words: Callable[[float, float], str],
) -> HealthIssue | None:
    """Images whose logarithmic value is far from the median: by ``DEVIATIONS``, and by ``least`` doublings."""
    if not len(values):
        return None
    middle, spread = _middle(values)
    away = max(DEVIATIONS * spread, least)
    # What many images have is another camera, not an odd image.
    counts = Counter((one.width, one.height) for one in images)
    most = max(_FEW, _FEW_SHARE * len(images))
    is_rare = np.array([counts[one.width, one.height] <= most for one in images])
    rows = np.nonzero((np.abs(values - middle) > away) & is_rare)[0]
    if not len(rows):
        return None
    order = rows[np.argsort(-np.abs(values[rows] - middle), kind="stable")]
    bad = [images[row] for row in order.tolist()]
    return HealthIssue(
        kind=kind,
        n_items=len(bad),
        threshold=words(middle, away),
        query={"filter": _sizes(bad)},
        examples=[one.item_id for one in bad[:_EXAMPLES]],
    )


def _sizes(bad: Sequence[Measured]) -> dict[str, JsonValue]:
    """Finds images by their sizes; by id, the worst, when they have too many different ones."""
    sizes = list(dict.fromkeys((one.width, one.height) for one in bad))
    if len(sizes) > _MOST_SIZES:
        ids: list[JsonValue] = [one.item_id for one in bad[:_MOST_IDS]]
        return {"id": {"$in": ids}}
    return {"$or": [{"$and": [{"width": width}, {"height": height}]} for width, height in sizes]}


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
