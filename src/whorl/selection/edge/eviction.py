"""What goes when the spool is full: the least informative first, the oldest of these first; chance keeps its room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Held:
    """What matters of an image that could go.

    Args:
        value: In [0, 1]; negative for what nobody takes.
        window: Of a chosen image; -1 while its window is open.
    """

    id: str
    n_bytes: int
    is_uniform: bool
    value: float
    priority: float = 0.0
    window: int = 0
    stratum: str = ""


@dataclass
class Plan:
    """What goes, and the thresholds (window, stratum, priority) to which chance's share of these windows falls."""

    evicted: list[Held] = field(default_factory=list)
    thresholds: list[tuple[int, str, float]] = field(default_factory=list)

    @property
    def freed(self) -> int:
        """Bytes."""
        return sum(one.n_bytes for one in self.evicted)


def plan_eviction(
    held: Sequence[Held], lacking: int, *, protected_bytes: float, value: float, is_uniform: bool
) -> Plan | None:
    """Choose what goes so that a newcomer of a value fits; None when it had better be turned away.

    First goes what nobody takes, then what chance's share has beyond its protected room, then the rest by value. Of
    chance's share of a window the image with the highest priority goes, and the probability of the others falls to that
    priority: what remains is still a uniform sample.

    Args:
        held: Oldest first.
        lacking: Bytes to be freed.
        value: The newcomer's; one that is no part of chance's share only displaces what is worth no more.
    """
    plan = Plan()
    refused = [one for one in held if one.value < 0]
    # Values in steps of a tenth, so that among much the same the oldest goes.
    plain = sorted((one for one in held if not one.is_uniform and one.value >= 0), key=lambda one: round(one.value, 1))
    worth_less = [one for one in plain if is_uniform or round(one.value, 1) <= round(value, 1)]
    uniform = [one for one in held if one.is_uniform and one.value >= 0]
    spare = sum(one.n_bytes for one in uniform) + (lacking if is_uniform else 0) - protected_bytes
    _take(plan, refused, lacking)
    while plan.freed < lacking and spare > 0 and uniform:
        oldest = (uniform[0].window, uniform[0].stratum)
        out = max((one for one in uniform if (one.window, one.stratum) == oldest), key=lambda one: one.priority)
        uniform.remove(out)
        plan.thresholds.append((out.window, out.stratum, out.priority))
        plan.evicted.append(out)
        spare -= out.n_bytes
    _take(plan, worth_less, lacking)
    return plan if plan.freed >= lacking else None


def _take(plan: Plan, held: Sequence[Held], lacking: int) -> None:
    for one in held:
        if plan.freed >= lacking:
            return
        plan.evicted.append(one)
