"""Annotations of one label, ranked for people to look at: most suspicious, least confident or newest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Row, select

from whorl.annotations.rows import geometry_of
from whorl.datasets.revisions import batches, check_as_of, load_dataset, standing
from whorl.schemas.annotations import Layer
from whorl.schemas.explorer import Crop, CropOrder
from whorl.store.db.tables import annotation, item, item_state

if TYPE_CHECKING:
    from whorl.annotations.suspicion import Agreement, Objects

MAX_RANKED = 10_000
_PADDING = 1.3
_LEAST_SIDE_PX = 32.0
_NOTHING = "the model saw nothing here"
_NOBODY = "people marked nothing here"
_NO_JUDGE = "no model has predicted these items"
_NOT_LABELLED = "people have not labelled this item"

Bounds = tuple[float, float, float, float]
# Any: the columns of a row are typed by its table, not in Python.
_Rows = Sequence[Row[Any]]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One annotation's place: its row, how suspicious it is (None: unknown), and why."""

    key: int
    suspicion: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """All ranked annotations of a label, at one revision of their dataset."""

    dataset_key: int
    revision: int
    model_id: str | None
    rows: Sequence[Ranked]
    is_truncated: bool


def rank_crops(
    conn: Connection,
    dataset_id: str,
    *,
    label: str,
    layer: Layer = Layer.TRUTH,
    order: CropOrder = "suspicion",
    model_id: str | None = None,
    as_of: int | None = None,
    limit: int = MAX_RANKED,
) -> Ranking:
    """Rank the newest annotations of a label.

    Ground truth is judged by one model's predictions, predictions by the ground truth of labelled items.

    Args:
        model_id: Whose predictions judge; the model with most predictions on these items when left out.

    Raises:
        InvalidInput: The revision does not exist.
        NotFound: There is no such dataset.
    """
    row = load_dataset(conn, dataset_id)
    check_as_of(row, as_of)
    mine = (annotation.c.dataset_key == row.key, standing(annotation, as_of))
    wanted = [*mine, annotation.c.layer == layer.value, annotation.c.label == label]
    if layer is Layer.PREDICTION and model_id is not None:
        wanted.append(annotation.c.model_id == model_id)
    found = conn.execute(_objects(*wanted).order_by(annotation.c.key.desc()).limit(limit + 1)).all()
    rows = found[:limit]
    judge, ranked = model_id, [Ranked(one.key, None, "") for one in rows]
    if order == "suspicion" or layer is Layer.TRUTH:
        others = _others(conn, [one.item_key for one in rows], layer, as_of)
        if layer is Layer.TRUTH:
            judge = model_id or _most_frequent(others)
            others = [one for one in others if one.model_id == judge]
        ranked = _judge(conn, rows, others, layer, judge, as_of)
    confidences = {one.key: one.confidence for one in rows}
    ranked.sort(key=lambda one: _place(one, order, layer, confidences))
    return Ranking(row.key, row.revision if as_of is None else as_of, judge, ranked, len(found) > limit)


def read_crops(conn: Connection, ranking: Ranking, start: int, stop: int) -> list[Crop]:
    """The ranked annotations at some places, with what is needed to show them."""
    some = ranking.rows[start:stop]
    columns = (annotation, item.c.id.label("item_id"), item.c.name.label("item_name"), item.c.width, item.c.height)
    query = select(*columns).join(item, item.c.key == annotation.c.item_key)
    found = {one.key: one for one in conn.execute(query.where(annotation.c.key.in_([one.key for one in some])))}
    return [_crop(found[one.key], one) for one in some if one.key in found]


def crop_box(bounds: Bounds | None, *, width: int, height: int) -> Bounds:
    """Where to cut an object out: a square around it with a margin, moved and cut to lie in the image.

    Args:
        bounds: x0, y0, x1, y1 in pixels of the upright image; None for the whole image.
    """
    if bounds is None:
        return 0.0, 0.0, float(width), float(height)
    x0, y0, x1, y1 = bounds
    side = max((x1 - x0) * _PADDING, (y1 - y0) * _PADDING, _LEAST_SIDE_PX)
    across, down = min(side, float(width)), min(side, float(height))
    left = min(max((x0 + x1 - across) / 2, 0.0), width - across)
    top = min(max((y0 + y1 - down) / 2, 0.0), height - down)
    return round(left, 2), round(top, 2), round(left + across, 2), round(top + down, 2)


# Any: see _Rows.
def bounds_of(row: Any) -> Bounds | None:
    """The box around the shape of an annotation's row; None for a class and an empty mask."""
    return None if row.x0 is None else (row.x0, row.y0, row.x1, row.y1)


def _crop(row: Row[Any], ranked: Ranked) -> Crop:
    return Crop(
        annotation_id=row.id,
        item_id=row.item_id,
        item_name=row.item_name,
        label=row.label,
        geometry=geometry_of(row),
        confidence=row.confidence,
        suspicion=ranked.suspicion,
        reason=ranked.reason,
        crop_box=crop_box(bounds_of(row), width=row.width, height=row.height),
    )


def _place(one: Ranked, order: CropOrder, layer: Layer, confidences: Mapping[int, float | None]) -> tuple[object, ...]:
    if order == "newest":
        return (-one.key,)
    if order == "suspicion":
        return (one.suspicion is None, -(one.suspicion or 0.0), -one.key)
    confidence = confidences[one.key]
    sign = 1 if layer is Layer.TRUTH else -1
    return (confidence is None, sign * (confidence or 0.0), -one.key)


# Any: see _Rows.
def _objects(*conditions: ColumnElement[bool]) -> Any:
    return select(
        annotation.c.key,
        annotation.c.item_key,
        annotation.c.label,
        annotation.c.x0,
        annotation.c.y0,
        annotation.c.x1,
        annotation.c.y1,
        annotation.c.confidence,
        annotation.c.model_id,
    ).where(*conditions)


def _others(conn: Connection, item_keys: Sequence[int], layer: Layer, as_of: int | None) -> _Rows:
    """What the other layer says about the items."""
    other = Layer.PREDICTION if layer is Layer.TRUTH else Layer.TRUTH
    found: list[Row[Any]] = []
    for some in batches(sorted(set(item_keys))):
        query = _objects(
            annotation.c.item_key.in_(some), standing(annotation, as_of), annotation.c.layer == other.value
        )
        found += conn.execute(query.order_by(annotation.c.key)).all()
    return found


def _most_frequent(rows: _Rows) -> str | None:
    counts = Counter(one.model_id for one in rows if one.model_id is not None)
    return max(counts, key=lambda model_id: (counts[model_id], model_id), default=None)


def _judge(
    conn: Connection, rows: _Rows, others: _Rows, layer: Layer, judge: str | None, as_of: int | None
) -> list[Ranked]:
    # Late: the server starts without numpy.
    from whorl.annotations.suspicion import suspicion_of_predictions, suspicion_of_truth  # noqa: PLC0415

    if layer is Layer.TRUTH and judge is None:
        return [Ranked(one.key, None, _NO_JUDGE) for one in rows]
    numbers: dict[str, int] = {}
    mine, theirs = _columns(rows, numbers), _columns(others, numbers)
    scores, agreement = (suspicion_of_truth if layer is Layer.TRUTH else suspicion_of_predictions)(mine, theirs)
    labelled = set() if layer is Layer.TRUTH else _labelled(conn, rows, others, as_of)
    ranked: list[Ranked] = []
    for place, (one, score) in enumerate(zip(rows, scores.tolist(), strict=True)):
        if layer is Layer.PREDICTION and one.item_key not in labelled:
            ranked.append(Ranked(one.key, None, _NOT_LABELLED))
        else:
            ranked.append(Ranked(one.key, round(score, 4), _reason(place, one, agreement, others, layer)))
    return ranked


def _reason(place: int, one: Row[Any], agreement: Agreement, others: _Rows, layer: Layer) -> str:
    """In a few words, why an object is as suspicious as it is."""
    who = "the model says" if layer is Layer.TRUTH else "people say"
    best, rival = int(agreement.best_index[place]), int(agreement.rival_index[place])
    if rival >= 0 and (best < 0 or agreement.rival[place] > agreement.best[place]):
        return f"{who} {others[rival].label}{_how_sure(others[rival].confidence)}"
    if best < 0:
        return _NOTHING if layer is Layer.TRUTH else _NOBODY
    if one.x0 is None:
        return f"{who} {others[best].label}{_how_sure(others[best].confidence)}"
    overlap = agreement.best[place] / (others[best].confidence or 1.0)
    return f"{who} {others[best].label}{_how_sure(others[best].confidence)}, {min(overlap, 1.0):.0%} overlap"


def _how_sure(confidence: float | None) -> str:
    return "" if confidence is None else f" at {confidence:.2f}"


def _labelled(conn: Connection, rows: _Rows, truth: _Rows, as_of: int | None) -> set[int]:
    """The items that people have said something about: with ground truth, or checked as empty."""
    found = {one.item_key for one in truth}
    for some in batches(sorted({one.item_key for one in rows} - found)):
        checked = (item_state.c.is_checked_empty.is_(True), standing(item_state, as_of))
        query = select(item_state.c.item_key).where(item_state.c.item_key.in_(some), *checked)
        found.update(conn.execute(query).scalars())
    return found


def _columns(rows: _Rows, numbers: dict[str, int]) -> Objects:
    import numpy as np  # noqa: PLC0415 - late, as above

    from whorl.annotations.suspicion import Objects  # noqa: PLC0415 - late, as above

    nothing = (float("nan"),) * 4
    boxes = [nothing if one.x0 is None else (one.x0, one.y0, one.x1, one.y1) for one in rows]
    return Objects(
        items=np.array([one.item_key for one in rows], np.int64),
        labels=np.array([numbers.setdefault(one.label, len(numbers)) for one in rows], np.int64),
        boxes=np.array(boxes, np.float64).reshape(-1, 4),
        confidences=np.array([1.0 if one.confidence is None else one.confidence for one in rows], np.float64),
    )
