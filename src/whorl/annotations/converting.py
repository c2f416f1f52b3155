"""Shapes of many annotations changed to another kind in one revision, and that revision undone.

Which shape becomes what is worked out before, outside any transaction (``whorl.annotations.reshaping``); here rows are
read and written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from whorl.annotations.changes import close_annotations, insert_annotations
from whorl.annotations.rows import AnyRow, NewAnnotation, geometry_of
from whorl.base.errors import Conflict, InvalidInput, JsonValue
from whorl.datasets.revisions import DatasetRow, batches, load_dataset, lock_dataset, next_revision
from whorl.schemas.annotations import AuthorKind, Geometry, Layer, Origin
from whorl.schemas.converting import ConvertKind, ConvertReport
from whorl.store.db.tables import annotation, item
from whorl.store.db.tables import revision as revision_table
from whorl.store.db.types import ALIVE
from whorl.store.events import EventDraft, emit_many

ACTION, UNDO_ACTION = "convert_annotations", "undo_conversion"
CHANGED_MEANWHILE = "changed meanwhile"
CHANGED_SINCE = "changed since"
ITEM_GONE = "its item was deleted"
_MOST_EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """An annotation as it stands, and the size of its image.

    Args:
        key: Of the row: another version has another one.
    """

    key: int
    id: str
    item_id: str
    item_name: str
    sha256: str
    width: int
    height: int
    label: str
    geometry: Geometry


@dataclass(frozen=True, slots=True)
class Change:
    """What one version becomes: another shape, or nothing where another annotation of its item says the same class."""

    key: int
    geometry: Geometry | None


@dataclass
class Tally:
    """What a conversion comes to."""

    converted: int = 0
    unchanged: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    worst_iou: float | None = None
    items: set[str] = field(default_factory=set)

    def refuse(self, reason: str, *, item_name: str, label: str) -> None:
        """Count one that cannot be converted, and keep the first by name."""
        self.refused[reason] += 1
        if len(self.examples) < _MOST_EXAMPLES:
            self.examples.append(f"{item_name}: {label}: {reason}")

    def convert(self, item_id: str, iou: float | None) -> None:
        """Count one that is converted."""
        self.converted += 1
        self.items.add(item_id)
        if iou is not None:
            self.worst_iou = iou if self.worst_iou is None else min(self.worst_iou, iou)

    def report(self, dataset_id: str, *, revision: int | None, is_dry_run: bool = False) -> ConvertReport:
        """As it is told."""
        return ConvertReport(
            dataset_id=dataset_id,
            is_dry_run=is_dry_run,
            revision=revision,
            n_items=len(self.items),
            n_converted=self.converted,
            n_unchanged=self.unchanged,
            n_refused=self.refused.total(),
            refused=dict(self.refused),
            examples=self.examples,
            worst_iou=self.worst_iou,
        )


def list_candidates(
    conn: Connection,
    dataset_id: str,
    item_keys: Sequence[int],
    *,
    labels: Sequence[str] = (),
    kinds: Sequence[ConvertKind] = (),
) -> list[Candidate]:
    """The standing ground truth of some items, in the order it was made, as far as labels and kinds ask for it."""
    load_dataset(conn, dataset_id)
    found: list[Candidate] = []
    for some in batches(list(item_keys)):
        query = (
            select(annotation, item.c.id.label("item_id"), item.c.name, item.c.sha256, item.c.width, item.c.height)
            .join(item, item.c.key == annotation.c.item_key)
            .where(
                annotation.c.item_key.in_(some),
                annotation.c.layer == Layer.TRUTH.value,
                annotation.c.died_rev == ALIVE,
                item.c.died_rev == ALIVE,
            )
        )
        if labels:
            query = query.where(annotation.c.label.in_(list(labels)))
        if kinds:
            query = query.where(annotation.c.kind.in_(list(kinds)))
        found += [
            Candidate(
                key=row.key,
                id=row.id,
                item_id=row.item_id,
                item_name=row.name,
                sha256=row.sha256,
                width=row.width,
                height=row.height,
                label=row.label,
                geometry=geometry_of(row),
            )
            for row in conn.execute(query.order_by(annotation.c.item_key, annotation.c.key))
        ]
    return found


def convert_annotations(
    conn: Connection,
    dataset_id: str,
    changes: Sequence[Change],
    tally: Tally,
    *,
    to: ConvertKind,
    actor_id: str,
    now: datetime,
) -> ConvertReport:
    """Write conversions in one revision; the versions they replace stay in the history.

    A version that was replaced or removed since it was read is left as it is now, and counted as refused. Label,
    attributes, author's confidence and the prediction it came from stay. Emits ``annotation.changed`` for each item.

    Args:
        tally: What was worked out; it is corrected by what changed meanwhile.

    Returns:
        The report; its revision is None when nothing is left to convert.

    Raises:
        NotFound: There is no such dataset.
    """
    row = lock_dataset(conn, dataset_id)
    standing = _load_standing(conn, row, [change.key for change in changes])
    usable = [change for change in changes if change.key in standing]
    for _ in range(len(changes) - len(usable)):
        tally.converted -= 1
        tally.refuse(CHANGED_MEANWHILE, item_name=row.name, label=to)
    tally.items = {standing[change.key].item_id for change in usable}
    if not usable:
        return tally.report(dataset_id, revision=None)
    summary: dict[str, JsonValue] = {"to": to, "annotations": len(usable), "items": len(tally.items)}
    revision = next_revision(conn, row.key, actor_id=actor_id, action=ACTION, summary=summary, now=now)
    close_annotations(conn, [change.key for change in usable], revision=revision, died_by=actor_id)
    new = [
        _converted(standing[change.key], change.geometry, actor_id) for change in usable if change.geometry is not None
    ]
    insert_annotations(conn, new, dataset_key=row.key, revision=revision, now=now)
    said = {"changed": [c.key for c in usable if c.geometry], "removed": [c.key for c in usable if not c.geometry]}
    _emit(conn, row, {name: [standing[key] for key in keys] for name, keys in said.items()}, revision, actor_id, now)
    return tally.report(dataset_id, revision=revision)


def undo_conversion(conn: Connection, dataset_id: str, revision: int, *, actor_id: str, now: datetime) -> ConvertReport:
    """Give back what a conversion replaced, in a revision of its own.

    What was changed or removed since the conversion stays as it is, is counted as refused and named.

    Raises:
        Conflict: Nothing of it is left to undo.
        InvalidInput: That revision is no conversion.
        NotFound: There is no such dataset.
    """
    row = lock_dataset(conn, dataset_id)
    _check_conversion(conn, row, revision)
    before, after = _load_of_revision(conn, row, revision)
    alive = {one.id for one in _standing_ids(conn, row, [one.id for one in before])}
    tally, back, closed = Tally(), [], []
    for old in before:
        made = after.get(old.id)
        is_as_made = made is not None and made.died_rev == ALIVE
        if old.item_died_rev != ALIVE:
            tally.refuse(ITEM_GONE, item_name=old.name, label=old.label)
        elif is_as_made or (made is None and old.id not in alive):
            back.append(old)
            tally.convert(old.item_id, None)
            if made is not None:
                closed.append(made.key)
        else:
            tally.refuse(CHANGED_SINCE, item_name=old.name, label=old.label)
    if not back:
        raise Conflict(
            f"nothing of the conversion of revision {revision} is left to undo",
            hint="Everything it made was changed, removed or undone since; see the dataset's history.",
            details={"refused": dict(tally.refused)},
        )
    summary: dict[str, JsonValue] = {"undone": revision, "annotations": len(back), "items": len(tally.items)}
    made_revision = next_revision(conn, row.key, actor_id=actor_id, action=UNDO_ACTION, summary=summary, now=now)
    close_annotations(conn, closed, revision=made_revision, died_by=actor_id)
    insert_annotations(conn, [_as_it_was(one) for one in back], dataset_key=row.key, revision=made_revision, now=now)
    said = {
        "changed": [one for one in back if one.id in after],
        "added": [one for one in back if one.id not in after],
    }
    _emit(conn, row, said, made_revision, actor_id, now)
    return tally.report(dataset_id, revision=made_revision)


def _load_standing(conn: Connection, row: DatasetRow, keys: Sequence[int]) -> dict[int, AnyRow]:
    found: dict[int, AnyRow] = {}
    for some in batches(list(keys)):
        query = select(annotation, item.c.id.label("item_id"), item.c.name).join(
            item, item.c.key == annotation.c.item_key
        )
        mine = (annotation.c.dataset_key == row.key, annotation.c.died_rev == ALIVE, item.c.died_rev == ALIVE)
        found.update((one.key, one) for one in conn.execute(query.where(annotation.c.key.in_(some), *mine)))
    return found


def _check_conversion(conn: Connection, row: DatasetRow, revision: int) -> None:
    action = conn.execute(
        select(revision_table.c.action).where(
            revision_table.c.dataset_key == row.key, revision_table.c.revision == revision
        )
    ).scalar_one_or_none()
    if action != ACTION:
        raise InvalidInput(
            f"revision {revision} of dataset {row.name!r} is no conversion",
            hint="Give the revision that the conversion told.",
        )


def _load_of_revision(conn: Connection, row: DatasetRow, revision: int) -> tuple[list[AnyRow], dict[str, AnyRow]]:
    """The versions that ended with a revision, in the order they were made, and by id those that began with it."""
    columns = select(annotation, item.c.id.label("item_id"), item.c.name, item.c.died_rev.label("item_died_rev")).join(
        item, item.c.key == annotation.c.item_key
    )
    mine = (annotation.c.dataset_key == row.key, annotation.c.layer == Layer.TRUTH.value)
    before = conn.execute(columns.where(*mine, annotation.c.died_rev == revision).order_by(annotation.c.key)).all()
    after = conn.execute(columns.where(*mine, annotation.c.born_rev == revision)).all()
    return list(before), {one.id: one for one in after}


def _standing_ids(conn: Connection, row: DatasetRow, ids: Sequence[str]) -> list[AnyRow]:
    found: list[AnyRow] = []
    for some in batches(list(ids)):
        query = select(annotation.c.id).where(
            annotation.c.id.in_(some), annotation.c.dataset_key == row.key, annotation.c.died_rev == ALIVE
        )
        found += conn.execute(query).all()
    return found


def _converted(before: AnyRow, geometry: Geometry, actor_id: str) -> NewAnnotation:
    return NewAnnotation(
        id=before.id,
        item_key=before.item_key,
        layer=Layer.TRUTH,
        label=before.label,
        geometry=geometry,
        confidence=before.confidence,
        attributes=before.attributes,
        author_kind=AuthorKind.PERSON,
        author_id=actor_id,
        origin=Origin.CONVERTED,
        model_id=before.model_id,
        from_prediction=before.from_prediction,
        missed_by=before.missed_by,
    )


def _as_it_was(before: AnyRow) -> NewAnnotation:
    return NewAnnotation(
        id=before.id,
        item_key=before.item_key,
        layer=Layer.TRUTH,
        label=before.label,
        geometry=geometry_of(before),
        confidence=before.confidence,
        attributes=before.attributes,
        author_kind=AuthorKind(before.author_kind),
        author_id=before.author_id,
        origin=Origin(before.origin),
        model_id=before.model_id,
        from_prediction=before.from_prediction,
        missed_by=before.missed_by,
    )


def _emit(
    conn: Connection,
    row: DatasetRow,
    said: Mapping[str, Sequence[AnyRow]],
    revision: int,
    actor_id: str,
    now: datetime,
) -> None:
    by_item: dict[str, dict[str, list[JsonValue]]] = {}
    for name, rows in said.items():
        for one in rows:
            lists = by_item.setdefault(one.item_id, {"added": [], "changed": [], "removed": []})
            lists[name].append(one.id)
    drafts = [
        EventDraft(
            "annotation.changed",
            item_id,
            row.project_id,
            {"dataset_id": row.id, "item_id": item_id, **lists, "promoted": {}, "revision": revision},
        )
        for item_id, lists in by_item.items()
    ]
    emit_many(conn, drafts, actor_id=actor_id, now=now)
