"""Forgetting: log lines past their time go, and with them the images that no other line needs, a few at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, func, select

from whorl.base.clock import Clock, to_datetime
from whorl.base.log import get_logger
from whorl.engine.handlers import BodyContext
from whorl.engine.inbox import send
from whorl.engine.messages import Message, Work
from whorl.schemas.serving import Pruned
from whorl.serving.log_queries import image_folder, image_key
from whorl.store.blobs import BlobStore
from whorl.store.db import Database, Priority
from whorl.store.db.tables import prediction_log

NODE: Final = "serving:retention"
_REF: Final = "log"
_EVERY: Final = timedelta(hours=1)
_BATCH: Final = 200
_MOST_BATCHES: Final = 100
_log = get_logger("serving")


def plan_retention(conn: Connection, *, now: datetime) -> None:
    """Make sure that somebody looks within the hour, once for all servers, when the log has lines that expire."""
    if _has_expiring(conn):
        send(conn, [next_look(now)])


def next_look(now: datetime) -> Message:
    """The message that brings the next look."""
    return Message(NODE, 0, _REF, not_before=now + _EVERY)


def prune(
    db: Database, blobs: BlobStore, *, now: datetime, endpoint_id: str | None = None, is_dry_run: bool = False
) -> Pruned:
    """Remove expired lines, and the images of which they were the last; items keep a copy of their own.

    Feedback and flags outlive the line they are about. Works in batches of 200, each a transaction of its own.

    Args:
        endpoint_id: Only this endpoint's lines.
        is_dry_run: Count, and remove nothing.
    """
    if is_dry_run:
        with db.read() as conn:
            return _count(conn, now, endpoint_id)
    lines = images = 0
    for _ in range(_MOST_BATCHES):
        removed, orphans = db.write(lambda conn: _remove_some(conn, now, endpoint_id), priority=Priority.ENGINE)
        for key in orphans:
            blobs.delete(key)
        lines, images = lines + removed, images + len(orphans)
        if removed < _BATCH:
            break
    return Pruned(lines=lines, images=images, is_dry_run=False)


def forget_images(blobs: BlobStore, endpoint_id: str) -> int:
    """Remove all logged images of an endpoint that was closed, and give their number; items keep theirs."""
    keys = [one.key for one in blobs.list(image_folder(endpoint_id))]
    for key in keys:
        blobs.delete(key)
    return len(keys)


@dataclass(frozen=True)
class RetentionHandler:
    """Implements ``Handler`` for the node ``serving:retention``: prunes, and comes back in an hour."""

    db: Database
    blobs: BlobStore
    clock: Clock
    batch_size: int = 1
    lease_s: float = 600.0
    max_attempts: int = 1_000_000
    backoff_s: float = 60.0
    priority: int = -2
    max_in_flight: int = 1

    def run(self, works: Sequence[Work], context: BodyContext) -> Sequence[Pruned]:
        """Prune, one batch after the other."""
        del context
        return [prune(self.db, self.blobs, now=to_datetime(self.clock.now())) for _ in works]

    def commit(self, conn: Connection, works: Sequence[Work], outcomes: Sequence[Pruned]) -> Iterable[Message]:
        """Say what went, and plan the next time while there is something that will expire."""
        del works
        for one in outcomes:
            if one.lines:
                _log.info("the prediction log forgot %d lines and %d images", one.lines, one.images)
        return [next_look(to_datetime(self.clock.now()))] if _has_expiring(conn) else []


def _has_expiring(conn: Connection) -> bool:
    found = select(prediction_log.c.key).where(prediction_log.c.expires_at.is_not(None)).limit(1)
    return conn.execute(found).first() is not None


def _expired(now: datetime, endpoint_id: str | None) -> list[ColumnElement[bool]]:
    conditions = [prediction_log.c.expires_at.is_not(None), prediction_log.c.expires_at <= now]
    return conditions if endpoint_id is None else [*conditions, prediction_log.c.endpoint_id == endpoint_id]


def _remove_some(conn: Connection, now: datetime, endpoint_id: str | None) -> tuple[int, list[str]]:
    """Remove a batch of expired lines; give their number and the keys of images that no line needs any more."""
    log = prediction_log.c
    found = select(log.key, log.endpoint_id, log.at, log.sha256, log.has_image)
    # Any order: one that starts with the oldest reads the index from its beginning.
    rows = conn.execute(found.where(*_expired(now, endpoint_id)).order_by(log.expires_at).limit(_BATCH)).all()
    conn.execute(delete(prediction_log).where(log.key.in_([row.key for row in rows])))
    keys = {image_key(row.endpoint_id, row.at, row.sha256): row for row in rows if row.has_image}
    # A line of today is never among the expired ones, so no writer adds one to a day that is looked at here.
    orphans = [key for key, row in keys.items() if not _is_needed(conn, key, row.endpoint_id, row.sha256)]
    return len(rows), orphans


def _is_needed(conn: Connection, key: str, endpoint_id: str, sha256: str) -> bool:
    log = prediction_log.c
    others = select(log.at).where(log.endpoint_id == endpoint_id, log.sha256 == sha256, log.has_image)
    return any(image_key(endpoint_id, row.at, sha256) == key for row in conn.execute(others))


def _count(conn: Connection, now: datetime, endpoint_id: str | None) -> Pruned:
    log = prediction_log.c
    lines = conn.execute(
        select(func.count()).select_from(prediction_log).where(*_expired(now, endpoint_id))
    ).scalar_one()
    rows = conn.execute(select(log.endpoint_id, log.at, log.sha256).where(*_expired(now, endpoint_id), log.has_image))
    expired = {image_key(row.endpoint_id, row.at, row.sha256) for row in rows}
    kept = select(log.endpoint_id, log.at, log.sha256).where(
        log.has_image, log.expires_at.is_(None) | (log.expires_at > now)
    )
    if endpoint_id is not None:
        kept = kept.where(log.endpoint_id == endpoint_id)
    for row in conn.execute(kept):
        expired.discard(image_key(row.endpoint_id, row.at, row.sha256))
    return Pruned(lines=lines, images=len(expired), is_dry_run=True)
