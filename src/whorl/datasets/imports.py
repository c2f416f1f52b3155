"""Decide what a batch of prepared records changes in a dataset, and write it as one revision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from whorl.base.errors import InvalidInput, JsonValue
from whorl.datasets.changes import StateChange, close_items, insert_items, load_states, write_states
from whorl.datasets.intake import KnownFile, Media, Prepared
from whorl.datasets.revisions import DatasetRow, batches, next_revision
from whorl.datasets.rules import check_json, merge_patch
from whorl.schemas.datasets import NewItem
from whorl.schemas.records import AnnotationRecord, ImportIssue, Subset
from whorl.store.db.tables import frozen_test, item, source_file
from whorl.store.db.types import ALIVE
from whorl.store.events import EventDraft, emit_many

_MAX_LABEL = 200


@dataclass(frozen=True, slots=True)
class Labelling:
    """The annotations an import has for one item that stands."""

    item_key: int
    item_id: str
    name: str
    width: int
    height: int
    is_new: bool
    records: tuple[AnnotationRecord, ...]


@dataclass(frozen=True, slots=True)
class Labelled:
    """What became of a batch of labellings; ``incomplete`` are keys of items to be tried again next time."""

    added: int = 0
    removed: int = 0
    labelled: frozenset[int] = frozenset()
    incomplete: frozenset[int] = frozenset()
    new_labels: tuple[str, ...] = ()
    issues: tuple[ImportIssue, ...] = ()


class AnnotationSink(Protocol):
    """Writes the annotations of imported items; the annotations room provides it, for it is a floor above."""

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
        """Make each item's annotations of this source equal to its records, in the caller's revision."""
        ...


@dataclass(frozen=True, slots=True)
class Present:
    """An item that stands, as the plan needs it."""

    key: int
    id: str
    sha256: str
    width: int
    height: int
    subset: Subset | None


@dataclass
class Plan:
    """What a batch of records is to change."""

    added: list[tuple[Prepared, Media]] = field(default_factory=list)
    replaced: list[tuple[Prepared, Media, Present]] = field(default_factory=list)
    relabelled: list[tuple[Prepared, Present]] = field(default_factory=list)
    touched: list[tuple[Prepared, KnownFile]] = field(default_factory=list)
    unchanged: int = 0
    issues: list[ImportIssue] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Context:
    """What the database knows about the names in a batch."""

    known: Mapping[str, KnownFile]
    present: Mapping[str, Present]
    frozen_reason: str | None


def load_known(conn: Connection, dataset_key: int, source: str, names: Sequence[str]) -> dict[str, KnownFile]:
    """What earlier imports of ``source`` noted, by name."""
    found: dict[str, KnownFile] = {}
    for some in batches(list(names)):
        query = select(source_file).where(
            source_file.c.dataset_key == dataset_key, source_file.c.source == source, source_file.c.name.in_(some)
        )
        for one in conn.execute(query):
            found[one.name] = KnownFile(one.bytes, one.modified_ns, one.sha256, one.annotations_digest, one.item_key)
    return found


def load_context(conn: Connection, row: DatasetRow, source: str, names: Sequence[str]) -> Context:
    """Read all that ``plan_batch`` needs; under the dataset's lock when it is to be applied."""
    present: dict[str, Present] = {}
    ids: dict[str, str] = {}
    for some in batches(list(names)):
        query = select(item.c.key, item.c.id, item.c.name, item.c.sha256, item.c.width, item.c.height).where(
            item.c.dataset_key == row.key, item.c.died_rev == ALIVE, item.c.name.in_(some)
        )
        for one in conn.execute(query):
            present[one.name] = Present(one.key, one.id, one.sha256, one.width, one.height, None)
            ids[one.id] = one.name
    for item_id, state in load_states(conn, row, list(ids)).items():
        name = ids[item_id]
        present[name] = replace(present[name], subset=state.subset)
    reason = conn.execute(select(frozen_test.c.reason).where(frozen_test.c.dataset_key == row.key)).scalar()
    return Context(load_known(conn, row.key, source, names), present, reason)


def plan_batch(batch: Sequence[Prepared], context: Context) -> Plan:
    """Decide for each record: added, replaced, relabelled, unchanged, or refused with an issue."""
    plan = Plan()
    for one in batch:
        known = context.known.get(one.record.name)
        present = context.present.get(one.record.name)
        problem = _metadata_problem(one)
        if problem is not None:
            plan.issues.append(problem)
        elif one.media is None or (present is not None and present.sha256 == one.media.sha256):
            _plan_known_bytes(plan, one, known, present)
        elif present is None:
            plan.added.append((_outside_frozen_test(plan, one, context), one.media))
        elif known is None or known.item_key != present.key:
            reason = "the dataset has another image under this name"
            plan.issues.append(ImportIssue(one.record.name, "name_taken", reason, "Rename the file, or that item."))
        elif context.frozen_reason is not None and present.subset is Subset.TEST:
            reason = f"it changed, but its item is in the frozen test subset: {context.frozen_reason}"
            plan.issues.append(ImportIssue(one.record.name, "test_frozen", reason, "Import it under another name."))
        else:
            plan.replaced.append((_outside_frozen_test(plan, one, context), one.media, present))
    return plan


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What one batch changed."""

    added: int
    replaced: int
    relabelled: int
    unchanged: int
    labelled: Labelled
    issues: tuple[ImportIssue, ...]


def apply_plan(
    conn: Connection,
    row: DatasetRow,
    plan: Plan,
    *,
    source: str,
    sink: AnnotationSink | None,
    actor_id: str,
    now: datetime,
) -> BatchResult:
    """Write a plan as one revision, under the dataset's lock; a plan that changes nothing takes none."""
    labelled = Labelled()
    if plan.added or plan.replaced or plan.relabelled:
        summary: dict[str, JsonValue] = {
            "source": source,
            "added": len(plan.added),
            "replaced": len(plan.replaced),
            "relabelled": len(plan.relabelled),
        }
        revision = next_revision(conn, row.key, actor_id=actor_id, action="import", summary=summary, now=now)
        labelled = _write(conn, row, plan, source, sink, revision, actor_id, now)
    _note_files(conn, row.key, source, [_Note(one, known.item_key, known.sha256) for one, known in plan.touched])
    return BatchResult(
        added=len(plan.added),
        replaced=len(plan.replaced),
        relabelled=len(plan.relabelled),
        unchanged=plan.unchanged,
        labelled=labelled,
        issues=(*plan.issues, *labelled.issues),
    )


def _metadata_problem(one: Prepared) -> ImportIssue | None:
    try:
        check_json(dict(one.record.metadata), where="metadata")
        for annotation in one.record.annotations:
            check_json(annotation.label, where="label")
            if not 1 <= len(annotation.label) <= _MAX_LABEL:
                raise InvalidInput(f"a label has 1 to {_MAX_LABEL} characters, got {annotation.label[:80]!r}")
            check_json(dict(annotation.attributes), where=f"attributes of {annotation.label!r}")
    except InvalidInput as error:
        return ImportIssue(one.record.name, "bad_metadata", error.message, "Correct the value.")
    return None


def _plan_known_bytes(plan: Plan, one: Prepared, known: KnownFile | None, present: Present | None) -> None:
    if present is None:
        if known is not None:
            # Somebody deleted the item; the same bytes do not bring it back.
            plan.unchanged += 1
            return
        reason = "only the annotation file knows it; there is no image"
        plan.issues.append(ImportIssue(one.record.name, "image_missing", reason, "Import its image first."))
        return
    if known is None or known.annotations_digest != one.digest or known.item_key != present.key:
        plan.relabelled.append((one, present))
        return
    plan.unchanged += 1
    if one.record.file is not None and (known.bytes, known.modified_ns) != (one.bytes, one.modified_ns):
        plan.touched.append((one, known))


def _outside_frozen_test(plan: Plan, one: Prepared, context: Context) -> Prepared:
    if context.frozen_reason is None or one.record.subset is not Subset.TEST:
        return one
    reason = f"the test subset is frozen ({context.frozen_reason}); the item came in without a subset"
    plan.issues.append(ImportIssue(one.record.name, "test_frozen", reason, "Test on it in a new dataset."))
    return replace(one, record=replace(one.record, subset=None))


def _write(
    conn: Connection,
    row: DatasetRow,
    plan: Plan,
    source: str,
    sink: AnnotationSink | None,
    revision: int,
    actor_id: str,
    now: datetime,
) -> Labelled:
    old = load_states(conn, row, [present.id for _, _, present in plan.replaced])
    close_items(conn, [present.key for _, _, present in plan.replaced], revision=revision, died_by=actor_id)
    fresh = [(one, _new_item(one, media)) for one, media in plan.added]
    fresh += [(one, _successor(one, media, old[present.id])) for one, media, present in plan.replaced]
    keys = insert_items(conn, row, [new for _, new in fresh], revision=revision, now=now) if fresh else {}
    ids = _ids_of(conn, list(keys.values()))
    work = [
        Labelling(keys[new.name], ids[keys[new.name]], new.name, new.width, new.height, True, one.record.annotations)
        for one, new in fresh
    ]
    work += [
        Labelling(at.key, at.id, one.record.name, at.width, at.height, False, one.record.annotations)
        for one, at in plan.relabelled
    ]
    labelled = Labelled()
    if sink is not None:
        labelled = sink(conn, row, work, source=source, revision=revision, actor_id=actor_id, now=now)
    _update_states(conn, row, plan, labelled, revision)
    noted = [_Note(one, keys[new.name], new.sha256) for one, new in fresh]
    noted += [_Note(one, at.key, at.sha256) for one, at in plan.relabelled]
    _note_files(conn, row.key, source, noted, incomplete=labelled.incomplete)
    payload: dict[str, JsonValue] = {"dataset_id": row.id, "revision": revision}
    drafts = [EventDraft("item.created", one.item_id, row.project_id, payload) for one in work if one.is_new]
    emit_many(conn, drafts, actor_id=actor_id, now=now)
    return labelled


def _update_states(conn: Connection, row: DatasetRow, plan: Plan, labelled: Labelled, revision: int) -> None:
    """Merge the metadata that records bring for known items; their subset only where there is none yet."""
    states = load_states(conn, row, [present.id for _, present in plan.relabelled])
    changes: list[StateChange] = []
    for one, present in plan.relabelled:
        before = states[present.id]
        wanted = one.record.subset if one.record.subset is not Subset.TEST else None
        after = replace(
            before,
            metadata=merge_patch(before.metadata, one.record.metadata),
            subset=before.subset or wanted,
            is_checked_empty=before.is_checked_empty and present.key not in labelled.labelled,
        )
        if after != before:
            changes.append(after)
    if changes:
        write_states(conn, row, changes, revision=revision)


def _new_item(one: Prepared, media: Media) -> NewItem:
    return NewItem(
        name=one.record.name,
        sha256=media.sha256,
        media_type=media.media_type,
        width=media.width,
        height=media.height,
        bytes=one.bytes,
        subset=one.record.subset,
        metadata=dict(one.record.metadata),
        health=dict(media.health),
        picture_hash=media.picture_hash,
    )


def _successor(one: Prepared, media: Media, before: StateChange) -> NewItem:
    """The item with other bytes under the same name keeps subset, group and metadata of the one before."""
    return _new_item(one, media).model_copy(
        update={
            "subset": before.subset or one.record.subset,
            "group_key": before.group_key,
            "metadata": merge_patch(before.metadata, one.record.metadata),
        }
    )


def _ids_of(conn: Connection, keys: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in batches(list(keys)):
        query = select(item.c.key, item.c.id).where(item.c.key.in_(some))
        found.update((one.key, one.id) for one in conn.execute(query))
    return found


@dataclass(frozen=True, slots=True)
class _Note:
    """A file as taken in, and the item it became."""

    one: Prepared
    item_key: int
    sha256: str


def _note_files(
    conn: Connection,
    dataset_key: int,
    source: str,
    noted: Sequence[_Note],
    *,
    incomplete: frozenset[int] = frozenset(),
) -> None:
    """Remember size, time, hash and annotations of each file for the next import."""
    if not noted:
        return
    rows = [
        {
            "dataset_key": dataset_key,
            "source": source,
            "name": note.one.record.name,
            "bytes": note.one.bytes,
            "modified_ns": note.one.modified_ns,
            "sha256": note.sha256,
            "annotations_digest": "" if note.item_key in incomplete else note.one.digest,
            "item_key": note.item_key,
        }
        for note in noted
    ]
    dialect_insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = dialect_insert(source_file)
    fresh = {name: statement.excluded[name] for name in rows[0] if name not in ("dataset_key", "source", "name")}
    conn.execute(statement.on_conflict_do_update(index_elements=["dataset_key", "source", "name"], set_=fresh), rows)
