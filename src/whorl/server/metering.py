"""What is counted in this process about the requests it answers. Cheap: a lock and two additions a request."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper edges of the latency histogram; the last bucket, beyond them, has none."""


@dataclass
class Latency:
    """A histogram: how many requests took up to each edge of ``BUCKETS_S``, and all seconds."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS_S) + 1))
    seconds: float = 0.0


@dataclass
class RequestMeter:
    """Requests by kind (the noun of their route), method and status, and how long each kind took until it began to
    answer: an event stream or an archive does not count until its end.
    """

    answered: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    latency: dict[str, Latency] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, method: str, status: int, *, seconds: float) -> None:
        """Count one request."""
        with self._lock:
            self.answered[kind, method, status] += 1
            one = self.latency.setdefault(kind, Latency())
            one.counts[bisect_left(BUCKETS_S, seconds)] += 1
            one.seconds += seconds

    def snapshot(self) -> tuple[dict[tuple[str, str, int], int], dict[str, Latency]]:
        """What is counted so far."""
        with self._lock:
            copied = {kind: Latency(list(one.counts), one.seconds) for kind, one in self.latency.items()}
            return dict(self.answered), copied
