"""Which items to label next, and what choosing saved.

Key words: a *pool* is what is known about the unlabelled items, as arrays; a *strategy* turns a pool and a budget into
a *selection*, best first; the *random slice* is a marked part drawn uniformly, kept for unbiased estimates; the
*saving* is the share of labels that a strategy made unnecessary, against the random arm, with an interval.

Invariants: the same pool, budget and seed give the same selection; an index occurs once; never more than the budget;
what a strategy needs and the pool lacks is an error that says so, never a silent fall-back.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whorl.selection.mixing import select as select
    from whorl.selection.registry import get_strategy as get_strategy
    from whorl.selection.registry import list_strategies as list_strategies
    from whorl.selection.types import Pool as Pool
    from whorl.selection.types import Selection as Selection
    from whorl.selection.types import Strategy as Strategy

# Names load when first used: `whorl.selection.edge` runs on devices that have numpy alone.
_HOMES = {
    "Pool": "whorl.selection.types",
    "Selection": "whorl.selection.types",
    "Strategy": "whorl.selection.types",
    "get_strategy": "whorl.selection.registry",
    "list_strategies": "whorl.selection.registry",
    "select": "whorl.selection.mixing",
}
__all__ = ["Pool", "Selection", "Strategy", "get_strategy", "list_strategies", "select"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'whorl.selection' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
