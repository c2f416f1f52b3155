"""What trainings report, kept as rows so that every server can show it while they run; and several side by side."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, insert, select

from whorl.store.db import Database, Priority
from whorl.store.db.tables import model_curve

Point = dict[str, float]
KEEP_EVERY_S = 2.0
MOST_POINTS = 300
_CHUNK = 500


def list_points(conn: Connection, model_id: str) -> list[Point]:
    """A training's reports, oldest first; empty when none are kept."""
    found = select(model_curve.c.metrics).where(model_curve.c.model_id == model_id).order_by(model_curve.c.step)
    return [dict(metrics) for metrics in conn.execute(found).scalars()]


def find_last_point(conn: Connection, model_id: str) -> Point | None:
    """A training's newest report, or None."""
    found = select(model_curve.c.metrics).where(model_curve.c.model_id == model_id)
    metrics = conn.execute(found.order_by(model_curve.c.step.desc()).limit(1)).scalar_one_or_none()
    return None if metrics is None else dict(metrics)


def save_points(conn: Connection, model_id: str, points: Sequence[Mapping[str, float]], *, first: int) -> None:
    """Keep reports from number ``first`` on; whatever was kept from there on is replaced."""
    conn.execute(delete(model_curve).where(model_curve.c.model_id == model_id, model_curve.c.step >= first))
    rows = [
        {"model_id": model_id, "step": first + number, "metrics": dict(point)} for number, point in enumerate(points)
    ]
    for start in range(0, len(rows), _CHUNK):
        conn.execute(insert(model_curve), rows[start : start + _CHUNK])


@dataclass
class CurveKeeper:
    """Writes a running training's reports, a batch every two seconds, behind people's writes.

    Args:
        db: Holds the rows.
        model_id: Whose they are.
    """

    db: Database
    model_id: str
    _kept: list[Point] = field(default_factory=list)
    _at: float = float("-inf")
    _is_first: bool = True

    def offer(self, points: list[Point], *, is_last: bool = False) -> None:
        """Keep what is new. A resumed training may have taken back what it is going to repeat."""
        now = time.monotonic()
        if not is_last and now < self._at + KEEP_EVERY_S:
            return
        self._at = now
        first = 0 if self._is_first else _common(self._kept, points)
        if not self._is_first and first == len(points) == len(self._kept):
            return
        new, self._kept, self._is_first = points[first:], points, False
        self.db.write(lambda conn: save_points(conn, self.model_id, new, first=first), priority=Priority.ENGINE)


def describe_point(point: Mapping[str, float]) -> str:
    """What a training just reported, for people: losses and scores, and what remains."""
    if "cache_seconds" in point:
        return f"{point.get('views', 1.0):.1f} views of each image are ready"
    shown = [f"{name} {value:.4g}" for name, value in point.items() if name not in ("seconds", "progress")]
    left = seconds_left(point)
    return ", ".join(shown if left is None else [*shown, f"about {duration_text(left)} left"])


def seconds_left(point: Mapping[str, float]) -> float | None:
    """What remains, by the share done and the seconds it took; None while nothing can be told."""
    progress, seconds = point.get("progress", 0.0), point.get("seconds", 0.0)
    if not 0.01 <= progress <= 1 or seconds <= 0:
        return None
    return round(seconds * (1 - progress) / progress, 1)


def duration_text(seconds: float) -> str:
    """Such as ``40 s``, ``3 min`` or ``1 h 20 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def thin(points: Sequence[Point], most: int = MOST_POINTS) -> list[Point]:
    """At most ``most`` points, the first and the last among them, and every one with a rare name, such as a score.

    A name is rare when less than a tenth of the points have it: a validation score every fifth epoch must not vanish.
    """
    if len(points) <= most:
        return list(points)
    counts: dict[str, int] = {}
    for point in points:
        for name in point:
            counts[name] = counts.get(name, 0) + 1
    rare = {name for name, count in counts.items() if count * 10 <= len(points) and count <= most // 3}
    must = [number for number, point in enumerate(points) if rare & point.keys()][: most // 2]
    left = max(most - len(must), 2)
    spread = {round(step * (len(points) - 1) / (left - 1)) for step in range(left)}
    return [points[number] for number in sorted(spread | set(must))][:most]


def _common(old: Sequence[Point], new: Sequence[Point]) -> int:
    """How many points at the beginning are the same in both."""
    # Nearly always all of the old ones: look at the last first.
    if len(old) <= len(new) and (not old or old[-1] == new[len(old) - 1]):
        return len(old)
    both = min(len(old), len(new))
    return next((number for number in range(both) if old[number] != new[number]), both)
