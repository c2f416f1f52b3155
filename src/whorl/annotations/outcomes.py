"""What people made of a model's proposals: accepted, edited or rejected; the last word about each counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, func, select
from sqlalchemy.dialects import postgresql, sqlite

from whorl.annotations.rows import AnyRow, NewAnnotation, geometry_of
from whorl.annotations.rules import box_corners
from whorl.base.errors import NotFound
from whorl.datasets.revisions import batches
from whorl.schemas.annotations import Box, ClassTag, Geometry, Mask, Polygon, RotatedBox
from whorl.schemas.models import LabelOutcomes, ModelOutcomes
from whorl.store.db.tables import annotation, item, proposal_outcome


class Outcome(StrEnum):
    """What became of a proposal."""

    ACCEPTED = "accepted"
    EDITED = "edited"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A person's word about one prediction, given as its row; ``geometry`` is what the person made of it."""

    prediction: AnyRow
    outcome: Outcome
    geometry: Geometry | None = None


def find_predictions(conn: Connection, prediction_ids: Sequence[str], *, item_key: int) -> dict[str, AnyRow]:
    """Map ids to predictions of an item; dead ones too, since the model may run again while a person works."""
    found: dict[str, AnyRow] = {}
    for some in batches(list(dict.fromkeys(prediction_ids))):
        query = select(annotation).where(
            annotation.c.id.in_(some), annotation.c.item_key == item_key, annotation.c.layer == "prediction"
        )
        found.update((one.id, one) for one in conn.execute(query))
    return found


def save_outcomes(conn: Connection, verdicts: Sequence[Verdict], *, person_id: str, now: datetime) -> None:
    """Record what a person made of predictions, in place of what was recorded about them before."""
    rows = [
        {
            "prediction_id": one.prediction.id,
            "model_id": one.prediction.model_id,
            "item_key": one.prediction.item_key,
            "label": one.prediction.label,
            "outcome": one.outcome.value,
            "iou": None if one.geometry is None else shape_iou(geometry_of(one.prediction), one.geometry),
            "person_id": person_id,
            "at": now,
        }
        for one in verdicts
        if one.prediction.model_id is not None
    ]
    if not rows:
        return
    dialect_insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = dialect_insert(proposal_outcome)
    kept = {name: statement.excluded[name] for name in ("outcome", "iou", "person_id", "at")}
    conn.execute(statement.on_conflict_do_update(index_elements=["prediction_id"], set_=kept), rows)


def reject_predictions(
    conn: Connection, item_id: str, prediction_ids: Sequence[str], *, person_id: str, now: datetime
) -> None:
    """Record that a person looked at predictions of an item and refused them. The predictions stay what they are.

    Raises:
        NotFound: An id is not that of a prediction on this item.
    """
    if not prediction_ids:
        return
    item_key = conn.execute(select(item.c.key).where(item.c.id == item_id)).scalar_one()
    found = find_predictions(conn, prediction_ids, item_key=item_key)
    for one in prediction_ids:
        if one not in found:
            raise NotFound(f"no prediction with id {one} on this item", hint="Leave it out of rejected_ids.")
    save_outcomes(conn, [Verdict(one, Outcome.REJECTED) for one in found.values()], person_id=person_id, now=now)


def verdict_of(prediction: AnyRow, label: str, geometry: Geometry) -> Verdict:
    """Judge what a person made of a prediction: the same is accepted, anything else edited."""
    before = geometry_of(prediction)
    if prediction.label == label and before == geometry:
        return Verdict(prediction, Outcome.ACCEPTED)
    return Verdict(prediction, Outcome.EDITED, geometry)


def judge_changes(
    new: Sequence[NewAnnotation], removed: Sequence[AnyRow], predictions: Mapping[str, AnyRow]
) -> list[Verdict]:
    """What saved versions and removals of ground truth say about the predictions they came from, by prediction id."""
    refused = [one.from_prediction for one in removed]
    verdicts = {one: Verdict(predictions[one], Outcome.REJECTED) for one in refused if one in predictions}
    for version in new:
        source = predictions.get(version.from_prediction or "")
        if source is not None:
            verdicts[source.id] = verdict_of(source, version.label, version.geometry)
    return list(verdicts.values())


def list_refused(conn: Connection, prediction_ids: Sequence[str]) -> set[str]:
    """Which of these predictions somebody looked at and refused; the last word about each counts."""
    refused: set[str] = set()
    for some in batches(list(prediction_ids)):
        query = select(proposal_outcome.c.prediction_id).where(
            proposal_outcome.c.prediction_id.in_(some), proposal_outcome.c.outcome == Outcome.REJECTED.value
        )
        refused.update(conn.execute(query).scalars())
    return refused


def read_outcomes(conn: Connection, model_id: str) -> ModelOutcomes:
    """What people made of a model's proposals so far, in all and by predicted label."""
    table = proposal_outcome
    counts = (
        select(table.c.label, table.c.outcome, func.count().label("n"), func.sum(table.c.iou).label("iou"))
        .add_columns(func.count(table.c.iou).label("measured"))
        .where(table.c.model_id == model_id)
        .group_by(table.c.label, table.c.outcome)
    )
    rows = conn.execute(counts).mappings().all()
    labels = list(dict.fromkeys(row["label"] for row in rows))
    by_label = [_summed(label, [row for row in rows if row["label"] == label]) for label in labels]
    by_label.sort(key=lambda one: (-(one.accepted + one.edited + one.rejected), one.label))
    whole = _summed("", rows)
    return ModelOutcomes(**whole.model_dump(exclude={"label"}), by_label=by_label)


def shape_iou(a: Geometry, b: Geometry) -> float | None:
    """Intersection over union of two shapes; None where one has no area to compare."""
    if isinstance(a, ClassTag) or isinstance(b, ClassTag):
        return None
    if isinstance(a, Box) and isinstance(b, Box):
        return _box_iou(a, b)
    # Late: the server starts without numpy.
    if isinstance(a, Mask) and isinstance(b, Mask):
        from whorl.geometry.masks import counts_iou  # noqa: PLC0415

        return counts_iou(a.counts, b.counts) if (a.width, a.height) == (b.width, b.height) else None
    rings = [_rings(a), _rings(b)]
    if rings[0] is None or rings[1] is None:
        return None
    from whorl.geometry.polygons import rings_iou  # noqa: PLC0415

    return rings_iou(rings[0], rings[1])


def _rings(geometry: Geometry) -> list[list[tuple[float, float]]] | None:
    if isinstance(geometry, Box):
        x0, y0, x1, y1 = geometry.x0, geometry.y0, geometry.x1, geometry.y1
        return [[(x0, y0), (x1, y0), (x1, y1), (x0, y1)]]
    if isinstance(geometry, RotatedBox):
        return [box_corners(geometry)]
    return list(geometry.rings) if isinstance(geometry, Polygon) else None


def _box_iou(a: Box, b: Box) -> float:
    width = min(a.x1, b.x1) - max(a.x0, b.x0)
    height = min(a.y1, b.y1) - max(a.y0, b.y0)
    shared = max(0.0, width) * max(0.0, height)
    areas = (a.x1 - a.x0) * (a.y1 - a.y0) + (b.x1 - b.x0) * (b.y1 - b.y0)
    return min(1.0, shared / (areas - shared))


def _summed(label: str, rows: Sequence[RowMapping]) -> LabelOutcomes:
    counts = dict.fromkeys(Outcome, 0)
    for row in rows:
        counts[Outcome(row["outcome"])] += int(row["n"])
    measured = sum(int(row["measured"]) for row in rows)
    return LabelOutcomes(
        label=label,
        accepted=counts[Outcome.ACCEPTED],
        edited=counts[Outcome.EDITED],
        rejected=counts[Outcome.REJECTED],
        mean_edit_iou=sum(float(row["iou"] or 0.0) for row in rows) / measured if measured else None,
    )
