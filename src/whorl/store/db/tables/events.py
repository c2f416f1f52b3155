"""The outbox: what happened, written in the transaction that made it happen."""

from sqlalchemy import BigInteger, Column, Index, String, Table

from whorl.store.db.tables.base import metadata
from whorl.store.db.types import Json, Key, UtcDateTime

event = Table(
    "event",
    metadata,
    Column("id", Key, primary_key=True),
    # PostgreSQL only: the writing transaction, so that a reader's cursor never passes one still open.
    Column("transaction_id", BigInteger),
    Column("kind", String(60), nullable=False),
    Column("project_id", String(40)),
    Column("subject_id", String(80), nullable=False),
    Column("actor_id", String(40), nullable=False),
    Column("cause", String(120)),  # the run that made it, for the loop guard
    Column("payload", Json, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "project_id", "id"),
)

event_cursor = Table(
    "event_cursor",
    metadata,
    Column("reader", String(120), primary_key=True),
    Column("event_id", BigInteger, nullable=False),
)
