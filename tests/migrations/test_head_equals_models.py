"""From nothing to the newest schema, on both kinds of database, and that schema is the tables' own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Inspector, inspect, text

from whorl.base.errors import SchemaTooNew
from whorl.store.db import Database, open_database
from whorl.store.db.migrate import upgrade
from whorl.store.db.tables import metadata

WHAT_TO_DO = """
The tables in src/whorl/store/db/tables and the migrations say different things (listed above).
Never touch a migration that has landed: homes exist that it made. Add the next one to that folder (add, backfill,
switch, remove, one release apart), so that a database with people's work in it arrives at the same schema.
"""

ALTERED = {
    "annotation",
    "blob",
    "membership",
    "model",
    "pipeline",
    "recipe",
    "run",
    "run_step",
    "task_item",
    "token",
}


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without a single table, once of each kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
        with open_database(url) as migrated:
            migrated.write(lambda conn: conn.execute(text("DROP SCHEMA public CASCADE")) and None)
            migrated.write(lambda conn: conn.execute(text("CREATE SCHEMA public")) and None)
    with open_database(url, synchronous="NORMAL") as database:
        yield database


@pytest.fixture
def head(empty: Database) -> Database:
    """The same after all migrations."""
    upgrade(empty)
    return empty


def shape(database: Database) -> dict[str, Any]:
    """Every table with its columns, keys, constraints and indexes, as the database itself tells them."""
    with database.engine.connect() as conn:
        found = inspect(conn)
        return {name: _table(conn, found, name) for name in sorted(found.get_table_names()) if name in metadata.tables}


def _table(conn: Connection, found: Inspector, name: str) -> dict[str, Any]:
    columns = {
        column["name"]: (column["type"].compile(conn.dialect), column["nullable"], column.get("default"))
        for column in found.get_columns(name)
    }
    return {
        "columns": columns,
        "primary key": found.get_pk_constraint(name),
        "foreign keys": sorted(map(repr, found.get_foreign_keys(name))),
        "unique": sorted(map(repr, found.get_unique_constraints(name))),
        "checks": sorted(map(repr, found.get_check_constraints(name))),
        "indexes": sorted(map(repr, found.get_indexes(name))),
        "storage": _storage(conn, name),
    }


def _storage(conn: Connection, name: str) -> list[str]:
    if conn.dialect.name == "sqlite":
        return []
    found = conn.execute(text("SELECT reloptions FROM pg_class WHERE relname = :name"), {"name": name})
    return sorted(found.scalar_one() or [])


def test_upgrade__from_empty_to_head(empty: Database) -> None:
    assert upgrade(empty) != ""
    with empty.read() as conn:
        assert set(inspect(conn).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_upgrade__twice_is_nothing(head: Database) -> None:
    before = shape(head)
    assert upgrade(head) == upgrade(head)
    assert shape(head) == before


def test_upgrade__a_newer_schema_is_refused_and_left_alone(head: Database) -> None:
    head.write(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = '9999'")) and None)
    before = shape(head)
    with pytest.raises(SchemaTooNew, match="schema 9999, which this version of Whorl does not know") as caught:
        upgrade(head)
    assert "Upgrade Whorl" in caught.value.hint
    assert shape(head) == before


def test_head__equals_the_models_for_alembic(head: Database) -> None:
    with head.engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, metadata)
    assert differences == [], WHAT_TO_DO


def test_head__equals_the_models_for_the_database(head: Database) -> None:
    # Alembic does not compare primary keys, checks, collations, or what an index is on when that is an expression.
    migrated = shape(head)
    with head.engine.begin() as conn:
        metadata.drop_all(conn)
        metadata.create_all(conn)
    assert migrated == shape(head), WHAT_TO_DO


def test_head__equals_the_models_as_sqlite_keeps_the_statements(tmp_path: Path) -> None:
    def statements(path: Path, *, by_migration: bool) -> dict[str, str]:
        with open_database(f"sqlite:///{path}") as database:
            if by_migration:
                upgrade(database)
            else:
                with database.engine.begin() as conn:
                    metadata.create_all(conn)
            with database.read() as conn:
                rows = conn.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")).all()
        return {str(name): " ".join(str(sql).split()) for name, sql in rows if name != "alembic_version"}

    migrated = statements(tmp_path / "migrated.db", by_migration=True)
    models = statements(tmp_path / "models.db", by_migration=False)
    assert set(migrated) == set(models), WHAT_TO_DO
    # SQLite writes a column that was added behind the constraints; what it means is compared above.
    differing = {name for name in migrated if migrated[name] != models[name]}
    assert differing <= ALTERED, WHAT_TO_DO
