"""Bring a database to the schema this code knows, and refuse one that is newer."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from whorl.base.errors import SchemaTooNew
from whorl.store.db.database import Database

_MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(database: Database) -> str:
    """Run every migration that is missing and give the revision reached.

    Raises:
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
        with database.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return head


def _is_known(script: ScriptDirectory, revision: str) -> bool:
    try:
        return script.get_revision(revision) is not None
    except CommandError:
        return False
