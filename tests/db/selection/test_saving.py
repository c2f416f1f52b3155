"""Selections as they are written and read, on both databases."""

from __future__ import annotations

from tests.db.conftest import ANNA, START, House, box_draft

from whorl.datasets.actions import delete_items
from whorl.datasets.queries import find_item_keys
from whorl.datasets.revisions import load_dataset
from whorl.schemas.datasets import Item
from whorl.selection.actions import ChosenItem, NewSelection, delete_selection, save_selection
from whorl.selection.pools import read_labelled, read_pool
from whorl.selection.queries import get_selection, list_selection_items, list_selections


def choose(house: House, items: list[Item], *, selection_id: str = "sel_1", name: str = "first") -> int:
    """Write a selection of these items, the last one drawn at random."""

    def work(conn) -> int:  # type: ignore[no-untyped-def]
        row = load_dataset(conn, house.dataset_id)
        made = NewSelection(
            selection_id, house.project_id, row.key, row.revision, name, "herding", {}, {"count": 9}, 0.1, 0, 9, {}
        )
        keys = find_item_keys(conn, [one.id for one in items])
        chosen = [
            ChosenItem(keys[one.id], 1.0 / rank, f"reason {rank}", is_random=one is items[-1])
            for rank, one in enumerate(items, 1)
        ]
        return save_selection(conn, made, chosen, actor_id=ANNA, now=START)

    return house.db.write(work)


def test_save_selection__twice_with_one_id_writes_once(house: House) -> None:
    items = house.add("a.png", "b.png", "c.png")
    assert [choose(house, items), choose(house, items[:1])] == [3, 3]
    with house.db.read() as conn:
        found = get_selection(conn, "sel_1")
        page = list_selection_items(conn, "sel_1", limit=2)
        rest = list_selection_items(conn, "sel_1", limit=2, cursor=page.next_cursor)
    assert (found.n_items, found.n_random, found.n_labelled) == (3, 1, 0)
    assert [(one.rank, one.name, one.is_random) for one in (*page.items, *rest.items)] == [
        (1, "a.png", False),
        (2, "b.png", False),
        (3, "c.png", True),
    ]
    assert rest.next_cursor is None


def test_save_selection__leaves_out_what_was_deleted_while_it_was_chosen(house: House) -> None:
    items = house.add("a.png", "b.png", "c.png")
    house.db.write(lambda conn: delete_items(conn, house.dataset_id, [items[1].id], actor_id=ANNA, now=house.now()))
    assert choose(house, items) == 2
    with house.db.read() as conn:
        found = get_selection(conn, "sel_1")
    assert (found.n_items, found.summary) == (2, {"left_out": {"deleted": 1}})


def test_get_selection__counts_what_is_labelled_by_now_and_leaves_out_what_is_deleted(house: House) -> None:
    items = house.add("a.png", "b.png", "c.png")
    choose(house, items)
    house.save(items[0], box_draft())
    house.save(items[2], box_draft())
    house.db.write(lambda conn: delete_items(conn, house.dataset_id, [items[2].id], actor_id=ANNA, now=house.now()))
    with house.db.read() as conn:
        assert get_selection(conn, "sel_1").n_labelled == 1
        shown = [(one.name, one.is_labelled) for one in list_selection_items(conn, "sel_1").items]
    assert shown == [("a.png", True), ("b.png", False)]


def test_list_selections__pages_newest_first_and_forgets(house: House) -> None:
    items = house.add("a.png", "b.png")
    for number in range(3):
        choose(house, items, selection_id=f"sel_{number}", name=str(number))
    with house.db.read() as conn:
        page = list_selections(conn, project_id="prj_1", limit=2)
        rest = list_selections(conn, project_id="prj_1", limit=2, cursor=page.next_cursor)
    assert [one.id for one in (*page.items, *rest.items)] == ["sel_2", "sel_1", "sel_0"]
    house.db.write(lambda conn: delete_selection(conn, "sel_1"))
    with house.db.read() as conn:
        assert [one.id for one in list_selections(conn, dataset_id=house.dataset_id).items] == ["sel_2", "sel_0"]


def test_read_pool__says_what_it_leaves_out(house: House) -> None:
    items = house.add("a.png", "b.png", "day/c.png")
    house.add("t.png", subset="test")
    house.add("film.mp4", media_type="video/mp4")
    house.save(items[0], box_draft())
    with house.db.read() as conn:
        found = read_pool(conn, house.dataset_id, None, fields=("folder", "day"))
        labelled = read_labelled(conn, house.dataset_id, None)
    assert [one.values[0] for one in found.items] == [".", "day"]
    assert found.left_out == {"labelled": 1, "test": 1, "not_image": 1}
    assert [(one.id, one.label, one.has_objects) for one in labelled] == [(items[0].id, None, True)]
