"""Review: approve, issues, rework: on both databases."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import Connection
from tests.db.tasks.conftest import NOW, Bench, at, make_bench

from whorl.annotations.queries import list_annotations
from whorl.base.errors import Conflict, InvalidInput, LeaseLost, NotFound
from whorl.datasets.queries import get_dataset
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.schemas.tasks import Issue, Lease, Task
from whorl.store.db import Database
from whorl.store.events import read_events
from whorl.tasks import queries
from whorl.tasks.actions import create_task
from whorl.tasks.reviews import approve_item, raise_issue, resolve_issue
from whorl.tasks.rules import TaskKind
from whorl.tasks.work import lease_next, submit_item

CAT = AnnotationDraft(label="cat", geometry=ClassTag())


@pytest.fixture
def bench(database: Database) -> Bench:
    return make_bench(database, n_items=1)


@pytest.fixture
def review(bench: Bench) -> Task:
    return bench.database.write(
        lambda c: create_task(
            c,
            bench.dataset_id,
            name="review",
            kind=TaskKind.REVIEW,
            reviews_task_id=bench.task.id,
            takes_submitted=True,
            actor_id="per_m",
            now=NOW,
        )
    )


def _lease(bench: Bench, task: Task, who: str, now: datetime = NOW) -> Lease | None:
    leases = bench.database.write(lambda c: lease_next(c, task.id, actor_id=who, now=now))
    return leases[0] if leases else None


def _label(bench: Bench, who: str = "per_a", now: datetime = NOW) -> Lease:
    lease = _lease(bench, bench.task, who, now)
    assert lease is not None

    def submit(conn: Connection) -> None:
        submit_item(
            conn,
            bench.task.id,
            lease.item_id,
            annotations=[CAT],
            base_revision=get_dataset(conn, bench.dataset_id).revision,
            lease_token=lease.lease_token,
            actor_id=who,
            now=now,
        )

    bench.database.write(submit)
    return lease


def _raise(bench: Bench, task: Task, lease: Lease | None, **more: object) -> Issue:
    token = None if lease is None else lease.lease_token
    return bench.database.write(
        lambda c: raise_issue(
            c, task.id, bench.item_ids[0], "wrong cat", actor_id="per_r", now=NOW, lease_token=token, **more
        )
    )


def _approve(bench: Bench, task: Task, lease: Lease | None, who: str = "per_r") -> str:
    token = None if lease is None else lease.lease_token
    return bench.database.write(
        lambda c: approve_item(c, task.id, bench.item_ids[0], actor_id=who, now=NOW, lease_token=token)
    ).status


def _status(bench: Bench, task: Task) -> str:
    with bench.database.read() as conn:
        return queries.get_task_item(conn, task.id, bench.item_ids[0]).status


def _outcomes(bench: Bench) -> list[tuple[object, object]]:
    with bench.database.read() as conn:
        events = read_events(conn, after_id=0, limit=1000, kinds=["task.item_finished"])
    return [(event.payload["task_id"], event.payload["outcome"]) for event in events]


def test_review__approve(bench: Bench, review: Task) -> None:
    _label(bench)
    lease = _lease(bench, review, "per_r")
    assert _approve(bench, review, lease) == "approved"
    assert _approve(bench, review, lease) == "approved"
    assert _status(bench, bench.task) == "approved"
    assert _outcomes(bench) == [(bench.task.id, "submitted"), (review.id, "approved")]


def test_review__needs_the_lease(bench: Bench, review: Task) -> None:
    _label(bench)
    _lease(bench, review, "per_r")
    with pytest.raises(LeaseLost):
        _approve(bench, review, None)


def test_review__issue_reopens_the_authors_work_and_blocks_approval(bench: Bench, review: Task) -> None:
    _label(bench)
    lease = _lease(bench, review, "per_r")
    issue = _raise(bench, review, lease, x=3.0, y=4.0)
    assert (_status(bench, review), _status(bench, bench.task)) == ("waiting", "rework")
    second = _raise(bench, review, lease)

    assert _lease(bench, bench.task, "per_b") is None, "rework waits for its author first"
    again = _lease(bench, bench.task, "per_a")
    assert again is not None
    assert again.status_before == "rework"
    with bench.database.read() as conn:
        assert queries.list_issues(conn, bench.task.id, state="open") == [issue, second]
    bench.database.write(
        lambda c: submit_item(c, bench.task.id, again.item_id, lease_token=again.lease_token, actor_id="per_a", now=NOW)
    )
    assert _status(bench, review) == "queued"
    lease = _lease(bench, review, "per_r")
    with pytest.raises(Conflict, match="2 open issues on item"):
        _approve(bench, review, lease)
    for one in (issue, second, second):
        done = bench.database.write(lambda c, one=one: resolve_issue(c, one.id, actor_id="per_a", now=NOW))
        assert (done.state, done.resolved_by) == ("resolved", "per_a")
    assert _approve(bench, review, lease) == "approved"


def test_review__rework_goes_to_others_when_its_author_stays_away(bench: Bench, review: Task) -> None:
    _label(bench)
    _raise(bench, review, _lease(bench, review, "per_r"))
    assert _lease(bench, bench.task, "per_b", at(3599)) is None
    assert _lease(bench, bench.task, "per_b", at(3600)) is not None


def test_review__the_reviewer_corrects_and_approves(bench: Bench, review: Task) -> None:
    _label(bench)
    lease = _lease(bench, review, "per_r")
    assert lease is not None

    def correct(conn: Connection) -> None:
        (said,) = list_annotations(conn, bench.item_ids)
        dog = AnnotationDraft(id=said.id, label="dog", geometry=ClassTag())
        revision = get_dataset(conn, bench.dataset_id).revision
        approve_item(
            conn,
            review.id,
            bench.item_ids[0],
            annotations=[dog],
            base_revision=revision,
            lease_token=lease.lease_token,
            actor_id="per_r",
            now=NOW,
        )

    bench.database.write(correct)
    with bench.database.read() as conn:
        assert [(one.label, one.author_id) for one in list_annotations(conn, bench.item_ids)] == [("dog", "per_r")]


def test_label_task__can_be_approved_and_sent_back_without_a_review_task(bench: Bench) -> None:
    with pytest.raises(Conflict, match="cannot approve an item that is queued"):
        _approve(bench, bench.task, None)
    _label(bench)
    issue = _raise(bench, bench.task, None)
    assert _status(bench, bench.task) == "rework"
    bench.database.write(lambda c: resolve_issue(c, issue.id, actor_id="per_a", now=NOW))
    _label(bench, now=at(10))
    assert _approve(bench, bench.task, None) == "approved"


def test_review__that_looks_after_nobody_cannot_send_back(bench: Bench) -> None:
    alone = bench.database.write(
        lambda c: create_task(c, bench.dataset_id, name="alone", kind=TaskKind.REVIEW, actor_id="per_m", now=NOW)
    )
    from whorl.tasks.actions import add_task_items

    bench.database.write(lambda c: add_task_items(c, alone.id, bench.item_ids, actor_id="per_m", now=NOW))
    lease = _lease(bench, alone, "per_r")
    with pytest.raises(Conflict, match="looks after no labelling task"):
        _raise(bench, alone, lease)
    assert lease is not None
    with pytest.raises(Conflict, match="a review is approved or gets an issue"):
        bench.database.write(
            lambda c: submit_item(c, alone.id, lease.item_id, lease_token=lease.lease_token, actor_id="per_r", now=NOW)
        )
    assert _approve(bench, alone, lease) == "approved"


def test_raise_issue__on_an_annotation_of_another_item(bench: Bench, review: Task) -> None:
    _label(bench)
    lease = _lease(bench, review, "per_r")
    with pytest.raises(NotFound, match="no such annotation on this item: ann_x"):
        _raise(bench, review, lease, annotation_id="ann_x")


def test_create_task__only_a_review_reviews(bench: Bench) -> None:
    with pytest.raises(InvalidInput, match="a label task reviews no other task"):
        bench.database.write(
            lambda c: create_task(
                c,
                bench.dataset_id,
                name="x",
                kind=TaskKind.LABEL,
                reviews_task_id=bench.task.id,
                actor_id="per_m",
                now=NOW,
            )
        )
