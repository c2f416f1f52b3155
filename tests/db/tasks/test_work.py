"""Leases, drafts, submits: on both databases."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from sqlalchemy import Connection, func, select
from tests.db.tasks.conftest import NOW, Bench, at, make_bench

from whorl.annotations.actions import save_annotations
from whorl.annotations.queries import list_annotations
from whorl.base.errors import Conflict, InvalidInput, LeaseLost, NotFound, StaleWrite
from whorl.datasets.queries import get_dataset, get_item
from whorl.schemas.annotations import AnnotationDraft, Box, ClassTag
from whorl.schemas.tasks import Lease
from whorl.store.db import Database
from whorl.store.db.tables import task_item
from whorl.store.events import Event, read_events
from whorl.tasks import queries
from whorl.tasks.actions import add_task_items, update_task
from whorl.tasks.rules import TaskKind, TaskStatus
from whorl.tasks.work import discard_item, heartbeat, lease_next, release, save_draft, submit_item

CAT = AnnotationDraft(label="cat", geometry=ClassTag())
DOG = AnnotationDraft(label="dog", geometry=Box(x0=1, y0=1, x1=9, y1=9))


def _lease(bench: Bench, who: str, *, now: datetime = NOW, n: int = 1, lease_s: int | None = None) -> list[Lease]:
    return bench.database.write(lambda c: lease_next(c, bench.task.id, actor_id=who, now=now, n=n, lease_s=lease_s))


def _revision(bench: Bench) -> int:
    with bench.database.read() as conn:
        return get_dataset(conn, bench.dataset_id).revision


def _counts(bench: Bench) -> dict[str, int]:
    with bench.database.read() as conn:
        counts = queries.count_items(conn, bench.task.id).model_dump()
    return {status: n for status, n in counts.items() if n}


def _finished(bench: Bench) -> list[Event]:
    with bench.database.read() as conn:
        return read_events(conn, after_id=0, limit=1000, kinds=["task.item_finished"])


def _submit(bench: Bench, lease: Lease, who: str, *, now: datetime = NOW, **more: object) -> str:
    more = {"annotations": [CAT], "base_revision": _revision(bench)} | more
    return bench.database.write(
        lambda c: submit_item(
            c, bench.task.id, lease.item_id, lease_token=lease.lease_token, actor_id=who, now=now, **more
        )
    ).status


def test_lease_next__gives_each_item_once_and_then_nothing(bench: Bench) -> None:
    leases = _lease(bench, "per_a", n=2) + _lease(bench, "per_b", n=5)
    assert [lease.item_id for lease in leases] == bench.item_ids
    assert _lease(bench, "per_c") == []
    assert _counts(bench) == {"leased": 3}


@pytest.mark.parametrize("n_threads", [32])
def test_lease_next__32_people_never_get_the_same_item(database: Database, n_threads: int) -> None:
    bench = make_bench(database, n_items=160)
    got: list[tuple[str, str]] = []
    gate = threading.Barrier(n_threads)

    def work(who: str) -> None:
        gate.wait(20)
        while leases := _lease(bench, who, n=2):
            got.extend((who, lease.item_id) for lease in leases)

    threads = [threading.Thread(target=work, args=(f"per_{n}",)) for n in range(n_threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(item_id for _, item_id in got) == sorted(bench.item_ids)


def test_lease_next__expired_lease_returns_with_its_draft(bench: Bench) -> None:
    (lease,) = _lease(bench, "per_a", lease_s=60)
    bench.database.write(
        lambda c: save_draft(
            c,
            bench.task.id,
            lease.item_id,
            [CAT],
            base_revision=1,
            lease_token=lease.lease_token,
            actor_id="per_a",
            now=NOW,
        )
    )
    assert bench.item_ids[0] not in [one.item_id for one in _lease(bench, "per_b", now=at(599))]
    (again,) = _lease(bench, "per_b", now=at(600))
    assert again.item_id == lease.item_id
    assert again.draft is not None
    assert (again.draft.author_id, again.draft.annotations) == ("per_a", [CAT])
    with pytest.raises(LeaseLost, match="this lease of item .* is over; the item is leased"):
        _submit(bench, lease, "per_a", now=at(601))
    assert _submit(bench, again, "per_b", now=at(602), annotations=None) == "submitted"
    with bench.database.read() as conn:
        saved = list_annotations(conn, [lease.item_id])
    assert [(one.label, one.author_id) for one in saved] == [("cat", "per_b")]


def test_submit__late_and_nobody_took_it_is_kept(bench: Bench) -> None:
    (lease,) = _lease(bench, "per_a", lease_s=60)
    assert _submit(bench, lease, "per_a", now=at(5000)) == "submitted"


def test_heartbeat__extends(bench: Bench) -> None:
    (lease,) = _lease(bench, "per_a")
    kept = bench.database.write(
        lambda c: heartbeat(
            c, bench.task.id, lease.item_id, lease_token=lease.lease_token, actor_id="per_a", now=at(500)
        )
    )
    assert kept.expires_at == at(1100)
    with pytest.raises(LeaseLost):
        bench.database.write(
            lambda c: heartbeat(c, bench.task.id, lease.item_id, lease_token="x", actor_id="per_a", now=at(500))
        )


def test_release__goes_back_to_the_queue(bench: Bench) -> None:
    (lease,) = _lease(bench, "per_a")
    freed = bench.database.write(
        lambda c: release(c, bench.task.id, lease.item_id, lease_token=lease.lease_token, actor_id="per_a", now=NOW)
    )
    assert (freed.status, freed.assignee_id) == ("queued", None)
    assert _lease(bench, "per_b")[0].item_id == lease.item_id


def test_list_leases__after_a_reload(bench: Bench) -> None:
    leases = _lease(bench, "per_a", n=2)
    _lease(bench, "per_b")
    with bench.database.read() as conn:
        assert queries.list_leases(conn, bench.task.id, "per_a", now=NOW) == leases
        assert queries.list_leases(conn, bench.task.id, "per_a", now=at(600)) == []


def test_draft__is_nobodys_truth(bench: Bench) -> None:
    (lease,) = _lease(bench, "per_a")
    bench.database.write(
        lambda c: save_draft(
            c,
            bench.task.id,
            lease.item_id,
            [CAT],
            base_revision=1,
            lease_token=lease.lease_token,
            actor_id="per_a",
            now=NOW,
        )
    )
    with bench.database.read() as conn:
        assert list_annotations(conn, bench.item_ids, layer=None) == []


def test_submit__twice_changes_nothing(bench: Bench) -> None:
    (lease,) = _lease(bench, "per_a")
    assert _submit(bench, lease, "per_a") == "submitted"
    before = _revision(bench)
    assert _submit(bench, lease, "per_a", base_revision=1) == "submitted"
    assert _revision(bench) == before
    assert len(_finished(bench)) == 1


def test_submit__stale_gives_both_versions_and_keeps_the_lease(bench: Bench) -> None:
    (lease,) = _lease(bench, "per_a")
    base = _revision(bench)
    bench.database.write(
        lambda c: save_annotations(c, lease.item_id, drafts=[DOG], base_revision=base, actor_id="per_m", now=NOW)
    )
    with pytest.raises(StaleWrite) as raised:
        _submit(bench, lease, "per_a", base_revision=base)
    assert [one["label"] for one in raised.value.details["yours"]] == ["cat"]
    assert [one["label"] for one in raised.value.details["current"]] == ["dog"]
    with pytest.raises(StaleWrite) as raised:
        bench.database.write(
            lambda c: save_draft(
                c,
                bench.task.id,
                lease.item_id,
                [CAT],
                base_revision=base,
                lease_token=lease.lease_token,
                actor_id="per_a",
                now=NOW,
            )
        )
    assert [one["label"] for one in raised.value.details["yours"]] == ["cat"]
    assert _counts(bench) == {"queued": 2, "leased": 1}
    assert _submit(bench, lease, "per_a") == "submitted"


def test_submit__annotations_need_a_base(bench: Bench) -> None:
    (lease,) = _lease(bench, "per_a")
    with pytest.raises(InvalidInput, match="annotations without base_revision"):
        _submit(bench, lease, "per_a", base_revision=None)


def test_submit__an_empty_list_says_that_nothing_is_there(bench: Bench) -> None:
    first, second = _lease(bench, "per_a", n=2)
    _submit(bench, first, "per_a", annotations=[])
    _submit(bench, second, "per_a", annotations=None)
    with bench.database.read() as conn:
        assert [get_item(conn, one.item_id).is_checked_empty for one in (first, second)] == [True, False]


def test_submit__someone_elses_lease(bench: Bench) -> None:
    (lease,) = _lease(bench, "per_a")
    with pytest.raises(LeaseLost):
        _submit(bench, lease, "per_b")


def test_submit__tells_the_pipeline_once(database: Database) -> None:
    bench = make_bench(database, n_items=1)
    where = {"run": 7, "node": "label", "epoch": 0}
    # A second task, whose items came from a pipeline.
    database.write(
        lambda c: c.execute(task_item.update().values(return_to=where)) and None,
    )
    (lease,) = _lease(bench, "per_a")
    _submit(bench, lease, "per_a", now=at(30), active_seconds=12.5)
    (event,) = _finished(bench)
    assert event.subject_id == lease.item_id
    assert dict(event.payload) == {
        "task_id": bench.task.id,
        "item_id": lease.item_id,
        "outcome": "submitted",
        "return_to": where,
        "human_seconds": 12.5,
    }
    with database.read() as conn:
        assert conn.execute(select(task_item.c.return_to)).scalar_one() is None


def test_human_seconds__never_more_than_went_by(bench: Bench) -> None:
    (lease,) = _lease(bench, "per_a")
    for moment, claimed in [(10, 500.0), (12, 1.0)]:
        bench.database.write(
            lambda c, moment=moment, claimed=claimed: heartbeat(
                c,
                bench.task.id,
                lease.item_id,
                lease_token=lease.lease_token,
                actor_id="per_a",
                now=at(moment),
                active_seconds=claimed,
            )
        )
    _submit(bench, lease, "per_a", now=at(20), active_seconds=3.0)
    with bench.database.read() as conn:
        assert queries.get_task_item(conn, bench.task.id, lease.item_id).human_seconds == 14.0


def test_discard__with_a_reason(bench: Bench) -> None:
    (lease,) = _lease(bench, "per_a")

    def discard(conn: Connection) -> str:
        return discard_item(
            conn,
            bench.task.id,
            lease.item_id,
            reason="too dark",
            lease_token=lease.lease_token,
            actor_id="per_a",
            now=NOW,
        ).status

    assert (bench.database.write(discard), bench.database.write(discard)) == ("discarded", "discarded")
    (event,) = _finished(bench)
    assert (event.payload["outcome"], event.payload["reason"]) == ("discarded", "too dark")


def test_validate__takes_yes_or_no(database: Database) -> None:
    bench = make_bench(database, n_items=1, kind=TaskKind.VALIDATE)
    (lease,) = _lease(bench, "per_a")
    with pytest.raises(InvalidInput, match="answer: 'maybe'; allowed: yes, no"):
        _submit(bench, lease, "per_a", annotations=None, answer="maybe")
    _submit(bench, lease, "per_a", annotations=None, answer="no")
    assert _finished(bench)[0].payload["answer"] == "no"


def test_add_task_items__twice_adds_once_and_keeps_status(bench: Bench) -> None:
    _lease(bench, "per_a")
    again = bench.database.write(lambda c: add_task_items(c, bench.task.id, bench.item_ids, actor_id="per_a", now=NOW))
    assert (again, _counts(bench)) == (0, {"queued": 2, "leased": 1})


def test_add_task_items__of_another_dataset(bench: Bench) -> None:
    with pytest.raises(NotFound, match="not in the task's dataset: itm_x"):
        bench.database.write(lambda c: add_task_items(c, bench.task.id, ["itm_x"], actor_id="per_a", now=NOW))


def test_add_task_items__one_way_back_per_item(bench: Bench) -> None:
    bench.database.write(lambda c: c.execute(task_item.delete()) and None)
    ways = {one: {"run": n} for n, one in enumerate(bench.item_ids)}
    bench.database.write(
        lambda c: add_task_items(c, bench.task.id, bench.item_ids, actor_id="per_a", now=NOW, return_to=ways)
    )
    with bench.database.read() as conn:
        stored = list(conn.execute(select(task_item.c.return_to).order_by(task_item.c.key)).scalars())
    assert stored == [{"run": 0}, {"run": 1}, {"run": 2}]


def test_lease_next__paused_task(bench: Bench) -> None:
    bench.database.write(lambda c: update_task(c, bench.task.id, status=TaskStatus.PAUSED, actor_id="per_a", now=NOW))
    with pytest.raises(Conflict, match="the task gives out no work: it is paused"):
        _lease(bench, "per_a")


def test_list_task_items__pages_by_key(bench: Bench) -> None:
    with bench.database.read() as conn:
        first = queries.list_task_items(conn, bench.task.id, limit=2)
        rest = queries.list_task_items(conn, bench.task.id, limit=2, cursor=first.next_cursor)
        assert [one.item_id for one in first.items + rest.items] == bench.item_ids
        assert rest.next_cursor is None
        with pytest.raises(InvalidInput, match="unknown status: x; allowed: queued"):
            queries.list_task_items(conn, bench.task.id, status="x")
        assert conn.execute(select(func.count()).select_from(task_item)).scalar_one() == 3
