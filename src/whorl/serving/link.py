"""The server's end of one model host: its process, what was asked of it, and what happens when it dies or hangs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from io import BufferedReader
from typing import TypeVar

from whorl.base.errors import ModelError, ModelTimeout, Overloaded, Unavailable, WhorlError, WorkerLost, error_classes
from whorl.base.log import get_logger
from whorl.serving.frames import Head, pack_frame, read_frame
from whorl.serving.host import GONE
from whorl.serving.outbox import Outbox

T = TypeVar("T")
LOAD_TIMEOUT_S = 120.0
BACKOFF_S = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""How long a host that died is left alone, by how often it died lately."""
_WELL_AFTER_S = 60.0
_SOON_S = 2.0
_MOST_DEATHS = 5
_MOST_DEATHS_WHILE_RUN = 2
_MOST_DEATHS_WHILE_LOADED = 2
_READ_BYTES = 2**18
_THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_log = get_logger("serving")


class ModelGone(Unavailable):
    """The host does not hold the model any more: who serves has changed meanwhile. Callers never see it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a host answered; see ``whorl.serving.served.Answer``. ``ms`` is the run of its batch."""

    body: bytes
    width: int
    height: int
    media_type: str
    sha256: str
    confidence: float | None
    margin: float | None
    ms: float


@dataclass(frozen=True, slots=True)
class Ask:
    """What one model is asked.

    Args:
        is_low: A shadow's: it runs when no caller waits.
    """

    model: str
    image: bytes
    min_confidence: float
    max_batch: int
    max_wait_ms: float
    timeout_s: float
    is_low: bool = False


@dataclass(slots=True)
class _Pending:
    ask: Ask
    future: Future[Reply]
    sent_at: float
    deaths: int = 0
    deaths_while_run: int = 0


@dataclass(slots=True)
class _Load:
    folder: str
    future: Future[None]
    since: float
    is_done: bool = False
    deaths: int = 0


@dataclass
class HostLink:
    """One host, started when the first model is loaded and started again when it dies.

    Requests that had not been answered when it died are put to the next process; those that were being run, once.

    Args:
        name: For the log.
        max_pixels: Larger images are refused.
        threads: How many batches it predicts at a time.
        now: A clock that never goes back.
    """

    name: str
    max_pixels: int
    threads: int = 1
    now: Callable[[], float] = time.monotonic
    restarts: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _pending: dict[int, _Pending] = field(default_factory=dict)
    _begun: dict[int, tuple[float, float]] = field(default_factory=dict)
    _loads: dict[str, _Load] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None
    _outbox: Outbox | None = None
    _next_id: int = 0
    _deaths: int = 0
    _started_at: float = 0.0
    _heard_at: float = 0.0
    _start_at: float | None = None
    _is_stopped: bool = False

    @property
    def pid(self) -> int | None:
        """Of the process that runs now."""
        process = self._process
        return None if process is None else process.pid

    @property
    def models(self) -> list[str]:
        """Those it holds or is about to."""
        with self._lock:
            return list(self._loads)

    def count_waiting(self, *, is_low: bool = False) -> int:
        """How many requests of callers, or of shadows, are not answered yet."""
        with self._lock:
            return sum(1 for one in self._pending.values() if one.ask.is_low is is_low)

    def load(self, model: str, folder: str) -> Future[None]:
        """Load and warm a model; the future ends when it can answer, or with a ModelError."""
        with self._lock:
            known = self._loads.get(model)
            if known is not None:
                return known.future
            self._loads[model] = _Load(folder, Future(), self.now())
            if self._process is None:
                self._start()
            else:
                self._send(pack_frame({"do": "load", "model": model, "folder": folder}))
            return self._loads[model].future

    def unload(self, model: str) -> None:
        """Let a model go after its last answer."""
        with self._lock:
            if self._loads.pop(model, None) is not None and self._process is not None:
                self._send(pack_frame({"do": "unload", "model": model}))

    def ask(self, asks: Sequence[Ask]) -> list[Future[Reply]]:
        """Ask one or more models of this host about the same image.

        Raises:
            WorkerLost: The process has died too often lately; it is started again in a while.
        """
        with self._lock:
            if self._process is None and not self._starts_soon():
                wait_s = max(1.0, (self._start_at or self.now()) - self.now())
                raise WorkerLost(
                    "the process that answers died several times and is left alone for a while",
                    hint="Look for its reason in the server's log.",
                    details={"retry_after_s": round(wait_s)},
                )
            found: dict[int, _Pending] = {}
            for ask in asks:
                self._next_id += 1
                found[self._next_id] = _Pending(ask, Future(), self.now())
            self._pending |= found
            if self._process is not None:
                self._send(_frame(found))
            return [one.future for one in found.values()]

    def tick(self) -> None:
        """Start what is due, give up what is late, end a process that hangs. Called several times a second."""
        with self._lock:
            if self._is_stopped:
                return
            now = self.now()
            if self._process is None:
                if self._start_at is not None and now >= self._start_at:
                    self._start()
                return
            if self._is_hanging(now):
                self._kill()
            # Who waits behind something that may hang is answered by the next process, if it comes to that.
            is_stuck = any(now - at > limit_s / 2 for at, limit_s in self._begun.values())
            for number, one in list(self._pending.items()):
                has_begun = number in self._begun
                if one.deaths and not self._is_loaded(one.ask.model):
                    continue
                if now - one.sent_at > one.ask.timeout_s and (has_begun or not is_stuck):
                    self._fail(number, _late(one.ask, has_begun=has_begun))

    def stop(self) -> None:
        """End the process; who still waits is told."""
        with self._lock:
            self._is_stopped = True
            process, self._process = self._process, None
            self._hang_up()
            for number in list(self._pending):
                self._fail(number, WorkerLost("the server stops", hint="Try again."))
        if process is not None:
            _end(process)

    def _is_loaded(self, model: str) -> bool:
        load = self._loads.get(model)
        return load is None or load.is_done

    def _send(self, frame: bytes) -> None:
        if self._outbox is not None:
            self._outbox.send(frame)

    def _hang_up(self) -> None:
        outbox, self._outbox = self._outbox, None
        if outbox is not None:
            outbox.close()

    def _starts_soon(self) -> bool:
        return not self._is_stopped and self._start_at is not None and self._start_at - self.now() < _SOON_S

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "whorl.serving.host", str(theirs.fileno()), str(self.max_pixels)]
        with theirs:
            self._process = subprocess.Popen(
                [*command, str(self.threads)],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                env=os.environ | _THREADS,
            )
        self._started_at = self._heard_at = self.now()
        self._start_at = None
        self._outbox = Outbox(ours)
        reader = threading.Thread(target=self._read_all, args=(ours, self._process), name="whorl-host", daemon=True)
        reader.start()
        for model, load in self._loads.items():
            load.since = self.now()
            self._send(pack_frame({"do": "load", "model": model, "folder": load.folder}))
        for number, one in self._pending.items():
            one.sent_at = self.now()
            self._send(_frame({number: one}))

    def _read_all(self, connection: socket.socket, process: subprocess.Popen[bytes]) -> None:
        with connection, BufferedReader(connection.makefile("rb", buffering=0), _READ_BYTES) as source:
            try:
                while (frame := read_frame(source)) is not None:
                    self._hear(*frame)
            except (OSError, ValueError) as error:
                _log.warning("model host %s: %s", self.name, error)
        _end(process)
        self._on_death(process)

    def _hear(self, head: Head, body: bytes) -> None:
        with self._lock:
            self._heard_at = self.now()
            match head["said"]:
                case "answer":
                    number = _int(head, "id")
                    self._begun.pop(number, None)
                    pending = self._pending.pop(number, None)
                    if pending is not None:
                        _settle(pending.future, _reply(head, body))
                case "begun":
                    ids = head["ids"]
                    assert isinstance(ids, list)
                    for one in ids:
                        if isinstance(one, int) and one in self._pending:
                            self._begun[one] = (self.now(), self._pending[one].ask.timeout_s)
                case "error":
                    self._fail(_int(head, "id"), _error(head))
                case "loaded":
                    self._on_load(str(head["model"]), None)
                case "failed":
                    self._on_load(str(head["model"]), _error(head))

    def _on_load(self, model: str, error: WhorlError | None) -> None:
        load = self._loads.get(model)
        if load is None:
            return
        load.is_done, load.deaths = True, 0
        for one in self._pending.values():
            if one.deaths and one.ask.model == model:
                one.sent_at = self.now()
        if error is None:
            _settle(load.future, None)
            return
        del self._loads[model]
        _settle(load.future, error)

    def _is_hanging(self, now: float) -> bool:
        if any(now - at > limit_s for at, limit_s in self._begun.values()):
            _log.error("model host %s: a model did not answer in time; its process is ended", self.name)
            return True
        late = [m for m, load in self._loads.items() if not load.is_done and now - load.since > LOAD_TIMEOUT_S]
        for model in late:
            self._on_load(model, ModelError(f"the model was not loaded within {LOAD_TIMEOUT_S:.0f} s"))
        # Decoding, or the whole process, stands still.
        waits = [one for one in self._pending.values() if now - one.sent_at > one.ask.timeout_s + 1]
        is_still = any(now - self._heard_at > one.ask.timeout_s for one in waits)
        is_loading = any(not load.is_done for load in self._loads.values())
        return bool(late) or (is_still and not is_loading)

    def _kill(self) -> None:
        for number in list(self._begun):
            if number in self._pending:
                self._fail(number, _late(self._pending[number].ask, has_begun=True))
        if self._process is not None:
            self._process.kill()

    def _on_death(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            if self._process is not process:
                return
            self._process = None
            self._hang_up()
            if self._is_stopped:
                return
            _log.error("model host %s died (status %s)", self.name, process.returncode)
            now = self.now()
            self._deaths = 1 if now - self._started_at > _WELL_AFTER_S else self._deaths + 1
            self.restarts += 1
            self._start_at = now + BACKOFF_S[min(self._deaths, len(BACKOFF_S)) - 1]
            self._give_up_loads()
            for number, one in list(self._pending.items()):
                one.deaths += 1
                one.deaths_while_run += number in self._begun
                self._check_again(number, one)
            self._begun.clear()
            if self._loads and now >= self._start_at:
                self._start()

    def _give_up_loads(self) -> None:
        """A model whose loading ended the process twice is not loaded a third time."""
        for model, load in list(self._loads.items()):
            if not load.is_done:
                load.deaths += 1
            if load.deaths >= _MOST_DEATHS_WHILE_LOADED:
                self._on_load(model, ModelError("loading the model ended its process", hint="See the server's log."))
            else:
                load.is_done = False

    def _check_again(self, number: int, one: _Pending) -> None:
        """Give a request up when trying it again makes no sense."""
        if one.deaths_while_run >= _MOST_DEATHS_WHILE_RUN or one.deaths >= _MOST_DEATHS:
            problem = f"the process that answers died {one.deaths} times over this request"
            self._fail(number, ModelError(problem, hint="See the server's log."))
        elif one.ask.model not in self._loads:
            self._fail(number, ModelGone(f"no model {one.ask.model}"))
        elif not self._starts_soon():
            self._fail(number, WorkerLost("the process that answers died", hint="Try again in a while."))

    def _fail(self, number: int, error: WhorlError) -> None:
        if not isinstance(error, ModelTimeout):  # What is late may still hang its process.
            self._begun.pop(number, None)
        pending = self._pending.pop(number, None)
        if pending is not None:
            _settle(pending.future, error)


def _frame(asked: dict[int, _Pending]) -> bytes:
    asks = [one.ask for one in asked.values()]
    head: Head = {
        "do": "ask",
        # What was run when a process died is run alone: it may have been its fault.
        "max_batch": 1 if any(one.deaths_while_run for one in asked.values()) else asks[0].max_batch,
        "max_wait_ms": asks[0].max_wait_ms,
        "asks": [
            {"id": number, "model": one.model, "is_low": one.is_low, "min_confidence": one.min_confidence}
            for number, one in zip(asked, asks, strict=True)
        ],
    }
    return pack_frame(head, asks[0].image)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(1.0)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _late(ask: Ask, *, has_begun: bool) -> WhorlError:
    if has_begun:
        return ModelTimeout(
            f"the model did not answer within {ask.timeout_s:g} s", hint="Give the endpoint a longer timeout_s."
        )
    return Overloaded(
        f"nobody came to this request within {ask.timeout_s:g} s",
        hint="Send less at once, or try again.",
        details={"retry_after_s": 1},
    )


def _reply(head: Head, body: bytes) -> Reply:
    confidence, margin, ms = head["confidence"], head["margin"], head["ms"]
    return Reply(
        body=body,
        width=_int(head, "width"),
        height=_int(head, "height"),
        media_type=str(head["media_type"]),
        sha256=str(head["sha256"]),
        confidence=confidence if isinstance(confidence, float) else None,
        margin=margin if isinstance(margin, float) else None,
        ms=ms if isinstance(ms, float) else 0.0,
    )


def _error(head: Head) -> WhorlError:
    code = str(head["code"])
    details = head.get("details")
    cls = ModelGone if code == GONE else error_classes().get(code, ModelError)
    return cls(str(head["message"]), hint=str(head["hint"]), details=details if isinstance(details, dict) else {})


def _int(head: Head, name: str) -> int:
    value = head[name]
    assert isinstance(value, int)
    return value


def _settle(future: Future[T], result: T | WhorlError) -> None:
    try:
        if isinstance(result, WhorlError):
            future.set_exception(result)
        else:
            future.set_result(result)
    except InvalidStateError:
        # Whoever asked has gone.
        return
