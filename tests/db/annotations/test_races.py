"""Many people at once: one wins, the others are told, and revisions have no gaps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from whorl.annotations.actions import save_annotations
from whorl.annotations.queries import list_annotations
from whorl.base.errors import StaleWrite
from whorl.datasets.queries import list_revisions
from whorl.schemas.annotations import AnnotationDraft, ClassTag

CAR = AnnotationDraft(label="car", geometry=ClassTag())


def _save(house: Any, item_id: str, base: int, actor: str) -> bool:
    try:
        house.db.write(
            lambda conn: save_annotations(
                conn, item_id, drafts=[CAR], base_revision=base, actor_id=actor, now=house.now()
            )
        )
    except StaleWrite:
        return False
    return True


def test_save__of_eight_on_one_revision_one_wins(house: Any) -> None:
    [item] = house.add("1")
    base = house.revision()
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda n: _save(house, item.id, base, f"per_{n}"), range(8)))
    with house.db.read() as conn:
        [kept] = list_annotations(conn, [item.id])
    assert won.count(True) == 1
    assert kept.author_id == f"per_{won.index(True)}"


def test_save__different_items_all_go_in_without_gaps(house: Any) -> None:
    items = house.add(*(str(n) for n in range(24)))
    base = house.revision()
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda item: _save(house, item.id, base, "per_x"), items))
    with house.db.read() as conn:
        taken = [one.revision for one in list_revisions(conn, house.dataset_id).items]
    assert taken == list(range(25, 0, -1))
