"""Time on a device: a count of seconds that never runs faster than the real ones, whatever the wall clock says.

Budgets are kept on this count. Within one boot it follows the boot clock, across restarts of the program too. The time
a device was switched off cannot be known from its own wall clock, which may stand anywhere after a boot; it is counted
only once the server's answers (``Date``) say how long it was. Until then it counts as nothing: a budget is used less
than it could be, never more.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from whorl.base.errors import JsonValue

# The header Date has whole seconds, and an answer travels.
_DATE_SLACK_S = 2.0
_MAX_OFF_S = 31 * 86_400.0
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class TimeSource(Protocol):
    """The machine's clocks."""

    def elapsed(self) -> float:
        """Seconds on a clock that nobody can set; counts on while the machine sleeps, where it can."""
        ...

    def boot_id(self) -> str:
        """Names the run of that clock: another boot, another name."""
        ...

    def wall(self) -> float:
        """Seconds since 1970 UTC, as far as the machine knows; it may jump."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemTime:
    """The clocks of this machine."""

    def __init__(self) -> None:
        # Without a name for the boot, each process is a boot of its own: the time between is not counted.
        self._process = f"process-{time.time_ns()}"

    def elapsed(self) -> float:
        boot_clock = getattr(time, "CLOCK_BOOTTIME", None)
        return time.monotonic() if boot_clock is None else time.clock_gettime(boot_clock)

    def boot_id(self) -> str:
        try:
            return _BOOT_ID.read_text(encoding="ascii").strip() or self._process
        except OSError:
            return self._process

    def wall(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class FakeTime:
    """Clocks that move when told to; ``wall`` can be set to anything.

    Args:
        wall: First value of the wall clock, seconds since 1970 UTC.
    """

    def __init__(self, wall: float = 1_700_000_000.0) -> None:
        self._elapsed = 1000.0
        self._boot = 1
        self._wall = wall

    def elapsed(self) -> float:
        return self._elapsed

    def boot_id(self) -> str:
        return f"boot-{self._boot}"

    def wall(self) -> float:
        return self._wall

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        self._elapsed += seconds
        self._wall += seconds

    def set_wall(self, wall: float) -> None:
        """Let the wall clock jump."""
        self._wall = wall

    def reboot(self, *, wall: float | None = None) -> None:
        """Start the boot clock anew, as after a time without power."""
        self._boot += 1
        self._elapsed = 5.0
        self._wall = self._wall if wall is None else wall


class DeviceClock:
    """The count of seconds that budgets and windows use. Safe to use from several threads.

    Args:
        source: The machine's clocks.
        saved: What ``to_json`` gave before the last stop; None or nonsense starts a new count.
    """

    def __init__(self, source: TimeSource, saved: JsonValue = None) -> None:
        self._source = source
        self._lock = threading.Lock()
        state = saved if isinstance(saved, dict) else {}
        self._base = max(0.0, _number(state.get("now"), 0.0))
        self._started_at = source.elapsed()
        self._boot_id = source.boot_id()
        self._server = (_number(state.get("server_at"), -1.0), _number(state.get("server_now"), 0.0))
        self._has_gap = bool(state.get("has_gap", False))
        if state.get("boot_id") == self._boot_id:
            self._base += max(0.0, self._started_at - _number(state.get("elapsed"), self._started_at))
        elif state:
            self._has_gap = True

    def now(self) -> float:
        """Seconds counted so far."""
        with self._lock:
            return self._now()

    def wall(self) -> float:
        """Seconds since 1970 UTC as the machine believes; for showing only."""
        return self._source.wall()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self._source.sleep(seconds)

    def confirm(self, server_time: float) -> float:
        """Take note of the server's time, and count the time that the device was off; gives the seconds added.

        Args:
            server_time: Seconds since 1970 UTC, from the ``Date`` of an answer.
        """
        with self._lock:
            now = self._now()
            anchor, anchored_at = self._server
            added = 0.0
            if self._has_gap and anchor >= 0:
                missing = (server_time - anchor) - (now - anchored_at) - _DATE_SLACK_S
                added = min(max(0.0, missing), _MAX_OFF_S)
                self._base += added
            self._has_gap = False
            self._server = (server_time, now + added)
            return added

    def to_json(self) -> dict[str, JsonValue]:
        """What must be kept so that the count goes on after a restart."""
        with self._lock:
            return {
                "now": self._now(),
                "boot_id": self._boot_id,
                "elapsed": self._source.elapsed(),
                "server_at": self._server[0],
                "server_now": self._server[1],
                "has_gap": self._has_gap,
            }

    def _now(self) -> float:
        return self._base + max(0.0, self._source.elapsed() - self._started_at)


def _number(value: JsonValue, default: float) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else default
