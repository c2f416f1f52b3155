"""How many items each subset holds, overall, by label and by group: counted once, then kept up by what changed.

A split needs no more than these numbers, however large the dataset is. They are exact: every state is a row with the
revisions between which it stands, so the numbers at one revision and what changed since give the numbers of now.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, distinct, func, select, union

from whorl.datasets.revisions import DatasetRow, batches, load_dataset, standing
from whorl.datasets.splits import NO_LABEL, SubsetCounts
from whorl.schemas.annotations import Layer
from whorl.schemas.records import Subset
from whorl.store.db.tables import annotation, item_state
from whorl.store.db.types import ALIVE

_MOST_CHANGES = 5_000
_AT_ONCE = 500


def count_subsets(
    conn: Connection, row: DatasetRow, *, as_of: int | None = None, item_keys: Sequence[int] | None = None
) -> SubsetCounts:
    """Count, at a revision or now, the items that have a subset: of the whole dataset, or of some items."""
    counts = SubsetCounts()
    for some in [None] if item_keys is None else batches(item_keys, _AT_ONCE):
        counts.add(_count(conn, row, as_of, some))
    return counts


class SubsetMemory:
    """The numbers of datasets at a revision that is committed, and what they are now.

    Belongs to one database. Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[int, SubsetCounts]] = {}

    def refresh(self, conn: Connection, dataset_id: str) -> None:
        """Bring the numbers up to the present revision.

        Args:
            conn: One that reads and sees what is committed alone: a revision that is rolled back comes again with
                something else in it.
        """
        row = load_dataset(conn, dataset_id)
        with self._lock:
            revision, counts = self._known.get(dataset_id, (-1, SubsetCounts()))
            if revision == row.revision:
                return
            changed = None if not 0 <= revision < row.revision else _list_changed(conn, row, revision)
            if changed is None:
                counts = count_subsets(conn, row, as_of=row.revision)
            else:
                counts.add(count_subsets(conn, row, as_of=row.revision, item_keys=changed))
                counts.add(count_subsets(conn, row, as_of=revision, item_keys=changed), times=-1)
            self._known[dataset_id] = (row.revision, counts)

    def count(
        self, conn: Connection, row: DatasetRow, *, without: Collection[int], groups: Collection[str]
    ) -> SubsetCounts:
        """The numbers as this transaction sees them, which holds the dataset's lock.

        Args:
            without: Keys of items that are left out.
            groups: The only groups whose numbers are given.
        """
        with self._lock:
            revision, base = self._known.get(row.id, (-1, SubsetCounts()))
            changed = None if not 0 <= revision <= row.revision else _list_changed(conn, row, revision)
            if changed is None:
                counts = count_subsets(conn, row)
                counts.add(count_subsets(conn, row, item_keys=sorted(without)), times=-1)
            else:
                counts = SubsetCounts(Counter(base.total), Counter(base.by_label))
                counts.by_group.update({key: base.by_group[key] for key in _cells(groups) if key in base.by_group})
                touched = set(changed) | set(without)
                counts.add(count_subsets(conn, row, item_keys=sorted(set(changed) - set(without))))
                counts.add(count_subsets(conn, row, as_of=revision, item_keys=sorted(touched)), times=-1)
        wanted = set(groups)
        for key in [key for key in counts.by_group if key[0] not in wanted]:
            del counts.by_group[key]
        return counts


def _cells(groups: Collection[str]) -> list[tuple[str, Subset]]:
    return [(group, subset) for group in groups for subset in Subset]


def _list_changed(conn: Connection, row: DatasetRow, since: int) -> list[int] | None:
    """Keys of the items whose state or truth changed after a revision; None when counting anew is cheaper."""
    if since == row.revision:
        return []
    parts = [
        select(table.c.item_key).where(table.c.dataset_key == row.key, condition)
        for table in (item_state, annotation)
        for condition in (table.c.born_rev > since, (table.c.died_rev > since) & (table.c.died_rev < ALIVE))
    ]
    found = list(conn.execute(union(*parts).limit(_MOST_CHANGES + 1)).scalars())
    return None if len(found) > _MOST_CHANGES else sorted(found)


def _count(conn: Connection, row: DatasetRow, as_of: int | None, some: Sequence[int] | None) -> SubsetCounts:
    states = [standing(item_state, as_of), item_state.c.subset.is_not(None)]
    truth = [standing(annotation, as_of), annotation.c.layer == Layer.TRUTH.value]
    if some is None:
        states.append(item_state.c.dataset_key == row.key)
        truth.append(annotation.c.dataset_key == row.key)
    else:
        # "+ 0" keeps SQLite from the index that begins with the dataset, by which it would read all of it.
        states += [item_state.c.item_key.in_(some), item_state.c.dataset_key + 0 == row.key]
        truth.append(annotation.c.item_key.in_(some))
    counts = SubsetCounts()
    by_group = select(item_state.c.subset, item_state.c.group_key, func.count()).where(*states)
    for subset, group, count in conn.execute(by_group.group_by(item_state.c.subset, item_state.c.group_key)):
        counts.total[Subset(subset)] += count
        if group is not None:
            counts.by_group[group, Subset(subset)] += count
    labelled = distinct(annotation.c.item_key)
    joined = (
        select(item_state.c.subset, func.count(labelled))
        .join(annotation, annotation.c.item_key == item_state.c.item_key)
        .where(*states, *truth)
    )
    for subset, count, label in conn.execute(
        joined.add_columns(annotation.c.label).group_by(item_state.c.subset, annotation.c.label)
    ):
        counts.by_label[label, Subset(subset)] += count
    unlabelled = Counter({(NO_LABEL, subset): count for subset, count in counts.total.items()})
    for subset, count in conn.execute(joined.group_by(item_state.c.subset)):
        unlabelled[NO_LABEL, Subset(subset)] -= count
    counts.by_label.update(+unlabelled)
    return counts
