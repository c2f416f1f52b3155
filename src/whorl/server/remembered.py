"""Work that is done once for all who ask at the same time, and remembered for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class KeyedLocks:
    """A lock per key, forgotten when nobody holds it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held: dict[Hashable, tuple[threading.Lock, int]] = {}

    def __len__(self) -> int:
        return len(self._held)

    @contextmanager
    def hold(self, key: Hashable) -> Iterator[None]:
        """Wait for the key's lock, and hold it."""
        with self._guard:
            lock, users = self._held.get(key, (threading.Lock(), 0))
            self._held[key] = (lock, users + 1)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                lock, users = self._held[key]
                if users == 1:
                    del self._held[key]
                else:
                    self._held[key] = (lock, users - 1)


class Remembered(Generic[T]):
    """The last few results by key; several who ask for one that is not there wait for the first of them.

    Args:
        entries: How many are kept, the least recently used dropped first.
    """

    def __init__(self, *, entries: int) -> None:
        self._entries = entries
        self._guard = threading.Lock()
        self._locks = KeyedLocks()
        self._kept: OrderedDict[Hashable, T] = OrderedDict()

    def forget(self, key: Hashable) -> None:
        """Make it anew when it is asked for again."""
        with self._guard:
            self._kept.pop(key, None)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result under a key, made when it is not there."""
        with self._locks.hold(key):
            with self._guard:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
            made = make()
            with self._guard:
                self._kept[key] = made
                while len(self._kept) > self._entries:
                    self._kept.popitem(last=False)
            return made
