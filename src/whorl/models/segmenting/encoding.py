"""Images are encoded one at a time, the one asked for last first: it is the one somebody looks at."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from whorl.base.errors import WhorlError
from whorl.base.log import get_logger

State = Literal["unknown", "waiting", "encoding", "failed"]
_log = get_logger("models")
_MOST_WAITING = 32
_MOST_FAILURES = 256


@dataclass
class EncodingQueue:
    """Runs what it is asked for in a thread of its own; of more than 32 that wait, the oldest are forgotten.

    Args:
        when_idle: Called when nothing was asked for ``idle_s`` seconds, to let go of memory.
    """

    when_idle: Callable[[], None] = lambda: None
    idle_s: float = 300.0
    _waiting: OrderedDict[Path, Callable[[], None]] = field(default_factory=OrderedDict, init=False)
    _failures: OrderedDict[Path, str] = field(default_factory=OrderedDict, init=False)
    _running: Path | None = field(default=None, init=False)
    _changed: threading.Condition = field(default_factory=threading.Condition, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)
    _is_stopped: bool = field(default=False, init=False)

    def ask(self, key: Path, work: Callable[[], None]) -> None:
        """Run ``work`` next, unless it runs already; a failure of before is forgotten."""
        with self._changed:
            self._failures.pop(key, None)
            if key == self._running or self._is_stopped:
                return
            self._waiting[key] = work
            self._waiting.move_to_end(key)
            while len(self._waiting) > _MOST_WAITING:
                self._waiting.popitem(last=False)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="whorl-encoding", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def cancel(self, key: Path) -> bool:
        """Forget one that waits; one that runs is finished.

        Returns:
            Whether it waited.
        """
        with self._changed:
            return self._waiting.pop(key, None) is not None

    def state(self, key: Path) -> tuple[State, str | None]:
        """Where one stands, and why it failed."""
        with self._changed:
            if key == self._running:
                return "encoding", None
            if key in self._waiting:
                return "waiting", None
            failure = self._failures.get(key)
        return ("unknown", None) if failure is None else ("failed", failure)

    def wait(self, key: Path, *, timeout_s: float) -> bool:
        """Wait until one neither waits nor runs; False when that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: key != self._running and key not in self._waiting, timeout=timeout_s)

    def stop(self) -> None:
        """Forget all that wait; what runs is left to end."""
        with self._changed:
            self._is_stopped = True
            self._waiting.clear()
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                has_work = self._changed.wait_for(lambda: self._waiting or self._is_stopped, timeout=self.idle_s)
                if self._is_stopped or not has_work:
                    # Under the lock, so that whoever asks now starts a new thread.
                    self._thread = None
                    break
                self._running, work = self._waiting.popitem(last=True)
            self._try(self._running, work)
        self.when_idle()

    def _try(self, key: Path, work: Callable[[], None]) -> None:
        failure: str | None = None
        try:
            work()
        except WhorlError as error:
            failure = f"{error.message}. {error.hint}".strip()
        except Exception:  # noqa: BLE001 - the thread's border: the next image may fare better
            _log.exception("an image was not encoded")
            failure = "the image could not be encoded; the server's log says why"
        with self._changed:
            self._running = None
            if failure is not None:
                self._failures[key] = failure
                while len(self._failures) > _MOST_FAILURES:
                    self._failures.popitem(last=False)
            self._changed.notify_all()
