"""Budgets: so many images or bytes in any minute, hour or day.

A budget is kept twice. The *ledger* counts what was used in small bins of time: in no stretch as long as the period is
the amount ever exceeded, wherever the stretch begins. The *pace* lets the amount grow evenly, so that the first minute
does not use up the day; what a quiet time leaves is kept, up to one whole amount.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from whorl.base.errors import InvalidInput

if TYPE_CHECKING:
    from whorl.base.errors import JsonValue

BINS = 60
_UNITS = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_PERIODS = {
    **dict.fromkeys(("s", "sec", "second"), 1.0),
    **dict.fromkeys(("m", "min", "minute"), 60.0),
    **dict.fromkeys(("h", "hour"), 3600.0),
    **dict.fromkeys(("d", "day"), 86_400.0),
    **dict.fromkeys(("w", "week"), 7 * 86_400.0),
}
_BYTES = re.compile(r"(?P<amount>\d+(?:\.\d+)?)\s*(?P<unit>[a-zA-Z]*)")
_LIMIT = re.compile(rf"{_BYTES.pattern}\s*/\s*(?P<n>\d+(?:\.\d+)?)?\s*(?P<period>[a-zA-Z]+)")
# A whisker, because 0.1 * 3 is a bit more than 0.3.
_WHISKER = 1e-9


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``amount`` images or bytes in any ``period_s`` seconds."""

    amount: float
    of: Literal["count", "bytes"]
    period_s: float

    def __str__(self) -> str:
        amount = f"{self.amount:,.0f} " + ("images" if self.of == "count" else "bytes")
        names = {60.0: "minute", 3600.0: "hour", 86_400.0: "day", 604_800.0: "week"}
        return f"{amount} a {names.get(self.period_s, f'{self.period_s:g} s')}"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may be used now: whole images, and bytes; infinite where nothing limits it."""

    count: float
    n_bytes: float

    def allows(self, count: int, n_bytes: int) -> bool:
        """Whether so much may be used."""
        return count <= self.count and n_bytes <= self.n_bytes


def parse_budget(text: str) -> tuple[Limit, ...]:
    """Read limits such as ``500/day,200MB/day`` or ``20/min``; an empty text has none.

    Units are B, kB, MB, GB (thousands) and KiB, MiB, GiB; periods second, minute, hour, day and week, or a number of
    them: ``100/30min``.

    Raises:
        InvalidInput: Not of this form, an amount of nothing, or one limit given twice.
    """
    limits: dict[tuple[str, float], Limit] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        limit = _parse_limit(part)
        key = (limit.of, limit.period_s)
        if key in limits:
            raise InvalidInput(f"two limits for the same period: {text[:80]!r}", hint="Give each period once.")
        limits[key] = limit
    return tuple(limits.values())


def parse_bytes(text: str) -> int:
    """Read a size such as ``512MB``.

    Raises:
        InvalidInput: Not of this form, or nothing.
    """
    match = _BYTES.fullmatch(text.strip())
    size = 0 if match is None else float(match["amount"]) * _UNITS.get((match["unit"] or "b").lower(), 0)
    if not 1 <= size < math.inf:
        raise InvalidInput(f"not a size: {text[:40]!r}", hint="Write a number and a unit, such as 512MB.")
    return int(size)


def parse_seconds(text: str) -> float:
    """Read a time such as ``10min`` or ``1h``.

    Raises:
        InvalidInput: Not of this form, or nothing.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-zA-Z]*)", text.strip())
    seconds = 0.0 if match is None else float(match[1]) * _period(match[2] or "s")
    if not 0 < seconds < math.inf:
        raise InvalidInput(f"not a time: {text[:40]!r}", hint="Write a number and a unit, such as 10min.")
    return seconds


def _parse_limit(part: str) -> Limit:
    match = _LIMIT.fullmatch(part)
    if match is not None:
        unit = match["unit"].lower()
        period_s = float(match["n"] or 1) * _period(match["period"])
        amount = float(match["amount"]) * (1 if not unit else _UNITS.get(unit, 0))
        if amount >= 1 and 1 <= period_s < math.inf and amount < math.inf:
            return Limit(amount, "bytes" if unit else "count", period_s)
    raise InvalidInput(
        f"not a budget: {part[:40]!r}",
        hint="Write images or bytes in a period, such as 500/day, 20/min or 200MB/day; parted by commas.",
    )


def _period(name: str) -> float:
    name = name.lower()
    return _PERIODS.get(name, _PERIODS.get(name.removesuffix("s"), 0.0))


class Budget:
    """What was used of some limits, and what may be used now. Times are those of a ``DeviceClock``.

    Args:
        limits: None at all allows everything.
        is_paced: Let the amount grow evenly over the period, instead of being there at once.
        saved: What ``to_json`` gave before; None begins with nothing used.
    """

    def __init__(self, limits: Sequence[Limit], *, now: float, is_paced: bool = True, saved: JsonValue = None) -> None:
        self.limits = tuple(limits)
        state = saved if isinstance(saved, dict) else {}
        self._meters = [_Meter(limit, now, is_paced=is_paced, saved=state.get(_key(limit))) for limit in limits]

    def allowance(self, now: float) -> Allowance:
        """What may be used at a time."""
        return self._least([(meter.limit, meter.room(now)) for meter in self._meters])

    def promise(self, later: float) -> Allowance:
        """What the pace will allow at a later time, when nothing is used before and what was used is long past."""
        return self._least([(meter.limit, meter.credit(later)) for meter in self._meters])

    def _least(self, rooms: Sequence[tuple[Limit, float]]) -> Allowance:
        room = {"count": math.inf, "bytes": math.inf}
        for limit, amount in rooms:
            room[limit.of] = min(room[limit.of], amount)
        count = room["count"] if room["count"] == math.inf else math.floor(room["count"] + _WHISKER)
        return Allowance(count, math.floor(room["bytes"] + _WHISKER) if room["bytes"] < math.inf else math.inf)

    def charge(self, now: float, *, count: int, n_bytes: int) -> None:
        """Note that so much was used."""
        for meter in self._meters:
            meter.charge(now, count if meter.limit.of == "count" else n_bytes)

    def use_up(self, now: float) -> None:
        """Note that all was used: what is done when the records are lost."""
        for meter in self._meters:
            meter.charge(now, meter.limit.amount)

    def used(self, now: float) -> list[float]:
        """How much of each limit is used, in the order of ``limits``."""
        return [meter.used(now) for meter in self._meters]

    def to_json(self) -> dict[str, JsonValue]:
        """What must be kept so that a restart changes nothing."""
        return {_key(meter.limit): meter.to_json() for meter in self._meters}


class _Meter:
    """One limit: bins of what was used, and the pace's credit."""

    def __init__(self, limit: Limit, now: float, *, is_paced: bool, saved: JsonValue) -> None:
        self.limit = limit
        self._width = limit.period_s / BINS
        state = saved if isinstance(saved, dict) else {}
        bins = state.get("bins")
        self._bins: dict[int, float] = {}
        for index, amount in bins.items() if isinstance(bins, dict) else ():
            if isinstance(amount, int | float):
                self._bins[int(index)] = float(amount)
        self._is_paced = is_paced
        credit, credit_at = state.get("credit"), state.get("credit_at")
        self._credit = min(float(credit), limit.amount) if isinstance(credit, int | float) else 0.0
        self._credit_at = float(credit_at) if isinstance(credit_at, int | float) else now

    def room(self, now: float) -> float:
        left = max(0.0, self.limit.amount - self.used(now))
        return min(left, self.credit(now)) if self._is_paced else left

    def used(self, now: float) -> float:
        # A bin counts until its very last moment has left the period: too long rather than too short.
        first = math.floor((now - self.limit.period_s) / self._width)
        return sum(amount for index, amount in self._bins.items() if index >= first)

    def charge(self, now: float, amount: float) -> None:
        first = math.floor((now - self.limit.period_s) / self._width)
        self._bins = {index: used for index, used in self._bins.items() if index >= first}
        here = math.floor(now / self._width)
        self._bins[here] = self._bins.get(here, 0.0) + amount
        self._credit, self._credit_at = max(0.0, self.credit(now) - amount), now

    def to_json(self) -> dict[str, JsonValue]:
        bins: dict[str, JsonValue] = {str(index): amount for index, amount in self._bins.items()}
        return {"amount": self.limit.amount, "bins": bins, "credit": self._credit, "credit_at": self._credit_at}

    def credit(self, now: float) -> float:
        grown = max(0.0, now - self._credit_at) * self.limit.amount / self.limit.period_s
        return min(self.limit.amount, self._credit + grown)


def _key(limit: Limit) -> str:
    return f"{limit.of}/{limit.period_s:g}"


def default_window_s(limits: Sequence[Limit]) -> float:
    """How long to look before choosing: about twenty images' worth of the tightest limit, 60 s to one period.

    A window must be paid for by at least one image, or what passed in it would stand for nothing in an estimate.
    """
    counts = [limit for limit in limits if limit.of == "count"]
    if not counts:
        return min([600.0, *[limit.period_s for limit in limits]])
    tightest = min(counts, key=lambda limit: limit.amount / limit.period_s)
    return min(max(60.0, 20 * tightest.period_s / tightest.amount), max(60.0, tightest.period_s))
