"""The inbox's calls, the plans of their queries, and a model of them all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select, text, update

from whorl.base.errors import FormatError
from whorl.engine import Message, Work, bury, claim, extend, finish, release, retry_later, revive, send
from whorl.engine.queries import list_dead_letters, list_inbox_nodes
from whorl.engine.statements import POSTGRES, SQLITE
from whorl.store.db import Database, open_database
from whorl.store.db.tables import dead_letter, inbox

NOW = datetime(2026, 3, 4, tzinfo=UTC)
FAR_MS = 2**50  # later than any lease


def _send(database: Database, *messages: Message) -> None:
    database.write(lambda conn: send(conn, messages))


def _claim(database: Database, token: str, *, node: str = "a", limit: int = 100, lease_ms: int = 60_000) -> list[Work]:
    now_ms = int(NOW.timestamp() * 1000)
    return database.write(lambda conn: claim(conn, node, limit=limit, lease_ms=lease_ms, now_ms=now_ms, token=token))


def test_send__the_same_message_twice_is_one(database: Database) -> None:
    _send(database, Message("a", 1, "x", 0, {"first": True}), Message("a", 1, "x"), Message("a", 1, "x", 1))
    _send(database, Message("a", 1, "x"))
    assert [(work.ref, work.epoch, work.payload) for work in _claim(database, "t")] == [
        ("x", 0, {"first": True}),
        ("x", 1, {}),
    ]


def test_claim__gives_each_item_to_one_claimer_oldest_first(database: Database) -> None:
    _send(database, *[Message("a", n, str(n)) for n in range(5)], Message("b", 1, "other"))
    assert [work.ref for work in _claim(database, "t1", limit=3)] == ["0", "1", "2"]
    assert [work.ref for work in _claim(database, "t2")] == ["3", "4"]
    assert _claim(database, "t3") == []


def test_claim__waits_for_not_before(database: Database) -> None:
    _send(database, Message("a", 1, "later", not_before=datetime.now(UTC) + timedelta(hours=1)))
    assert _claim(database, "t") == []


def test_claim__an_item_that_failed_twice_comes_alone(database: Database) -> None:
    _send(database, *[Message("a", n, str(n)) for n in range(4)])

    def fail_one(ref: str, times: int) -> None:
        with database.engine.begin() as conn:
            conn.execute(update(inbox).where(inbox.c.ref == ref).values(attempts=times))

    if database.is_sqlite:
        database.write(lambda conn: conn.execute(update(inbox).where(inbox.c.ref == "1").values(attempts=2)) and None)
    else:
        fail_one("1", 2)
    assert [work.ref for work in _claim(database, "t1")] == ["0", "2", "3"]
    assert [(work.ref, work.attempts) for work in _claim(database, "t2")] == [("1", 3)]


def test_finish__only_the_holder_of_the_token_counts(database: Database) -> None:
    _send(database, *[Message("a", n, str(n)) for n in range(3)])
    ids = [work.id for work in _claim(database, "t1", lease_ms=0)]
    taken = [work.id for work in _claim(database, "t2", limit=2)]
    assert database.write(lambda conn: finish(conn, "t1", ids)) == set(ids) - set(taken)
    assert database.write(lambda conn: finish(conn, "t2", taken)) == set(taken)
    assert database.write(lambda conn: finish(conn, "t2", taken)) == set()


def test_finish__lists_of_any_length(database: Database) -> None:
    _send(database, *[Message("a", n, str(n)) for n in range(40_000)])
    works = _claim(database, "t", limit=40_000)
    assert len(works) == 40_000
    assert len(database.write(lambda conn: finish(conn, "t", [work.id for work in works]))) == 40_000


def test_extend_and_release__only_what_is_held(database: Database) -> None:
    _send(database, *[Message("a", n, str(n)) for n in range(3)])
    first, second, third = [work.id for work in _claim(database, "t1")]
    assert database.write(lambda conn: extend(conn, "t1", [first], lease_ms=60_000, now_ms=FAR_MS)) == {first}
    assert database.write(lambda conn: extend(conn, "other", [first], lease_ms=60_000, now_ms=FAR_MS)) == set()
    assert database.write(lambda conn: release(conn, "t1", [second, third])) == {second, third}
    assert [(work.id, work.attempts) for work in _claim(database, "t2")] == [(second, 1), (third, 1)]


def test_bury_and_revive__keep_what_the_message_said(database: Database) -> None:
    _send(database, Message("a", 7, "x", 3, {"k": [1, 2]}))
    [work] = _claim(database, "t1")
    assert database.write(lambda conn: bury(conn, "other", [(work, FormatError("bad"))], now=NOW)) == []
    database.write(lambda conn: bury(conn, "t1", [(work, FormatError("bad"))], now=NOW))
    with database.read() as conn:
        [dead] = list_dead_letters(conn, node="a")
    assert (dead.ref, dead.epoch, dead.attempts, dead.error_code, dead.error) == ("x", 3, 1, "format_error", "bad")
    assert database.write(lambda conn: revive(conn, [dead.id])) == 1
    assert database.write(lambda conn: revive(conn, [dead.id])) == 0
    [again] = _claim(database, "t2")
    assert (again.run_key, again.ref, again.epoch, again.attempts, again.payload) == (7, "x", 3, 1, {"k": [1, 2]})


def test_claim__postgres_uses_the_servers_clock(postgres_url: str) -> None:
    with open_database(postgres_url) as database:
        _send(database, Message("a", 1, "x"))
        assert len(database.write(lambda c: claim(c, "a", limit=9, lease_ms=60_000, now_ms=0, token="t1"))) == 1
        # A worker whose clock is a century ahead does not see the lease as run out.
        assert database.write(lambda c: claim(c, "a", limit=9, lease_ms=60_000, now_ms=FAR_MS, token="t2")) == []
        with database.read() as conn:
            lease_ms = conn.execute(
                text("SELECT leased_until_ms - extract(epoch from now()) * 1000 FROM inbox")
            ).scalar_one()
    assert 0 < lease_ms <= 60_000


def test_send__more_than_a_statement_takes_and_one_that_is_there_already(database: Database) -> None:
    odd = '"\\\u0001é\u2028'
    _send(database, Message("a", 7, odd, payload={"n": 7, "odd": odd}))
    _send(database, *[Message("a", n, odd, payload={"n": n, "odd": odd}) for n in range(300)])
    token = "t"
    works = database.write(lambda conn: claim(conn, "a", limit=1000, lease_ms=60_000, now_ms=1, token=token))
    assert [work.run_key for work in works] == [7, *(n for n in range(300) if n != 7)]
    assert all((work.ref, work.payload) == (odd, {"n": work.run_key, "odd": odd}) for work in works)


def test_list_inbox_nodes__each_once(database: Database) -> None:
    _send(database, *[Message(node, n, "x") for n in range(3) for node in ("b", "a", "c")])
    with database.read() as conn:
        assert list_inbox_nodes(conn) == ["a", "b", "c"]


def _plan(database: Database, statement: str, *parameters: object) -> str:
    with database.engine.connect() as conn:
        rows = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    return "\n".join(row[3] for row in rows)


@pytest.fixture
def analyzed(sqlite: Database) -> Database:
    """A backlog that SQLite has statistics of, which is when it picked the wrong index."""
    _send(sqlite, *[Message("a", n, str(n)) for n in range(3000)])
    sqlite.write(lambda conn: conn.execute(text("ANALYZE")) and None)
    return sqlite


def test_plan__claim_walks_the_index_without_sorting(analyzed: Database) -> None:
    plan = _plan(analyzed, SQLITE.select_due, "a", 0, 0, 256)
    assert "USING INDEX ix_inbox_claim (node=? AND not_before_ms<?)" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("name", ["held", "finish", "extend", "release"])
def test_plan__the_fence_looks_up_ids_and_never_the_backlog(analyzed: Database, name: str) -> None:
    parameters = ("t", "[1]") if name != "extend" else (0, "t", "[1]")
    plan = _plan(analyzed, getattr(SQLITE, name), *parameters)
    assert "SEARCH inbox USING INTEGER PRIMARY KEY (rowid=?)" in plan
    assert "SCAN inbox" not in plan


def test_plan__ready_probes_the_index(analyzed: Database) -> None:
    plan = _plan(analyzed, SQLITE.ready, '["a"]', 0, 0)
    assert "SEARCH inbox USING INDEX ix_inbox_claim (node=? AND not_before_ms<?)" in plan


def test_plan__postgres_with_statistics_from_before_the_backlog(postgres_url: str) -> None:
    with open_database(postgres_url) as database:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text("ANALYZE inbox"))
        _send(database, *[Message(f"n{n % 2}", n, str(n)) for n in range(20_000)])
        plans = []
        with database.engine.connect() as conn:
            plans.append(conn.exec_driver_sql(f"EXPLAIN {POSTGRES.ready}", (["n0", "n1"],)).scalars().all())
            conn.exec_driver_sql(POSTGRES.prepare)
            plans.append(conn.exec_driver_sql(f"EXPLAIN {POSTGRES.select_due}", ("n0", 256)).scalars().all())
            plans.append(conn.exec_driver_sql(f"EXPLAIN {POSTGRES.finish}", ("t", list(range(256)))).scalars().all())
    for plan, index in zip(plans, ("ix_inbox_claim", "ix_inbox_claim", "pk_inbox"), strict=True):
        assert index in "\n".join(plan)
        assert not any("Sort" in line or "Seq Scan" in line or "Bitmap" in line for line in plan)


class InboxMachine(RuleBasedStateMachine):
    """Random calls against a model: an item is waiting, leased, done or dead, and done at most once."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.now_ms = 10_000_000
        self.state: dict[str, str] = {}
        self.done: list[str] = []
        self.tokens: dict[str, list[Work]] = {}
        self.holder: dict[str, str] = {}
        self.attempts: dict[str, int] = {}
        self.serial = 0

        def clear(conn) -> None:
            conn.execute(delete(inbox))
            conn.execute(delete(dead_letter))

        self.database.write(clear)

    @rule(refs=st.lists(st.integers(0, 12).map(str), max_size=6))
    def send(self, refs: list[str]) -> None:
        # An item that was done or buried may be sent again only as another epoch; the model leaves that out.
        fresh = [ref for ref in refs if self.state.get(ref) not in ("done", "dead")]
        _send(self.database, *[Message("a", 1, ref) for ref in fresh])
        for ref in fresh:
            if ref not in self.state:
                self.state[ref] = "waiting"
                self.attempts[ref] = 0

    @rule(limit=st.integers(1, 5))
    def claim(self, limit: int) -> None:
        self.serial += 1
        token = f"t{self.serial}"
        works = self.database.write(
            lambda conn: claim(conn, "a", limit=limit, lease_ms=3_600_000, now_ms=self.now_ms, token=token)
        )
        due = [ref for ref, state in self.state.items() if state == "waiting"]
        assert bool(works) == bool(due)
        assert len(works) <= limit
        assert len({work.ref for work in works}) == len(works)
        suspects = [work for work in works if work.attempts > 2]
        assert len(works) == 1 or not suspects
        for work in works:
            assert self.state[work.ref] == "waiting"
            self.attempts[work.ref] += 1
            assert work.attempts == self.attempts[work.ref]
            self.state[work.ref] = "leased"
            self.holder[work.ref] = token
        if works:
            self.tokens[token] = works

    def _held(self, token: str, works: list[Work]) -> list[Work]:
        # A lease that ran out is still its holder's until somebody else claims the item.
        return [w for w in works if self.holder[w.ref] == token and self.state[w.ref] in ("leased", "waiting")]

    def _pick(self, number: int) -> tuple[str, list[Work]] | None:
        if not self.tokens:
            return None
        token = sorted(self.tokens)[number % len(self.tokens)]
        return token, self.tokens[token]

    @rule(number=st.integers(0, 99))
    def complete(self, number: int) -> None:
        picked = self._pick(number)
        if picked is None:
            return
        token, works = picked
        held = self._held(token, works)
        survivors = self.database.write(lambda conn: finish(conn, token, [w.id for w in works]))
        assert survivors == {w.id for w in held}
        for work in held:
            self.state[work.ref] = "done"
            self.done.append(work.ref)

    @rule(number=st.integers(0, 99))
    def expire(self, number: int) -> None:
        """The lease of one claim runs out; its holder does not know."""
        picked = self._pick(number)
        if picked is None:
            return
        token, works = picked
        held = self._held(token, works)
        ids = [w.id for w in held]
        self.database.write(
            lambda conn: conn.execute(update(inbox).where(inbox.c.id.in_(ids)).values(leased_until_ms=1)) and None
        )
        for work in held:
            self.state[work.ref] = "waiting"

    @rule(number=st.integers(0, 99))
    def fail(self, number: int) -> None:
        picked = self._pick(number)
        if picked is None:
            return
        token, works = picked
        still_ours = self._held(token, works)
        delays = {w.id: -5_000 for w in works}
        self.database.write(lambda conn: retry_later(conn, token, delays, now_ms=self.now_ms))
        for work in still_ours:
            self.state[work.ref] = "waiting"
            self.holder[work.ref] = ""

    @rule(number=st.integers(0, 99))
    def bury(self, number: int) -> None:
        picked = self._pick(number)
        if picked is None:
            return
        token, works = picked
        ours = self._held(token, works)
        kept = self.database.write(lambda conn: bury(conn, token, [(w, ValueError("x")) for w in works], now=NOW))
        assert {w.id for w, _ in kept} == {w.id for w in ours}
        for work in ours:
            self.state[work.ref] = "dead"

    @rule()
    def revive(self) -> None:
        with self.database.read() as conn:
            dead = list_dead_letters(conn)
        self.database.write(lambda conn: revive(conn, [letter.id for letter in dead]))
        for letter in dead:
            self.state[letter.ref] = "waiting"
            self.attempts[letter.ref] = 0
            self.holder[letter.ref] = ""

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        with self.database.read() as conn:
            waiting = sorted(conn.execute(select(inbox.c.ref)).scalars())
            dead = sorted(conn.execute(select(dead_letter.c.ref)).scalars())
        assert waiting == sorted(ref for ref, state in self.state.items() if state in ("waiting", "leased"))
        assert dead == sorted(ref for ref, state in self.state.items() if state == "dead")
        assert len(self.done) == len(set(self.done))


@pytest.mark.slow
def test_inbox__any_order_of_calls(database: Database) -> None:
    class Bound(InboxMachine):
        pass

    Bound.database = database
    run_state_machine_as_test(
        Bound,
        settings=settings(
            max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
