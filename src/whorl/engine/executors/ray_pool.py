"""The actors of one process on a Ray cluster, driven by one thread that alone speaks with Ray."""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import queue
import threading
import time
import warnings
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from typing import Any, cast

from whorl.base.errors import InvalidInput, MissingDependency, Unavailable, WhorlError, WorkerLost
from whorl.base.log import get_logger
from whorl.engine.executors.ray_actor import BodyProcess

_log = get_logger("engine")
_NAMESPACE = "whorl"
_TRIES = 2
_TICK_S = 1.0
_RECONNECT_S = 3.0
_FIRST_S = 60.0
_PAUSE_S = 2.0
_MOST_STARTING = 2
_STUCK_S = 30.0
_STOP_S = 30.0


@dataclass(frozen=True, slots=True)
class Needs:
    """What one actor asks of a machine: cores, cards, and memory in bytes (0 asks for none)."""

    cpu: float = 1.0
    gpu: float = 0.0
    memory: float = 0.0

    @classmethod
    def of(cls, resources: Mapping[str, float]) -> Needs:
        """From a node's ``resources``; what is left out is a core and nothing else."""
        return cls(resources.get("cpu", 1.0), resources.get("gpu", 0.0), resources.get("memory", 0.0))

    def __str__(self) -> str:
        named = (("cpu", self.cpu), ("gpu", self.gpu), ("memory", self.memory))
        return ", ".join(f"{name} {value:g}" for name, value in named if value)


@dataclass(eq=False, slots=True)
class Call:
    """One submitted call: its pickle, and where its answer goes."""

    # Any: the answer's type is known to who submitted it.
    future: Future[Any]
    payload: bytes
    needs: Needs
    tries: int = 0


@dataclass(eq=False, slots=True)
class _Actor:
    # Any: Ray gives no types for its handles.
    handle: Any
    needs: Needs
    since: float
    is_ready: bool = False
    call: Call | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    """What became of an actor's start, or of the call that it ran."""

    actor: _Actor
    # Any: as in _Actor.
    future: Future[Any]


class _Stop:
    """Tells the thread to end."""


@dataclass(slots=True)
class _Class:
    """The actors of one size, and the calls that wait for one."""

    actors: list[_Actor] = field(default_factory=list)
    waiting: deque[Call] = field(default_factory=deque)
    stuck_since: float | None = None


class RayPool:
    """Keeps as many actors as there are calls and room for. Safe to use from several threads.

    A call goes to an idle actor of its size; when there is none, one more is asked for, and the call goes to whichever
    is free first. An actor that the cluster has no room for stays asked for, which an autoscaler sees as demand.

    Args:
        address: ``ray://HOST:PORT``.
        most: Most actors; 0 for no limit.
        idle_s: Seconds until an idle actor is ended.
    """

    def __init__(self, address: str, *, most: int, idle_s: float) -> None:
        self._address = address
        self._most = most
        self._idle_s = idle_s
        self._inbox: queue.SimpleQueue[Call | _Answer | _Stop] = queue.SimpleQueue()
        self._classes: dict[Needs, _Class] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        # Any: as in _Actor.
        self._session: Any = None
        self._retry_at = 0.0

    def start(self) -> None:
        """Connect now, so that a mistake shows at once; a head that is not ready yet is asked again for a minute.

        Raises:
            Unavailable: The cluster refuses.
            MissingDependency: Ray is not installed here.
        """
        with self._lock:
            if self._thread is None:
                self._connect_patiently()
                self._start_thread()

    def submit(self, call: Call) -> None:
        """Queue a call."""
        with self._lock:
            if self._thread is None:
                self._start_thread()
            self._inbox.put(call)

    def stop(self) -> None:
        """Drop queued calls, let running ones end (for half a minute), end the actors and disconnect."""
        with self._lock:
            if self._thread is not None:
                self._inbox.put(_Stop())
                self._thread.join()
                self._thread = None

    def _start_thread(self) -> None:
        self._thread = threading.Thread(target=self._run, name="whorl-ray", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        is_stopping = False
        while not is_stopping:
            with contextlib.suppress(queue.Empty):
                is_stopping = self._take(self._inbox.get(timeout=_TICK_S))
            try:
                self._serve()
            except MissingDependency as error:
                self._refuse(error)
            except Exception as error:  # noqa: BLE001 - Ray's client raises whatever broke; the calls wait for it
                self._lose_cluster(error)
        self._end()

    def _take(self, event: Call | _Answer | _Stop) -> bool:
        if isinstance(event, _Stop):
            return True
        if isinstance(event, Call):
            self._classes.setdefault(event.needs, _Class()).waiting.append(event)
        else:
            self._settle(event)
        return False

    def _serve(self) -> None:
        """Give waiting calls to idle actors, ask for more actors, and end those that nobody needs."""
        is_wanted = any(one.waiting for one in self._classes.values())
        if self._session is None:
            if not is_wanted or time.monotonic() < self._retry_at:
                return
            self._connect()
            _log.info("connected to Ray")
        for needs, one in self._classes.items():
            self._feed(needs, one)
        self._end_idle()

    def _feed(self, needs: Needs, one: _Class) -> None:
        idle = deque(actor for actor in one.actors if actor.is_ready and actor.call is None)
        while one.waiting and idle:
            call = one.waiting.popleft()
            if call.tries or call.future.set_running_or_notify_cancel():
                self._give(idle.popleft(), call)
        starting = sum(not actor.is_ready for actor in one.actors)
        while starting < min(len(one.waiting), _MOST_STARTING) and self._has_place():
            self._ask_for(needs, one)
            starting += 1
        self._watch(needs, one, is_stuck=bool(one.waiting) and not any(actor.is_ready for actor in one.actors))

    def _has_place(self) -> bool:
        return not self._most or sum(len(one.actors) for one in self._classes.values()) < self._most

    def _ask_for(self, needs: Needs, one: _Class) -> None:
        import ray  # noqa: PLC0415 - an optional extra, and seconds to import

        asked: dict[str, object] = {"num_cpus": needs.cpu, "num_gpus": needs.gpu, "max_concurrency": 1}
        if needs.memory:
            asked["memory"] = needs.memory
        try:
            actor = _Actor(ray.remote(BodyProcess).options(**asked).remote(), needs, time.monotonic())
        except ValueError as error:
            while one.waiting:
                _fail(one.waiting.popleft(), InvalidInput(f"Ray cannot give {needs}: {error}"))
            return
        one.actors.append(actor)
        self._listen(actor, actor.handle.ready.remote())

    def _give(self, actor: _Actor, call: Call) -> None:
        actor.call = call
        call.tries += 1
        self._listen(actor, actor.handle.run.remote(call.payload))

    # Any: Ray gives no type for the reference to an answer.
    def _listen(self, actor: _Actor, answer: Any) -> None:
        answer.future().add_done_callback(lambda future: self._inbox.put(_Answer(actor, future)))

    def _settle(self, answer: _Answer) -> None:
        actor, call = answer.actor, answer.actor.call
        one = self._classes[actor.needs]
        if actor not in one.actors:
            return
        try:
            found = answer.future.result()
        except Exception as error:  # noqa: BLE001 - whatever it is, the actor is gone
            _log.warning("an actor of Ray was lost: %s", type(error).__name__)
            one.actors.remove(actor)
            if call is not None:
                self._repeat(one, call, error)
            return
        actor.since, actor.call = time.monotonic(), None
        if call is None:
            actor.is_ready = True
            return
        _finish(call, cast(bytes, found))

    def _repeat(self, one: _Class, call: Call, error: Exception) -> None:
        if call.tries < _TRIES:
            one.waiting.appendleft(call)
            return
        lost = WorkerLost(
            f"the process that ran this body died on Ray, {call.tries} times",
            hint="It is tried again; look for too little memory, and for nodes that went away.",
        )
        lost.__cause__ = error
        _fail(call, lost)

    def _watch(self, needs: Needs, one: _Class, *, is_stuck: bool) -> None:
        now = time.monotonic()
        if not is_stuck:
            one.stuck_since = None
        elif one.stuck_since is None:
            one.stuck_since = now
        elif now - one.stuck_since > _STUCK_S:
            _log.warning("%d bodies wait: no machine of the Ray cluster has room for %s", len(one.waiting), needs)
            one.stuck_since = now

    def _end_idle(self) -> None:
        import ray  # noqa: PLC0415 - as in _ask_for

        since = time.monotonic() - self._idle_s
        for one in self._classes.values():
            if one.waiting:
                continue
            for actor in [each for each in one.actors if each.call is None and each.since < since]:
                one.actors.remove(actor)
                ray.kill(actor.handle)

    def _connect_patiently(self) -> None:
        """A head opens its client port before what stands behind it can serve, and refuses until then."""
        deadline = time.monotonic() + _FIRST_S
        while True:
            try:
                return self._connect()
            except Unavailable as error:
                # What is not a ConnectionError, such as another version of Ray, will be the same in a minute.
                if not isinstance(error.__cause__, ConnectionError) or time.monotonic() + _PAUSE_S >= deadline:
                    raise
            _log.info("Ray at %s is not ready yet", self._address)
            time.sleep(_PAUSE_S)

    def _connect(self) -> None:
        # Else, once the session is lost, any call of Ray's starts a cluster of its own on this machine.
        os.environ["RAY_ENABLE_AUTO_CONNECT"] = "0"
        try:
            import ray  # noqa: PLC0415 - as in _ask_for
        except ModuleNotFoundError as error:
            raise MissingDependency("Ray is not installed here", hint="pip install 'whorl[ray]'") from error
        for name in ("ray", "ray.util.client"):
            logging.getLogger(name).setLevel(logging.WARNING)
        try:
            with warnings.catch_warnings():
                # Ray warns of each slow attempt; it makes several, and what counts is how they end.
                warnings.simplefilter("ignore")
                self._session = ray.init(self._address, namespace=_NAMESPACE, log_to_driver=False)
        except Exception as error:  # Ray's client raises ConnectionError, RuntimeError and errors of gRPC
            raise Unavailable(
                f"the Ray cluster at {self._address} refuses: {type(error).__name__}",
                hint="Does its head run, with the Ray and Python versions of this process, and with the same token?",
            ) from error

    def _lose_cluster(self, error: Exception) -> None:
        """Forget the session; what ran runs again when there is a cluster again, what waited waits on."""
        _log.warning("the Ray cluster is away, bodies wait for it: %s", error)
        for one in self._classes.values():
            for actor in one.actors:
                if actor.call is not None:
                    one.waiting.appendleft(actor.call)
            one.actors.clear()
        self._disconnect()
        self._retry_at = time.monotonic() + _RECONNECT_S

    def _refuse(self, error: WhorlError) -> None:
        for one in self._classes.values():
            while one.waiting:
                _fail(one.waiting.popleft(), error)

    def _disconnect(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            try:
                session.disconnect()
            except Exception:  # noqa: BLE001 - it is gone either way
                _log.debug("the Ray session did not end well", exc_info=True)

    def _end(self) -> None:
        for one in self._classes.values():
            while one.waiting:
                one.waiting.popleft().future.cancel()
        deadline = time.monotonic() + _STOP_S
        while any(actor.call for one in self._classes.values() for actor in one.actors) and (
            time.monotonic() < deadline
        ):
            with contextlib.suppress(queue.Empty):
                self._take(self._inbox.get(timeout=_TICK_S))
        for one in self._classes.values():
            for call in [*one.waiting, *(actor.call for actor in one.actors if actor.call is not None)]:
                _fail(call, WorkerLost("the executor was stopped", hint="It is tried again."))
        self._classes.clear()
        # Actors belong to the session and end with it.
        self._disconnect()


def _finish(call: Call, answer: bytes) -> None:
    try:
        is_value, value = pickle.loads(answer)
    except Exception as error:  # noqa: BLE001 - an answer of code that this process does not have
        is_value, value = False, error
    if is_value:
        call.future.set_result(value)
    else:
        call.future.set_exception(value)


def _fail(call: Call, error: Exception) -> None:
    try:
        call.future.set_exception(error)
    except InvalidStateError:
        # It was cancelled while it waited for another try.
        return
