"""The database's two calls, on both kinds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from whorl.base.errors import DatabaseBusy, InvalidInput, SchemaTooNew, StorageFull
from whorl.store.db import Database, Priority, open_database, writer
from whorl.store.db.migrate import upgrade


def _insert(name: str, number: int = 1) -> Callable[[Connection], int]:
    def work(connection: Connection) -> int:
        connection.execute(
            text("INSERT INTO event_cursor (reader, event_id) VALUES (:r, :e)"), {"r": name, "e": number}
        )
        return number

    return work


def _names(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(text("SELECT reader FROM event_cursor ORDER BY reader")).scalars())


def test_write__returns_what_the_work_returned_after_commit(database: Database) -> None:
    assert database.write(_insert("a", 7)) == 7
    assert _names(database) == ["a"]


def test_write__error_rolls_back_this_write_only(database: Database) -> None:
    database.write(_insert("a"))

    def half_done(connection: Connection) -> None:
        _insert("b")(connection)
        _insert("a")(connection)

    with pytest.raises(IntegrityError):
        database.write(half_done)
    assert _names(database) == ["a"]


def test_write__many_threads_lose_nothing(database: Database) -> None:
    threads = [
        threading.Thread(
            target=lambda n=n: [database.write(_insert(f"{n}-{i}"), priority=Priority(n % 2)) for i in range(25)]
        )
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(_names(database)) == 200


def test_write__from_inside_a_write_is_refused(sqlite: Database) -> None:
    with pytest.raises(RuntimeError, match="may not wait"):
        sqlite.write(lambda _: sqlite.write(_insert("a")))


def test_read__cannot_write(sqlite: Database) -> None:
    with pytest.raises(Exception, match="readonly"), sqlite.read() as connection:
        connection.execute(text("DELETE FROM event_cursor"))


def _write_behind_a_closed_gate(sqlite: Database, waiting: list[tuple[str, Priority]]) -> list[tuple[str, int]]:
    """Let writes gather, then let them go: in which order they came, and how many commits were before each."""
    order: list[tuple[str, int]] = []
    commits: list[None] = []
    sqlite.on_commit(lambda: commits.append(None))
    gate, entered = threading.Event(), threading.Event()

    def hold(_: Connection) -> None:
        entered.set()
        gate.wait(60)

    threads = [threading.Thread(target=lambda: sqlite.write(hold))]
    threads[0].start()
    entered.wait(60)
    for name, priority in waiting:
        thread = threading.Thread(
            target=lambda name=name, priority=priority: sqlite.write(
                lambda _: order.append((name, len(commits))), priority=priority
            )
        )
        thread.start()
        threads.append(thread)
        while sqlite.pending_writes() < len(threads) - 1:
            pass
    gate.set()
    for thread in threads:
        thread.join(60)
    return order


_MIXED = [("e1", Priority.ENGINE), ("e2", Priority.ENGINE), ("p1", Priority.PEOPLE), ("p2", Priority.PEOPLE)]


def test_people_go_before_engine_and_share_a_commit(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "ENGINE_WAITS_S", 3600.0)
    assert _write_behind_a_closed_gate(sqlite, _MIXED) == [("p1", 1), ("p2", 1), ("e1", 2), ("e2", 3)]


def test_engine_that_has_waited_takes_one_turn(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "ENGINE_WAITS_S", 0.0)
    assert _write_behind_a_closed_gate(sqlite, _MIXED) == [("e1", 1), ("p1", 2), ("p2", 2), ("e2", 3)]


def test_write__who_is_refused_finds_the_neighbours_work_it_was_refused_for(sqlite: Database) -> None:
    gate, entered = threading.Event(), threading.Event()
    found: list[list[str]] = []

    def hold(_: Connection) -> None:
        entered.set()
        gate.wait(60)

    def be_refused() -> None:
        with pytest.raises(IntegrityError):
            sqlite.write(_insert("a"))
        found.append(_names(sqlite))

    def keep_the_commit_waiting() -> None:
        sqlite.write(lambda _: time.sleep(0.3))

    threads = [threading.Thread(target=lambda: sqlite.write(hold))]
    threads[0].start()
    entered.wait(60)
    for work in (lambda: sqlite.write(_insert("a")), be_refused, keep_the_commit_waiting):
        threads.append(threading.Thread(target=work))
        threads[-1].start()
        while sqlite.pending_writes() < len(threads) - 1:
            pass
    gate.set()
    for thread in threads:
        thread.join(60)
    assert found == [["a"]]


def test_open__second_process_is_told_who_has_it(sqlite_url: str) -> None:
    with open_database(sqlite_url), pytest.raises(DatabaseBusy, match="another Whorl has this database open"):
        open_database(sqlite_url)


def test_open__unknown_kind() -> None:
    with pytest.raises(InvalidInput, match="unknown kind of database: mysql; allowed: sqlite, postgresql"):
        open_database("mysql://root@localhost/x")


def test_write__locked_by_a_foreign_program(tmp_path: Path) -> None:
    import sqlite3

    url = f"sqlite:///{tmp_path / 'a.db'}"
    with open_database(url, busy_timeout_s=0.1) as database:
        upgrade(database)
        foreign = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
        foreign.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusy, match="another process holds the database's write lock"):
            database.write(_insert("a"))
        foreign.execute("ROLLBACK")
        foreign.close()
        assert database.write(_insert("a", 3)) == 3


@pytest.mark.parametrize(("reader", "number"), [("a", 2**70), ("half \ud800", 1)])
def test_values__that_cannot_be_stored_are_refused(database: Database, reader: str, number: int) -> None:
    with pytest.raises(InvalidInput, match="too large to be stored, or a text has characters that cannot be"):
        database.write(_insert(reader, number))
    assert _names(database) == []


@pytest.mark.parametrize("value", [2**70, "half \ud800", "a\0b"])
def test_read__values_that_cannot_be_stored_find_nothing_or_are_refused(database: Database, value: object) -> None:
    column = "event_id" if isinstance(value, int) else "reader"
    try:
        with database.read() as connection:
            rows = connection.execute(text(f"SELECT 1 FROM event_cursor WHERE {column} = :v"), {"v": value}).all()
    except InvalidInput:
        rows = []
    assert rows == []


def _fill_disk(connection: Connection) -> None:
    """Let the file grow no more, as on a full disk, and write until that is noticed."""
    pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    connection.execute(text(f"PRAGMA max_page_count={pages}"))
    for number in range(1000):
        _insert(f"{'x' * 3000}{number}")(connection)


def _make_room(connection: Connection) -> None:
    connection.execute(text("PRAGMA max_page_count=1000000"))


def test_write__a_full_disk_changes_nothing_and_says_so(sqlite: Database) -> None:
    sqlite.write(_insert("before"))
    with pytest.raises(StorageFull, match="the disk of the database is full") as caught:
        sqlite.write(_fill_disk)
    assert caught.value.hint == "Free some space; nothing was changed."
    assert _names(sqlite) == ["before"]
    sqlite.write(_make_room)
    sqlite.write(_insert("after"))
    assert _names(sqlite) == ["after", "before"]


def test_write__a_full_disk_takes_no_acknowledged_neighbour_along(sqlite: Database) -> None:
    # SQLite gives up the whole transaction, in which the writer has put several people's work.
    said: dict[str, object] = {}
    gate, entered = threading.Event(), threading.Event()

    def hold(_: Connection) -> None:
        entered.set()
        gate.wait(5)

    def send(name: str, work: Callable[[Connection], object]) -> None:
        try:
            said[name] = sqlite.write(work)
        except StorageFull as error:
            said[name] = error.code

    threads = [threading.Thread(target=sqlite.write, args=[hold])]
    threads[0].start()
    entered.wait(5)
    for name, work in [("a", _insert("a")), ("full", _fill_disk), ("b", _insert("b"))]:
        threads.append(threading.Thread(target=send, args=(name, work)))
        threads[-1].start()
        while sqlite.pending_writes() < len(threads) - 1:
            pass
    gate.set()
    for thread in threads:
        thread.join(5)
    assert (said, _names(sqlite)) == ({"a": 1, "full": "storage_full", "b": 1}, ["a", "b"])


def test_upgrade__twice_is_nothing_and_newer_is_refused(database: Database) -> None:
    head = upgrade(database)
    assert upgrade(database) == head
    database.write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(SchemaTooNew, match="schema 9999"):
        upgrade(database)


def test_refresh_statistics__the_planner_learns_how_many_rows_there_are(database: Database) -> None:
    for number in range(3):
        database.write(_insert(f"reader {number}"))
    database.refresh_statistics()
    if database.is_sqlite:
        with database.read() as connection:
            found = connection.execute(text("SELECT stat FROM sqlite_stat1 WHERE tbl = 'event_cursor'")).scalar_one()
        assert found == "3 1"
