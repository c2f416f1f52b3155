"""Buy labels round by round from an oracle, as a project would, and note what the model is worth after each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import numpy as np

from whorl.base.errors import InvalidInput, JsonValue
from whorl.selection import select
from whorl.selection.choosing import Facts, choose_strategy
from whorl.selection.registry import get_strategy
from whorl.selection.simulation.plan import AUTO, RANDOM, Plan, Run, split_pool
from whorl.selection.types import IntArray, Pool, Selection

Progress = Callable[[int, int], None]
ShouldStop = Callable[[], bool]


class Fitted(Protocol):
    """A model that learned from some rows."""

    def score(self, test: IntArray) -> float:
        """The metric on these rows, in [0, 1]."""
        ...


class Learner(Protocol):
    """Trains on rows of a labelled set, and knows the labels of all of it."""

    @property
    def task(self) -> str:
        """What is learned."""
        ...

    @property
    def metric_name(self) -> str:
        """What ``score`` gives."""
        ...

    @property
    def groups(self) -> IntArray:
        """(n,) code of each row's group; a group is never cut by a split."""
        ...

    def fit(self, rows: IntArray, *, seed: int) -> Fitted:
        """A model of these rows."""
        ...

    # Any: what this learner's own fit gave.
    def pool(self, fitted: Any, unlabelled: IntArray, labelled: IntArray) -> Pool:
        """What a strategy may know: nothing of the labels of ``unlabelled``; no model before the first fit."""
        ...


class RunStore(Protocol):
    """Where finished runs are kept, so that an interrupted simulation goes on."""

    def find(self, strategy: str, seed: int) -> Run | None:
        """A run that was kept."""
        ...

    def keep(self, run: Run) -> None:
        """Keep a run."""
        ...


def replay(
    learner: Learner,
    plan: Plan,
    *,
    store: RunStore | None = None,
    report: Progress = lambda done, total: None,
    should_stop: ShouldStop = lambda: False,
) -> list[Run]:
    """Run all arms, pool by pool; those that the store has are taken from it.

    Stopped early it gives what is done.
    """
    runs: list[Run] = []
    full: dict[int, float] = {}
    arms = plan.arms
    for done, (seed, strategy) in enumerate(arms):
        report(done, len(arms))
        found = store.find(strategy, seed) if store is not None else None
        if found is None:
            if should_stop():
                break
            found = replay_arm(learner, plan, strategy, seed, full=full.get(seed))
            if store is not None:
                store.keep(found)
        full[seed] = found.full
        runs.append(found)
    else:
        report(len(arms), len(arms))
    return runs


def replay_arm(learner: Learner, plan: Plan, strategy: str, seed: int, *, full: float | None = None) -> Run:
    """One strategy on one pool.

    Args:
        full: The metric of the whole pool where it is known already from another arm of this seed.

    Raises:
        InvalidInput: The strategy needs what this kind of model does not give.
    """
    everything, test = split_pool(learner.groups, test_share=plan.test_share, seed=seed)
    labelled = np.zeros(0, dtype=np.int64)
    unlabelled = everything
    fitted: Fitted | None = None
    labels: list[int] = []
    metrics: list[float] = []
    chosen: list[str] = []
    for number, budget in enumerate(plan.budgets_of(strategy)):
        wanted = min(budget, len(everything)) - len(labelled)
        if wanted < 1:
            break
        pool = learner.pool(fitted, unlabelled, labelled)
        name, picked = _choose(pool, strategy, wanted, plan.random_share, seed=seed * 1009 + number)
        labelled = np.concatenate([labelled, unlabelled[picked.indices]])
        unlabelled = np.delete(unlabelled, picked.indices)
        fitted = learner.fit(labelled, seed=seed)
        labels.append(len(labelled))
        metrics.append(fitted.score(test))
        chosen.append(name)
    whole = learner.fit(np.sort(everything), seed=seed).score(test) if full is None else full
    return Run(strategy, seed, tuple(labels), tuple(metrics), whole, len(everything), len(test), tuple(chosen))


def _choose(pool: Pool, strategy: str, budget: int, share: float, *, seed: int) -> tuple[str, Selection]:
    name, params = resolve_strategy(strategy, pool, budget)
    is_cold = not pool.labelled_count
    try:
        return name, select(pool, get_strategy(name, **params), budget, random_share=share, seed=seed)
    except InvalidInput:
        # Before the first model a strategy that needs one cannot choose: its first labels are chance's, the very ones
        # that the random arm gets.
        if not is_cold:
            raise
    return RANDOM, select(pool, get_strategy(RANDOM), budget, random_share=share, seed=seed)


def resolve_strategy(strategy: str, pool: Pool, budget: int) -> tuple[str, Mapping[str, JsonValue]]:
    """The strategy and parameters that the product would take for ``auto``; any other name as it is."""
    if strategy != AUTO:
        return strategy, {}
    choice = choose_strategy(
        Facts(
            n_pool=pool.size,
            budget=budget,
            n_labelled=pool.labelled_count,
            task="objects" if pool.boxes is not None else "classes",
            has_vectors=pool.embeddings is not None,
            has_probabilities=pool.probabilities is not None,
            has_boxes=pool.boxes is not None,
            has_groups=pool.groups is not None,
        )
    )
    return choice.name, choice.params


def finished_seeds(runs: Iterable[Run], plan: Plan) -> list[int]:
    """Seeds whose arms are all done, in order."""
    done: dict[int, set[str]] = {}
    for run in runs:
        done.setdefault(run.seed, set()).add(run.strategy)
    return [seed for seed in sorted(done) if done[seed] >= set(plan.strategies)]
