"""A small web server of a test's own that records what it is sent and answers as it is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What to answer.

    Args:
        size: Bytes of the body after ``body``, sent as zeros; the length is not announced.
        drip_s: Seconds between single bytes of the body.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    size: int = 0
    drip_s: float = 0.0


@dataclass
class Receiver:
    """What came in so far, and what is answered: the next of ``replies``, then 200 for ever."""

    port: int
    received: list[Received] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)

    def url(self, host: str = "127.0.0.1", path: str = "/hook") -> str:
        """Its address under a name."""
        return f"http://{host}:{self.port}{path}"


@contextmanager
def run_receiver() -> Iterator[Receiver]:
    """Run a receiver on a free port of the loopback interface while the block lasts."""
    stopping = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            receiver.received.append(Received(self.command, self.path, dict(self.headers.items()), body))
            reply = receiver.replies.pop(0) if receiver.replies else Reply()
            # The caller may have heard enough.
            with suppress(ConnectionError):
                self._answer(reply)

        do_GET = do_POST

        def _answer(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            for byte in reply.body if reply.drip_s else b"":
                if stopping.wait(reply.drip_s):
                    return
                self.wfile.write(bytes([byte]))
            self.wfile.write(b"" if reply.drip_s else reply.body)
            left = reply.size
            while left > 0:
                self.wfile.write(bytes(min(left, 65_536)))
                left -= 65_536

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def wait_until_received(receiver: Receiver, count: int, *, limit_s: float = 60.0) -> list[Received]:
    """Wait until so many requests came, or the limit is over, and give what came."""
    deadline = time.monotonic() + limit_s
    while len(receiver.received) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    return list(receiver.received)
