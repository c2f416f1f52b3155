"""Which models this server answers with: it follows the endpoints' rows, and moves traffic once a model is warm.

A thread looks every second, and whenever it is told to. A new model is loaded beside the one that answers; only when it
has predicted once does it take over, and the old one leaves after its last answer. A model that does not load replaces
none: the endpoint keeps what it has, or goes back to the champion before it, and says why.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field, replace

from whorl.base.errors import ModelError, ModelTimeout, WhorlError
from whorl.base.log import get_logger
from whorl.base.settings import Settings
from whorl.models.packs import bring_folder
from whorl.serving.pool import ModelPool
from whorl.serving.queries import Target, Weights, find_weights, list_changes, list_targets
from whorl.serving.rules import find_predecessors
from whorl.store.blobs import BlobStore
from whorl.store.db import Database

LOOK_S = 1.0
PREPARE_TIMEOUT_S = 150.0
_TRY_AGAIN_S = 30.0
_LINGER_S = 2.0
_log = get_logger("serving")


@dataclass(frozen=True)
class Live:
    """An endpoint as this server answers it now; a role is None while nobody is ready for it."""

    target: Target
    champion_id: str | None = None
    canary_id: str | None = None
    shadow_id: str | None = None
    problem: str | None = None

    @property
    def model_ids(self) -> set[str]:
        """The models it answers with."""
        return {one for one in (self.champion_id, self.canary_id, self.shadow_id) if one is not None}


@dataclass
class _Held:
    """A model that is loaded, or is being, or would not."""

    future: Future[None]
    error: WhorlError | None = None
    failed_at: float = 0.0
    unused_since: float | None = None

    @property
    def is_ready(self) -> bool:
        return self.future.done() and self.error is None and self.future.exception() is None


@dataclass
class Book:
    """The endpoints of this server.

    Args:
        on_problem: Told once when an endpoint cannot serve the model that it should: the endpoint and the reason.
    """

    db: Database
    blobs: BlobStore
    settings: Settings
    pool: ModelPool
    on_problem: Callable[[Target, str], None]
    _live: dict[str, Live] = field(default_factory=dict)
    _ids: dict[str, str] = field(default_factory=dict)
    _held: dict[str, _Held] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _wake: threading.Event = field(default_factory=threading.Event)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _bringers: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(2, thread_name_prefix="whorl-bring")
    )

    def start(self) -> None:
        """Look from now on, in a thread."""
        with self._lock:
            if self._thread is None and not self._stopping.is_set():
                self._thread = threading.Thread(target=self._look_forever, name="whorl-serving", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self._bringers.shutdown(wait=False, cancel_futures=True)

    def find(self, name_or_id: str) -> Live | None:
        """The endpoint with a name or an id, as far as this server knows it; no database is asked."""
        return self._live.get(self._ids.get(name_or_id, ""))

    def list_live(self) -> list[Live]:
        """All endpoints, by name."""
        return sorted(self._live.values(), key=lambda one: one.target.name)

    def look(self) -> None:
        """Read who should serve, and do what can be done at once towards it."""
        with self.db.read() as conn:
            targets = {one.id: one for one in list_targets(conn)}
            wanted = {model for one in targets.values() if one.is_on for model in one.model_ids}
            with self._lock:
                missing = [model for model in wanted if self._is_due(model)]
            weights = find_weights(conn, missing) if missing else {}
        with self._lock:
            for model in missing:
                self._hold(model, weights.get(model))
            self._settle(targets)
            self._let_go(wanted | {model for one in self._live.values() for model in one.model_ids})

    def prepare(self, model_id: str) -> None:
        """Load and warm a model before it is written down as the one who serves.

        Raises:
            ModelError: It cannot be loaded.
            NotFound: Its files are not there.
            ModelTimeout: It takes too long.
        """
        self.start()
        with self.db.read() as conn:
            weights = find_weights(conn, [model_id])
        with self._lock:
            if self._is_due(model_id) or self._held[model_id].error is not None:
                self._hold(model_id, weights.get(model_id))
            held = self._held[model_id]
            held.unused_since = None
        try:
            held.future.result(PREPARE_TIMEOUT_S)
        except FutureTimeout as error:
            raise ModelTimeout(f"the model was not loaded within {PREPARE_TIMEOUT_S:.0f} s") from error
        finally:
            # It stays a while for the row that is about to name it.
            held.unused_since = time.monotonic() + _TRY_AGAIN_S

    def coming(self, model_id: str) -> Future[None] | None:
        """Ends when a model is ready to answer, or would not load; None for one that nobody loads."""
        held = self._held.get(model_id)
        return None if held is None else held.future

    def wait_until_followed(self, endpoint_id: str, *, timeout_s: float = 5.0) -> Live | None:
        """Look now, and wait until this server answers as the endpoint's row says, or cannot."""
        self.start()
        end = time.monotonic() + timeout_s
        while True:
            self.look()
            live = self._live.get(endpoint_id)
            if live is None or live.problem is not None or time.monotonic() > end or _is_followed(live):
                return live
            time.sleep(0.02)

    def _look_forever(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except Exception as error:  # noqa: BLE001 - the thread's border: the database may be away for a while
                _log.warning("cannot look who serves: %s", error)
            self._wake.wait(LOOK_S)
            self._wake.clear()

    def _is_due(self, model_id: str) -> bool:
        held = self._held.get(model_id)
        if held is None:
            return True
        return held.error is not None and time.monotonic() - held.failed_at > _TRY_AGAIN_S

    def _hold(self, model_id: str, weights: Weights | None) -> None:
        """Begin to load a model; its future says how it ends."""
        held = self._held[model_id] = _Held(Future())
        if weights is None:
            self._end(held, model_id, ModelError("the model has no weights: it was not trained, or not here"))
            return
        self._bringers.submit(self._bring, held, weights)

    def _bring(self, held: _Held, weights: Weights) -> None:
        try:
            folder = bring_folder(self.blobs, self.settings.models_path / weights.folder, weights.pack_sha256)
            loading = self.pool.load(weights.model_id, weights.architecture, str(folder))
        except Exception as error:  # noqa: BLE001 - a bucket or a disk may fail in any way
            self._end(held, weights.model_id, error)
            return
        loading.add_done_callback(lambda done: self._end(held, weights.model_id, done.exception()))

    def _end(self, held: _Held, model_id: str, error: BaseException | None) -> None:
        if error is not None:
            held.error = error if isinstance(error, WhorlError) else ModelError(f"{type(error).__name__}: {error}")
            held.failed_at = time.monotonic()
            _log.warning("model %s does not load: %s", model_id, held.error.message)
            held.future.set_exception(held.error)
        else:
            held.future.set_result(None)
        self._wake.set()

    def _settle(self, targets: Mapping[str, Target]) -> None:
        """Move each endpoint to the models that are ready."""
        for target in targets.values():
            before = self._live.get(target.id, Live(target))
            now = self._next(before, target)
            if now.problem is not None and now.problem != before.problem:
                self._tell(target, now.problem)
            # One assignment: whoever asks meanwhile gets the old state or the new one.
            self._live[target.id] = now
        for gone in self._live.keys() - targets.keys():
            del self._live[gone]
        self._ids = {one.name: one.id for one in targets.values()} | {one: one for one in targets}

    def _next(self, before: Live, target: Target) -> Live:
        champion, problem = before.champion_id, None
        if not target.is_on:
            return Live(target)
        if target.champion_id is None or self._is_ready(target.champion_id):
            champion = target.champion_id
        elif (error := self._error(target.champion_id)) is not None:
            problem = error.message
            champion = champion or self._fall_back(target)
        canary, shadow = (
            one if one is not None and self._is_ready(one) else None for one in (target.canary_id, target.shadow_id)
        )
        for one in (target.canary_id, target.shadow_id):
            if one is not None and problem is None and (error := self._error(one)) is not None:
                problem = error.message
        return replace(before, target=target, champion_id=champion, canary_id=canary, shadow_id=shadow, problem=problem)

    def _fall_back(self, target: Target) -> str | None:
        """The newest earlier champion that is ready; the others are loaded, one after the other, until one is."""
        with self.db.read() as conn:
            earlier = find_predecessors(list_changes(conn, target.id))[::-1]
            for model_id in earlier:
                if model_id == target.champion_id:
                    continue
                if self._is_ready(model_id):
                    return model_id
                if self._is_due(model_id):
                    self._hold(model_id, find_weights(conn, [model_id]).get(model_id))
                if self._error(model_id) is None:
                    self._held[model_id].unused_since = None
                    return None
        return None

    def _let_go(self, needed: set[str]) -> None:
        now = time.monotonic()
        for model_id, held in list(self._held.items()):
            if model_id in needed or not held.future.done():
                held.unused_since = None if model_id in needed else held.unused_since
                continue
            if held.unused_since is None:
                held.unused_since = now
            # Requests that chose it just now are still on their way to its host.
            if now - held.unused_since > _LINGER_S:
                del self._held[model_id]
                self.pool.unload(model_id)

    def _is_ready(self, model_id: str) -> bool:
        held = self._held.get(model_id)
        return held is not None and held.is_ready

    def _error(self, model_id: str) -> WhorlError | None:
        held = self._held.get(model_id)
        return None if held is None else held.error

    def _tell(self, target: Target, problem: str) -> None:
        # In a thread of its own: writing waits for the database, which this thread must not.
        self._bringers.submit(self.on_problem, target, problem)


def _is_followed(live: Live) -> bool:
    target = live.target
    wanted = (target.champion_id, target.canary_id, target.shadow_id) if target.is_on else (None, None, None)
    return (live.champion_id, live.canary_id, live.shadow_id) == wanted
