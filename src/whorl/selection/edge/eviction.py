"""What goes when the spool is full: the least informative first, the oldest of these first, chance's share last."""

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


def plan_eviction(
    held: Sequence[Held], lacking: int, *, protected_bytes: float, value: float, is_uniform: bool
) -> Plan | None:
    """Choose what goes so that a newcomer of a value fits; None when it had better be turned away.

    Chance's share is only touched where it has more than its protected room. Of one window the image with the highest
    priority goes then, and the probability of the rest falls to that priority: what remains is still a uniform sample.

    Args:
        held: Oldest first.
        lacking: Bytes to be freed.
    """
    plan = Plan()
    # Values in steps of a tenth, so that among much the same the oldest goes.
    plain = sorted((one for one in held if not one.is_uniform), key=lambda one: round(one.value, 1))
    freed = 0
    for one in plain:
        if freed >= lacking:
            break
        if not is_uniform and round(one.value, 1) > round(value, 1):
            break
        plan.evicted.append(one)
        freed += one.n_bytes
    uniform = [one for one in held if one.is_uniform]
    spare = sum(one.n_bytes for one in uniform) - protected_bytes
    while freed < lacking and is_uniform and spare > 0 and uniform:
        oldest = (uniform[0].window, uniform[0].stratum)
        out = max((one for one in uniform if (one.window, one.stratum) == oldest), key=lambda one: one.priority)
        uniform.remove(out)
        plan.evicted.append(out)
        plan.thresholds.append((out.window, out.stratum, out.priority))
        freed += out.n_bytes
        spare -= out.n_bytes
    return plan if freed >= lacking else None
