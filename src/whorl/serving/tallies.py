"""How many requests each model had in each role and minute, how long they took; counted here, written in batches."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from whorl.base.clock import to_datetime
from whorl.schemas.serving import EndpointMetrics, EndpointPoint, ServingRole
from whorl.serving.queries import Tally
from whorl.serving.rules import BUCKETS_MS, add_histograms, quantile_ms
from whorl.store.db.tables import endpoint, endpoint_tally

KEPT_DAYS = 90
MOST_POINTS = 120
_Key = tuple[str, str, ServingRole, int]


@dataclass
class Counts:
    """Requests of one minute; those without an answer are errors, too."""

    requests: int = 0
    errors: int = 0
    dropped: int = 0
    latency_ms: float = 0.0
    histogram: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS_MS) + 1))

    def add(self, other: Counts | Tally) -> None:
        """Add what was counted elsewhere."""
        self.requests += other.requests
        self.errors += other.errors
        self.dropped += other.dropped
        self.latency_ms += other.latency_ms
        self.histogram = add_histograms([self.histogram, other.histogram])


@dataclass
class Tallies:
    """What this process has counted and not written yet. Any thread may count."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _counts: dict[_Key, Counts] = field(default_factory=dict)
    totals: dict[tuple[str, ServingRole], Counts] = field(default_factory=dict)
    """Since the start of this process, by endpoint's name and role, for a monitoring system."""

    def answered(
        self, endpoint_id: str, name: str, model_id: str, role: ServingRole, *, minute: int, ms: float
    ) -> None:
        """Count an answer and how long it took."""
        with self._lock:
            for counts in self._places(endpoint_id, name, model_id, role, minute):
                counts.requests += 1
                counts.latency_ms += ms
                counts.histogram[bisect_left(BUCKETS_MS, ms)] += 1

    def failed(self, endpoint_id: str, name: str, model_id: str, role: ServingRole, *, minute: int) -> None:
        """Count a request that got no answer, through no fault of the caller's."""
        with self._lock:
            for counts in self._places(endpoint_id, name, model_id, role, minute):
                counts.requests += 1
                counts.errors += 1

    def dropped(self, endpoint_id: str, name: str, model_id: str, *, minute: int) -> None:
        """Count a request that the shadow was not asked, for want of time."""
        with self._lock:
            for counts in self._places(endpoint_id, name, model_id, ServingRole.SHADOW, minute):
                counts.dropped += 1

    def take(self) -> dict[_Key, Counts]:
        """What was counted since it was last taken."""
        with self._lock:
            taken, self._counts = self._counts, {}
            return taken

    def put_back(self, taken: Mapping[_Key, Counts]) -> None:
        """Count again what was taken and could not be written."""
        with self._lock:
            for key, counts in taken.items():
                self._counts.setdefault(key, Counts()).add(counts)

    def snapshot(self) -> dict[tuple[str, ServingRole], Counts]:
        """What was counted since the start, by endpoint's name and role."""
        with self._lock:
            return {key: replace(one, histogram=list(one.histogram)) for key, one in self.totals.items()}

    def _places(
        self, endpoint_id: str, name: str, model_id: str, role: ServingRole, minute: int
    ) -> tuple[Counts, Counts]:
        key = (endpoint_id, model_id, role, minute)
        return self._counts.setdefault(key, Counts()), self.totals.setdefault((name, role), Counts())


def write_tallies(conn: Connection, taken: Mapping[_Key, Counts]) -> None:
    """Add counts to those of other servers; those of endpoints that are gone by now are left out."""
    wanted = {key[0] for key in taken}
    standing = set(conn.execute(select(endpoint.c.id).where(endpoint.c.id.in_(wanted))).scalars())
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    for (endpoint_id, model_id, role, minute), counts in sorted(taken.items()):
        if endpoint_id not in standing:
            continue
        key = {"endpoint_id": endpoint_id, "model_id": model_id, "role": role.value, "minute": minute}
        empty = {"requests": 0, "errors": 0, "dropped": 0, "latency_ms": 0.0, "histogram": []}
        conn.execute(insert(endpoint_tally).values(**key, **empty).on_conflict_do_nothing())
        is_mine = (
            (endpoint_tally.c.endpoint_id == endpoint_id)
            & (endpoint_tally.c.model_id == model_id)
            & (endpoint_tally.c.role == role.value)
            & (endpoint_tally.c.minute == minute)
        )
        # Locked, where there are other servers: the histogram is read, added to and written back.
        held = conn.execute(select(endpoint_tally.c.histogram).where(is_mine).with_for_update()).scalar_one()
        conn.execute(
            update(endpoint_tally)
            .where(is_mine)
            .values(
                requests=endpoint_tally.c.requests + counts.requests,
                errors=endpoint_tally.c.errors + counts.errors,
                dropped=endpoint_tally.c.dropped + counts.dropped,
                latency_ms=endpoint_tally.c.latency_ms + counts.latency_ms,
                histogram=add_histograms([held, counts.histogram]),
            )
        )


def forget_old(conn: Connection, *, minute: int) -> None:
    """Remove the counts of more than ``KEPT_DAYS`` days ago."""
    conn.execute(delete(endpoint_tally).where(endpoint_tally.c.minute < minute - KEPT_DAYS * 24 * 60))


def summarise(tallies: Sequence[Tally], *, minutes: int, queue: int) -> EndpointMetrics:
    """The numbers of a stretch of time as at most ``MOST_POINTS`` points by model and role, and their totals.

    Args:
        minutes: How long the stretch is.
        queue: Requests that wait now.
    """
    step = max(1, ceil(minutes / MOST_POINTS))
    points: dict[tuple[int, str, ServingRole], Counts] = {}
    totals: dict[tuple[int, str, ServingRole], Counts] = {}
    start = min((one.minute for one in tallies), default=0)
    for one in tallies:
        points.setdefault((one.minute // step * step, one.model_id, one.role), Counts()).add(one)
        totals.setdefault((start, one.model_id, one.role), Counts()).add(one)
    return EndpointMetrics(
        step_s=step * 60,
        points=[_point(key, counts) for key, counts in sorted(points.items())],
        totals=[_point(key, counts) for key, counts in sorted(totals.items())],
        queue=queue,
    )


def _point(key: tuple[int, str, ServingRole], counts: Counts) -> EndpointPoint:
    minute, model_id, role = key
    answered = counts.requests - counts.errors
    return EndpointPoint(
        at=to_datetime(minute * 60),
        model_id=model_id,
        role=role,
        requests=counts.requests,
        errors=counts.errors,
        dropped=counts.dropped,
        mean_ms=counts.latency_ms / answered if answered else None,
        p50_ms=quantile_ms(counts.histogram, 0.5),
        p99_ms=quantile_ms(counts.histogram, 0.99),
    )
