"""A home with its servers and workers as processes that can be killed, and a look at its database from outside."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.exc import DBAPIError

from whorl.sdk.transport import Transport
from whorl.store.db.tables import run_step

_LAST_WORDS = 4000
_STARTS = 30


@dataclass
class House:
    """Processes over one database. A server in it is always started again by whoever finds it dead.

    Args:
        folder: Where homes and logs go.
        db: A database's address; SQLite in the first home when empty.
        blobs: A blob store's address; each home's own folder when empty.
        servers: How many answer people.
        workers: How many work apart; 0 leaves the work to the server.
        environment: Further variables of all processes.
    """

    folder: Path
    db: str = ""
    blobs: str = ""
    servers: int = 1
    workers: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    starts: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def home(self, name: str) -> Path:
        """Of one process; workers and servers have nothing in common but database and blobs."""
        return self.folder / name

    def open(self) -> Engine:
        """The database, from outside."""
        if not self.db:
            return create_engine(f"sqlite:///{self.home('server0') / 'whorl.db'}")
        return create_engine(self.db.replace("postgresql://", "postgresql+psycopg://"), pool_pre_ping=True)

    def start(self) -> None:
        """Start what does not run, server 0 first: it makes the tables."""
        for number in range(self.servers):
            self.ensure(f"server{number}")
        for number in range(self.workers):
            self.ensure(f"worker{number}")

    def ensure(self, name: str) -> None:
        """Start a process unless it runs; a server answers when this returns.

        Raises:
            AssertionError: A server ended before it answered; its last words are in the message.
        """
        with self._lock:
            running = self.processes.get(name)
            if running is not None and running.poll() is None:
                return
            if running is not None and running.stdout is not None:
                running.stdout.close()
            for _ in range(_STARTS):
                if self._starts(name):
                    self.starts += 1
                    return
                # What it needs may be away as well, as its words then say: whoever runs it tries again.
                time.sleep(0.5)
        raise AssertionError(self.last_words(name))

    def _starts(self, name: str) -> bool:
        kind = name.rstrip("0123456789")
        command = [sys.executable, "-m", "whorl.cli", {"server": "up", "worker": "worker"}[kind]]
        command += ["--home", str(self.home(name))]
        command += ["--db", self.db] if self.db else []
        command += ["--blobs", self.blobs] if self.blobs else []
        if kind == "server":
            command += ["--port", "0", "--json", *(["--no-engine"] if self.workers else [])]
        with (self.folder / f"{name}.log").open("a", encoding="utf-8") as log:
            process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, **self.environment}
            )
        self.processes[name] = process
        if kind == "worker":
            return True
        assert process.stdout is not None
        told = process.stdout.readline()
        if told:
            return bool(json.loads(told)["url"])
        process.wait()
        process.stdout.close()
        return False

    def kill(self, name: str) -> None:
        """End a process as a power cut would."""
        self.processes[name].kill()
        self.processes[name].wait()

    def connect(self, number: int) -> Transport:
        """A client of a server, which is started when it is dead."""
        self.ensure(f"server{number}")
        told = json.loads((self.home(f"server{number}") / "server.json").read_text(encoding="utf-8"))
        return Transport(told["url"], told["token"])

    def last_words(self, name: str) -> str:
        """The end of a process's log."""
        path = self.folder / f"{name}.log"
        return f"{name}: " + (path.read_text(encoding="utf-8")[-_LAST_WORDS:] if path.exists() else "no log")

    def stop(self) -> None:
        """End all."""
        for process in self.processes.values():
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


def count_steps(engine: Engine) -> int | None:
    """How many steps of journeys are on disk; None when the database is away or has no tables yet."""
    with contextlib.suppress(DBAPIError), engine.connect() as conn:
        return int(conn.execute(select(func.count()).select_from(run_step)).scalar_one())
    return None
