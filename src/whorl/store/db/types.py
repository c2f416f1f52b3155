"""Column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

ALIVE = 2**62
"""The ``died_rev`` of a row that still stands: a number, so that "as of" is one range condition."""

Key = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB, "postgresql")
OrderedJson = JSON()
"""As ``Json``, but objects keep the order of their keys on PostgreSQL too; cannot be indexed or compared there."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# Any: SQLAlchemy's TypeDecorator is generic in a type that the two dialects do not share.
class UtcDateTime(TypeDecorator[Any]):
    """An aware UTC time: TIMESTAMPTZ on PostgreSQL, microseconds since 1970 on SQLite, so both sort and compare."""

    impl = BigInteger
    cache_ok = True

    # Any: as above.
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs a time zone")
        if dialect.name == "postgresql":
            return value
        return (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: datetime | int | None, dialect: Dialect) -> datetime | None:
        if value is None or isinstance(value, datetime):
            return value if value is None else value.astimezone(UTC)
        return _EPOCH + timedelta(microseconds=value)
