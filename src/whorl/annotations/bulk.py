"""Changes of many annotations in one revision: other labels for objects, a class for whole items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, select

from whorl.annotations.changes import clear_checked_empty, close_annotations, insert_annotations
from whorl.annotations.outcomes import save_outcomes, verdict_of
from whorl.annotations.rows import AnyRow, NewAnnotation, geometry_of
from whorl.base.errors import InvalidInput, JsonValue, NotFound, StaleWrite
from whorl.base.ids import new_id
from whorl.datasets.revisions import DatasetRow, batches, lock_dataset, next_revision
from whorl.ontology.queries import current_draft
from whorl.ontology.rules import check_known
from whorl.schemas.annotations import AuthorKind, ClassTag, Geometry, Layer, Origin
from whorl.schemas.explorer import BulkSaved, LabelChange
from whorl.schemas.ontology import OntologyDraft
from whorl.store.db.tables import annotation, item
from whorl.store.db.types import ALIVE
from whorl.store.events import EventDraft, emit_many


@dataclass
class _Changes:
    """What is to be written: new versions, keys of rows that end, and what each item's event says."""

    new: list[NewAnnotation] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    said: dict[str, dict[str, list[JsonValue]]] = field(default_factory=dict)
    unchanged: int = 0

    def note(self, item_id: str, what: str, annotation_id: str) -> None:
        """Remember that an annotation of an item was added, changed or removed."""
        lists: dict[str, list[JsonValue]] = {"added": [], "changed": [], "removed": []}
        self.said.setdefault(item_id, lists)[what].append(annotation_id)


def relabel(
    conn: Connection,
    dataset_id: str,
    changes: Sequence[LabelChange],
    *,
    actor_id: str,
    now: datetime,
    base_revision: int | None = None,
) -> BulkSaved:
    """Give ground-truth annotations of one dataset other labels, in one revision; all of them or none.

    Shapes and ids stay; each changed one is a new version by the actor. Attributes that do not apply to the new label
    go. Emits ``annotation.changed`` for each item.

    Args:
        base_revision: Refuse when one of the annotations changed after it.

    Raises:
        InvalidInput: An annotation is named twice, or is a prediction.
        NotFound: An annotation does not stand in this dataset.
        StaleWrite: One changed after ``base_revision``.
        UnknownLabel: The ontology lacks a label.
    """
    row = lock_dataset(conn, dataset_id)
    wanted = {change.annotation_id: change.label for change in changes}
    if len(wanted) < len(changes):
        raise InvalidInput("an annotation is named twice", hint="Name each annotation once.")
    ontology = current_draft(conn, row.project_id)
    check_known(dict.fromkeys(wanted.values()), [label.name for label in ontology.labels])
    found = _load(conn, row, list(wanted))
    _check_found(wanted, found, base_revision)
    made = _Changes()
    for annotation_id, label in wanted.items():
        before = found[annotation_id]
        if before.label == label:
            made.unchanged += 1
            continue
        made.new.append(_version(before, label, ontology, actor_id))
        made.closed.append(before.key)
        made.note(before.item_id, "changed", annotation_id)
    return _write(conn, row, made, action="relabel", actor_id=actor_id, now=now)


def classify(
    conn: Connection,
    dataset_id: str,
    item_ids: Sequence[str],
    label: str,
    *,
    mode: Literal["replace", "add"] = "replace",
    actor_id: str,
    now: datetime,
) -> BulkSaved:
    """Give whole items a class as ground truth, in one revision; all of them or none.

    Emits ``annotation.changed`` for each item that changed.

    Args:
        mode: In place of the classes an item has, of which the first keeps its id; or beside them.

    Raises:
        NotFound: An item does not stand in this dataset.
        UnknownLabel: The ontology lacks the label.
    """
    row = lock_dataset(conn, dataset_id)
    ontology = current_draft(conn, row.project_id)
    check_known([label], [one.name for one in ontology.labels])
    keys = _load_keys(conn, row, list(dict.fromkeys(item_ids)))
    tags = _load_tags(conn, keys)
    made = _Changes()
    for item_id, key in keys.items():
        standing = tags.get(key, [])
        same = next((one for one in standing if one.label == label), None)
        if mode == "replace":
            _replace(made, item_id, standing, same, label, ontology, actor_id)
        made.unchanged += same is not None
        if same is None and (mode == "add" or not standing):
            drawn = _new_tag(key, label, actor_id, now)
            made.new.append(drawn)
            made.note(item_id, "added", drawn.id)
    return _write(conn, row, made, action="classify", actor_id=actor_id, now=now)


def _replace(
    made: _Changes,
    item_id: str,
    standing: Sequence[AnyRow],
    same: AnyRow | None,
    label: str,
    ontology: OntologyDraft,
    actor_id: str,
) -> None:
    """Keep the class that says so already, else change the first; remove the others."""
    if not standing:
        return
    kept = same or standing[0]
    if same is None:
        made.new.append(_version(kept, label, ontology, actor_id))
        made.closed.append(kept.key)
        made.note(item_id, "changed", kept.id)
    for one in standing:
        if one.key != kept.key:
            made.closed.append(one.key)
            made.note(item_id, "removed", one.id)


def _write(
    conn: Connection, row: DatasetRow, made: _Changes, *, action: str, actor_id: str, now: datetime
) -> BulkSaved:
    if not made.said:
        return BulkSaved(revision=row.revision, changed=0, unchanged=made.unchanged, annotation_ids=[])
    summary: dict[str, JsonValue] = {"items": len(made.said), "annotations": len(made.new)}
    revision = next_revision(conn, row.key, actor_id=actor_id, action=action, summary=summary, now=now)
    close_annotations(conn, made.closed, revision=revision, died_by=actor_id)
    insert_annotations(conn, made.new, dataset_key=row.key, revision=revision, now=now)
    _save_verdicts(conn, made.new, actor_id, now)
    clear_checked_empty(conn, row, list(made.said), revision=revision)
    drafts = [
        EventDraft(
            "annotation.changed",
            item_id,
            row.project_id,
            {"dataset_id": row.id, "item_id": item_id, **lists, "promoted": {}, "revision": revision},
        )
        for item_id, lists in made.said.items()
    ]
    emit_many(conn, drafts, actor_id=actor_id, now=now)
    ids = [one.id for one in made.new]
    return BulkSaved(revision=revision, changed=len(ids), unchanged=made.unchanged, annotation_ids=ids)


def _version(before: AnyRow, label: str, ontology: OntologyDraft, actor_id: str) -> NewAnnotation:
    """The same shape under another label, said by somebody who stands behind it."""
    others = {one.name for one in ontology.attributes if one.labels and label not in one.labels}
    return NewAnnotation(
        id=before.id,
        item_key=before.item_key,
        layer=Layer.TRUTH,
        label=label,
        geometry=geometry_of(before),
        confidence=None,
        attributes={name: value for name, value in before.attributes.items() if name not in others},
        author_kind=AuthorKind.PERSON,
        author_id=actor_id,
        origin=Origin.EDITED,
        from_prediction=before.from_prediction,
        missed_by=before.missed_by,
    )


def _new_tag(item_key: int, label: str, actor_id: str, now: datetime) -> NewAnnotation:
    whole: Geometry = ClassTag()
    return NewAnnotation(
        id=new_id("annotation", at=now.timestamp()),
        item_key=item_key,
        layer=Layer.TRUTH,
        label=label,
        geometry=whole,
        confidence=None,
        attributes={},
        author_kind=AuthorKind.PERSON,
        author_id=actor_id,
        origin=Origin.DRAWN,
    )


def _save_verdicts(conn: Connection, new: Sequence[NewAnnotation], actor_id: str, now: datetime) -> None:
    """What the new labels say about the predictions that the annotations came from."""
    sources = {one.from_prediction: one for one in new if one.from_prediction is not None}
    verdicts = []
    for some in batches(list(sources)):
        query = select(annotation).where(annotation.c.id.in_(some), annotation.c.layer == Layer.PREDICTION.value)
        for row in conn.execute(query):
            version = sources[row.id]
            if row.item_key == version.item_key:
                verdicts.append(verdict_of(row, version.label, version.geometry))
    if verdicts:
        save_outcomes(conn, verdicts, person_id=actor_id, now=now)


def _load(conn: Connection, row: DatasetRow, annotation_ids: Sequence[str]) -> dict[str, AnyRow]:
    found: dict[str, AnyRow] = {}
    for some in batches(annotation_ids):
        query = select(annotation, item.c.id.label("item_id")).join(item, item.c.key == annotation.c.item_key)
        mine = (annotation.c.dataset_key == row.key, annotation.c.died_rev == ALIVE)
        found.update((one.id, one) for one in conn.execute(query.where(annotation.c.id.in_(some), *mine)))
    return found


def _check_found(wanted: dict[str, str], found: dict[str, AnyRow], base_revision: int | None) -> None:
    for annotation_id in wanted:
        if annotation_id not in found:
            hint = "It may have been removed; read the annotations again."
            raise NotFound(f"no annotation with id {annotation_id} in this dataset", hint=hint)
        if found[annotation_id].layer != Layer.TRUTH.value:
            hint = "Accept or edit the prediction; what a model said is never changed."
            raise InvalidInput(f"annotation {annotation_id} is a prediction", hint=hint)
    if base_revision is None:
        return
    changed = [one.id for one in found.values() if one.born_rev > base_revision]
    if changed:
        raise StaleWrite(
            f"{len(changed)} of these annotations changed after revision {base_revision}",
            hint="Look at them again, then give the labels anew.",
            details={"annotation_ids": changed[:100], "base_revision": base_revision},
        )


def _load_keys(conn: Connection, row: DatasetRow, item_ids: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in batches(item_ids):
        mine = (item.c.dataset_key == row.key, item.c.died_rev == ALIVE)
        found.update(
            (one.id, one.key) for one in conn.execute(select(item.c.id, item.c.key).where(item.c.id.in_(some), *mine))
        )
    missing = next((one for one in item_ids if one not in found), None)
    if missing is not None:
        raise NotFound(f"no item with id {missing} in dataset {row.name!r}", hint="It may have been deleted.")
    return {item_id: found[item_id] for item_id in item_ids}


def _load_tags(conn: Connection, keys: dict[str, int]) -> dict[int, list[AnyRow]]:
    """The classes that items have as ground truth, oldest first, by item key."""
    found: dict[int, list[AnyRow]] = {}
    for some in batches(list(keys.values())):
        alive: tuple[Any, ...] = (annotation.c.item_key.in_(some), annotation.c.died_rev == ALIVE)
        of_kind = (annotation.c.layer == Layer.TRUTH.value, annotation.c.kind == ClassTag().type)
        for one in conn.execute(select(annotation).where(*alive, *of_kind).order_by(annotation.c.key)):
            found.setdefault(one.item_key, []).append(one)
    return found
