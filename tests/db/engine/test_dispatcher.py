"""The dispatcher on both kinds of database."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from whorl.base.clock import FakeClock
from whorl.engine import (
    BodyContext,
    Dispatcher,
    Failed,
    InlineExecutor,
    Message,
    Released,
    StaticHandlers,
    Work,
    claim,
    revive,
    send,
)
from whorl.engine.inbox import release_all
from whorl.engine.queries import NodeCounts, count_by_node, list_dead_letters
from whorl.store.db import Database
from whorl.store.db.tables import run_step
from whorl.testing.handlers import StepHandler, chain_of


def _send(database: Database, node: str, count: int, start: int = 0) -> None:
    messages = [Message(node, n, f"itm_{n}") for n in range(start, start + count)]
    database.write(lambda conn: send(conn, messages))


def _steps(database: Database) -> dict[str, int]:
    with database.read() as conn:
        rows = conn.execute(select(run_step.c.node, func.count()).group_by(run_step.c.node)).all()
    return {row[0]: row[1] for row in rows}


def _counts(database: Database) -> dict[str, NodeCounts]:
    with database.read() as conn:
        return count_by_node(conn)


def _dispatcher(database: Database, handlers: dict[str, StepHandler], **more: object) -> Dispatcher:
    given: dict[str, object] = {"executor": InlineExecutor(), "poll_s": 0.05} | more
    return Dispatcher(database, StaticHandlers(handlers), **given)


def test_run_until_idle__every_item_goes_through_every_node_once(database: Database) -> None:
    _send(database, "a", 1000)
    _send(database, "a", 1000)
    assert _dispatcher(database, chain_of("abcde")).run_until_idle(60)
    assert _steps(database) == dict.fromkeys("abcde", 1000)
    assert _counts(database) == {}


def test_start__threads_do_the_same(database: Database) -> None:
    _send(database, "a", 1000)
    dispatcher = _dispatcher(database, chain_of("abcde"), threads=3)
    dispatcher.start()
    _send(database, "a", 1000, start=1000)
    assert dispatcher.run_until_idle(60)
    dispatcher.stop()
    assert _steps(database) == dict.fromkeys("abcde", 2000)
    assert _counts(database) == {}


def test_start__a_commit_wakes_it_without_polling(database: Database) -> None:
    dispatcher = _dispatcher(database, chain_of("a"), poll_s=60.0)
    dispatcher.start()
    time.sleep(0.1)
    _send(database, "a", 1)
    assert dispatcher.run_until_idle(5)
    dispatcher.stop()
    assert _steps(database) == {"a": 1}


def test_run__a_poison_item_is_found_and_the_others_go_through(database: Database) -> None:
    seen: list[int] = []

    def explode(works: Sequence[Work], _: BodyContext) -> None:
        seen.append(len(works))
        if any(work.ref == "itm_7" for work in works):
            raise RuntimeError("cannot digest itm_7")

    _send(database, "a", 20)
    assert _dispatcher(database, {"a": StepHandler(per_batch=explode, max_attempts=4)}).run_until_idle(30)
    assert _steps(database) == {"a": 19}
    with database.read() as conn:
        [dead] = list_dead_letters(conn)
    assert (dead.ref, dead.attempts, dead.error_code) == ("itm_7", 4, "body_error")
    assert dead.error == "RuntimeError: cannot digest itm_7"
    assert sorted(seen) == [1] * 21 + [20, 20]


def test_run__one_failed_item_does_not_fail_its_batch(database: Database) -> None:
    def body(work: Work) -> object:
        if work.ref == "itm_3":
            raise ValueError("bad")
        return Failed(KeyError("gone"), is_final=True) if work.ref == "itm_4" else {}

    _send(database, "a", 10)
    assert _dispatcher(database, {"a": StepHandler(per_item=body, max_attempts=3)}).run_until_idle(30)
    assert _steps(database) == {"a": 8}
    with database.read() as conn:
        dead = {letter.ref: letter.attempts for letter in list_dead_letters(conn)}
    assert dead == {"itm_3": 3, "itm_4": 1}


def test_revive__gives_a_dead_letter_all_its_tries_again(database: Database) -> None:
    is_broken = [True]

    def body(work: Work) -> object:
        if is_broken[0]:
            raise ValueError("bad")
        return {}

    dispatcher = _dispatcher(database, {"a": StepHandler(per_item=body, max_attempts=2)})
    _send(database, "a", 3)
    assert dispatcher.run_until_idle(30)
    assert _counts(database) == {"a": NodeCounts(0, 0, 3)}
    is_broken[0] = False
    with database.read() as conn:
        ids = [letter.id for letter in list_dead_letters(conn)]
    assert database.write(lambda conn: revive(conn, ids)) == 3
    assert dispatcher.run_until_idle(30)
    assert _steps(database) == {"a": 3}
    assert _counts(database) == {}


def test_commit__what_it_raises_undoes_everything_and_the_culprit_is_found(database: Database) -> None:
    class Fussy(StepHandler):
        def commit(self, conn, works, outcomes):
            messages = list(super().commit(conn, works, outcomes))
            if any(work.ref == "itm_2" for work in works):
                raise RuntimeError("refused")
            return messages

    _send(database, "a", 6)
    assert _dispatcher(database, {"a": Fussy("b"), "b": StepHandler()}).run_until_idle(30)
    assert _steps(database) == {"a": 5, "b": 5}
    assert _counts(database) == {"a": NodeCounts(0, 0, 1)}


def test_run__what_cannot_be_told_of_its_dead_letters_is_not_tried_for_ever(database: Database) -> None:
    tries: list[str] = []

    def fail(works: Sequence[Work], _: BodyContext) -> None:
        tries.extend(work.ref for work in works)
        raise RuntimeError("never works")

    class Deaf(StepHandler):
        def buried(self, conn, works, errors, *, now):
            raise RuntimeError("does not want to know")

    _send(database, "a", 3)
    assert _dispatcher(database, {"a": Deaf(per_batch=fail, max_attempts=3)}).run_until_idle(60)
    assert _counts(database) == {"a": NodeCounts(0, 0, 3)}
    assert sorted(tries) == sorted(["itm_0", "itm_1", "itm_2"] * 3)


def test_run__a_retry_waits_for_its_delay(sqlite: Database) -> None:
    clock = FakeClock()
    tries: list[float] = []

    def body(work: Work) -> object:
        tries.append(clock.now())
        if len(tries) < 4:
            raise ValueError("not yet")
        return {}

    dispatcher = _dispatcher(sqlite, {"a": StepHandler(per_item=body, backoff_s=10.0, max_attempts=9)}, clock=clock)
    _send(sqlite, "a", 1)
    for _ in range(200):
        assert dispatcher.run_until_idle(30)
        clock.advance(1.0)
    gaps = [later - earlier for earlier, later in zip(tries, tries[1:], strict=False)]
    assert len(gaps) == 3
    for gap, delay_s in zip(gaps, (10, 20, 40), strict=True):
        assert 0.75 * delay_s <= gap <= 1.25 * delay_s + 1


def test_run__released_items_do_not_use_up_a_try(sqlite: Database) -> None:
    answers = [Released(), Released(), Released(), {}]
    attempts: list[int] = []

    def body(work: Work) -> object:
        attempts.append(work.attempts)
        return answers.pop(0)

    _send(sqlite, "a", 1)
    assert _dispatcher(sqlite, {"a": StepHandler(per_item=body)}).run_until_idle(30)
    assert attempts == [1, 1, 1, 1]
    assert _steps(sqlite) == {"a": 1}


def test_run__items_of_a_node_without_handler_wait_and_are_reported(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    handlers: dict[str, StepHandler] = chain_of("ab")
    del handlers["b"]
    _send(database, "a", 5)
    dispatcher = _dispatcher(database, handlers)
    with caplog.at_level("WARNING", logger="whorl.engine"):
        assert dispatcher.run_until_idle(30)
    assert dispatcher.stranded_nodes == ["b"]
    assert "items wait for node b, which has no handler" in caplog.text
    assert _counts(database) == {"b": NodeCounts(5, 0, 0)}


def test_heartbeat__a_body_longer_than_its_lease_keeps_it(database: Database) -> None:
    runs: list[int] = []

    def slow(works: Sequence[Work], _: BodyContext) -> None:
        runs.append(len(works))
        time.sleep(1.5)

    _send(database, "a", 3)
    dispatcher = _dispatcher(database, {"a": StepHandler(per_batch=slow, lease_s=0.5)}, threads=3)
    dispatcher.start()
    assert dispatcher.run_until_idle(30)
    dispatcher.stop()
    assert runs == [3]
    assert _steps(database) == {"a": 3}


def test_fence__a_late_finisher_has_no_effect(database: Database) -> None:
    def lose_lease(works: Sequence[Work], context: BodyContext) -> None:
        if works[0].attempts == 1:
            ids = [work.id for work in works]
            database.write(lambda conn: _expire(conn, ids))
            stolen = database.write(
                lambda conn: claim(conn, "a", limit=9, lease_ms=60_000, now_ms=2**50, token="other")
            )
            assert len(stolen) == 3
            assert not context.heartbeat()
            assert context.should_stop()

    def _expire(conn, ids):
        from sqlalchemy import update

        from whorl.store.db.tables import inbox

        conn.execute(update(inbox).where(inbox.c.id.in_(ids)).values(leased_until_ms=0))

    _send(database, "a", 3)
    assert _dispatcher(database, {"a": StepHandler(per_batch=lose_lease)}).run_until_idle(30)
    assert _steps(database) == {}
    assert _counts(database) == {"a": NodeCounts(0, 3, 0)}


def test_start__long_bodies_do_not_keep_short_work_waiting(sqlite: Database) -> None:
    may_end = threading.Event()

    def long(works: Sequence[Work], _: BodyContext) -> None:
        may_end.wait(30)

    _send(sqlite, "long", 2)
    dispatcher = _dispatcher(sqlite, {"long": StepHandler(per_batch=long, batch_size=1), "a": StepHandler()}, threads=2)
    dispatcher.start()
    time.sleep(0.2)
    _send(sqlite, "a", 5)
    deadline = time.monotonic() + 10
    while _steps(sqlite) != {"a": 5} and time.monotonic() < deadline:
        time.sleep(0.02)
    assert _steps(sqlite) == {"a": 5}
    may_end.set()
    dispatcher.stop()
    assert _steps(sqlite) == {"a": 5, "long": 2}


def test_run__a_body_that_exits_fails_its_items_only(sqlite: Database) -> None:
    def leave(works: Sequence[Work], _: BodyContext) -> None:
        raise SystemExit(3)

    _send(sqlite, "a", 1)
    assert _dispatcher(sqlite, {"a": StepHandler(per_batch=leave, max_attempts=1)}).run_until_idle(10)
    with sqlite.read() as conn:
        assert [letter.error for letter in list_dead_letters(conn)] == ["RuntimeError: the body called exit"]


def test_stop__gives_back_what_did_not_finish_in_time(database: Database) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def stuck(works: Sequence[Work], context: BodyContext) -> None:
        begun.set()
        may_end.wait(30)

    _send(database, "a", 3)
    dispatcher = _dispatcher(database, {"a": StepHandler(per_batch=stuck)})
    dispatcher.start()
    assert begun.wait(10)
    dispatcher.stop(timeout_s=0.1)
    assert _counts(database) == {"a": NodeCounts(3, 0, 0)}
    may_end.set()
    again = _dispatcher(database, {"a": StepHandler()})
    assert again.run_until_idle(30)
    assert _steps(database) == {"a": 3}


def test_stop__lets_a_body_finish(database: Database) -> None:
    begun = threading.Event()

    def obedient(works: Sequence[Work], context: BodyContext) -> None:
        begun.set()
        while not context.should_stop():
            time.sleep(0.01)

    _send(database, "a", 3)
    dispatcher = _dispatcher(database, {"a": StepHandler(per_batch=obedient)})
    dispatcher.start()
    assert begun.wait(10)
    dispatcher.stop(timeout_s=10)
    assert _steps(database) == {"a": 3}


def test_max_in_flight__is_kept(database: Database) -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def body(works: Sequence[Work], _: BodyContext) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.02)
        with lock:
            now[0] -= 1

    _send(database, "a", 30)
    handler = StepHandler(per_batch=body, batch_size=3, max_in_flight=2)
    dispatcher = _dispatcher(database, {"a": handler}, threads=4)
    dispatcher.start()
    assert dispatcher.run_until_idle(30)
    dispatcher.stop()
    assert most == [2]


def test_priority__and_nodes_near_the_sink_go_first(sqlite: Database) -> None:
    order: list[str] = []

    def note(works: Sequence[Work], _: BodyContext) -> None:
        order.append(works[0].node)

    plain = StepHandler(per_batch=note)
    for node in ("b", "c", "urgent", "a"):
        _send(sqlite, node, 1)
    handlers = {"urgent": replace(plain, priority=1), "a": plain, "b": plain, "c": plain}
    assert _dispatcher(sqlite, handlers).run_until_idle(30)
    assert order == ["urgent", "c", "b", "a"]


def test_start__takes_back_what_a_dead_process_had_leased(sqlite: Database) -> None:
    _send(sqlite, "a", 3)
    sqlite.write(lambda conn: claim(conn, "a", limit=9, lease_ms=10**9, now_ms=2**40, token="dead"))
    assert _dispatcher(sqlite, {"a": StepHandler()}).run_until_idle(30)
    assert _steps(sqlite) == {"a": 3}


def test_run__an_item_whose_process_always_died_is_dead_lettered(sqlite: Database) -> None:
    _send(sqlite, "a", 1)
    for _ in range(4):
        sqlite.write(lambda conn: claim(conn, "a", limit=9, lease_ms=0, now_ms=2**40, token="dead"))
        assert sqlite.write(lambda conn: release_all(conn)) == 1
    assert _dispatcher(sqlite, {"a": StepHandler(max_attempts=4)}).run_until_idle(30)
    with sqlite.read() as conn:
        [dead] = list_dead_letters(conn)
    assert (dead.error_code, dead.error) == ("worker_lost", "the process died at each of 4 tries")
