"""What can be chosen and what is labelled already, read from the database as columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, and_, func, select

from whorl.base.errors import InvalidInput, NotFound
from whorl.datasets.dql import Query, compile_query, read_keys, resolve_near, resolve_snapshot
from whorl.datasets.revisions import DatasetRow, batches, load_dataset, standing
from whorl.selection.item_fields import field_reader, is_bad
from whorl.store.db.tables import annotation, blob, item, item_state, task, task_item
from whorl.store.db.types import ALIVE

_IN_HAND = ("queued", "leased", "submitted", "rework", "waiting")
_MANY = 900


@dataclass(frozen=True, slots=True)
class PoolItem:
    """One item that can be chosen; ``values`` are those of the fields that were asked for, as text."""

    key: int
    id: str
    sha256: str
    bytes: int
    group: str | None
    picture_hash: int = 0  # 64 bits with a sign; 0: plain, or nobody has looked
    values: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelledItem:
    """One item that is labelled: its class where it has exactly one, and whether its labels are objects."""

    key: int
    id: str
    sha256: str
    label: str | None
    has_objects: bool
    picture_hash: int = 0
    group: str | None = None


@dataclass(frozen=True, slots=True)
class ReadPool:
    """What can be chosen, in the order it was added, what is in work already, and what was left out and why."""

    dataset: DatasetRow
    items: list[PoolItem]
    pending: list[str] = field(default_factory=list)  # SHA-256 of items in open tasks
    left_out: dict[str, int] = field(default_factory=dict)


def read_pool(
    conn: Connection,
    dataset_id: str,
    query: Query | None,
    *,
    is_open: bool = False,
    fields: Sequence[str] = (),
    without_bad: bool = False,
) -> ReadPool:
    """Read the items that can be chosen.

    Args:
        query: Where to choose from; the whole dataset when None.
        is_open: Take all that the query finds, labelled or not.
        fields: ``group``, ``day``, ``folder`` or ``metadata.<key>``, read for each item.
        without_bad: Leave out images that are too dark, bright, flat or blurred to label.

    Raises:
        InvalidInput: A field is not one that items have.
        NotFound: There is no such dataset.
        QueryError: The query names what is not there.
    """
    readers = [field_reader(one) for one in fields]
    row = load_dataset(conn, dataset_id)
    labelled = set() if is_open else set(_truth_keys(conn, row.key))
    in_hand, discarded = (set(), set()) if is_open else _in_tasks(conn, row.key)
    left_out: Counter[str] = Counter()
    pending: list[str] = []
    kept: list[PoolItem] = []
    for one in _iter_items(conn, read_keys(conn, _compile(conn, row, query))):
        cause = None if is_open else _cause(one, labelled, in_hand, discarded)
        if cause == "in_task":
            pending.append(one.sha256)
        if cause is None and not one.media_type.startswith("image/"):
            cause = "not_image"
        if cause is None and without_bad and is_bad(one.health):
            cause = "bad"
        if cause is not None:
            left_out[cause] += 1
            continue
        values = tuple(read(one) for read in readers)
        kept.append(PoolItem(one.key, one.id, one.sha256, one.bytes, one.group_key, one.picture_hash or 0, values))
    for at, name in enumerate(fields):
        _check_values(name, kept, at)
    return ReadPool(row, kept, pending, dict(left_out))


def read_labelled(conn: Connection, dataset_id: str, query: Query | None) -> list[LabelledItem]:
    """Read what is labelled: images with ground truth, or what the query finds, outside the test subset.

    Raises:
        NotFound: There is no such dataset.
    """
    return _read_labelled(conn, dataset_id, query, is_test=False)


def read_test(conn: Connection, dataset_id: str) -> list[LabelledItem]:
    """Read what is labelled in the test subset.

    Raises:
        NotFound: There is no such dataset.
    """
    return _read_labelled(conn, dataset_id, None, is_test=True)


def _read_labelled(conn: Connection, dataset_id: str, query: Query | None, *, is_test: bool) -> list[LabelledItem]:
    row = load_dataset(conn, dataset_id)
    labels: dict[int, set[str]] = {}
    objects: set[int] = set()
    truth = select(annotation.c.item_key, annotation.c.kind, annotation.c.label).where(_truth(row.key)).distinct()
    for one in conn.execute(truth):
        if one.kind == "class":
            labels.setdefault(one.item_key, set()).add(one.label)
        else:
            objects.add(one.item_key)
    found: list[LabelledItem] = []
    if query is None:
        keys = sorted({*labels, *objects, *_checked_keys(conn, row.key)})
    else:
        keys = read_keys(conn, _compile(conn, row, query))
    for one in _iter_items(conn, keys):
        if (one.subset == "test") is not is_test or not one.media_type.startswith("image/"):
            continue
        mine = labels.get(one.key, set())
        label = next(iter(mine)) if len(mine) == 1 else None
        seen = LabelledItem(
            one.key, one.id, one.sha256, label, one.key in objects, one.picture_hash or 0, one.group_key
        )
        found.append(seen)
    return found


def read_standing(conn: Connection, item_keys: Sequence[int]) -> set[int]:
    """Those of the items that still stand."""
    found: set[int] = set()
    for some in batches(list(item_keys), _MANY):
        found.update(conn.execute(select(item.c.key).where(item.c.key.in_(some), item.c.died_rev == ALIVE)).scalars())
    return found


def read_contents(conn: Connection, dataset_id: str, item_ids: Sequence[str]) -> list[str]:
    """The SHA-256 of items of a dataset, in the order given.

    Raises:
        NotFound: One of them is not there, was deleted, or is another dataset's.
    """
    row = load_dataset(conn, dataset_id)
    found: dict[str, str] = {}
    for some in batches(list(item_ids), _MANY):
        mine = select(item.c.id, item.c.sha256).where(item.c.dataset_key == row.key, item.c.died_rev == ALIVE)
        found.update((one.id, one.sha256) for one in conn.execute(mine.where(item.c.id.in_(some))))
    lost = [one for one in item_ids if one not in found]
    if lost:
        raise NotFound(
            f"{len(lost)} of {len(item_ids)} examples are no items of this dataset, such as {lost[0][:60]}",
            hint="They may have been deleted, or belong to another dataset.",
        )
    return [found[one] for one in item_ids]


def read_pace(conn: Connection, project_id: str) -> float | None:
    """Labelling seconds of one item in the project's tasks so far; None before any."""
    done = and_(task_item.c.status.in_(("submitted", "approved")), task_item.c.human_seconds > 0)
    spent = (
        select(func.sum(task_item.c.human_seconds), func.count())
        .join(task, task.c.key == task_item.c.task_key)
        .where(task.c.project_id == project_id, task.c.kind == "label", done)
    )
    seconds, count = conn.execute(spent).one()
    return None if not count else float(seconds) / int(count)


# Any in what follows: the columns of a select are typed by its tables, not in Python.
def _compile(conn: Connection, row: DatasetRow, query: Query | None) -> Any:
    wanted = resolve_near(conn, query or Query(), row.key)
    as_of = resolve_snapshot(conn, wanted, dataset_key=row.key)
    return compile_query(wanted, dataset_key=row.key, as_of=as_of)


def _iter_items(conn: Connection, keys: Sequence[int]) -> Iterator[Any]:
    """The items of these keys as they stand now, in that order."""
    joined = item.join(item_state, and_(item_state.c.item_key == item.c.key, standing(item_state, None)))
    wanted = select(
        item.c.key,
        item.c.id,
        item.c.sha256,
        item.c.bytes,
        item.c.name,
        item.c.media_type,
        item.c.health,
        item.c.created_at,
        item_state.c.subset,
        item_state.c.group_key,
        item_state.c.is_checked_empty,
        item_state.c.metadata,
        blob.c.picture_hash,
    ).select_from(joined.outerjoin(blob, blob.c.sha256 == item.c.sha256))
    wanted = wanted.where(item.c.died_rev == ALIVE)
    for some in batches(keys, _MANY):
        yield from sorted(conn.execute(wanted.where(item.c.key.in_(some))), key=lambda one: one.key)


def _truth(dataset_key: int) -> Any:
    return and_(annotation.c.dataset_key == dataset_key, annotation.c.died_rev == ALIVE, annotation.c.layer == "truth")


def _truth_keys(conn: Connection, dataset_key: int) -> list[int]:
    return list(conn.execute(select(annotation.c.item_key).where(_truth(dataset_key)).distinct()).scalars())


def _checked_keys(conn: Connection, dataset_key: int) -> list[int]:
    checked = select(item_state.c.item_key).where(
        item_state.c.dataset_key == dataset_key,
        item_state.c.died_rev == ALIVE,
        item_state.c.is_checked_empty.is_(True),
    )
    return list(conn.execute(checked).scalars())


def _in_tasks(conn: Connection, dataset_key: int) -> tuple[set[int], set[int]]:
    """Keys of items that lie in open tasks, and of those that people discarded."""
    mine = select(task_item.c.item_key).join(task, task.c.key == task_item.c.task_key)
    mine = mine.where(task.c.dataset_key == dataset_key)
    in_hand = mine.where(task.c.status != "done", task_item.c.status.in_(_IN_HAND))
    discarded = mine.where(task_item.c.status == "discarded")
    return set(conn.execute(in_hand).scalars()), set(conn.execute(discarded).scalars())


def _cause(one: Any, labelled: set[int], in_hand: set[int], discarded: set[int]) -> str | None:
    """Why an item is not in the pool, or None when it is."""
    if one.subset == "test":
        return "test"
    if one.key in labelled or one.is_checked_empty:
        return "labelled"
    if one.key in in_hand:
        return "in_task"
    return "discarded" if one.key in discarded else None


def _check_values(name: str, kept: Sequence[PoolItem], at: int) -> None:
    if kept and all(one.values[at] is None for one in kept):
        raise InvalidInput(
            f"a quota on {name}, which none of {len(kept):,} items has",
            hint="Allowed: group, day, folder, or a metadata field that items have, such as metadata.camera.",
        )
