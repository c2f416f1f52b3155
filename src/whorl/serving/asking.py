"""Ask an endpoint about an image: who answers, what is counted, and what goes to the log. Runs on the event loop."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from whorl.base.clock import Clock, to_datetime
from whorl.base.errors import (
    JsonValue,
    NotFound,
    NotServing,
    Overloaded,
    Unavailable,
    UnreadableMedia,
    WhorlError,
)
from whorl.base.log import get_logger
from whorl.base.settings import Settings
from whorl.schemas.serving import EndpointMetrics, ServingRole
from whorl.serving.actions import note_change
from whorl.serving.book import Book, Live
from whorl.serving.link import Ask, ModelGone, Reply
from whorl.serving.pool import HostHealth, ModelPool
from whorl.serving.queries import Target, list_tallies
from whorl.serving.rules import is_for_canary
from whorl.serving.served import Answer, Recorder, Served
from whorl.serving.tallies import Tallies, forget_old, summarise, write_tallies
from whorl.store.blobs import BlobStore
from whorl.store.db import Database, Priority

if TYPE_CHECKING:
    from sqlalchemy import Connection

MAX_PIXELS = 64_000_000
"""Largest image an endpoint takes, in pixels, where the settings do not say less: 192 MB when decoded."""
_WRITE_S = 3.0
_FORGET_S = 3600.0
_MOST_SHADOWS = 32
_TRIES = 3
_SHADOW_TIMEOUT_S = 60.0
_HASHED_HERE_BYTES = 2**18
_log = get_logger("serving")


@dataclass(frozen=True, slots=True)
class Answered:
    """What a caller is told."""

    prediction_id: str | None
    model_id: str
    role: ServingRole
    reply: Reply
    latency_ms: float

    def to_json(self) -> bytes:
        """As ``EndpointAnswer``; the annotations are JSON already."""
        name = "null" if self.prediction_id is None else f'"{self.prediction_id}"'
        head = (
            f'{{"prediction_id":{name},"model_id":"{self.model_id}","role":"{self.role.value}",'
            f'"width":{self.reply.width},"height":{self.reply.height},"latency_ms":{self.latency_ms:.3f},"annotations":'
        )
        return b"".join((head.encode(), self.reply.body, b"}"))


@dataclass(frozen=True, slots=True)
class _Turn:
    """Who is to answer one request."""

    live: Live
    model_id: str
    role: ServingRole


@dataclass
class Serving:
    """Everything that one server process needs to answer for endpoints. Nothing runs before ``start`` or the first use.

    Args:
        recorder: Keeps the log.
    """

    db: Database
    blobs: BlobStore
    settings: Settings
    clock: Clock
    recorder: Recorder
    tallies: Tallies = field(default_factory=Tallies)
    pool: ModelPool = field(init=False)
    book: Book = field(init=False)
    _writing: threading.Lock = field(default_factory=threading.Lock)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _writer: threading.Thread | None = None

    def __post_init__(self) -> None:
        self.pool = ModelPool(min(MAX_PIXELS, self.settings.max_pixels))
        self.book = Book(self.db, self.blobs, self.settings, self.pool, on_problem=self._note_problem)

    def start(self) -> None:
        """Load what is to be served, and follow changes."""
        self.book.start()
        with self._writing:
            if self._writer is None and not self._stopping.is_set():
                self._writer = threading.Thread(target=self._write_forever, name="whorl-tallies", daemon=True)
                self._writer.start()

    def stop(self) -> None:
        """Write what was counted, and end the hosts."""
        self._stopping.set()
        self.book.stop()
        self.pool.stop()
        if self._writer is not None:
            self._writer.join()
            self.write_tallies()

    async def predict(self, name_or_id: str, image: bytes, metadata: Mapping[str, JsonValue]) -> Answered:
        """Ask an endpoint about an image.

        Raises:
            NotFound: There is no such endpoint.
            NotServing: It is off, or has no model.
            Overloaded: Too many requests wait.
            UnreadableMedia: Not an image, or too large.
            ModelTimeout, ModelError, WorkerLost: The model did not answer.
        """
        if not image:
            raise UnreadableMedia("the request holds no image: its body is empty", hint="Send the file's bytes.")
        started, at = time.perf_counter(), self.clock.now()
        turn, reply, beside = await self._try(name_or_id, image, at)
        latency_ms = (time.perf_counter() - started) * 1e3
        target = turn.live.target
        self.tallies.answered(target.id, target.name, turn.model_id, turn.role, minute=int(at // 60), ms=latency_ms)
        served = Served(
            endpoint_id=target.id,
            project_id=target.project_id,
            settings=target.settings,
            at=to_datetime(at),
            image=image,
            media_type=reply.media_type,
            sha256=reply.sha256,
            width=reply.width,
            height=reply.height,
            role=turn.role,
            answer=Answer(turn.model_id, reply.body, reply.confidence, reply.margin),
            latency_ms=latency_ms,
            metadata=metadata,
            shadow_id=None if beside is None else turn.live.shadow_id,
        )
        prediction_id = self.recorder.offer(served)
        if beside is not None and turn.live.shadow_id is not None:
            self._hear_shadow(beside, target, turn.live.shadow_id, prediction_id, at)
        return Answered(prediction_id, turn.model_id, turn.role, reply, latency_ms)

    def metrics(self, endpoint_id: str, *, minutes: int) -> EndpointMetrics:
        """Requests, errors and latency of the last minutes, those of this process up to now."""
        self.write_tallies()
        since = int(self.clock.now() // 60) - minutes + 1
        with self.db.read() as conn:
            found = list_tallies(conn, endpoint_id, since_minute=since)
        live = self.book.find(endpoint_id)
        queue = sum(self.pool.count_waiting(model) for model in live.model_ids) if live is not None else 0
        return summarise(found, minutes=minutes, queue=queue)

    def health(self) -> list[HostHealth]:
        """How the model hosts are doing."""
        return self.pool.health()

    def write_tallies(self) -> None:
        """Write what was counted since the last time."""
        with self._writing:
            taken = self.tallies.take()
            if not taken:
                return
            try:
                self.db.write(lambda conn: write_tallies(conn, taken), priority=Priority.ENGINE)
            except Exception:
                self.tallies.put_back(taken)
                raise

    def _forget_old(self, conn: Connection) -> None:
        forget_old(conn, minute=int(self.clock.now() // 60))

    async def _try(self, name_or_id: str, image: bytes, at: float) -> tuple[_Turn, Reply, Future[Reply] | None]:
        """Ask whoever serves, again when that changes meanwhile; give who answered, and the shadow's future."""
        for _ in range(_TRIES):
            turn = await _choose(await self._find(name_or_id), image)
            try:
                first, beside = self._send(turn, image)
                return turn, await asyncio.wrap_future(first), beside
            except ModelGone:
                await asyncio.to_thread(self.book.look)
            except UnreadableMedia:
                raise
            except WhorlError:
                target = turn.live.target
                self.tallies.failed(target.id, target.name, turn.model_id, turn.role, minute=int(at // 60))
                raise
        raise Unavailable("the endpoint is changing its model", hint="Try again.", details={"retry_after_s": 1})

    async def _find(self, name_or_id: str) -> Live:
        """The endpoint with a champion that is ready, waiting for one that is about to be.

        Raises:
            NotFound: There is no such endpoint.
            NotServing: It is off, or has no model.
            Unavailable: Its model is still being loaded after the endpoint's time limit.
        """
        live = self.book.find(name_or_id)
        if live is not None and live.champion_id is not None:
            return live
        self.start()
        await asyncio.to_thread(self.book.look)
        live = self.book.find(name_or_id)
        if live is None:
            raise NotFound(f"no such endpoint: {name_or_id[:60]}", hint="`whorl endpoints list` shows them.")
        name, wanted = live.target.name, live.target.champion_id
        if not live.target.is_on:
            raise NotServing(f"endpoint {name!r} is switched off", hint=f"Switch it on: `whorl endpoints on {name}`.")
        if live.champion_id is None and wanted is not None and live.problem is None:
            await self._wait_for(wanted, live.target.settings.timeout_s)
            await asyncio.to_thread(self.book.look)
            live = self.book.find(name_or_id) or live
        if live.champion_id is None and live.problem is not None:
            raise NotServing(
                f"endpoint {name!r} cannot load its model: {live.problem}", hint="Serve another model, or roll back."
            )
        if live.champion_id is None:
            raise NotServing(
                f"endpoint {name!r} has no model yet", hint=f"Give it one: `whorl endpoints serve {name} MODEL`."
            )
        return live

    async def _wait_for(self, model_id: str, timeout_s: float) -> None:
        coming = self.book.coming(model_id)
        if coming is None:
            return
        done, _ = await asyncio.wait([asyncio.wrap_future(coming)], timeout=timeout_s)
        for one in done:
            one.exception()  # What is wrong is read from the book.
        if not done:
            raise Unavailable(
                "the model is still being loaded", hint="Try again in a moment.", details={"retry_after_s": 2}
            )

    def _send(self, turn: _Turn, image: bytes) -> tuple[Future[Reply], Future[Reply] | None]:
        live, model_id = turn.live, turn.model_id
        settings = live.target.settings
        if self.pool.count_waiting(model_id) >= settings.max_queue:
            raise Overloaded(
                f"endpoint {live.target.name!r} has {settings.max_queue} requests waiting, the most it takes",
                hint="Send less at once, or try again.",
                details={"retry_after_s": 1},
            )
        ask = Ask(
            model_id,
            image,
            settings.min_confidence,
            settings.max_batch,
            settings.max_wait_ms,
            settings.timeout_s,
        )
        shadow_id = live.shadow_id
        if shadow_id is None or self._is_too_busy(live, shadow_id):
            return self.pool.ask(ask), None
        return self.pool.ask_both(ask, replace(ask, model=shadow_id, timeout_s=_SHADOW_TIMEOUT_S, is_low=True))

    def _is_too_busy(self, live: Live, shadow_id: str) -> bool:
        is_busy = self.pool.count_waiting(shadow_id, is_low=True) >= _MOST_SHADOWS
        if is_busy:
            target = live.target
            self.tallies.dropped(target.id, target.name, shadow_id, minute=int(self.clock.now() // 60))
        return is_busy

    def _hear_shadow(
        self, beside: Future[Reply], target: Target, shadow_id: str, prediction_id: str | None, at: float
    ) -> None:
        minute = int(at // 60)

        def hear(done: Future[Reply]) -> None:
            if done.exception() is not None:
                self.tallies.failed(target.id, target.name, shadow_id, ServingRole.SHADOW, minute=minute)
                return
            reply = done.result()
            self.tallies.answered(target.id, target.name, shadow_id, ServingRole.SHADOW, minute=minute, ms=reply.ms)
            if prediction_id is not None:
                answer = Answer(shadow_id, reply.body, reply.confidence, reply.margin)
                self.recorder.add_shadow(prediction_id, answer)

        beside.add_done_callback(hear)

    def _note_problem(self, target: Target, problem: str) -> None:
        def work(conn: Connection) -> None:
            note_change(
                conn,
                target.id,
                target.project_id,
                {"name": target.name, "problem": problem},
                actor_id="system",
                now=to_datetime(self.clock.now()),
            )

        try:
            self.db.write(work, priority=Priority.ENGINE)
        except WhorlError as error:
            _log.warning("cannot note that endpoint %s has a problem: %s", target.name, error)

    def _write_forever(self) -> None:
        forget_at = time.monotonic() + _FORGET_S
        while not self._stopping.wait(_WRITE_S):
            try:
                self.write_tallies()
                if time.monotonic() > forget_at:
                    forget_at = time.monotonic() + _FORGET_S
                    self.db.write(self._forget_old, priority=Priority.ENGINE)
            except Exception as error:  # noqa: BLE001 - the thread's border: the database may be away for a while
                _log.warning("the numbers of endpoints were not written: %s", error)


async def _choose(live: Live, image: bytes) -> _Turn:
    if live.canary_id is not None and is_for_canary(await _hash(image), live.target.canary_share):
        return _Turn(live, live.canary_id, ServingRole.CANARY)
    assert live.champion_id is not None
    return _Turn(live, live.champion_id, ServingRole.CHAMPION)


async def _hash(image: bytes) -> str:
    if len(image) <= _HASHED_HERE_BYTES:
        return hashlib.sha256(image).hexdigest()
    # Others are answered meanwhile.
    return await asyncio.to_thread(lambda: hashlib.sha256(image).hexdigest())
