"""What goes wrong, and when: drawn from a seed, as shares of the way."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sqlalchemy import Engine
from tests.chaos.house import House, count_steps

_LATENCY_S = 0.2
_STARTS = 6


@dataclass
class Trouble:
    """Breaks things as the loop goes on: the next of ``deeds`` each time another drawn number of steps is on disk.

    Whatever died is started again by the people, who wait for it.

    Args:
        steps: How many steps of journeys there are in the end; moments are drawn as shares of it.
    """

    engine: Engine
    deeds: Sequence[Callable[[], None]]
    seed: int
    steps: int
    done: int = 0
    error: BaseException | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)

    def moments(self) -> list[int]:
        """Steps on disk at which something breaks, one for each deed, in order."""
        dice = random.Random(self.seed)
        return sorted(dice.randint(self.steps // 5, self.steps * 4 // 5) for _ in self.deeds)

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """While this is open, things break."""
        thread = threading.Thread(target=self._watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            thread.join()
        if self.error is not None:
            raise self.error

    def _watch(self) -> None:
        try:
            for moment, deed in zip(self.moments(), self.deeds, strict=True):
                while (count_steps(self.engine) or 0) < moment:
                    if self._stopping.wait(0.02):
                        return
                deed()
                self.done += 1
        except BaseException as error:  # noqa: BLE001 - told to the test by `going_on`
            self.error = error


def killing(house: House, name: str) -> Callable[[], None]:
    """A deed: end this process as a power cut would. The people start it again."""
    return lambda: house.kill(name)


# Any: the wheel's server has no published types.
def restarting(server: Any) -> Callable[[], None]:
    """A deed: PostgreSQL goes down at once, without a farewell to anybody, and comes back."""

    def restart() -> None:
        pid = server.get_pid()
        os.kill(pid, signal.SIGQUIT)
        while _is_running(pid):
            time.sleep(0.02)
        for attempt in range(_STARTS):
            try:
                server.ensure_postgres_running()
                return
            except subprocess.SubprocessError:
                # It gives the database ten seconds, which a busy machine may not.
                if attempt + 1 == _STARTS:
                    raise

    return restart


def _is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@dataclass
class Wire:
    """Between Whorl and a bucket: passes requests on, but some late, some refused with 503 and some cut off.

    Args:
        share: Of each kind of trouble, once it is bad.
    """

    upstream: tuple[str, int]
    seed: int
    share: float = 0.2
    is_bad: bool = False
    counts: dict[str, int] = field(default_factory=lambda: {"fine": 0, "late": 0, "refused": 0, "cut": 0})
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)

    def fate(self) -> str:
        """What happens to the next request."""
        with self._lock:
            drawn = self._dice.random() / self.share if self.is_bad else 9.0
            fate = ("late", "refused", "cut", "fine")[min(3, int(drawn))]
            self.counts[fate] += 1
            return fate

    @contextlib.contextmanager
    def listening(self) -> Iterator[str]:
        """Listen on the loopback interface; gives the address."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _handler(wire: Wire) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            fate = wire.fate()
            if fate == "cut":
                self.close_connection = True
                self.connection.close()
                return
            if fate == "refused":
                self.reply(503, {"content-type": "application/xml"}, b"<Error><Code>SlowDown</Code></Error>")
                return
            if fate == "late":
                time.sleep(_LATENCY_S)
            upstream = HTTPConnection(*wire.upstream, timeout=60)
            try:
                upstream.request(self.command, self.path, body, dict(self.headers))
                given = upstream.getresponse()
                self.reply(given.status, dict(given.getheaders()), given.read())
            except (OSError, HTTPException):
                self.close_connection = True
            finally:
                upstream.close()

        def reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response_only(status)
            known = {name.lower(): value for name, value in headers.items()}
            hidden = {"transfer-encoding", "connection", "content-length"}
            for name, value in known.items():
                if name not in hidden:
                    self.send_header(name, value)
            length = known.get("content-length", "0") if self.command == "HEAD" else str(len(body))
            self.send_header("content-length", length)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer  # noqa: N815 - the names are the library's

    return Handler
