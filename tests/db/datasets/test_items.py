"""Datasets, items, snapshots and the frozen test, on both kinds of database."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, event

from whorl.base.errors import Conflict, InvalidInput, NotFound
from whorl.datasets import actions, diffs, queries
from whorl.schemas.datasets import ChangeCounts, ChangeKind, ItemPatch, NewItem
from whorl.schemas.records import Subset
from whorl.store.db import Database
from whorl.store.events import read_events

ANNA = "per_anna"


def _update(house: Any, patches: dict[str, ItemPatch]) -> int:
    return house.db.write(
        lambda conn: actions.update_items(conn, house.dataset_id, patches, actor_id=ANNA, now=house.now())
    )


def _delete(house: Any, *ids: str) -> int:
    return house.db.write(
        lambda conn: actions.delete_items(conn, house.dataset_id, ids, actor_id=ANNA, now=house.now())
    )


def _freeze(house: Any) -> None:
    house.db.write(
        lambda conn: actions.freeze_test(
            conn, house.dataset_id, reason="models a and b were compared", actor_id=ANNA, now=house.now()
        )
    )


def _snapshot(house: Any, name: str) -> Any:
    return house.db.write(
        lambda conn: actions.create_snapshot(conn, house.dataset_id, name=name, actor_id=ANNA, now=house.now())
    )


def test_create_dataset__name_taken(house: Any) -> None:
    with pytest.raises(Conflict, match="street"):
        house.db.write(
            lambda conn: actions.create_dataset(conn, house.project_id, name="street", actor_id=ANNA, now=house.now())
        )


def test_create_dataset__no_such_project(house: Any) -> None:
    with pytest.raises(NotFound, match="prj_none"):
        house.db.write(lambda conn: actions.create_dataset(conn, "prj_none", name="x", actor_id=ANNA, now=house.now()))


def test_list_datasets__pages(house: Any) -> None:
    for name in ("b", "c"):
        house.db.write(
            lambda conn, name=name: actions.create_dataset(
                conn, house.project_id, name=name, actor_id=ANNA, now=house.now()
            )
        )
    with house.db.read() as conn:
        first = queries.list_datasets(conn, house.project_id, limit=2)
        rest = queries.list_datasets(conn, house.project_id, limit=2, cursor=first.next_cursor)
    assert [one.name for one in first.items + rest.items] == ["street", "b", "c"]
    assert rest.next_cursor is None


def test_add_items__come_back_as_given(house: Any) -> None:
    [added] = house.add(
        "a/1.png", subset="train", group_key="g", metadata={"cam": {"id": 3}}, health={"sharpness": 2.5}
    )
    with house.db.read() as conn:
        assert queries.get_item(conn, added.id) == added
        assert queries.find_item(conn, house.dataset_id, "a/1.png") == added
    assert (added.subset, added.group_key, added.metadata, added.health) == (
        Subset.TRAIN,
        "g",
        {"cam": {"id": 3}},
        {"sharpness": 2.5},
    )
    assert (added.born_rev, added.width, added.height, added.bytes) == (1, 100, 80, 1234)


def test_add_items__taken_name_adds_nothing(house: Any) -> None:
    house.add("1")
    with pytest.raises(Conflict, match="'1'"):
        house.add("2", "1")
    with house.db.read() as conn:
        assert queries.count_items(conn, house.dataset_id).count == 1
    assert house.revision() == 1


@pytest.mark.parametrize("name", ["/a", "a/../b", "a//b", "..", "a\\b", "a\nb", "a\0b"])
def test_add_items__bad_name(sqlite_house: Any, name: str) -> None:
    with pytest.raises(InvalidInput):
        sqlite_house.add(name)


def test_add_items__twice_in_one_call(sqlite_house: Any) -> None:
    with pytest.raises(InvalidInput, match="twice"):
        sqlite_house.add("a", "a")


def test_add_items__metadata_that_cannot_be_stored(house: Any) -> None:
    with pytest.raises(InvalidInput, match=r"metadata of 'a'\.x"):
        house.add("a", metadata={"x": float("nan")})
    with pytest.raises(InvalidInput, match=r"metadata of 'a'\.x"):
        house.add("a", metadata={"x": "a\0b"})


def test_add_items__emits_one_event_each(house: Any) -> None:
    added = house.add("1", "2")
    with house.db.read() as conn:
        events = read_events(conn, after_id=0, limit=100, kinds=["item.created"])
    assert [one.subject_id for one in events] == [one.id for one in added]
    assert events[0].payload == {"dataset_id": house.dataset_id, "revision": 1}


def test_list_items__pages_by_key_and_survives_deletes(house: Any) -> None:
    added = house.add(*(str(n) for n in range(7)))
    with house.db.read() as conn:
        first = queries.list_items(conn, house.dataset_id, limit=3)
    _delete(house, added[2].id, added[3].id)
    with house.db.read() as conn:
        rest = queries.list_items(conn, house.dataset_id, limit=3, cursor=first.next_cursor)
    assert [one.name for one in first.items] == ["0", "1", "2"]
    assert [one.name for one in rest.items] == ["4", "5", "6"]
    assert rest.next_cursor is None


@pytest.mark.parametrize(("cursor", "limit"), [("nonsense", 10), ("a2V5", 10), (None, 0), (None, 5000)])
def test_list_items__bad_cursor_or_limit(sqlite_house: Any, cursor: str | None, limit: int) -> None:
    with sqlite_house.db.read() as conn, pytest.raises(InvalidInput):
        queries.list_items(conn, sqlite_house.dataset_id, cursor=cursor, limit=limit)


def test_list_items__revision_to_come(sqlite_house: Any) -> None:
    with sqlite_house.db.read() as conn, pytest.raises(InvalidInput, match="revision 5"):
        queries.list_items(conn, sqlite_house.dataset_id, as_of=5)


def test_update_items__merges_and_keeps_what_is_not_given(house: Any) -> None:
    [one] = house.add("1", subset="train", metadata={"a": 1, "b": {"c": 2, "d": 3}})
    _update(house, {one.id: ItemPatch(metadata={"a": None, "b": {"c": 4}})})
    with house.db.read() as conn:
        now = queries.get_item(conn, one.id)
        before = queries.get_item(conn, one.id, as_of=1)
    assert (now.subset, now.metadata) == (Subset.TRAIN, {"b": {"c": 4, "d": 3}})
    assert before == one


def test_update_items__nothing_to_change_takes_no_revision(house: Any) -> None:
    [one] = house.add("1", subset="train")
    assert _update(house, {one.id: ItemPatch(subset=Subset.TRAIN)}) == 1
    assert house.revision() == 1


def test_update_items__checked_empty_with_annotations(house: Any) -> None:
    from whorl.schemas.annotations import AnnotationDraft, ClassTag

    [one] = house.add("1")
    house.save(one, AnnotationDraft(label="car", geometry=ClassTag()))
    with pytest.raises(Conflict, match="has annotations"):
        _update(house, {one.id: ItemPatch(is_checked_empty=True)})


def test_save__takes_back_checked_empty(house: Any) -> None:
    from whorl.schemas.annotations import AnnotationDraft, ClassTag

    [one] = house.add("1")
    _update(house, {one.id: ItemPatch(is_checked_empty=True)})
    house.save(one, AnnotationDraft(label="car", geometry=ClassTag()))
    with house.db.read() as conn:
        assert not queries.get_item(conn, one.id).is_checked_empty
        assert queries.get_item(conn, one.id, as_of=2).is_checked_empty


def test_update_items__deleted_item(house: Any) -> None:
    [one] = house.add("1")
    _delete(house, one.id)
    with pytest.raises(NotFound, match=one.id):
        _update(house, {one.id: ItemPatch(group_key="g")})


def test_delete_items__older_revisions_keep_them(house: Any) -> None:
    [one] = house.add("1")
    _delete(house, one.id)
    [again] = house.add("1")
    with house.db.read() as conn:
        assert [i.id for i in queries.list_items(conn, house.dataset_id, as_of=1).items] == [one.id]
        assert queries.list_items(conn, house.dataset_id, as_of=2).items == []
        assert [i.id for i in queries.list_items(conn, house.dataset_id).items] == [again.id]
        with pytest.raises(NotFound):
            queries.get_item(conn, one.id)


def test_frozen_test__may_not_be_joined_left_or_deleted_from(house: Any) -> None:
    test_item, train_item = house.add("t", subset="test")[0], house.add("u", subset="train")[0]
    _freeze(house)
    for attempt in (
        lambda: _update(house, {test_item.id: ItemPatch(subset=Subset.TRAIN)}),
        lambda: _update(house, {train_item.id: ItemPatch(subset=Subset.TEST)}),
        lambda: _delete(house, test_item.id),
        lambda: house.add("new", subset="test"),
    ):
        with pytest.raises(Conflict, match="models a and b were compared"):
            attempt()
    _update(house, {test_item.id: ItemPatch(metadata={"note": "still allowed"})})
    _freeze(house)
    with house.db.read() as conn:
        frozen = queries.find_frozen_test(conn, house.dataset_id)
    assert frozen is not None
    assert frozen.revision == 2


def test_snapshots__named_once_and_listed(house: Any) -> None:
    house.add("1")
    made = _snapshot(house, "first")
    with pytest.raises(Conflict, match="first"):
        _snapshot(house, "first")
    house.add("2")
    with house.db.read() as conn:
        assert queries.get_snapshot(conn, made.id) == made
        assert queries.list_snapshots(conn, house.dataset_id) == [made]
        names = [one.name for one in queries.list_items(conn, house.dataset_id, as_of=made.revision).items]
    assert names == ["1"]


def _count_work(db: Database, work: Any) -> tuple[int, int]:
    """How many statements a write sends, and how many rows it changes."""
    seen: list[int] = []

    def count(conn: Connection, cursor: Any, *_: object) -> None:
        seen.append(max(cursor.rowcount, 0))

    event.listen(db.engine, "after_cursor_execute", count)
    db.write(work)
    event.remove(db.engine, "after_cursor_execute", count)
    return len(seen), sum(seen)


def test_create_snapshot__work_does_not_grow_with_items(house: Any) -> None:
    def make(name: str) -> Any:
        return lambda conn: actions.create_snapshot(conn, house.dataset_id, name=name, actor_id=ANNA, now=house.now())

    empty = _count_work(house.db, make("empty"))
    house.add(*(str(n) for n in range(3000)))
    assert _count_work(house.db, make("full")) == empty
    assert empty[0] <= 8


def test_diff_revisions__counts_and_pages(house: Any) -> None:
    a, b, c = house.add("a", "b", "c")
    start = house.revision()
    _update(house, {a.id: ItemPatch(subset=Subset.TRAIN)})
    _delete(house, b.id)
    [d] = house.add("d")
    [gone] = house.add("gone")
    _delete(house, gone.id)
    end = house.revision()
    with house.db.read() as conn:
        diff = diffs.diff_revisions(conn, house.dataset_id, start, end)
        pages = {
            kind: [one.item_id for one in diffs.list_item_changes(conn, house.dataset_id, start, end, kind=kind).items]
            for kind in ChangeKind
        }
        nothing = diffs.diff_revisions(conn, house.dataset_id, end, end)
        with pytest.raises(InvalidInput, match="earlier one first"):
            diffs.diff_revisions(conn, house.dataset_id, end, start)
    assert diff.items == ChangeCounts(added=1, removed=1, changed=1)
    assert pages == {ChangeKind.ADDED: [d.id], ChangeKind.REMOVED: [b.id], ChangeKind.CHANGED: [a.id]}
    assert (nothing.items, nothing.annotations) == (ChangeCounts(), ChangeCounts())
    assert c.id not in str(pages)


def test_list_revisions__who_did_what(house: Any) -> None:
    [one] = house.add("1")
    _update(house, {one.id: ItemPatch(group_key="g")})
    with house.db.read() as conn:
        newest = queries.list_revisions(conn, house.dataset_id, limit=1)
        rest = queries.list_revisions(conn, house.dataset_id, cursor=newest.next_cursor)
    found = [(r.revision, r.actor_id, r.action, r.summary) for r in newest.items + rest.items]
    assert found == [(2, ANNA, "update_items", {"items": 1}), (1, ANNA, "add_items", {"items": 1})]


def test_add_items__more_than_one_statement_holds(house: Any) -> None:
    names = [f"{n:05}" for n in range(5000)]
    items = [
        NewItem(name=name, sha256=f"{n:064x}", media_type="image/png", width=1, height=1, bytes=1)
        for n, name in enumerate(names)
    ]
    added = house.db.write(
        lambda conn: actions.add_items(conn, house.dataset_id, items, actor_id=ANNA, now=house.now())
    )
    assert [one.name for one in added] == names
    with house.db.read() as conn:
        seen = [item.name for batch in queries.iter_item_batches(conn, house.dataset_id) for _, item in batch]
    assert seen == names
