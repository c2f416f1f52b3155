"""Which items to label next, and what choosing saved.

Key words: a *pool* is what is known about the unlabelled items, as arrays; a *strategy* turns a pool and a budget into
a *selection*, best first; the *random slice* is a marked part drawn uniformly, kept for unbiased estimates; the
*saving* is the share of labels that a strategy made unnecessary, against the random arm, with an interval.

Invariants: the same pool, budget and seed give the same selection; an index occurs once; never more than the budget;
what a strategy needs and the pool lacks is an error that says so, never a silent fall-back.
"""

from whorl.selection.registry import get_strategy, list_strategies
from whorl.selection.select import select
from whorl.selection.types import Pool, Selection, Strategy

__all__ = ["Pool", "Selection", "Strategy", "get_strategy", "list_strategies", "select"]
