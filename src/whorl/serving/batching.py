"""Which waiting images are run together: those of one model and of like size, callers before shadows. No numpy here."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
SHADOW_BATCH = 4
"""Most images of one run for a shadow: a caller who comes meanwhile waits for it to end."""


@dataclass(frozen=True, slots=True)
class Waiting(Generic[T]):
    """Something that waits to be run.

    Args:
        model: Who is to answer.
        pixels: Of the image; only like sizes are run together, so that no small one waits for a large one.
        is_low: Runs only when nobody else waits.
        since: When it came, by a clock that never goes back.
    """

    content: T
    model: str
    pixels: int
    is_low: bool
    since: float
    max_batch: int
    max_wait_s: float


_Group = tuple[bool, str, int]


def size_bucket(pixels: int) -> int:
    """Images within a factor of four of each other share a bucket."""
    return max(0, pixels.bit_length() - 1) // 2


@dataclass
class Lanes(Generic[T]):
    """What waits, by model and size. Several threads may put and take.

    Args:
        is_ready: Whether a model may be run now.
        is_more_coming: Whether others are on their way, so that waiting for them may pay.
    """

    is_ready: Callable[[str], bool]
    is_more_coming: Callable[[], bool]
    now: Callable[[], float] = time.monotonic
    _lanes: dict[_Group, deque[Waiting[T]]] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _is_closed: bool = False

    def put(self, one: Waiting[T]) -> None:
        """Let one wait."""
        with self._changed:
            self._lanes.setdefault((one.is_low, one.model, size_bucket(one.pixels)), deque()).append(one)
            self._changed.notify()

    def look_again(self) -> None:
        """Say that a model has become ready, or that nobody else is coming."""
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """End ``take`` for everybody."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def withdraw(self, model: str) -> list[Waiting[T]]:
        """Take out all that waits for a model."""
        with self._changed:
            groups = [group for group in self._lanes if group[1] == model]
            return [one for group in groups for one in self._lanes.pop(group)]

    def count(self, model: str) -> int:
        """How many wait for a model."""
        with self._changed:
            return sum(len(lane) for group, lane in self._lanes.items() if group[1] == model)

    def take(self) -> list[Waiting[T]]:
        """The next batch, waiting for one; empty when closed."""
        with self._changed:
            while not self._is_closed:
                chosen = self._choose()
                if isinstance(chosen, tuple):
                    return self._take(chosen)
                self._changed.wait(chosen)
            return []

    def _choose(self) -> _Group | float | None:
        """A group to run now, or how long to wait for more; None until something comes."""
        ready = [group for group in self._lanes if self.is_ready(group[1])]
        if not ready:
            return None
        # Callers before shadows, then who has waited longest.
        group = min(ready, key=lambda one: (one[0], self._lanes[one][0].since))
        lane = self._lanes[group]
        left = lane[0].since + lane[0].max_wait_s - self.now()
        if len(lane) < _limit(lane[0]) and left > 0 and self.is_more_coming():
            return left
        return group

    def _take(self, group: _Group) -> list[Waiting[T]]:
        lane = self._lanes[group]
        batch = [lane.popleft() for _ in range(min(len(lane), _limit(lane[0])))]
        if not lane:
            del self._lanes[group]
        return batch


def _limit(one: Waiting[T]) -> int:
    return min(one.max_batch, SHADOW_BATCH) if one.is_low else one.max_batch
