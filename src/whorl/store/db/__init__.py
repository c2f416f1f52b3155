"""The database: one code path for SQLite and PostgreSQL."""

from whorl.store.db.database import Database, open_database
from whorl.store.db.writer import Priority

__all__ = ["Database", "Priority", "open_database"]
