"""A Ray cluster on this machine: a head without cores and nodes of one core each, as processes that can be killed."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_START_S = 120.0
_STORE_BYTES = 100_000_000


@dataclass
class Raylets:
    """A running cluster. Made by ``ray_cluster``.

    Args:
        folder: Of the head's files and of the nodes' homes.
        address: What ``whorl worker --executor`` takes.
        environment: What who connects must have in theirs: the token.
    """

    folder: Path
    address: str
    environment: Mapping[str, str]
    gcs: str
    nodes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add_node(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start a node of one core with a home of its own, and give its process once it has joined.

        One at a time: nodes that start together on one machine get into each other's way.

        Args:
            environment: Further variables of the node and its actors, such as the blob store's credentials.

        Raises:
            TimeoutError: It did not join within two minutes.
        """
        number = len(self.nodes)
        log = self.folder / f"node{number}.log"
        # An address of its own makes Ray take it for another machine; all of 127.0.0.0/8 is the loopback interface.
        given = ["--address", self.gcs, "--num-cpus", "1", "--node-ip-address", f"127.0.0.{number + 2}"]
        home = {"WHORL_HOME": str(self.folder / f"home{number}")}
        process = _start(given, log, {**self.environment, **home, **environment})
        self.nodes.append(process)
        _wait_for(lambda: "Ray runtime started" in _read(log), process, log)
        return process

    def kill_node(self, number: int) -> None:
        """Kill a node and all its actors at once, as a power cut would."""
        _kill(self.nodes[number])


@contextmanager
def ray_cluster() -> Iterator[Raylets]:
    """Start a head with a fresh token, on the loopback interface; add nodes with ``add_node``; all end with the block.

    Raises:
        TimeoutError: The head did not answer within two minutes.
    """
    folder = Path(tempfile.mkdtemp(prefix="wr"))  # short: Ray puts sockets below it, whose names have 107 bytes
    token = folder / "token"
    token.touch(mode=0o600)
    token.write_text(secrets.token_hex(32), encoding="ascii")
    gcs, client = _free_port(), _free_port()
    environment = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(token)}
    given = [
        "--head",
        "--node-ip-address",
        "127.0.0.1",
        "--port",
        str(gcs),
        "--ray-client-server-port",
        str(client),
        "--num-cpus",
        "0",
    ]
    given += ["--include-dashboard", "false", "--temp-dir", str(folder / "ray"), "--disable-usage-stats"]
    head = _start(given, folder / "head.log", environment)
    cluster = Raylets(folder, f"ray://127.0.0.1:{client}", environment, f"127.0.0.1:{gcs}")
    try:
        _wait_for(lambda: _answers(gcs) and _answers(client), head, folder / "head.log")
        yield cluster
    finally:
        for process in [*cluster.nodes, head]:
            _kill(process)
        shutil.rmtree(folder, ignore_errors=True)


def _start(given: list[str], log: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block"]
    command += ["--object-store-memory", str(_STORE_BYTES), *given]
    paths = os.pathsep.join(path for path in sys.path if path)
    with log.open("wb") as out:
        return subprocess.Popen(
            command,
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": paths, "RAY_USAGE_STATS_ENABLED": "0", **environment},
            start_new_session=True,
        )


def _kill(process: subprocess.Popen[bytes]) -> None:
    for pid in [*_session(process.pid), process.pid]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()


def _session(leader: int) -> list[int]:
    """The processes of a session: what a node started, whatever groups they made for themselves."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                is_one = os.getsid(int(folder.name)) == leader
            except (ProcessLookupError, PermissionError):
                continue
            if is_one and int(folder.name) != leader:
                found.append(int(folder.name))
    return found


def _free_port() -> int:
    # Below what Ray itself takes for its workers (10,002 and more).
    while True:
        port = 5000 + secrets.randbelow(4900)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _read(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")


def _wait_for(is_so: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        if is_so():
            return
        time.sleep(0.1)
    raise TimeoutError(f"a node of Ray did not start: {_read(log)[-2000:]}")
