"""The fast offline replay: a labelled set is treated as if nothing were labelled, and strategies buy labels from it.

Key words: a *pool* is drawn anew for each seed, with its own test items; an *arm* is one strategy on one pool; a *run*
is the learning curve of an arm; the random arm is always there.

Invariants: all arms of a pool have the same pool, the same test items and the same budgets; a strategy sees what the
product would show it, and nothing else; the same plan gives the same runs.
"""

from whorl.selection.simulation.outcome import Outcome, summarise
from whorl.selection.simulation.plan import Plan, Run, default_budgets, make_plan
from whorl.selection.simulation.replay import Learner, replay, replay_arm

__all__ = ["Learner", "Outcome", "Plan", "Run", "default_budgets", "make_plan", "replay", "replay_arm", "summarise"]
