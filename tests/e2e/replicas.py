"""Servers and workers as processes with homes of their own, on one PostgreSQL and one S3."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx

from whorl.sdk.transport import Transport

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@contextmanager
def bucket() -> Iterator[str]:
    """The URL of a fresh bucket on an S3 server of this process's own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from moto.server import ThreadedMotoServer

    # It logs every request, which would bury what a test has to say.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    try:
        assert httpx.put(f"{endpoint}/bucket").status_code == 200
        yield f"s3://bucket/whorl?endpoint={endpoint}"
    finally:
        server.stop()


@dataclass
class Replicas:
    """What runs, and where; everything is killed at the end.

    Args:
        folder: Of the homes and logs, one each per process.
        environment: Further variables of every process.
    """

    folder: Path
    db: str
    blobs: str
    environment: Mapping[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[str]] = field(default_factory=list)
    transports: list[Transport] = field(default_factory=list)
    _logs: list[IO[str]] = field(default_factory=list)

    def home(self, name: str) -> Path:
        return self.folder / name

    def log(self, name: str) -> str:
        """What a process has said so far."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")

    def start_server(self, name: str) -> Transport:
        """Start a server that leaves the engine to workers, and connect to it."""
        process = self._start(name, "up", "--no-engine", "--port", "0", "--json")
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said, self.log(name)
        assert json.loads(said)["url"]
        told = json.loads((self.home(name) / "server.json").read_text(encoding="utf-8"))
        self.transports.append(Transport(told["url"], told["token"]))
        return self.transports[-1]

    def start_worker(self, name: str, *, executor: str = "inline") -> subprocess.Popen[str]:
        return self._start(name, "worker", "--executor", executor)

    def _start(self, name: str, *arguments: str) -> subprocess.Popen[str]:
        log = (self.folder / f"{name}.log").open("w", encoding="utf-8")
        self._logs.append(log)
        place = ["--home", str(self.home(name)), "--db", self.db, "--blobs", self.blobs]
        process = subprocess.Popen(
            [sys.executable, "-m", "whorl.cli", arguments[0], *place, *arguments[1:]],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, **CREDENTIALS, **self.environment},
        )
        self.processes.append(process)
        return process

    def stop(self) -> None:
        for transport in self.transports:
            transport.close()
        for process in self.processes:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        for log in self._logs:
            log.close()


@contextmanager
def replicas(folder: Path, db: str, blobs: str, environment: Mapping[str, str] | None = None) -> Iterator[Replicas]:
    """Nothing runs yet; what is started ends with the block."""
    made = Replicas(folder, db, blobs, environment or {})
    try:
        yield made
    finally:
        made.stop()
