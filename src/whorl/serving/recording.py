"""The prediction log's writer: takes answered requests while their callers wait, and writes them in batches behind.

A request is given its id at once, or none when share, quota or a full queue says no. What is queued is written within
about half a second; a server that is killed loses that much of its log, and nothing else. Feedback waits for the line
it is about (``settle``), so what was said is never lost.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

import orjson
from sqlalchemy import Connection, func, insert, select, update

from whorl.base.clock import Clock, to_datetime
from whorl.base.errors import InvalidInput, JsonValue, WhorlError
from whorl.base.ids import new_id
from whorl.base.log import get_logger
from whorl.datasets.rules import check_json
from whorl.engine.inbox import send
from whorl.engine.messages import Message
from whorl.schemas.models import PredictedAnnotation
from whorl.serving.flag_rules import ON_FEEDBACK
from whorl.serving.log_queries import image_key
from whorl.serving.quotas import Counters, Window, is_in_share, quotas_of, window_start
from whorl.serving.retention import next_look
from whorl.serving.served import Answer, Served
from whorl.store.blobs import BlobStore
from whorl.store.db import Database, Priority
from whorl.store.db.tables import endpoint, flag_rule, prediction_log

FLAG_NODE: Final = "serving:flag"
ON_ANSWER, ON_SHADOW, ON_VERDICT = 0, 1, 2
"""Epochs of the messages to ``FLAG_NODE``: what there is to look at."""
METADATA_BYTES: Final = 4096
_MOST_WAITING: Final = 2000
_MOST_BYTES: Final = 256 * 2**20
_MOST_KEYS: Final = 64
_FLUSH_S: Final = 0.5
_TRIES: Final = 5
_log = get_logger("serving")


class Outcome(StrEnum):
    """What became of a request that was offered to the log."""

    LOGGED = "logged"
    NOT_IN_SHARE = "not_in_share"
    OVER_QUOTA = "over_quota"
    QUEUE_FULL = "queue_full"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class _Line:
    id: str
    served: Served
    shadow: Answer | None = None


def check_metadata(metadata: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Give back what a caller says about an image when the log can keep it.

    Raises:
        InvalidInput: More than 4 KB or 64 names, or a value that is neither text, number, truth value nor null.
    """
    size = len(orjson.dumps(dict(metadata))) if _is_plain(metadata) else 0
    if size > METADATA_BYTES:
        raise InvalidInput(
            f"the metadata has {size:,} bytes as JSON; {METADATA_BYTES:,} are allowed",
            hint="Say what tells images apart (device, place, version); keep the rest and its key with you.",
        )
    if len(metadata) > _MOST_KEYS:
        raise InvalidInput(f"the metadata has {len(metadata)} names; {_MOST_KEYS} are allowed")
    check_json(dict(metadata), where="metadata")
    return dict(metadata)


def _is_plain(metadata: Mapping[str, JsonValue]) -> bool:
    for name, value in metadata.items():
        if isinstance(value, dict | list):
            kind = "an object" if isinstance(value, dict) else "a list"
            raise InvalidInput(
                f"metadata.{name[:60]!a} is {kind}; allowed: text, number, true, false or null",
                hint="Write it flat, such as lens_width instead of lens: {width}.",
            )
        check_json(name, where="metadata")
        check_json(value, where=f"metadata.{name[:60]!a}")
    return True


class LogRecorder:
    """Implements ``whorl.serving.served.Recorder`` over the database and the blob store.

    Args:
        flush_s: Longest time until what was taken is written.
        most_waiting: Requests that may wait to be written; further ones are not logged.
        most_bytes: Image bytes that may wait.
    """

    def __init__(
        self,
        db: Database,
        blobs: BlobStore,
        clock: Clock,
        *,
        flush_s: float = _FLUSH_S,
        most_waiting: int = _MOST_WAITING,
        most_bytes: int = _MOST_BYTES,
    ) -> None:
        self._db, self._blobs, self._clock = db, blobs, clock
        self._flush_s, self._most_waiting, self._most_bytes = flush_s, most_waiting, most_bytes
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._waiting: dict[str, _Line] = {}
        self._shadows: dict[str, Answer] = {}
        self._in_flight: dict[str, int] = {}
        self._bytes = 0
        self._counters: dict[str, Counters] = {}
        self._outcomes: Counter[tuple[str, Outcome]] = Counter()
        self._failures = 0
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def offer(self, served: Served) -> str | None:
        """Take a served request; give the id under which it will be found, or None when it is not written down.

        Only queues, and never raises.
        """
        try:
            outcome, prediction_id = self._take(served)
        except Exception:  # noqa: BLE001 - the request's border: an answer is worth more than its line in the log
            _log.exception("a request could not be taken into the log")
            outcome, prediction_id = Outcome.LOST, None
        with self._lock:
            self._outcomes[served.endpoint_id, outcome] += 1
        if prediction_id is not None:
            self._start()
        return prediction_id

    def add_shadow(self, prediction_id: str, answer: Answer) -> None:
        """Take what the shadow said of a request that was written down; it comes later, or never."""
        with self._lock:
            line = self._waiting.get(prediction_id)
            if line is not None:
                self._waiting[prediction_id] = replace(line, shadow=answer)
            elif len(self._shadows) < self._most_waiting:
                self._shadows[prediction_id] = answer
        self._start()

    def settle(self, prediction_id: str) -> None:
        """Write what waits now when this one is among it, so that whoever asks for it next finds it."""
        with self._lock:
            is_waiting = prediction_id in self._waiting or prediction_id in self._in_flight
        if is_waiting:
            self.flush()

    def flush(self) -> int:
        """Write all that waits, and give how many requests that were. A failure leaves them waiting, a few times."""
        with self._flushing:
            with self._lock:
                lines, self._waiting = list(self._waiting.values()), {}
                shadows, self._shadows = self._shadows, {}
                self._in_flight = {line.id: len(line.served.image) for line in lines}
            if not lines and not shadows:
                return 0
            try:
                self._write(lines, shadows)
            except WhorlError as error:
                self._after_failure(lines, shadows, error)
                return 0
            except Exception as error:  # noqa: BLE001 - the thread's border: the log must not end with one bad line
                _log.exception("a batch of the prediction log was not written")
                self._after_failure(lines, shadows, error)
                return 0
            with self._lock:
                self._failures = 0
                self._forget(lines)
            return len(lines)

    def outcomes(self) -> dict[tuple[str, Outcome], int]:
        """What became of the requests offered since this process started, by endpoint."""
        with self._lock:
            return dict(self._outcomes)

    def outcomes_of(self, endpoint_id: str) -> dict[str, int]:
        """What became of the requests of one endpoint since this process started; those that happened."""
        return {outcome.value: count for (of, outcome), count in self.outcomes().items() if of == endpoint_id}

    def close(self) -> None:
        """Write what waits, and stop."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self.flush()

    def _take(self, served: Served) -> tuple[Outcome, str | None]:
        settings = served.settings
        if not is_in_share(served.endpoint_id, served.sha256, settings.log_share):
            return Outcome.NOT_IN_SHARE, None
        quotas = quotas_of(settings)
        now = served.at.timestamp()
        if served.endpoint_id not in self._counters:
            self._seed(served.endpoint_id, quotas, now)
        size = len(served.image) if settings.keep_images else 0
        with self._lock:
            waiting = len(self._waiting) + len(self._in_flight)
            if waiting >= self._most_waiting or self._bytes + size > self._most_bytes:
                return Outcome.QUEUE_FULL, None
            if self._counters[served.endpoint_id].take(quotas, now) is not None:
                return Outcome.OVER_QUOTA, None
            prediction_id = new_id("prediction", at=now)
            # Bytes that may not be kept are let go of here, not when they are written.
            kept = served if settings.keep_images else replace(served, image=b"")
            self._waiting[prediction_id] = _Line(prediction_id, kept)
            self._bytes += size
            if len(self._waiting) >= self._most_waiting // 4:
                self._wake.set()
        return Outcome.LOGGED, prediction_id

    def _seed(self, endpoint_id: str, quotas: Mapping[Window, int], now: float) -> None:
        """Count what this endpoint has used of its quotas before this process looked: once, by an index."""
        with self._db.read() as conn:
            found = _count_windows(conn, endpoint_id, quotas, now)
        with self._lock:
            counters = self._counters.setdefault(endpoint_id, Counters())
            for window, count in found.items():
                counters.raise_to(window, count, now)

    def _write(self, lines: Sequence[_Line], shadows: Mapping[str, Answer]) -> None:
        self._store_images(lines)
        rows = [_row(line) for line in lines]
        touched = {line.served.endpoint_id: line.served for line in lines}

        def work(conn: Connection) -> None:
            standing = set(conn.execute(select(endpoint.c.id).where(endpoint.c.id.in_(list(touched)))).scalars())
            kept = [row for row in rows if row["endpoint_id"] in standing]
            if kept:
                conn.execute(insert(prediction_log), kept)
            watched = _watched(conn, list(touched))
            messages = [
                Message(FLAG_NODE, 0, str(row["id"]), ON_ANSWER) for row in kept if row["endpoint_id"] in watched
            ]
            for prediction_id, answer in shadows.items():
                if _add_shadow(conn, prediction_id, answer):
                    messages.append(Message(FLAG_NODE, 0, prediction_id, ON_SHADOW))
            if any(row["expires_at"] is not None for row in kept):
                messages.append(next_look(to_datetime(self._clock.now())))
            send(conn, messages)

        self._db.write(work, priority=Priority.ENGINE)
        if not self._db.is_sqlite:
            self._hear_of_others(touched)

    def _store_images(self, lines: Sequence[_Line]) -> None:
        wanted = {image_key(line.served.endpoint_id, line.served.at, line.served.sha256): line for line in lines}
        staged = [self._blobs.stage(key, line.served.image) for key, line in wanted.items() if line.served.image]
        self._blobs.publish(staged)

    def _hear_of_others(self, touched: Mapping[str, Served]) -> None:
        """Other servers take from the same quotas: what they have written by now counts."""
        now = self._clock.now()
        for endpoint_id, served in touched.items():
            quotas = quotas_of(served.settings)
            with self._db.read() as conn:
                found = _count_windows(conn, endpoint_id, quotas, now)
            with self._lock:
                for window, count in found.items():
                    self._counters[endpoint_id].raise_to(window, count, now)

    def _after_failure(self, lines: Sequence[_Line], shadows: Mapping[str, Answer], error: Exception) -> None:
        is_over = not (isinstance(error, WhorlError) and error.retryable) or self._failures + 1 >= _TRIES
        if is_over and len(lines) > 1 and self._failures < _TRIES:
            # Perhaps only one of them cannot be written: each by itself, and who fails then is lost.
            for line in lines:
                self._write_alone(line)
            return
        with self._lock:
            self._failures = 0 if is_over else self._failures + 1
            if is_over:
                self._lose(lines, error)
            else:
                self._waiting = {line.id: line for line in lines} | self._waiting
                self._shadows = {**shadows, **self._shadows}
                self._in_flight = {}

    def _write_alone(self, line: _Line) -> None:
        try:
            self._write([line], {})
        except Exception as error:  # noqa: BLE001 - as in flush
            with self._lock:
                self._lose([line], error)
        else:
            with self._lock:
                self._forget([line])

    def _lose(self, lines: Sequence[_Line], error: Exception) -> None:
        _log.error("%d requests are not in the prediction log: %s", len(lines), error)
        for line in lines:
            self._outcomes[line.served.endpoint_id, Outcome.LOST] += 1
            self._outcomes[line.served.endpoint_id, Outcome.LOGGED] -= 1
        self._forget(lines)

    def _forget(self, lines: Sequence[_Line]) -> None:
        self._bytes -= sum(len(line.served.image) for line in lines)
        for line in lines:
            self._in_flight.pop(line.id, None)

    def _start(self) -> None:
        if self._thread is not None or self._stopping.is_set():
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="whorl-prediction-log", daemon=True)
                self._thread.start()

    def _loop(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(self._flush_s)
            self._wake.clear()
            self.flush()


def _row(line: _Line) -> dict[str, object]:
    served = line.served
    days = served.settings.retention_days
    return {
        "id": line.id,
        "endpoint_id": served.endpoint_id,
        "model_id": served.answer.model_id,
        "role": served.role.value,
        "at": served.at,
        "sha256": served.sha256,
        "has_image": bool(served.image),
        "media_type": served.media_type,
        "width": served.width,
        "height": served.height,
        "latency_ms": served.latency_ms,
        "answer": orjson.loads(served.answer.body),
        "confidence": served.answer.confidence,
        "margin": served.answer.margin,
        "metadata": dict(served.metadata),
        "expires_at": None if days is None else served.at + timedelta(days=days),
        **_shadow_columns(line.shadow, served.answer.annotations() if line.shadow is not None else []),
    }


def _shadow_columns(answer: Answer | None, champion: Sequence[PredictedAnnotation]) -> dict[str, object]:
    if answer is None:
        return {"shadow": None, "disagreement": None}
    # Late: brings numpy, which the server does not need at its start.
    from whorl.serving.disagreement import disagreement

    return {
        "shadow": {"model_id": answer.model_id, "answer": orjson.loads(answer.body)},
        "disagreement": disagreement(champion, answer.annotations()),
    }


def _add_shadow(conn: Connection, prediction_id: str, answer: Answer) -> bool:
    """Write a shadow's answer beside its line; False when the line is gone."""
    said = conn.execute(
        select(prediction_log.c.answer).where(prediction_log.c.id == prediction_id)
    ).scalar_one_or_none()
    if said is None:
        return False
    champion = [PredictedAnnotation.model_validate(one) for one in said]
    values = _shadow_columns(answer, champion)
    conn.execute(update(prediction_log).where(prediction_log.c.id == prediction_id).values(**values))
    return True


def _watched(conn: Connection, endpoint_ids: Sequence[str]) -> set[str]:
    """Which of these endpoints have a rule that looks at each answer."""
    found = select(flag_rule.c.endpoint_id).where(
        flag_rule.c.endpoint_id.in_(endpoint_ids), flag_rule.c.is_on, flag_rule.c.kind.not_in(list(ON_FEEDBACK))
    )
    return set(conn.execute(found.distinct()).scalars())


def _count_windows(conn: Connection, endpoint_id: str, quotas: Mapping[Window, int], now: float) -> dict[Window, int]:
    return {
        window: conn.execute(
            select(func.count())
            .select_from(prediction_log)
            .where(prediction_log.c.endpoint_id == endpoint_id, prediction_log.c.at >= _start_of(window, now))
        ).scalar_one()
        for window in quotas
    }


def _start_of(window: Window, now: float) -> object:
    return to_datetime(window_start(window, now))
