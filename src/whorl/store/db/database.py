"""Open a database, read from it, write to it."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool, StaticPool

from whorl.base.errors import DatabaseBusy, InvalidInput, MissingDependency, StorageFull, Unavailable
from whorl.store.db.hints import Hints
from whorl.store.db.writer import Priority, Writer

T = TypeVar("T")
_RETRIES = 5
_RETRYABLE_SQLSTATES = {"40001", "40P01"}
_CONNECT_S = 10
# SQLSTATE classes: the connection broke; the server shuts down, starts up or was told to end the session.
_AWAY_CLASSES = {"08", "57"}
# What the driver says before there is a session, and so without a code.
_AWAY = ("connection refused", "connection failed", "failed to resolve host", "timeout expired", "connection timeout")


class Database:
    """A database, SQLite or PostgreSQL, behind two calls: ``read`` and ``write``.

    Made by ``open_database``. ``write`` runs a function in one transaction and returns its value once that is on
    disk; a function may be run again (after a deadlock on PostgreSQL, or when a neighbour in its transaction met a full
    disk on SQLite), so it must touch nothing but its connection.
    """

    def __init__(self, url: str, *, synchronous: str, busy_timeout_s: float) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._listeners: list[Callable[[], None]] = []
        self._hints: Hints | None = None
        self._lock_file: IO[str] | None = None
        self._writer: Writer | None = None
        if self.is_sqlite:
            self._lock_file = _lock_for_writing(Path(make_url(url).database or ""))
            self._reader = _sqlite_engine(url, begin="BEGIN", synchronous=synchronous, busy_s=busy_timeout_s)
            self._writer_engine = _sqlite_engine(
                url, begin="BEGIN IMMEDIATE", synchronous=synchronous, busy_s=busy_timeout_s
            )
            self._writer = Writer(self._writer_engine, after_commit=self._notify, translate=translate_error)
        else:
            self._reader = self._writer_engine = _postgres_engine(url)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one consistent state and never writes."""
        try:
            with self._reader.connect() as connection:
                if not self.is_sqlite:
                    connection = connection.execution_options(
                        isolation_level="REPEATABLE READ", postgresql_readonly=True
                    )
                with connection.begin():
                    yield connection
        except (DBAPIError, OverflowError, UnicodeEncodeError) as error:
            raise translate_error(error) from error

    def write(self, work: Callable[[Connection], T], *, priority: Priority = Priority.PEOPLE) -> T:
        """Run ``work`` in one transaction and return what it returned, once committed.

        Raises:
            DatabaseBusy: Another process held the write lock for too long.
            StorageFull: The disk is full; nothing was changed.
        """
        if self._writer is not None:
            # Any -> T: the writer's queue does not know the type; `work` does.
            result: T = self._writer.submit(work, priority).result()
            return result
        return self._write_postgres(work)

    async def write_async(self, work: Callable[[Connection], T]) -> T:
        """Like ``write`` for people, without a thread that waits: for routes that are called all day.

        A caller that goes away does not take its work back.
        """
        if self._writer is None:
            return await asyncio.to_thread(self._write_postgres, work)
        done = asyncio.wrap_future(self._writer.submit(work, Priority.PEOPLE))
        # Any -> T: as in `write`.
        result: T = await asyncio.shield(done)
        return result

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after each commit of this process; it must be quick and must not raise.

        After ``start_hints`` also some time after those of others.
        """
        self._listeners.append(listener)

    def start_hints(self) -> None:
        """Hear of other processes' commits as of one's own, and tell them of ours; nothing to do on SQLite.

        A hint may be lost, so whoever listens must also look by itself now and then.
        """
        if not self.is_sqlite and self._hints is None:
            self._hints = Hints(self._writer_engine, self._notify)

    def stop_hints(self) -> None:
        """Neither hear nor tell any more."""
        if self._hints is not None:
            self._hints.stop()
            self._hints = None

    def pending_writes(self) -> int:
        """How many writes wait in this process; always 0 on PostgreSQL."""
        return 0 if self._writer is None else self._writer.pending()

    def write_waits(self) -> dict[Priority, tuple[int, float]]:
        """How many writes have begun by who waits for them, and how long they waited, in seconds; SQLite only."""
        return {} if self._writer is None else self._writer.waits()

    def refresh_statistics(self) -> None:
        """Tell SQLite's planner how the tables look now, after many rows came; PostgreSQL does it by itself.

        Reads at most a thousand rows of each index, some 10 ms at a million items.
        """
        if self.is_sqlite:
            self.write(lambda connection: connection.exec_driver_sql("ANALYZE"), priority=Priority.ENGINE)

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations and backup only."""
        return self._writer_engine

    def provide(self, name: str, *, reading: object, writing: object) -> None:
        """Let whoever holds a connection find a thing under a name, among the execution options of its engine.

        Args:
            reading: For connections of ``read``.
            writing: For connections of ``write``; on PostgreSQL those of ``read`` get it, too.
        """
        self._reader.update_execution_options(**{name: reading})
        self._writer_engine.update_execution_options(**{name: writing})

    def provides(self, name: str) -> bool:
        """Whether something was provided under a name."""
        return name in self._reader.get_execution_options()

    def close(self) -> None:
        """Finish queued writes and let go of all connections."""
        self.stop_hints()
        if self._writer is not None:
            self._writer.close()
        self._reader.dispose()
        self._writer_engine.dispose()
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _notify(self) -> None:
        for listener in self._listeners:
            listener()

    def _write_postgres(self, work: Callable[[Connection], T]) -> T:
        for attempt in range(_RETRIES):
            try:
                with self._writer_engine.begin() as connection:
                    result = work(connection)
            except DBAPIError as error:
                if attempt + 1 == _RETRIES or sqlstate(error) not in _RETRYABLE_SQLSTATES:
                    raise translate_error(error) from error
                continue
            except UnicodeEncodeError as error:
                raise translate_error(error) from error
            self._notify()
            hints = self._hints
            if hints is not None:
                hints.announce()
            return result
        raise AssertionError("unreachable: the last attempt returns or raises")


def open_database(url: str, *, synchronous: str = "FULL", busy_timeout_s: float = 5.0) -> Database:
    """Open the database at a SQLAlchemy URL: ``sqlite:///path`` or ``postgresql://…``.

    The file's folder is made when missing; tables are not (see ``whorl.store.db.migrate``).

    Args:
        synchronous: SQLite only, FULL or NORMAL.
        busy_timeout_s: SQLite only; how long to wait for another program's lock.

    Raises:
        InvalidInput: The URL names another kind of database.
        DatabaseBusy: Another process of Whorl has this SQLite file open.
        MissingDependency: PostgreSQL's driver is not installed.
        Unavailable: PostgreSQL does not answer, refuses this user, or has no such database.
    """
    backend = url.partition(":")[0].partition("+")[0]
    if backend == "sqlite":
        Path(make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
        return Database(url, synchronous=synchronous, busy_timeout_s=busy_timeout_s)
    if backend in {"postgresql", "postgres"}:
        rest = url.partition("://")[2]
        opened = Database(f"postgresql+psycopg://{rest}", synchronous=synchronous, busy_timeout_s=busy_timeout_s)
        _check_reachable(opened)
        return opened
    raise InvalidInput(
        f"unknown kind of database: {backend or 'none'}; allowed: sqlite, postgresql",
        hint="Give a URL such as sqlite:///whorl.db or postgresql://user@host/name.",
    )


def _check_reachable(opened: Database) -> None:
    try:
        opened.engine.connect().close()
    except DBAPIError as error:
        opened.close()
        message, hint = _why_not(make_url(opened.url), error)
        raise Unavailable(message, hint=hint) from error


def _why_not(url: URL, error: DBAPIError) -> tuple[str, str]:
    """What to tell of a refused connection, and what to do; never the password, nor the driver's words."""
    text = str(error.orig).lower()
    where = f"{url.host or 'its socket'}:{url.port or 5432}"
    if "does not exist" in text and "database" in text:
        return (
            f"PostgreSQL at {where} has no database {url.database}",
            "Make it with `createdb`, or mend --db (WHORL_DB).",
        )
    if "authentication failed" in text or "no pg_hba.conf entry" in text or "role" in text:
        return (
            f"PostgreSQL at {where} refuses user {url.username or 'none'}",
            "Check user and password in --db (WHORL_DB).",
        )
    return (
        f"PostgreSQL cannot be reached at {where}",
        "Does it run, is the address in --db (WHORL_DB) right, and may this machine reach it?",
    )


def sqlstate(error: DBAPIError) -> str:
    """PostgreSQL's five-character code of an error, or an empty string."""
    return str(getattr(error.orig, "sqlstate", "") or "")


def translate_error(error: BaseException) -> BaseException:
    """Turn what a driver raised for a full disk, a lock, a lost server or an impossible value into one of ours."""
    if _is_value_refused(error):
        return InvalidInput(
            "a number is too large to be stored, or a text has characters that cannot be",
            hint="Whole numbers have at most 64 bits; leave out NUL and half surrogates.",
        )
    if not isinstance(error, DBAPIError):
        return error
    text = str(error.orig).lower()
    if "disk is full" in text or "disk i/o" in text or sqlstate(error) == "53100":
        return StorageFull("the disk of the database is full", hint="Free some space; nothing was changed.")
    if "database is locked" in text or "database table is locked" in text or sqlstate(error) == "55P03":
        return DatabaseBusy(
            "another process holds the database's write lock",
            hint="Stop the other program that has this file open, then try again.",
        )
    if error.connection_invalidated or sqlstate(error)[:2] in _AWAY_CLASSES or any(sign in text for sign in _AWAY):
        return Unavailable("the database cannot be reached", hint="Check that it runs and the URL is right.")
    return error


def _is_value_refused(error: BaseException) -> bool:
    # The SQLite driver raises errors of Python itself; PostgreSQL says "out of range", "bad encoding" or "no NUL".
    match error:
        case OverflowError():
            return "SQLite" in str(error)
        case UnicodeEncodeError():
            return error.reason == "surrogates not allowed"
        case DBAPIError():
            return sqlstate(error) in {"22003", "22021"} or "cannot contain NUL" in str(error.orig)
        case _:
            return False


def _lock_for_writing(path: Path) -> IO[str]:
    lock_path = path.with_name(path.name + ".lock")
    handle = open(lock_path, "a+")  # noqa: SIM115 - held as long as the database is open
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.seek(0)
        owner = handle.read().strip() or "unknown"
        handle.close()
        raise DatabaseBusy(
            f"another Whorl has this database open: {path.name} (process {owner})",
            hint="Use the running server, or stop it first. Two programs at once need PostgreSQL.",
        ) from error
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


def _sqlite_engine(url: str, *, begin: str, synchronous: str, busy_s: float) -> Engine:
    writes = begin == "BEGIN IMMEDIATE"
    engine = create_engine(
        url,
        poolclass=StaticPool if writes else QueuePool,
        connect_args={"check_same_thread": False, "timeout": busy_s},
        **({} if writes else {"pool_size": 8, "max_overflow": 64}),
    )

    # Any: a DB-API connection has no common type.
    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA cache_size=-65536")
        cursor.execute("PRAGMA temp_store=MEMORY")
        cursor.execute("PRAGMA mmap_size=268435456")
        # Only the writer checkpoints: connections that write and checkpoint at once can corrupt the log in
        # versions before 3.51.3 (https://sqlite.org/wal.html#walresetbug).
        cursor.execute(f"PRAGMA wal_autocheckpoint={2000 if writes else 0}")
        if writes:
            cursor.execute("PRAGMA analysis_limit=1000")
        else:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _postgres_engine(url: str) -> Engine:
    try:
        patience = {} if "connect_timeout" in make_url(url).query else {"connect_timeout": _CONNECT_S}
        return create_engine(url, pool_size=8, max_overflow=32, pool_pre_ping=True, connect_args=patience)
    except ModuleNotFoundError as error:
        raise MissingDependency("PostgreSQL needs the package psycopg", hint="pip install 'whorl[postgres]'") from error
