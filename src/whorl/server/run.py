"""Start the server: database, engine, address, launch token."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from sqlalchemy import Connection

from whorl.access.actions import create_token, ensure_local_owner, revoke_launches
from whorl.access.queries import LAUNCH_PREFIX, has_password
from whorl.access.rules import TokenKind
from whorl.base.errors import Forbidden, InvalidInput, Unavailable
from whorl.base.log import get_logger
from whorl.base.settings import Settings
from whorl.engine import Executor, InlineExecutor, LocalExecutor
from whorl.server.app import create_app
from whorl.server.pauses import forget_what_stays, take_short_turns
from whorl.server.services import Services
from whorl.store.blobs import open_blobs
from whorl.store.db import Database, open_database
from whorl.store.db.migrate import upgrade

if TYPE_CHECKING:
    from whorl.worker.engine import Engine

SERVER_FILE = "server.json"
LAUNCH_LIVES_FOR = timedelta(days=90)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_GRACE_S = 3
# Longer than browsers and proxies keep a connection: who closes first must not be us, with a request on its way.
_KEEP_ALIVE_S = 75
_LOOK_AGAIN_S = 0.01
_HEAD_START_S = 0.1
_log = get_logger("server")


@dataclass(frozen=True)
class Address:
    """Where a server listens, and the token of this start."""

    url: str
    token: str

    @property
    def link(self) -> str:
        """The address to open in a browser: it signs in and forgets the token from the address bar."""
        return f"{self.url}/?token={self.token}"


@dataclass
class RunningServer:
    """A server about to run; made by ``open_server``.

    Attributes:
        owns_process: This program is nothing but the server, so its threads and memory are the server's to tune.
    """

    address: Address
    services: Services
    server: uvicorn.Server
    listener: socket.socket
    owns_process: bool = False

    def run(self) -> None:
        """Answer requests until told to stop; starts the engine beside it."""
        if self.owns_process:
            take_short_turns()
        starter = _EngineThread(self.services, self.server, on_start=forget_what_stays if self.owns_process else None)
        starter.start()
        try:
            self.server.run(sockets=[self.listener])
        finally:
            self.services.stopping.set()
            starter.stop()
            self.services.serving.stop()
            self.services.recorder.close()

    def stop(self) -> None:
        """Tell it to stop; ``run`` returns soon after."""
        self.services.stopping.set()
        self.server.should_exit = True


class _EngineThread:
    """Builds and starts the engine beside the server, so that the first answer does not wait for its imports."""

    def __init__(self, services: Services, server: uvicorn.Server, *, on_start: Callable[[], None] | None) -> None:
        self._services = services
        self._on_start = on_start
        self._server = server
        self._engine: Engine | None = None
        self._thread = threading.Thread(target=self._start, name="whorl-engine-start", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._thread.join()
        if self._engine is not None:
            self._engine.stop()
        self._services.videos.stop()
        if self._services.executor is not None:
            self._services.executor.stop()

    def _start(self) -> None:
        services = self._services
        while not self._server.started:
            if services.stopping.wait(_LOOK_AGAIN_S):
                return
        # Whoever waits for the first answer gets it before this thread takes the interpreter for its imports.
        if services.stopping.wait(_HEAD_START_S):
            return
        services.serving.start()
        if not services.settings.engine:
            return
        from whorl.worker.engine import build_engine

        try:
            engine = build_engine(
                services.db,
                services.blobs,
                services.settings,
                executor=services.executor if services.settings.is_local else None,
                clock=services.clock,
            )
            services.dispatcher = engine.dispatcher
            engine.start()
            self._engine = engine
            if self._on_start is not None:
                self._on_start()
        except Exception:  # noqa: BLE001 - the thread's border: people can still label while it is mended
            _log.exception("the engine did not start")


@contextlib.contextmanager
def open_server(settings: Settings) -> Iterator[RunningServer]:
    """Open database and blobs, bind the address and write ``server.json``; undo it all at the end.

    Raises:
        InvalidInput: SQLite without an engine.
        DatabaseBusy: Another server has the SQLite file.
        Forbidden: A public address without a password set.
        Unavailable: The port is taken.
    """
    if settings.is_sqlite and not settings.engine:
        raise InvalidInput(
            "a server without an engine needs PostgreSQL; on SQLite nobody else can do the work",
            hint="Set WHORL_DB=postgresql://..., or leave out --no-engine.",
        )
    home = settings.home_path
    home.mkdir(parents=True, exist_ok=True)
    with open_database(settings.database_url, synchronous=settings.synchronous) as db:
        upgrade(db)
        db.start_hints()
        is_public = settings.host not in _LOOPBACK
        if is_public:
            _check_password(db)
        listener = _bind(settings)
        services = Services(
            db=db,
            blobs=open_blobs(settings.blobs_url),
            settings=settings,
            is_public=is_public,
            launch_name=_launch_name(home),
            executor=_executor(settings),
        )
        address = Address(_url(settings.host, listener), db.write(_launcher(services)))
        config = uvicorn.Config(
            create_app(services),
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
            timeout_keep_alive=_KEEP_ALIVE_S,
        )
        running = RunningServer(address, services, uvicorn.Server(config), listener)
        try:
            _write_server_file(home, address)
            yield running
        finally:
            listener.close()
            services.listings.close()
            if services.magic is not None:
                services.magic.stop()
            (home / SERVER_FILE).unlink(missing_ok=True)
            db.write(lambda conn: revoke_launches(conn, services.launch_name, now=services.now()))


def serve(settings: Settings, *, on_ready: Callable[[Address], None] | None = None) -> None:
    """Run the server in this thread until a signal says stop.

    Args:
        on_ready: Told the address once it is bound, before the first request is answered.

    Raises:
        As ``open_server``.
    """
    # Uvicorn raises the signal again after its own shutdown; by default that would end the process before ours.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with contextlib.suppress(KeyboardInterrupt), open_server(settings) as running:
        if on_ready is not None:
            on_ready(running.address)
        running.owns_process = True
        running.run()


def _executor(settings: Settings) -> Executor:
    # Uploads are decoded on this machine, wherever the nodes' bodies run.
    return InlineExecutor() if settings.executor == "inline" else LocalExecutor(settings.workers)


def _check_password(db: Database) -> None:
    with db.read() as conn:
        if has_password(conn):
            return
    raise Forbidden(
        "will not listen on a public address: no admin has a password",
        hint="Run `whorl user add EMAIL --admin` first, or listen on 127.0.0.1.",
    )


def _bind(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # With the protocol named, asyncio turns Nagle's algorithm off; without, each small answer waits 40 ms for an ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        # From here on who comes waits to be answered; otherwise whoever is told the address first would be turned away.
        listener.listen()
    except OSError as error:
        listener.close()
        raise Unavailable(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror}",
            hint="Stop the other program, or choose another port: `--port 0` takes a free one.",
        ) from error
    listener.set_inheritable(False)
    return listener


def _url(host: str, listener: socket.socket) -> str:
    shown = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(host, host)
    name = f"[{shown}]" if ":" in shown else shown
    return f"http://{name}:{listener.getsockname()[1]}"


def _launch_name(home: Path) -> str:
    place = hashlib.sha256(f"{socket.gethostname()}:{home}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{LAUNCH_PREFIX}{place}"


def _launcher(services: Services) -> Callable[[Connection], str]:
    now = services.now()

    def launch(conn: Connection) -> str:
        owner = ensure_local_owner(conn, now=now)
        revoke_launches(conn, services.launch_name, now=now)
        made = create_token(
            conn,
            TokenKind.LAUNCH,
            services.launch_name,
            actor_id=owner.id,
            now=now,
            person_id=owner.id,
            lives_for=LAUNCH_LIVES_FOR,
        )
        return made.secret

    return launch


def _write_server_file(home: Path, address: Address) -> None:
    path = home / SERVER_FILE
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    # The token is in it, so it is private from its first byte.
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({"url": address.url, "token": address.token, "pid": os.getpid()}, file)
    partial.replace(path)
