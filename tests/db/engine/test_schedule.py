"""Cron on both kinds of database."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from whorl.base.errors import InvalidInput
from whorl.engine.schedule import due_fires, next_time
from whorl.store.db import Database, open_database

MADE = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def _due(database: Database, now: datetime, expression: str = "*/5 * * * *", **more: object) -> list[datetime]:
    return database.write(lambda conn: due_fires(conn, "rule", expression, now=now, since=MADE, **more))


def test_due_fires__each_time_once(database: Database) -> None:
    fired = [_due(database, MADE + timedelta(minutes=minute)) for minute in range(12)]
    assert [found[0].minute for found in fired if found] == [5, 10]
    assert [minute for minute, found in enumerate(fired) if found] == [5, 10]


def test_due_fires__nothing_at_the_moment_it_is_made(database: Database) -> None:
    assert _due(database, MADE) == []


def test_due_fires__missed_times_fire_once_or_never(database: Database) -> None:
    late = MADE + timedelta(hours=3, minutes=2)
    assert _due(database, late, missed="skip") == []
    assert _due(database, late, missed="once") == [MADE + timedelta(hours=3)]
    assert _due(database, late, missed="once") == []


def test_due_fires__two_schedulers_fire_once(database_url: str) -> None:
    now = MADE + timedelta(minutes=5)
    with open_database(database_url) as database:
        results: list[list[datetime]] = []
        gate = threading.Barrier(8)

        def ask() -> None:
            gate.wait()
            results.append(_due(database, now))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(results) == [[]] * 7 + [[now]]


def test_due_fires__a_fire_is_taken_back_with_its_transaction(database: Database) -> None:
    now = MADE + timedelta(minutes=5)

    def work(conn):
        assert due_fires(conn, "rule", "*/5 * * * *", now=now, since=MADE) == [now]
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        database.write(work)
    assert _due(database, now) == [now]


def test_due_fires__reads_the_rule_in_its_time_zone(sqlite: Database) -> None:
    now = datetime(2026, 3, 5, 8, 0, 30, tzinfo=UTC)
    assert _due(sqlite, now, "0 9 * * *", timezone="Europe/Zurich") == [datetime(2026, 3, 5, 8, 0, tzinfo=UTC)]


def test_next_time__skips_the_hour_that_summer_time_leaves_out() -> None:
    after = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert next_time("30 2 * * *", after=after, timezone="Europe/Zurich") == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(("expression", "timezone"), [("every day", "UTC"), ("* * * * *", "Mars/Base")])
def test_next_time__refuses(expression: str, timezone: str) -> None:
    with pytest.raises(InvalidInput):
        next_time(expression, after=MADE, timezone=timezone)
