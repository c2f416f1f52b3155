"""Processes on one PostgreSQL hear of each other's commits, and do not depend on it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, text

from whorl.engine import Dispatcher, InlineExecutor, Message, StaticHandlers, send
from whorl.store.db import Database, open_database
from whorl.testing.handlers import StepHandler


@pytest.fixture
def here(postgres_url: str) -> Iterator[Database]:
    with open_database(postgres_url) as opened:
        yield opened


@pytest.fixture
def there(postgres_url: str) -> Iterator[Database]:
    with open_database(postgres_url) as opened:
        yield opened


def nothing(conn: Connection) -> None:
    conn.execute(text("SELECT 1"))


class Ear:
    """Counts what a database's listeners are told."""

    def __init__(self, database: Database) -> None:
        self.heard = 0
        self.news = threading.Event()
        database.on_commit(self._hear)

    def _hear(self) -> None:
        self.heard += 1
        self.news.set()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def listeners(database: Database) -> list[int]:
    """The sessions that listen."""
    with database.read() as conn:
        found = text("SELECT pid FROM pg_stat_activity WHERE query = 'LISTEN whorl' AND datname = current_database()")
        return list(conn.execute(found).scalars())


def start_and_wait(database: Database, *, others: int = 0) -> None:
    database.start_hints()
    wait_until(lambda: len(listeners(database)) == others + 1)


def test_hints__a_commit_elsewhere_is_heard(here: Database, there: Database) -> None:
    start_and_wait(here)
    start_and_wait(there, others=1)
    ear = Ear(there)
    here.write(nothing)
    assert ear.news.wait(60)


def test_hints__come_back_after_the_session_was_ended(here: Database, there: Database) -> None:
    start_and_wait(here)
    there.start_hints()
    wait_until(lambda: len(listeners(here)) == 2)
    before = set(listeners(here))
    with here.read() as conn:
        for pid in before:
            conn.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    wait_until(lambda: len(set(listeners(here)) - before) == 2)
    ear = Ear(there)
    here.write(nothing)
    assert ear.news.wait(60)


def test_hints__without_them_only_own_commits_are_heard(here: Database, there: Database) -> None:
    here.start_hints()
    ear = Ear(there)
    here.write(nothing)
    there.write(nothing)
    assert ear.heard == 1


def test_start_hints__is_nothing_on_sqlite(sqlite: Database) -> None:
    before = threading.active_count()
    sqlite.start_hints()
    assert threading.active_count() == before
    sqlite.stop_hints()


def test_hints__without_them_work_of_another_process_is_still_done(here: Database, there: Database) -> None:
    dispatcher = Dispatcher(there, StaticHandlers({"n": StepHandler()}), executor=InlineExecutor())
    dispatcher.start()
    try:
        here.write(lambda conn: send(conn, [Message("n", 1, "itm_1")]))
        wait_until(lambda: count_steps(here) == 1)
    finally:
        dispatcher.stop()


def count_steps(database: Database) -> int:
    with database.read() as conn:
        return int(conn.execute(text("SELECT count(*) FROM run_step")).scalar_one())
