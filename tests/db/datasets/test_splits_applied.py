"""Splits written to a dataset."""

from __future__ import annotations

from collections import Counter
from typing import Any

from whorl.datasets import actions, queries
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.schemas.datasets import ItemPatch, SplitReport
from whorl.schemas.records import Subset

ANNA = "per_anna"


def _split(house: Any, **more: Any) -> SplitReport:
    return house.db.write(
        lambda conn: actions.apply_split(conn, house.dataset_id, actor_id=ANNA, now=house.now(), **more)
    )


def _subsets(house: Any) -> dict[str, Subset | None]:
    with house.db.read() as conn:
        return {one.name: one.subset for one in queries.list_items(conn, house.dataset_id).items}


def test_apply_split__quotas_and_again_nothing(house: Any) -> None:
    house.add(*(str(n) for n in range(20)))
    report = _split(house, seed=3)
    before = _subsets(house)
    assert (report.assigned, report.train, report.validation, report.test) == (20, 14, 2, 4)
    assert _split(house, seed=4).assigned == 0
    assert (_subsets(house), house.revision()) == (before, report.revision)


def test_apply_split__new_items_only(house: Any) -> None:
    house.add(*(f"a{n}" for n in range(10)))
    _split(house)
    before = _subsets(house)
    house.add(*(f"b{n}" for n in range(10)))
    assert _split(house).assigned == 10
    after = _subsets(house)
    assert {name: after[name] for name in before} == before
    assert Counter(after.values()) == {Subset.TRAIN: 14, Subset.VALIDATION: 2, Subset.TEST: 4}


def test_apply_split__frozen_test_stays(house: Any) -> None:
    house.add(*(f"a{n}" for n in range(10)))
    _split(house)
    tested = {name for name, subset in _subsets(house).items() if subset is Subset.TEST}
    house.db.write(
        lambda conn: actions.freeze_test(conn, house.dataset_id, reason="compared", actor_id=ANNA, now=house.now())
    )
    house.add(*(f"b{n}" for n in range(10)))
    _split(house)
    after = _subsets(house)
    assert {name for name, subset in after.items() if subset is Subset.TEST} == tested
    assert None not in after.values()


def test_apply_split__refreshes_a_frozen_test_once(house: Any) -> None:
    house.add(*(f"a{n}" for n in range(10)))
    _split(house)
    tested = {name for name, subset in _subsets(house).items() if subset is Subset.TEST}
    house.db.write(
        lambda conn: actions.freeze_test(conn, house.dataset_id, reason="compared", actor_id=ANNA, now=house.now())
    )
    house.add(*(f"b{n}" for n in range(10)))
    assert _split(house, refresh_test=True).test == 4
    after = {name for name, subset in _subsets(house).items() if subset is Subset.TEST}
    assert tested < after
    house.add(*(f"c{n}" for n in range(10)))
    assert _split(house).test == 4


def test_apply_split__same_names_same_split_elsewhere(house: Any) -> None:
    names = [str(n) for n in range(12)]
    house.add(*names)
    _split(house, seed=1)
    first = _subsets(house)
    house.dataset_id = house.db.write(
        lambda conn: actions.create_dataset(conn, house.project_id, name="again", actor_id=ANNA, now=house.now())
    ).id
    house.add(*reversed(names))
    _split(house, seed=1)
    assert _subsets(house) == first


def test_apply_split__labels_and_groups(house: Any) -> None:
    for n in range(20):
        [item] = house.add(f"{n}", group_key=f"video{n // 2}")
        house.save(item, AnnotationDraft(label="car" if n < 10 else "truck", geometry=ClassTag()))
    _split(house, fractions={Subset.TRAIN: 0.8, Subset.TEST: 0.2})
    after = _subsets(house)
    assert all(after[str(n)] is after[str(n + 1)] for n in range(0, 20, 2))
    tested = Counter("car" if int(name) < 10 else "truck" for name, s in after.items() if s is Subset.TEST)
    assert tested == {"car": 2, "truck": 2}


def test_items_come_back_by_subset(house: Any) -> None:
    one, _ = house.add("1", "2")
    patch = {one.id: ItemPatch(subset=Subset.TRAIN)}
    house.db.write(lambda conn: actions.update_items(conn, house.dataset_id, patch, actor_id=ANNA, now=house.now()))
    with house.db.read() as conn:
        assert queries.count_by_subset(conn, house.dataset_id) == {Subset.TRAIN: 1, None: 1}
        assert queries.count_by_subset(conn, house.dataset_id, as_of=1) == {None: 2}
        found = queries.list_items(conn, house.dataset_id, subset=Subset.TRAIN)
        assert queries.count_items(conn, house.dataset_id, subset=Subset.TRAIN).count == 1
    assert [item.name for item in found.items] == ["1"]
