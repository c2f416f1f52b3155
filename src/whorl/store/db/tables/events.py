"""The outbox: what happened, written in the transaction that made it happen."""

from sqlalchemy import BigInteger, Column, Index, String, Table

from whorl.store.db.tables.base import metadata
from whorl.store.db.types import Json, Key, UtcDateTime

event = Table(
    "event",
    metadata,
    Column("id", Key, primary_key=True),
    # PostgreSQL only: the number of the writing transaction, which the id also starts with (see store/events.py).
    Column("transaction_id", BigInteger),
    Column("kind", String(60), nullable=False),
    Column("project_id", String(40)),
    Column("subject_id", String(80), nullable=False),
    Column("actor_id", String(40), nullable=False),
    Column("cause", String(120)),  # the run that made it, for the loop guard
    Column("payload", Json, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "project_id", "id"),
    sqlite_autoincrement=True,  # an id is never handed out twice, even after old events were removed
)

event_cursor = Table(
    "event_cursor",
    metadata,
    Column("reader", String(120), primary_key=True),
    Column("event_id", BigInteger, nullable=False),
)
