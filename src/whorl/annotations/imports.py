"""The annotations that an import brings: kept equal to the source, without touching what people did since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select

from whorl.annotations.changes import close_annotations, insert_annotations
from whorl.annotations.rows import AnyRow, NewAnnotation, geometry_of
from whorl.annotations.rules import check_inside, import_author_id, statement_digest
from whorl.base.errors import InvalidInput, JsonValue, UnknownLabel
from whorl.base.ids import new_id
from whorl.datasets.imports import Labelled, Labelling
from whorl.datasets.revisions import DatasetRow, batches
from whorl.ontology.actions import add_labels
from whorl.ontology.queries import current_draft
from whorl.ontology.rules import check_known
from whorl.schemas.annotations import AuthorKind, Layer, Origin
from whorl.schemas.records import AnnotationRecord, ImportIssue
from whorl.store.db.tables import annotation
from whorl.store.db.types import ALIVE
from whorl.store.events import EventDraft, emit_many


class NewLabels(StrEnum):
    """What an import does with a label the ontology lacks."""

    ADD = "add"
    REFUSE = "refuse"


@dataclass
class _Changes:
    born: list[NewAnnotation] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    events: list[EventDraft] = field(default_factory=list)
    labelled: set[int] = field(default_factory=set)
    incomplete: set[int] = field(default_factory=set)
    issues: list[ImportIssue] = field(default_factory=list)


@dataclass(frozen=True)
class AnnotationImporter:
    """Writes imported annotations as ground truth; an ``AnnotationSink`` of the datasets room.

    Of each item, what this source said before and says no more is closed, what it says now and nobody has said is
    added, and what a person edited or removed since stays as the person left it.

    Args:
        new_labels: Add labels that the ontology lacks, or refuse their annotations; None goes by whether the ontology
            is open.
    """

    new_labels: NewLabels | None = None

    def __call__(
        self,
        conn: Connection,
        row: DatasetRow,
        work: Sequence[Labelling],
        *,
        source: str,
        revision: int,
        actor_id: str,
        now: datetime,
    ) -> Labelled:
        """See ``AnnotationSink``."""
        author_id = import_author_id(source)
        added, known = self._labels(conn, row, work, actor_id, now)
        earlier = _load_rows(conn, [one.item_key for one in work if not one.is_new])
        changes = _Changes()
        for one in work:
            usable = [record for record in one.records if _is_usable(record, one, known, changes)]
            _compare(one, usable, earlier.get(one.item_key, []), author_id, row, revision, now, changes)
        close_annotations(conn, changes.closed, revision=revision, died_by=author_id)
        insert_annotations(conn, changes.born, dataset_key=row.key, revision=revision, now=now)
        emit_many(conn, changes.events, actor_id=actor_id, now=now)
        return Labelled(
            added=len(changes.born),
            removed=len(changes.closed),
            labelled=frozenset(changes.labelled),
            incomplete=frozenset(changes.incomplete),
            new_labels=added,
            issues=tuple(changes.issues),
        )

    def _labels(
        self, conn: Connection, row: DatasetRow, work: Sequence[Labelling], actor_id: str, now: datetime
    ) -> tuple[tuple[str, ...], frozenset[str]]:
        """Add what may be added; give the labels added and all that are known then."""
        current = current_draft(conn, row.project_id)
        known = frozenset(label.name for label in current.labels)
        may_add = current.is_open if self.new_labels is None else self.new_labels is NewLabels.ADD
        if not may_add:
            return (), known
        wanted = [record.label for one in work for record in one.records]
        added = add_labels(conn, row.project_id, wanted, actor_id=actor_id, now=now)
        return added, known | set(added)


def _load_rows(conn: Connection, item_keys: Sequence[int]) -> dict[int, list[AnyRow]]:
    """All versions of the items' ground truth, by item key, oldest first."""
    found: dict[int, list[AnyRow]] = {}
    for some in batches(list(item_keys)):
        query = select(annotation).where(annotation.c.item_key.in_(some), annotation.c.layer == Layer.TRUTH.value)
        for one in conn.execute(query.order_by(annotation.c.key)):
            found.setdefault(one.item_key, []).append(one)
    return found


def _is_usable(record: AnnotationRecord, one: Labelling, known: frozenset[str], changes: _Changes) -> bool:
    try:
        if record.label not in known:
            check_known([record.label], sorted(known))
    except UnknownLabel as error:
        changes.incomplete.add(one.item_key)
        changes.issues.append(ImportIssue(one.name, error.code, error.message, error.hint))
        return False
    try:
        check_inside(record.geometry, width=one.width, height=one.height, where=repr(record.label))
    except InvalidInput as error:
        changes.issues.append(ImportIssue(one.name, "outside_image", error.message, error.hint))
        return False
    return True


def _compare(
    one: Labelling,
    records: Sequence[AnnotationRecord],
    rows: Sequence[AnyRow],
    author_id: str,
    row: DatasetRow,
    revision: int,
    now: datetime,
    changes: _Changes,
) -> None:
    wanted = Counter(_digest(record) for record in records)
    closed: list[str] = []
    keys: list[int] = []
    for version in rows:
        said = statement_digest(
            version.label, geometry_of(version), confidence=version.confidence, attributes=version.attributes
        )
        is_ours = version.author_kind == AuthorKind.IMPORT.value and version.author_id == author_id
        stands = version.died_rev == ALIVE
        # A person's change of what this source brought stands for what the source said.
        is_settled = stands or (is_ours and version.died_by != author_id)
        if is_settled and wanted[said] > 0:
            wanted[said] -= 1
        elif stands and is_ours:
            keys.append(version.key)
            closed.append(version.id)
    born = []
    for record in records:
        digest = _digest(record)
        if wanted[digest] > 0:
            wanted[digest] -= 1
            born.append(_new(record, one, author_id, now))
    if not born and not keys:
        return
    changes.born.extend(born)
    changes.closed.extend(keys)
    if born:
        changes.labelled.add(one.item_key)
    payload: dict[str, JsonValue] = {
        "dataset_id": row.id,
        "item_id": one.item_id,
        "added": [new.id for new in born],
        "changed": [],
        "removed": [gone for gone in closed],
        "promoted": {},
        "revision": revision,
    }
    changes.events.append(EventDraft("annotation.changed", one.item_id, row.project_id, payload))


def _digest(record: AnnotationRecord) -> str:
    return statement_digest(record.label, record.geometry, confidence=record.confidence, attributes=record.attributes)


def _new(record: AnnotationRecord, one: Labelling, author_id: str, now: datetime) -> NewAnnotation:
    return NewAnnotation(
        id=new_id("annotation", at=now.timestamp()),
        item_key=one.item_key,
        layer=Layer.TRUTH,
        label=record.label,
        geometry=record.geometry,
        confidence=record.confidence,
        attributes=record.attributes,
        author_kind=AuthorKind.IMPORT,
        author_id=author_id,
        origin=Origin.IMPORTED,
    )
