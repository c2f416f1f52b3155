"""Idempotency keys: a write sent twice with one key is done once and answered alike."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from whorl.base.errors import IdempotencyMismatch, InvalidInput, RequestInFlight
from whorl.server.services import Services
from whorl.store.db.tables import idempotency

KEPT_FOR = timedelta(hours=24)
# A request that runs longer than this has died with its server.
IN_FLIGHT_FOR = timedelta(minutes=10)
MAX_STORED_BYTES = 2**20
_SPOOL_BYTES = 2**20
_PIECE = 2**16
_METHODS = frozenset({"POST"})
# What can be repeated as it is: a lease's token already makes a second call the same as the first, and asking an
# endpoint twice is two questions.
_REPEATABLE = ("/submit", "/heartbeat", "/draft", "/release", "/discard", "/approve", "/predict")


@dataclass(frozen=True, slots=True)
class _Stored:
    status: int
    body: bytes
    media_type: str


@dataclass
class _Recorder:
    """Passes an answer on and keeps a copy."""

    onward: Send
    status: int = 0
    media_type: str = ""
    body: bytearray = field(default_factory=bytearray)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.media_type = Headers(raw=message["headers"]).get("content-type", "")
        elif message["type"] == "http.response.body" and len(self.body) <= MAX_STORED_BYTES:
            self.body += message.get("body", b"")
        await self.onward(message)


class Idempotency:
    """ASGI middleware for POST requests with an ``Idempotency-Key``.

    The first answer below 500 is kept for a day; the same key with another request is a mismatch; a second request
    while the first runs is told to come back.
    """

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = "" if scope["type"] != "http" else Headers(scope=scope).get("idempotency-key", "")
        actor = scope.get("state", {}).get("actor")
        if not key or not actor or not actor.id or scope["method"] not in _METHODS or _is_repeatable(scope["path"]):
            await self._app(scope, receive, send)
            return
        if len(key) > 200:
            raise InvalidInput(f"Idempotency-Key of {len(key)} characters; allowed: 1 to 200")
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES) as body:
            digest = await _read_body(scope, receive, body)
            stored = await run_in_threadpool(self._begin, actor.id, key, digest)
            if stored is not None:
                await _replay(send, stored)
                return
            await self._run(scope, _replayed_body(body, receive), send, actor.id, key)

    async def _run(self, scope: Scope, receive: Receive, send: Send, actor_id: str, key: str) -> None:
        recorder = _Recorder(send)
        try:
            await self._app(scope, receive, recorder.send)
        finally:
            is_kept = 0 < recorder.status < 500 and recorder.status != 429 and len(recorder.body) <= MAX_STORED_BYTES
            if is_kept:
                await run_in_threadpool(self._finish, actor_id, key, recorder)
            else:
                await run_in_threadpool(self._forget, actor_id, key)

    def _begin(self, actor_id: str, key: str, digest: str) -> _Stored | None:
        now = self._services.now()
        return self._services.db.write(lambda conn: _claim(conn, actor_id, key, digest, now=now))

    def _finish(self, actor_id: str, key: str, recorder: _Recorder) -> None:
        packed = recorder.media_type.encode() + b"\n" + bytes(recorder.body)
        statement = update(idempotency).where(idempotency.c.actor_id == actor_id, idempotency.c.key == key)
        self._services.db.write(
            lambda conn: conn.execute(statement.values(status=recorder.status, body=packed)).close()
        )

    def _forget(self, actor_id: str, key: str) -> None:
        statement = delete(idempotency).where(idempotency.c.actor_id == actor_id, idempotency.c.key == key)
        self._services.db.write(lambda conn: conn.execute(statement).close())


def _claim(conn: Connection, actor_id: str, key: str, digest: str, *, now: datetime) -> _Stored | None:
    conn.execute(
        delete(idempotency).where(idempotency.c.actor_id == actor_id, idempotency.c.created_at < now - KEPT_FOR)
    )
    try:
        with conn.begin_nested():
            row = {"actor_id": actor_id, "key": key, "request_digest": digest, "created_at": now}
            conn.execute(insert(idempotency).values(**row))
    except IntegrityError:
        return _stored(conn, actor_id, key, digest, now=now)
    return None


def _stored(conn: Connection, actor_id: str, key: str, digest: str, *, now: datetime) -> _Stored | None:
    query = select(idempotency).where(idempotency.c.actor_id == actor_id, idempotency.c.key == key)
    row = conn.execute(query).one()
    if row.request_digest != digest:
        raise IdempotencyMismatch(
            f"the idempotency key {key!r} came before with another request", hint="Use a fresh key for each request."
        )
    if row.status is None:
        if row.created_at > now - IN_FLIGHT_FOR:
            raise RequestInFlight(
                "the first request with this idempotency key is still running",
                hint="Try again in a moment.",
                details={"retry_after_s": 1},
            )
        conn.execute(update(idempotency).where(idempotency.c.id == row.id).values(created_at=now))
        return None
    media_type, _, body = bytes(row.body).partition(b"\n")
    return _Stored(row.status, body, media_type.decode())


def _is_repeatable(path: str) -> bool:
    return path.endswith(_REPEATABLE)


async def _read_body(scope: Scope, receive: Receive, body: IO[bytes]) -> str:
    target = f"{scope['method']} {scope['path']}?{scope['query_string'].decode('latin-1')}"
    media_type, _, parameters = Headers(scope=scope).get("content-type", "").partition(";")
    digest = hashlib.sha256(f"{target}\n{media_type}\n".encode())
    # Each try of a form draws a new boundary; it says nothing about what is sent.
    boundary = parameters.partition("boundary=")[2].strip('" ').encode()
    rest = b""
    while True:
        message = await receive()
        piece = message.get("body", b"")
        body.write(piece)
        rest += piece
        if boundary:
            rest = rest.replace(boundary, b"")
        done = max(0, len(rest) - len(boundary))
        digest.update(rest[:done])
        rest = rest[done:]
        if not message.get("more_body", False):
            digest.update(rest)
            body.seek(0)
            return digest.hexdigest()


def _replayed_body(body: IO[bytes], receive: Receive) -> Receive:
    is_over = False

    async def replay() -> Message:
        nonlocal is_over
        if is_over:
            return await receive()
        piece = body.read(_PIECE)
        is_over = len(piece) < _PIECE
        return {"type": "http.request", "body": piece, "more_body": not is_over}

    return replay


async def _replay(send: Send, stored: _Stored) -> None:
    headers = [
        (b"content-type", stored.media_type.encode()),
        (b"content-length", str(len(stored.body)).encode()),
        (b"idempotency-replayed", b"true"),
    ]
    if not stored.media_type:
        headers = headers[1:]
    await send({"type": "http.response.start", "status": stored.status, "headers": headers})
    await send({"type": "http.response.body", "body": stored.body})
