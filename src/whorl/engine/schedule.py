"""Cron: which times of a rule are due, each given out once however many schedulers ask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from whorl.base.errors import InvalidInput
from whorl.store.db.tables import cron_fire

MissedPolicy = Literal["skip", "once"]


def check_cron(expression: str, *, timezone: str = "UTC") -> None:
    """Check a rule before it is stored.

    Raises:
        InvalidInput: The expression does not parse, or there is no such time zone.
    """
    _simulate(expression, datetime(2026, 1, 1, tzinfo=UTC), timezone=timezone, is_reverse=False)


def next_time(expression: str, *, after: datetime, timezone: str = "UTC") -> datetime | None:
    """Give the rule's first time after ``after`` (aware UTC), or None when it never comes.

    Raises:
        InvalidInput: The expression does not parse, or there is no such time zone.
    """
    found = next(_simulate(expression, after, timezone=timezone, is_reverse=False), None)
    return None if found is None else found.astimezone(UTC)


def due_fires(
    conn: Connection,
    rule_id: str,
    expression: str,
    *,
    now: datetime,
    since: datetime,
    missed: MissedPolicy = "once",
    timezone: str = "UTC",
    grace_s: float = 60.0,
) -> list[datetime]:
    """Give the scheduled time (aware UTC) that the caller must act on now, in its transaction; mostly none.

    Times that several schedulers see are given to one of them. When several times passed unseen they are one fire, at
    the last of them.

    Args:
        expression: Five cron fields, read in ``timezone``.
        since: Nothing at or before this fires: when the rule was made or switched on.
        missed: What to do with a time more than ``grace_s`` ago: fire it ``once``, or ``skip`` it.

    Raises:
        InvalidInput: The expression does not parse, or there is no such time zone.
    """
    # A reverse walk is exclusive of its start; a minute is the smallest step of a rule.
    backward = _simulate(expression, now + timedelta(microseconds=1), timezone=timezone, is_reverse=True)
    last = next(backward, None)
    if last is None:
        return []
    scheduled_at = last.astimezone(UTC)
    if scheduled_at <= max(since, _last_fire(conn, rule_id) or since):
        return []
    if missed == "skip" and (now - scheduled_at).total_seconds() > grace_s:
        return []
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = insert(cron_fire).values(rule_id=rule_id, scheduled_at=scheduled_at, fired_at=now)
    won = conn.execute(statement.on_conflict_do_nothing().returning(cron_fire.c.rule_id)).first()
    return [] if won is None else [scheduled_at]


def _last_fire(conn: Connection, rule_id: str) -> datetime | None:
    found: datetime | None = conn.execute(
        select(func.max(cron_fire.c.scheduled_at)).where(cron_fire.c.rule_id == rule_id)
    ).scalar()
    return found


def _simulate(expression: str, start: datetime, *, timezone: str, is_reverse: bool) -> CronSim:
    try:
        return CronSim(expression, start.astimezone(ZoneInfo(timezone)), reverse=is_reverse)
    except CronSimError as error:
        raise InvalidInput(
            f"not a cron rule: {expression!r}: {error}",
            hint="Write five fields: minute hour day month weekday, such as 30 2 * * 1-5.",
        ) from error
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInput(
            f"no such time zone: {timezone!r}", hint="Write one such as UTC or Europe/Zurich."
        ) from error
