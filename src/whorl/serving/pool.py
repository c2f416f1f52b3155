"""All model hosts of one server process: which one holds which model.

Built-in models share a host. A stranger's adapter gets one of its own, so that one which hangs or eats memory is ended
without touching the others.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from whorl.base.errors import WhorlError
from whorl.base.log import get_logger
from whorl.serving.link import Ask, HostLink, ModelGone, Reply

SHARED = "builtin"
_MOST_THREADS = 4
_TICK_S = 0.2
_log = get_logger("serving")


@dataclass(frozen=True)
class HostHealth:
    """How one host is doing."""

    name: str
    pid: int | None
    models: int
    waiting: int
    restarts: int


@dataclass
class ModelPool:
    """The hosts of this process; none runs before the first model is loaded.

    Args:
        max_pixels: Larger images are refused.
    """

    max_pixels: int
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _links: dict[str, HostLink] = field(default_factory=dict)
    _host_of: dict[str, str] = field(default_factory=dict)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _ticker: threading.Thread | None = None

    def load(self, model: str, architecture: str, folder: str) -> Future[None]:
        """Load and warm a model; the future ends when it can answer, or with a ModelError."""
        is_own = architecture.startswith("builtin:")
        name = SHARED if is_own else model
        with self._lock:
            if self._ticker is None:
                self._ticker = threading.Thread(target=self._tick_forever, name="whorl-hosts", daemon=True)
                self._ticker.start()
            link = self._links.get(name)
            if link is None:
                # Nobody promised that a stranger's adapter may be called by two threads at once.
                link = self._links[name] = HostLink(name, self.max_pixels, threads=_threads() if is_own else 1)
            self._host_of[model] = name
        return link.load(model, folder)

    def unload(self, model: str) -> None:
        """Let a model go after its last answer; a host without models ends."""
        with self._lock:
            name = self._host_of.pop(model, None)
            link = None if name is None else self._links.get(name)
        if link is not None:
            link.unload(model)

    def ask(self, ask: Ask) -> Future[Reply]:
        """Ask a model about an image.

        Raises:
            ModelGone: No host holds it.
            WorkerLost: Its host has died too often lately.
        """
        return self._link(ask.model).ask([ask])[0]

    def ask_both(self, ask: Ask, beside: Ask) -> tuple[Future[Reply], Future[Reply]]:
        """Ask two models about one image, which is decoded once when they share a host.

        What is wrong with the second shows in its future: it must not keep the first from answering.

        Raises:
            As ``ask``, of the first.
        """
        if self._host_of.get(ask.model) == self._host_of.get(beside.model):
            one, other = self._link(ask.model).ask([ask, beside])
            return one, other
        first = self.ask(ask)
        try:
            return first, self.ask(beside)
        except WhorlError as error:
            failed: Future[Reply] = Future()
            failed.set_exception(error)
            return first, failed

    def count_waiting(self, model: str, *, is_low: bool = False) -> int:
        """How many requests wait at the host of a model."""
        link = self._links.get(self._host_of.get(model, ""))
        return 0 if link is None else link.count_waiting(is_low=is_low)

    def health(self) -> list[HostHealth]:
        """How the hosts are doing, by name."""
        with self._lock:
            links = sorted(self._links.items())
        return [
            HostHealth(name, link.pid, len(link.models), link.count_waiting(), link.restarts) for name, link in links
        ]

    def stop(self) -> None:
        """End all hosts."""
        self._stopping.set()
        with self._lock:
            links, self._links = list(self._links.values()), {}
            self._host_of.clear()
        for link in links:
            link.stop()

    def _link(self, model: str) -> HostLink:
        link = self._links.get(self._host_of.get(model, ""))
        if link is None:
            raise ModelGone(f"no model {model}")
        return link

    def _tick_forever(self) -> None:
        while not self._stopping.wait(_TICK_S):
            with self._lock:
                links = list(self._links.items())
            for name, link in links:
                try:
                    link.tick()
                except Exception:  # noqa: BLE001 - the thread's border: the other hosts go on
                    _log.exception("model host %s", name)
            self._end_idle(links)

    def _end_idle(self, links: Sequence[tuple[str, HostLink]]) -> None:
        for name, link in links:
            with self._lock:
                is_idle = not link.models and not link.count_waiting() and not link.count_waiting(is_low=True)
                # A model may be on its way to it since.
                if not is_idle or name in self._host_of.values():
                    continue
                self._links.pop(name, None)
            link.stop()


def _threads() -> int:
    return max(1, min(_MOST_THREADS, (os.cpu_count() or 1) - 1))
