"""The outbox, on both kinds of database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, text

from whorl.base.errors import InvalidInput
from whorl.store.db import Database, open_database
from whorl.store.events import (
    EventDraft,
    advance_cursor,
    emit,
    emit_many,
    get_cursor,
    lock_cursor,
    read_events,
    repair_event_ids,
)

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def _emit(conn: Connection, subject_id: str, project_id: str | None = "prj_a", kind: str = "item.created") -> int:
    return emit(conn, kind, project_id=project_id, subject_id=subject_id, actor_id="per_x", now=NOW)


def _subjects(database: Database, after_id: int = 0) -> list[str]:
    with database.read() as conn:
        return [found.subject_id for found in read_events(conn, after_id=after_id, limit=100)]


def test_emit__comes_back_as_it_was(database: Database) -> None:
    event_id = database.write(
        lambda conn: emit(
            conn,
            "item.updated",
            project_id="prj_a",
            subject_id="itm_1",
            actor_id="per_x",
            now=NOW,
            payload={"fields": ["subset"], "n": 1},
            cause="run_1",
        )
    )
    with database.read() as conn:
        [found] = read_events(conn, after_id=0, limit=10)
    assert (found.id, found.kind, found.project_id, found.subject_id) == (event_id, "item.updated", "prj_a", "itm_1")
    assert (found.actor_id, found.cause, found.at) == ("per_x", "run_1", NOW)
    assert found.payload == {"fields": ["subset"], "n": 1}


def test_read_events__pages_filters_and_keeps_order(database: Database) -> None:
    drafts = [EventDraft("item.created", f"i{n}", f"prj_{n % 2}") for n in range(10)]
    database.write(lambda conn: emit_many(conn, drafts, actor_id="per_x", now=NOW))
    database.write(lambda conn: _emit(conn, "m", "prj_0", "model.trained"))
    with database.read() as conn:
        first = read_events(conn, after_id=0, limit=4)
        rest = read_events(conn, after_id=first[-1].id, limit=100)
        assert [found.subject_id for found in first + rest] == [f"i{n}" for n in range(10)] + ["m"]
        mine = read_events(conn, after_id=0, limit=100, project_id="prj_1")
        assert [found.subject_id for found in mine] == ["i1", "i3", "i5", "i7", "i9"]
        trained = read_events(conn, after_id=0, limit=100, kinds=["model.trained"])
        assert [found.subject_id for found in trained] == ["m"]


def test_emit__rolls_back_with_its_transaction(database: Database) -> None:
    def work(conn: Connection) -> None:
        _emit(conn, "a")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        database.write(work)
    assert _subjects(database) == []


def test_emit__kind_must_be_noun_and_verb(database: Database) -> None:
    with pytest.raises(InvalidInput, match="not a kind of event"):
        database.write(lambda conn: _emit(conn, "a", kind="created"))


def test_emit__an_id_is_never_used_twice(sqlite: Database) -> None:
    first = sqlite.write(lambda conn: _emit(conn, "a"))
    sqlite.write(lambda conn: conn.execute(text("DELETE FROM event")) and None)
    assert sqlite.write(lambda conn: _emit(conn, "b")) > first


def test_read_events__never_passes_an_open_transaction(postgres_url: str) -> None:
    with open_database(postgres_url) as database, database.engine.connect() as slow:
        with slow.begin():
            assert _emit(slow, "slow") < database.write(lambda conn: _emit(conn, "fast"))
            assert _subjects(database) == []
        assert _subjects(database) == ["slow", "fast"]


def test_read_events__an_older_transaction_with_a_higher_id(postgres_url: str) -> None:
    # The older transaction emits last and commits first: with ids from a sequence its event would be given, and the
    # cursor would pass the other one.
    with (
        open_database(postgres_url) as database,
        database.engine.connect() as older,
        database.engine.connect() as newer,
    ):
        older.execute(text("SELECT pg_current_xact_id()"))
        _emit(newer, "newer")
        _emit(older, "older")
        older.commit()
        assert _subjects(database) == ["older"]
        with database.read() as conn:
            [seen] = read_events(conn, after_id=0, limit=10)
        newer.commit()
        assert _subjects(database, after_id=seen.id) == ["newer"]


def test_cursor__moves_forward_only(database: Database) -> None:
    def work(conn: Connection) -> list[int]:
        seen = [lock_cursor(conn, "triggers"), get_cursor(conn, "triggers")]
        for event_id in (5, 3, 9):
            advance_cursor(conn, "triggers", event_id=event_id)
            seen.append(get_cursor(conn, "triggers"))
        return seen

    assert database.write(work) == [0, 0, 5, 5, 9]


def test_cursor__stays_when_its_transaction_fails(database: Database) -> None:
    def work(conn: Connection) -> None:
        advance_cursor(conn, "triggers", event_id=5)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        database.write(work)
    with database.read() as conn:
        assert get_cursor(conn, "triggers") == 0


def test_repair_event_ids__a_database_restored_into_a_younger_server(postgres_url: str) -> None:
    with open_database(postgres_url) as database:
        old = [database.write(lambda conn, n=n: _emit(conn, f"old{n}")) for n in range(4)]
        assert not database.write(repair_event_ids)
        database.write(lambda conn: advance_cursor(conn, "triggers", event_id=old[2] + 2**50))
        database.write(lambda conn: conn.execute(text("UPDATE event SET id = id + 1125899906842624")) and None)
        assert database.write(repair_event_ids)
        assert not database.write(repair_event_ids)
        database.write(lambda conn: _emit(conn, "new"))
        with database.read() as conn:
            place = get_cursor(conn, "triggers")
        assert _subjects(database) == ["old0", "old1", "old2", "old3", "new"]
        assert _subjects(database, after_id=place) == ["old3", "new"]
