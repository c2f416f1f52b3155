"""Writes to datasets and items. Each takes the dataset's next revision, unless there is nothing to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from whorl.base.errors import Conflict, InvalidInput, JsonValue, NotFound
from whorl.base.ids import new_id
from whorl.datasets import queries
from whorl.datasets.changes import (
    StateChange,
    close_items,
    insert_items,
    load_all_states,
    load_states,
    load_truth_labels,
    write_states,
)
from whorl.datasets.revisions import DatasetRow, batches, lock_dataset, next_revision
from whorl.datasets.rules import check_dataset_name, check_item_name, check_json, check_subset_change, merge_patch
from whorl.datasets.splits import DEFAULT_FRACTIONS, assign_subsets
from whorl.schemas.datasets import Dataset, FrozenTest, Item, ItemPatch, NewItem, Snapshot, SplitReport
from whorl.schemas.records import Subset
from whorl.store.db.tables import annotation, dataset, frozen_test, item, project, snapshot
from whorl.store.db.types import ALIVE
from whorl.store.events import EventDraft, emit, emit_many


def create_dataset(conn: Connection, project_id: str, *, name: str, actor_id: str, now: datetime) -> Dataset:
    """Make an empty dataset at revision 0.

    Raises:
        Conflict: The project has a dataset of this name.
        NotFound: There is no such project.
    """
    check_dataset_name(name)
    if conn.execute(select(project.c.id).where(project.c.id == project_id)).first() is None:
        raise NotFound(f"no project with id {project_id}")
    if queries.find_dataset(conn, project_id, name) is not None:
        raise Conflict(f"the project has a dataset named {name!r}", hint="Choose another name, or add to that one.")
    made = Dataset(
        id=new_id("dataset", at=now.timestamp()), project_id=project_id, name=name, revision=0, created_at=now
    )
    conn.execute(insert(dataset).values(**made.model_dump()))
    _emit_dataset(conn, made.project_id, made.id, actor_id, now, "created")
    return made


def add_items(
    conn: Connection,
    dataset_id: str,
    items: Sequence[NewItem],
    *,
    actor_id: str,
    now: datetime,
    cause: str | None = None,
) -> list[Item]:
    """Add items whose bytes are in the blob store; all of them or none. Emits ``item.created`` for each.

    Raises:
        Conflict: A name is taken, or an item would enter the frozen test subset.
        InvalidInput: A name is not a relative path, or is given twice.
    """
    if not items:
        return []
    row = lock_dataset(conn, dataset_id)
    _check_new_items(conn, row, items)
    revision = next_revision(
        conn, row.key, actor_id=actor_id, action="add_items", summary={"items": len(items)}, now=now
    )
    keys = insert_items(conn, row, items, revision=revision, now=now)
    added = queries.list_items_by_key(conn, list(keys.values()))
    _emit_items(conn, row, "item.created", [one.id for one in added.values()], actor_id, now, cause, revision)
    return [added[keys[new.name]] for new in items]


def update_items(
    conn: Connection,
    dataset_id: str,
    patches: Mapping[str, ItemPatch],
    *,
    actor_id: str,
    now: datetime,
    cause: str | None = None,
) -> int:
    """Change the state of items, by public id, and give the revision reached. Emits ``item.updated`` for each changed.

    Raises:
        Conflict: An item would join or leave the frozen test subset, or is to be checked empty but has annotations.
        NotFound: An item does not stand in this dataset.
    """
    row = lock_dataset(conn, dataset_id)
    states = load_states(conn, row, list(patches))
    missing = next((item_id for item_id in patches if item_id not in states), None)
    if missing is not None:
        raise NotFound(f"no item with id {missing} in dataset {row.name!r}", hint="It may have been deleted.")
    reason = _frozen_reason(conn, row)
    changes = []
    for item_id, patch in patches.items():
        before = states[item_id]
        after = _patched(before, patch)
        check_subset_change(before.name, current=before.subset, wanted=after.subset, frozen_reason=reason)
        if after != before:
            changes.append(after)
    _check_empty(conn, [change for change in changes if change.is_checked_empty])
    if not changes:
        return row.revision
    revision = next_revision(
        conn, row.key, actor_id=actor_id, action="update_items", summary={"items": len(changes)}, now=now
    )
    write_states(conn, row, changes, revision=revision)
    _emit_items(conn, row, "item.updated", [change.item_id for change in changes], actor_id, now, cause, revision)
    return revision


def delete_items(conn: Connection, dataset_id: str, item_ids: Sequence[str], *, actor_id: str, now: datetime) -> int:
    """Take items and their annotations out of the dataset, and give the revision reached; older revisions keep them.

    Raises:
        Conflict: An item is in the frozen test subset.
        NotFound: An item does not stand in this dataset.
    """
    row = lock_dataset(conn, dataset_id)
    states = load_states(conn, row, item_ids)
    reason = _frozen_reason(conn, row)
    for item_id in item_ids:
        if item_id not in states:
            raise NotFound(f"no item with id {item_id} in dataset {row.name!r}", hint="It may have been deleted.")
        before = states[item_id]
        check_subset_change(before.name, current=before.subset, wanted=None, frozen_reason=reason)
    if not states:
        return row.revision
    revision = next_revision(
        conn, row.key, actor_id=actor_id, action="delete_items", summary={"items": len(states)}, now=now
    )
    close_items(conn, [state.item_key for state in states.values()], revision=revision, died_by=actor_id)
    _emit_dataset(conn, row.project_id, row.id, actor_id, now, "items_deleted")
    return revision


def create_snapshot(
    conn: Connection, dataset_id: str, *, name: str, actor_id: str, now: datetime, revision: int | None = None
) -> Snapshot:
    """Name a revision of a dataset, the present one when none is given; costs the same for any number of items.

    Raises:
        Conflict: The dataset has a snapshot of this name.
        InvalidInput: The revision does not exist.
    """
    check_dataset_name(name)
    row = lock_dataset(conn, dataset_id)
    at = row.revision if revision is None else revision
    if not 0 <= at <= row.revision:
        raise InvalidInput(f"revision {at} of dataset {row.name!r} does not exist; allowed: 0 to {row.revision}")
    taken = select(func.count()).where(snapshot.c.dataset_key == row.key, snapshot.c.name == name)
    if conn.execute(taken).scalar_one():
        raise Conflict(f"the dataset has a snapshot named {name!r}", hint="Choose another name.")
    made = Snapshot(
        id=new_id("snapshot", at=now.timestamp()),
        dataset_id=dataset_id,
        revision=at,
        name=name,
        author_id=actor_id,
        created_at=now,
    )
    conn.execute(insert(snapshot).values(**made.model_dump(exclude={"dataset_id"}), dataset_key=row.key))
    return made


def freeze_test(conn: Connection, dataset_id: str, *, reason: str, actor_id: str, now: datetime) -> FrozenTest:
    """Freeze the test subset for good; the first reason stays when it is frozen already."""
    row = lock_dataset(conn, dataset_id)
    found = queries.find_frozen_test(conn, dataset_id)
    if found is not None:
        return found
    conn.execute(insert(frozen_test).values(dataset_key=row.key, revision=row.revision, reason=reason, created_at=now))
    _emit_dataset(conn, row.project_id, row.id, actor_id, now, "test_frozen")
    return FrozenTest(dataset_id=dataset_id, revision=row.revision, reason=reason, created_at=now)


def apply_split(
    conn: Connection,
    dataset_id: str,
    *,
    fractions: Mapping[Subset, float] = DEFAULT_FRACTIONS,
    seed: int = 0,
    refresh_test: bool = False,
    actor_id: str,
    now: datetime,
    cause: str | None = None,
) -> SplitReport:
    """Give a subset to every item that has none: exact quotas, whole groups, labels balanced, nothing moves.

    The choice depends on names, groups, labels and seed alone, so the same folder splits alike anywhere. Emits
    ``item.updated`` for each item assigned.

    Args:
        refresh_test: Let new items into a frozen test subset, once; what is in it stays.

    Raises:
        InvalidInput: The fractions do not sum to 1.
    """
    row = lock_dataset(conn, dataset_id)
    states = load_all_states(conn, row)
    labels = load_truth_labels(conn, row)
    chosen = assign_subsets(
        [state.name for state in states],
        group_keys=[state.group_key for state in states],
        labels=[labels.get(state.item_key, ()) for state in states],
        existing=[state.subset for state in states],
        fractions=fractions,
        seed=seed,
        frozen_test=_frozen_reason(conn, row) is not None and not refresh_test,
    )
    changes = [
        replace(state, subset=subset)
        for state, subset in zip(states, chosen, strict=True)
        if subset is not state.subset
    ]
    revision = row.revision
    if changes:
        summary: dict[str, JsonValue] = {"items": len(changes), "seed": seed}
        if refresh_test:
            summary["refresh_test"] = True
        revision = next_revision(conn, row.key, actor_id=actor_id, action="apply_split", summary=summary, now=now)
        write_states(conn, row, changes, revision=revision)
        _emit_items(conn, row, "item.updated", [change.item_id for change in changes], actor_id, now, cause, revision)
    return SplitReport(
        revision=revision,
        assigned=len(changes),
        train=chosen.count(Subset.TRAIN),
        validation=chosen.count(Subset.VALIDATION),
        test=chosen.count(Subset.TEST),
    )


def _check_new_items(conn: Connection, row: DatasetRow, items: Sequence[NewItem]) -> None:
    reason = _frozen_reason(conn, row)
    names: set[str] = set()
    for new in items:
        check_item_name(new.name)
        check_json(new.metadata, where=f"metadata of {new.name!r}")
        if new.name in names:
            raise InvalidInput(f"item {new.name!r} is given twice; names are unique in a dataset")
        names.add(new.name)
        check_subset_change(new.name, current=None, wanted=new.subset, frozen_reason=reason)
    for some in batches(sorted(names)):
        taken = conn.execute(
            select(item.c.name).where(item.c.dataset_key == row.key, item.c.died_rev == ALIVE, item.c.name.in_(some))
        ).scalar()
        if taken is not None:
            raise Conflict(
                f"dataset {row.name!r} has an item named {taken!r}",
                hint="Delete it first, or add this one under another name.",
                details={"name": taken},
            )


def _patched(before: StateChange, patch: ItemPatch) -> StateChange:
    given = patch.model_fields_set
    metadata = before.metadata
    if "metadata" in given:
        check_json(patch.metadata, where=f"metadata of {before.name!r}")
        metadata = merge_patch(metadata, patch.metadata)
    return replace(
        before,
        subset=patch.subset if "subset" in given else before.subset,
        group_key=patch.group_key if "group_key" in given else before.group_key,
        is_checked_empty=patch.is_checked_empty if "is_checked_empty" in given else before.is_checked_empty,
        metadata=metadata,
    )


def _check_empty(conn: Connection, changes: Sequence[StateChange]) -> None:
    names = {change.item_key: change.name for change in changes}
    for some in batches(list(names)):
        query = select(annotation.c.item_key).where(
            annotation.c.item_key.in_(some), annotation.c.died_rev == ALIVE, annotation.c.layer == "truth"
        )
        labelled = conn.execute(query.limit(1)).scalar()
        if labelled is not None:
            raise Conflict(
                f"item {names[labelled]!r} cannot be checked as empty: it has annotations",
                hint="Remove its annotations first.",
            )


def _frozen_reason(conn: Connection, row: DatasetRow) -> str | None:
    return conn.execute(select(frozen_test.c.reason).where(frozen_test.c.dataset_key == row.key)).scalar()


def _emit_items(
    conn: Connection,
    row: DatasetRow,
    kind: str,
    item_ids: Sequence[str],
    actor_id: str,
    now: datetime,
    cause: str | None,
    revision: int,
) -> None:
    drafts = [
        EventDraft(kind, item_id, row.project_id, {"dataset_id": row.id, "revision": revision}, cause)
        for item_id in item_ids
    ]
    emit_many(conn, drafts, actor_id=actor_id, now=now)


def _emit_dataset(conn: Connection, project_id: str, dataset_id: str, actor_id: str, now: datetime, what: str) -> None:
    emit(
        conn,
        "dataset.changed",
        project_id=project_id,
        subject_id=dataset_id,
        actor_id=actor_id,
        now=now,
        payload={"what": what},
    )
