"""Writes of scans for duplicates, and what is done with the groups that they found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from whorl.base.errors import InvalidInput, JsonValue
from whorl.datasets.actions import delete_items
from whorl.datasets.changes import StateChange, load_all_states, load_states, signed_hash, write_states
from whorl.datasets.queries import find_frozen_test
from whorl.datasets.revisions import DatasetRow, batches, load_dataset, lock_dataset, next_revision
from whorl.quality.queries import get_scan, get_scan_key, is_leak, read_members
from whorl.schemas.records import Subset
from whorl.schemas.selecting import DuplicateAction, DuplicateOutcome, DuplicateScan
from whorl.store.db.tables import blob, duplicate_member, duplicate_scan
from whorl.store.events import EventDraft, emit_many

TAG = "duplicate_of"
"""The metadata field that marks an extra; it holds the id of the item that its group keeps."""


@dataclass(frozen=True, slots=True)
class NewMember:
    """One item of a group that a scan found; ``group_no`` 1 is the largest."""

    group_no: int
    item_key: int
    kind: str
    distance: float
    is_kept: bool


@dataclass(frozen=True, slots=True)
class NewScan:
    """A scan as it is written down."""

    id: str
    dataset_id: str
    revision: int
    params: Mapping[str, JsonValue]
    summary: Mapping[str, JsonValue]


def save_scan(
    conn: Connection, made: NewScan, members: Sequence[NewMember], *, actor_id: str, now: datetime
) -> DuplicateScan:
    """Write a scan and its groups; a scan that is there already, of a job that was tried again, stays as it is."""
    row = load_dataset(conn, made.dataset_id)
    known = conn.execute(select(duplicate_scan.c.key).where(duplicate_scan.c.id == made.id)).first()
    if known is None:
        scan = insert(duplicate_scan).values(
            id=made.id,
            project_id=row.project_id,
            dataset_key=row.key,
            revision=made.revision,
            params=dict(made.params),
            summary=dict(made.summary),
            author_id=actor_id,
            created_at=now,
        )
        key = conn.execute(scan.returning(duplicate_scan.c.key)).scalar_one()
        for some in batches(list(members)):
            rows = [
                {
                    "scan_key": key,
                    "group_no": one.group_no,
                    "item_key": one.item_key,
                    "kind": one.kind,
                    "distance": one.distance,
                    "is_kept": one.is_kept,
                }
                for one in some
            ]
            conn.execute(insert(duplicate_member), rows)
    return get_scan(conn, made.id)


def delete_scan(conn: Connection, scan_id: str) -> None:
    """Forget a scan; what was done with its groups stays.

    Raises:
        NotFound: There is no such scan.
    """
    key = get_scan_key(conn, scan_id)
    conn.execute(delete(duplicate_member).where(duplicate_member.c.scan_key == key))
    conn.execute(delete(duplicate_scan).where(duplicate_scan.c.key == key))


def save_hashes(conn: Connection, hashes: Mapping[str, int]) -> None:
    """Keep the perceptual hashes of contents, by SHA-256, that came in before hashes were computed."""
    rows = [{"of": sha256, "to": signed_hash(hashes[sha256])} for sha256 in sorted(hashes)]
    if rows:
        conn.execute(update(blob).where(blob.c.sha256 == bindparam("of")).values(picture_hash=bindparam("to")), rows)


def apply_scan(
    conn: Connection, scan_id: str, wanted: DuplicateAction, *, actor_id: str, now: datetime
) -> DuplicateOutcome:
    """Do something with groups of a scan, in one revision of the dataset; or say what would be done.

    ``group`` gives alike items one group key, so that splits keep them together; groups that they belong to already
    become one. Nothing changes its subset: a group that is in train and test already stays so, and the outcome says
    it. ``tag`` writes ``metadata.duplicate_of`` into extras. ``delete`` deletes extras, but those with ground truth
    and those in a frozen test subset. Items that went, or came, since the scan are left alone.

    Raises:
        InvalidInput: A group is named that the scan does not have.
        NotFound: There is no such scan.
    """
    scan = get_scan(conn, scan_id)
    row = lock_dataset(conn, scan.dataset_id)
    _check_numbers(conn, scan_id, wanted.groups)
    groups = _groups(read_members(conn, get_scan_key(conn, scan_id), wanted.groups))
    do = {"group": _group, "tag": _tag, "delete": _delete}[wanted.action]
    return do(conn, row, groups, wanted, actor_id, now)


# Any in this module: the columns of a row are typed by its tables, not in Python.
_Groups = list[list[Any]]


def _check_numbers(conn: Connection, scan_id: str, numbers: Sequence[int] | None) -> None:
    if numbers is None:
        return
    most = conn.execute(
        select(duplicate_member.c.group_no)
        .where(duplicate_member.c.scan_key == get_scan_key(conn, scan_id))
        .order_by(duplicate_member.c.group_no.desc())
        .limit(1)
    ).scalar()
    wrong = [number for number in numbers if not 1 <= number <= (most or 0)]
    if wrong:
        allowed = f"1 to {most}" if most else "the scan found none"
        raise InvalidInput(f"no such group: {wrong[0]}; {allowed}", hint="Groups are numbered, the largest is 1.")


def _groups(members: Sequence[Any]) -> _Groups:
    """Members by group, the one that is kept first; groups of which fewer than two are left are left out."""
    by_number: dict[int, list[Any]] = {}
    for one in members:
        by_number.setdefault(one.group_no, []).append(one)
    return [some for some in by_number.values() if len(some) > 1]


def _group(
    conn: Connection, row: DatasetRow, groups: _Groups, wanted: DuplicateAction, actor_id: str, now: datetime
) -> DuplicateOutcome:
    from whorl.quality.duplicates.merging import merge_group_keys  # noqa: PLC0415

    states = {one.item_key: one for one in load_all_states(conn, row)}
    members = {one.key for some in groups for one in some}
    held = {key: state.group_key for key, state in states.items() if state.group_key is not None or key in members}
    names = {some[0].key: some[0].id for some in groups}
    keys = merge_group_keys([[one.key for one in some] for some in groups], held, names)
    changes = [replace(states[item_key], group_key=key) for item_key, key in keys.items()]
    leaks = [some for some in groups if is_leak([one.subset for one in some])]
    warnings = []
    if leaks:
        warnings.append(
            f"{len(leaks):,} groups have items in train and in test: a leak. Nobody's subset is changed; what comes to "
            "such a group later goes where most of it is. Delete its extras, or clear the subset of those in train."
        )
    others = [one for one in keys if one not in members]
    if others:
        warnings.append(f"{len(others):,} items of groups that existed already change their group key with them.")
    revision = _write(conn, row, changes, wanted, actor_id, now)
    return DuplicateOutcome(
        action="group",
        n_groups=len(groups),
        n_items=len(changes),
        bytes=0,
        kept_with_truth=0,
        dry_run=wanted.dry_run,
        crossing=len(leaks),
        warnings=warnings,
        revision=revision,
    )


def _tag(
    conn: Connection, row: DatasetRow, groups: _Groups, wanted: DuplicateAction, actor_id: str, now: datetime
) -> DuplicateOutcome:
    tags = {one.id: some[0].id for some in groups for one in some[1:]}
    states = load_states(conn, row, list(tags))
    changes = [
        replace(state, metadata={**state.metadata, TAG: tags[item_id]})
        for item_id, state in states.items()
        if state.metadata.get(TAG) != tags[item_id]
    ]
    revision = _write(conn, row, changes, wanted, actor_id, now)
    return DuplicateOutcome(
        action="tag",
        n_groups=len(groups),
        n_items=len(changes),
        bytes=sum(one.bytes for some in groups for one in some[1:]),
        kept_with_truth=0,
        dry_run=wanted.dry_run,
        revision=revision,
    )


def _delete(
    conn: Connection, row: DatasetRow, groups: _Groups, wanted: DuplicateAction, actor_id: str, now: datetime
) -> DuplicateOutcome:
    extras = [one for some in groups for one in some[1:]]
    is_frozen = find_frozen_test(conn, row.id) is not None
    frozen = [one for one in extras if is_frozen and one.subset == Subset.TEST]
    truth = [one for one in extras if one.has_truth]
    safe = {one.key for one in frozen} | {one.key for one in truth}
    going = [one for one in extras if one.key not in safe]
    warnings = []
    if frozen:
        warnings.append(f"{len(frozen):,} extras are in the frozen test subset and stay.")
    revision = None
    if going and not wanted.dry_run:
        revision = delete_items(conn, row.id, [one.id for one in going], actor_id=actor_id, now=now)
    return DuplicateOutcome(
        action="delete",
        n_groups=len(groups),
        n_items=len(going),
        bytes=sum(one.bytes for one in going),
        kept_with_truth=len(truth),
        dry_run=wanted.dry_run,
        warnings=warnings,
        revision=revision,
    )


def _write(
    conn: Connection,
    row: DatasetRow,
    changes: Sequence[StateChange],
    wanted: DuplicateAction,
    actor_id: str,
    now: datetime,
) -> int | None:
    if wanted.dry_run or not changes:
        return None
    summary: dict[str, JsonValue] = {"items": len(changes), "action": wanted.action}
    revision = next_revision(conn, row.key, actor_id=actor_id, action="apply_duplicates", summary=summary, now=now)
    write_states(conn, row, changes, revision=revision)
    drafts = [
        EventDraft("item.updated", change.item_id, row.project_id, {"dataset_id": row.id, "revision": revision})
        for change in changes
    ]
    emit_many(conn, drafts, actor_id=actor_id, now=now)
    return revision
