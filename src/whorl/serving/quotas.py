"""How many requests of an endpoint are written down: a share, and at most so many in a minute, an hour and a day.

Windows are those of the clock (UTC): a minute begins at second 0, a day at midnight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from whorl.schemas.serving import EndpointSettings
from whorl.serving.flag_rules import draw


class Window(StrEnum):
    """A stretch of time with a quota of its own."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


_SECONDS = MappingProxyType({Window.MINUTE: 60, Window.HOUR: 3600, Window.DAY: 86_400})


def window_start(window: Window, now: float) -> float:
    """When the window that ``now`` lies in began, both in seconds since 1970 (UTC)."""
    length = _SECONDS[window]
    return now // length * length


def quotas_of(settings: EndpointSettings) -> dict[Window, int]:
    """The quotas that are set."""
    found = {
        Window.MINUTE: settings.log_per_minute,
        Window.HOUR: settings.log_per_hour,
        Window.DAY: settings.log_per_day,
    }
    return {window: most for window, most in found.items() if most is not None}


def is_in_share(endpoint_id: str, sha256: str, share: float) -> bool:
    """Whether an image belongs to the share that is written down: decided by its content, so alike on every server."""
    return share >= 1 or draw(f"{endpoint_id}:{sha256}") < share


@dataclass
class Counters:
    """How much of its quotas an endpoint has used. Not safe for threads.

    Args:
        used: Start of the window and number taken in it, by window.
    """

    used: dict[Window, tuple[float, int]] = field(default_factory=dict)

    def take(self, quotas: Mapping[Window, int], now: float) -> Window | None:
        """Take one from every quota; when one is used up take none, and give its window."""
        for window, most in quotas.items():
            if self._in(window, now) >= most:
                return window
        for window in Window:
            self.used[window] = (window_start(window, now), self._in(window, now) + 1)
        return None

    def raise_to(self, window: Window, count: int, now: float) -> None:
        """Note that at least ``count`` were taken in the window, as the log's rows say."""
        self.used[window] = (window_start(window, now), max(count, self._in(window, now)))

    def _in(self, window: Window, now: float) -> int:
        start, count = self.used.get(window, (0.0, 0))
        return count if start == window_start(window, now) else 0


def day_of(at: datetime) -> tuple[datetime, datetime]:
    """Begin and end of the day (UTC) that a time lies in."""
    begin = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return begin, begin + timedelta(days=1)
