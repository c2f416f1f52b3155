"""Taking particular items."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import Connection
from tests.db.tasks.conftest import NOW, Bench, at

from whorl.base.errors import LeaseLost
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.schemas.tasks import Lease, Task
from whorl.tasks import actions, queries
from whorl.tasks.recall import lease_items
from whorl.tasks.reviews import approve_item
from whorl.tasks.rules import TaskKind
from whorl.tasks.work import discard_item, heartbeat, lease_next, release, submit_item

CAT = AnnotationDraft(label="cat", geometry=ClassTag())


def _take(bench: Bench, item_id: str, *, who: str = "per_a", now: datetime = NOW) -> list[Lease]:
    return bench.database.write(lambda c: lease_items(c, bench.task.id, [item_id], actor_id=who, now=now))


def _submit(bench: Bench, lease: Lease, *, now: datetime = NOW) -> None:
    bench.database.write(
        lambda c: submit_item(
            c,
            bench.task.id,
            lease.item_id,
            lease_token=lease.lease_token,
            annotations=[CAT],
            base_revision=1,
            actor_id="per_a",
            now=now,
        )
    )


def _status(bench: Bench, item_id: str, task_id: str | None = None) -> str:
    with bench.database.read() as conn:
        return queries.get_task_item(conn, task_id or bench.task.id, item_id).status


def _counts(bench: Bench) -> dict[str, int]:
    with bench.database.read() as conn:
        found = queries.count_items(conn, bench.task.id).model_dump()
    return {status: n for status, n in found.items() if n}


def _review(bench: Bench) -> Task:
    return bench.database.write(
        lambda c: actions.create_task(
            c,
            bench.dataset_id,
            name="look",
            kind=TaskKind.REVIEW,
            reviews_task_id=bench.task.id,
            takes_submitted=True,
            actor_id="per_a",
            now=NOW,
        )
    )


def test_lease_items__takes_the_one_named_and_not_the_next(bench: Bench) -> None:
    (lease,) = _take(bench, bench.item_ids[1])
    assert lease.item_id == bench.item_ids[1]
    assert _counts(bench) == {"queued": len(bench.item_ids) - 1, "leased": 1}


def test_lease_items__what_somebody_else_holds_is_left_out_until_it_runs_out(bench: Bench) -> None:
    item_id = bench.item_ids[0]
    _take(bench, item_id, who="per_b")
    assert _take(bench, item_id, now=at(599)) == []
    assert [one.item_id for one in _take(bench, item_id, now=at(601))] == [item_id]
    assert _counts(bench) == {"queued": len(bench.item_ids) - 1, "leased": 1}


def test_lease_items__what_one_holds_comes_under_a_new_token(bench: Bench) -> None:
    (first,) = _take(bench, bench.item_ids[0])
    (second,) = _take(bench, bench.item_ids[0])
    assert first.lease_token != second.lease_token
    with pytest.raises(LeaseLost):
        bench.database.write(
            lambda c: heartbeat(
                c, bench.task.id, first.item_id, lease_token=first.lease_token, actor_id="per_a", now=at(1)
            )
        )


def test_lease_items__own_submitted_work_comes_back_and_nobody_elses(bench: Bench) -> None:
    (lease,) = _take(bench, bench.item_ids[0])
    _submit(bench, lease)
    assert _take(bench, lease.item_id, who="per_b") == []
    (again,) = _take(bench, lease.item_id)
    assert again.status_before == "rework"
    assert _counts(bench) == {"queued": len(bench.item_ids) - 1, "leased": 1}
    bench.database.write(
        lambda c: release(c, bench.task.id, again.item_id, lease_token=again.lease_token, actor_id="per_a", now=at(1))
    )
    assert _status(bench, lease.item_id) == "rework"


def test_lease_items__a_review_waits_meanwhile_and_wakes_with_the_next_submit(bench: Bench) -> None:
    review = _review(bench)
    (lease,) = _take(bench, bench.item_ids[0])
    _submit(bench, lease)
    assert _status(bench, lease.item_id, review.id) == "queued"
    (again,) = _take(bench, lease.item_id)
    assert _status(bench, lease.item_id, review.id) == "waiting"
    bench.database.write(
        lambda c: submit_item(
            c, bench.task.id, again.item_id, lease_token=again.lease_token, actor_id="per_a", now=at(2)
        )
    )
    assert _status(bench, lease.item_id, review.id) == "queued"


def test_lease_items__not_while_a_reviewer_has_it_nor_after_approval(bench: Bench) -> None:
    review = _review(bench)
    (lease,) = _take(bench, bench.item_ids[0])
    _submit(bench, lease)
    (held,) = bench.database.write(lambda c: lease_next(c, review.id, actor_id="per_b", now=at(1)))
    assert _take(bench, lease.item_id, now=at(2)) == []

    def approve(conn: Connection) -> None:
        approve_item(conn, review.id, held.item_id, lease_token=held.lease_token, actor_id="per_b", now=at(3))

    bench.database.write(approve)
    assert _take(bench, lease.item_id, now=at(4)) == []
    assert _status(bench, lease.item_id) == "approved"


def test_lease_items__a_discard_can_be_taken_back_by_who_did_it(bench: Bench) -> None:
    (lease,) = _take(bench, bench.item_ids[0])
    bench.database.write(
        lambda c: discard_item(
            c,
            bench.task.id,
            lease.item_id,
            reason="black",
            lease_token=lease.lease_token,
            actor_id="per_a",
            now=at(1),
        )
    )
    assert _take(bench, lease.item_id, who="per_b", now=at(2)) == []
    assert len(_take(bench, lease.item_id, now=at(2))) == 1
