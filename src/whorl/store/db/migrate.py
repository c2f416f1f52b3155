"""Bring a database to the schema this code knows, and refuse one that is newer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy.engine import make_url

from whorl.base.errors import SchemaTooNew, StorageFull
from whorl.base.log import get_logger
from whorl.store.db.database import Database

_log = get_logger("store")
_MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(database: Database) -> str:
    """Run every migration that is missing and give the revision reached.

    A SQLite file that holds something is copied before, beside itself: ``whorl.db.before-0002``.

    Raises:
        StorageFull: There is no room for the copy; nothing was changed.
        SchemaTooNew: The database knows a revision that this code does not.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    with database.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and not _is_known(script, current):
        raise SchemaTooNew(
            f"the database is at schema {current}, which this version of Whorl does not know",
            hint="Upgrade Whorl, or restore the backup made before the newer version ran.",
        )
    head = script.get_current_head() or ""
    if current != head:
        if current is not None:
            _back_up(database, head)
        with database.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return head


def _back_up(database: Database, head: str) -> None:
    """Copy the file whole or not at all; an older copy of the same step is replaced."""
    if not database.is_sqlite:
        _log.warning("the database moves to schema %s; keep the backup that pg_dump made before", head)
        return
    path = Path(make_url(database.url).database or "")
    kept = path.with_name(f"{path.name}.before-{head}")
    draft = path.with_name(f".{kept.name}.part")
    draft.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(draft)) as copy:
            source.backup(copy)
        draft.replace(kept)
    except (sqlite3.Error, OSError) as error:
        draft.unlink(missing_ok=True)
        raise StorageFull(
            f"no backup could be made before the database moves to schema {head}: {error}",
            hint="Free some space beside the database and start again; nothing was changed.",
        ) from error
    _log.info("the database as it was before schema %s is kept in %s", head, kept.name)


def _is_known(script: ScriptDirectory, revision: str) -> bool:
    try:
        return script.get_revision(revision) is not None
    except CommandError:
        return False
