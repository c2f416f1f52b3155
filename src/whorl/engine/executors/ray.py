"""Ray's actors on a cluster of machines."""

from __future__ import annotations

import os
import pickle
import socket
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ParamSpec, Self, TypeVar
from urllib.parse import urlsplit

from whorl.base.errors import Forbidden, InvalidInput, Unavailable
from whorl.engine.executors.ray_pool import Call, Needs, RayPool

P = ParamSpec("P")
T = TypeVar("T")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_REACH_S = 5.0
_TOKEN_FILE = "~/.ray/auth_token"


@dataclass(frozen=True)
class RayExecutor:
    """Made by ``open_ray``. Implements ``Executor`` and ``Placing`` through the client port of a Ray cluster.

    Each call runs in an actor, a process of one computing thread that is placed where its resources are free and keeps
    what it has loaded (a model) for the next call. A call whose actor dies is submitted once more, then WorkerLost.
    While the cluster is away calls wait for it.

    Args:
        host: Of the cluster's head.
        port: Its client port.
        pool: The actors of this process, shared by all that ``with_resources`` gives.
        needs: What each call asks of a machine.
    """

    host: str
    port: int
    pool: RayPool
    needs: Needs = Needs()

    def with_resources(self, resources: Mapping[str, float]) -> Self:
        """The same executor, for calls that ask this much: ``cpu``, ``gpu``, ``memory`` in bytes."""
        return replace(self, needs=Needs.of(resources))

    def start(self) -> None:
        """Connect.

        Raises:
            Unavailable: Nothing answers there, or it is another version of Ray or Python.
            MissingDependency: Ray is not installed here.
        """
        try:
            socket.create_connection((self.host, self.port), timeout=_REACH_S).close()
        except OSError as error:
            raise Unavailable(
                f"Ray cannot be reached at {self.host}:{self.port}: {error.strerror or error}",
                hint="Does the head run, with --ray-client-server-port, and may this machine reach it?",
            ) from error
        self.pool.start()

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            payload = pickle.dumps((function, args, kwargs), pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # noqa: BLE001 - as a process pool does, wait says what does not pickle
            future.set_exception(error)
            return future
        self.pool.submit(Call(future, payload, self.needs))
        return future

    def wait(self, future: Future[T], *, timeout_s: float | None = None) -> T:
        return future.result(timeout_s)

    def stop(self) -> None:
        self.pool.stop()


def open_ray(address: str, *, most: int = 0, idle_s: float = 30.0) -> RayExecutor:
    """The executor of a cluster; nothing is connected yet.

    Args:
        address: ``ray://HOST:PORT``, the port that ``ray start --ray-client-server-port`` opened.
        most: Most actors of this process; 0 leaves it to the cluster's room.
        idle_s: An actor that nobody needed for so many seconds is ended, so that others may have its place.

    Raises:
        InvalidInput: Not such an address.
        Forbidden: The address is not on this machine, and no token is set.
    """
    host, port = parse_address(address)
    check_token(host, os.environ)
    return RayExecutor(host, port, RayPool(address, most=most, idle_s=idle_s))


def parse_address(address: str) -> tuple[str, int]:
    """Host and port of ``ray://HOST:PORT``.

    Raises:
        InvalidInput: It is something else.
    """
    parts = urlsplit(address)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if parts.scheme != "ray" or not host or port is None or parts.username or parts.path or parts.query:
        raise InvalidInput(
            f"not the address of a Ray cluster: {parts.scheme}://…",
            hint="Write ray://HOST:PORT, such as ray://head:10001.",
        )
    return host, port


def check_token(host: str, environ: Mapping[str, str]) -> None:
    """Refuse a cluster on the network that anyone could join: whoever can, runs programs on every node.

    Raises:
        Forbidden: ``host`` is not this machine and token authentication is off, or its token missing.
    """
    if host in _LOOPBACK:
        return
    file = Path(environ.get("RAY_AUTH_TOKEN_PATH") or _TOKEN_FILE).expanduser()
    has_token = bool(environ.get("RAY_AUTH_TOKEN")) or (file.is_file() and file.stat().st_size > 0)
    if environ.get("RAY_AUTH_MODE", "").lower() != "token" or not has_token:
        raise Forbidden(
            f"will not use the Ray cluster at {host} without a token",
            hint="Set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN_PATH, the same on every node of the cluster and here.",
        )
