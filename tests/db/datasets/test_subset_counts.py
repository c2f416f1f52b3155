"""What a split knows of a dataset: the same numbers as counting every item, at any revision, however it got there."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from whorl.annotations.queries import list_annotations
from whorl.datasets import actions, subset_counts
from whorl.datasets.queries import find_item_keys, iter_item_batches
from whorl.datasets.revisions import load_dataset
from whorl.datasets.splits import NO_LABEL, SubsetCounts
from whorl.datasets.subset_counts import SubsetMemory, count_subsets
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.schemas.datasets import ItemPatch
from whorl.schemas.records import Subset

ANNA = "per_anna"
GROUPS = ("g0", "g1", "g2")


def _by_hand(house: Any, *, without: set[str] = frozenset()) -> SubsetCounts:  # type: ignore[assignment]
    counts = SubsetCounts()
    with house.db.read() as conn:
        items = [item for batch in iter_item_batches(conn, house.dataset_id) for _, item in batch]
        labels: dict[str, set[str]] = {item.id: set() for item in items}
        for one in list_annotations(conn, list(labels)):
            labels[one.item_id].add(one.label)
    for item in items:
        if item.subset is None or item.id in without:
            continue
        counts.total[item.subset] += 1
        counts.by_label.update((label, item.subset) for label in labels[item.id] or {NO_LABEL})
        if item.group_key is not None:
            counts.by_group[item.group_key, item.subset] += 1
    return counts


def _remembered(house: Any, memory: SubsetMemory, *, without: set[str] = frozenset()) -> SubsetCounts:  # type: ignore[assignment]
    with house.db.read() as conn:
        row = load_dataset(conn, house.dataset_id)
        keys = set(find_item_keys(conn, sorted(without)).values())
        return memory.count(conn, row, without=keys, groups=GROUPS)


def _patch(house: Any, item_id: str, **fields: Any) -> None:
    patches = {item_id: ItemPatch(**fields)}
    house.db.write(lambda conn: actions.update_items(conn, house.dataset_id, patches, actor_id=ANNA, now=house.now()))


def test_memory__knows_what_counting_every_item_gives(house: Any) -> None:
    random_ = random.Random(3)
    memory = SubsetMemory()
    items = []
    for step in range(60):
        if step < 12 or random_.random() < 0.2:
            [item] = house.add(f"{step}", group_key=random_.choice([None, *GROUPS]))
            items.append(item)
        item = random_.choice(items)
        match random_.randrange(4):
            case 0 if len(items) > 5:
                items.remove(item)
                house.db.write(
                    lambda conn, item=item: actions.delete_items(
                        conn, house.dataset_id, [item.id], actor_id=ANNA, now=house.now()
                    )
                )
            case 1:
                house.save(item, AnnotationDraft(label=random_.choice(["car", "truck"]), geometry=ClassTag()))
            case _:
                _patch(house, item.id, subset=random_.choice(list(Subset)))
        if random_.random() < 0.4:
            with house.db.read() as conn:
                memory.refresh(conn, house.dataset_id)
        assert _remembered(house, memory) == _by_hand(house)
        left_out = {one.id for one in random_.sample(items, min(3, len(items)))}
        assert _remembered(house, memory, without=left_out) == _by_hand(house, without=left_out)


def test_memory__starts_with_nothing_and_counts_anew_after_many_changes(house: Any, monkeypatch: Any) -> None:
    items = house.add(*(str(n) for n in range(8)), group_key="g1")
    _patch(house, items[0].id, subset=Subset.TRAIN)
    memory = SubsetMemory()
    assert _remembered(house, memory) == _by_hand(house)
    with house.db.read() as conn:
        memory.refresh(conn, house.dataset_id)
    monkeypatch.setattr(subset_counts, "_MOST_CHANGES", 2)
    for item in items[1:6]:
        _patch(house, item.id, subset=Subset.TEST)
    assert _remembered(house, memory) == _by_hand(house)
    with house.db.read() as conn:
        memory.refresh(conn, house.dataset_id)
    assert _remembered(house, memory) == _by_hand(house)
    assert _by_hand(house).total == Counter({Subset.TEST: 5, Subset.TRAIN: 1})


def test_count__reads_a_revision_as_it_was(house: Any) -> None:
    [item] = house.add("a")
    _patch(house, item.id, subset=Subset.TRAIN)
    at = house.revision()
    _patch(house, item.id, subset=Subset.TEST)
    with house.db.read() as conn:
        row = load_dataset(conn, house.dataset_id)
        assert count_subsets(conn, row, as_of=at).total == Counter({Subset.TRAIN: 1})
        assert count_subsets(conn, row).total == Counter({Subset.TEST: 1})
