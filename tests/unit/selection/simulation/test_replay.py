from __future__ import annotations

import numpy as np
import pytest

from whorl.base.errors import InvalidInput, NotFound
from whorl.selection.simulation.linear import LinearLearner
from whorl.selection.simulation.outcome import summarise
from whorl.selection.simulation.plan import Plan, Run, default_budgets, make_plan, split_pool
from whorl.selection.simulation.replay import replay, replay_arm


def make_learner(n: int = 120, *, classes: int = 3, groups: np.ndarray | None = None) -> LinearLearner:
    rng = np.random.default_rng(0)
    targets = rng.integers(classes, size=n)
    centres = rng.normal(0, 1, size=(classes, 16))
    features = (centres[targets] + rng.normal(0, 1.2, size=(n, 16))).astype(np.float32)
    return LinearLearner(features, targets.astype(np.int64), tuple("abcdefgh"[:classes]), group_codes=groups)


def plan_of(learner: LinearLearner, *strategies: str, seeds: int = 2, budgets: tuple[int, ...] = (8, 16, 32)) -> Plan:
    return make_plan(strategies or ("auto",), n_items=len(learner.targets), seeds=seeds, budgets=budgets)


@pytest.fixture(scope="module")
def learner() -> LinearLearner:
    return make_learner()


@pytest.fixture(scope="module")
def runs(learner: LinearLearner) -> list[Run]:
    return replay(learner, plan_of(learner, "auto", "margin"))


def test_replay__runs_random_even_when_nobody_asked(runs: list[Run]) -> None:
    assert [(run.seed, run.strategy) for run in runs] == [
        (0, "auto"), (0, "margin"), (0, "random"), (1, "auto"), (1, "margin"), (1, "random"),
    ]  # fmt: skip


def test_replay__the_same_plan_gives_the_same_runs(learner: LinearLearner, runs: list[Run]) -> None:
    assert replay(learner, plan_of(learner, "auto", "margin")) == runs


def test_replay__spends_the_budgets_and_random_goes_on_beyond(runs: list[Run]) -> None:
    assert runs[0].labels == (8, 16, 32)
    assert runs[2].labels == (8, 16, 32, 44, 61)


def test_replay__arms_of_a_pool_share_pool_test_and_full_model(runs: list[Run]) -> None:
    assert len({(run.full, run.n_pool, run.n_test) for run in runs if run.seed == 0}) == 1
    assert (runs[0].n_pool, runs[0].n_test) == (84, 36)


def test_replay__without_a_model_margin_starts_with_the_labels_of_random(runs: list[Run]) -> None:
    assert runs[1].chosen == ("random", "margin", "margin")
    assert runs[1].metrics[0] == runs[2].metrics[0]


def test_replay__strategies_never_see_labels_of_the_pool(learner: LinearLearner) -> None:
    unlabelled, labelled = np.arange(50), np.arange(50, 80)
    pool = learner.pool(learner.fit(labelled, seed=0), unlabelled, labelled)
    assert pool.labelled_labels is not None
    assert pool.labelled_labels.tolist() == learner.targets[50:80].tolist()
    assert pool.labelled_probabilities is not None
    assert pool.labelled_probabilities.shape == (30, 3)
    assert pool.probabilities is not None
    assert pool.probabilities.sum(axis=1) == pytest.approx(np.ones(50))


def test_replay__stops_when_told_and_keeps_what_is_done(learner: LinearLearner) -> None:
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 4

    found = replay(learner, plan_of(learner, "margin"), should_stop=stop)
    assert len(found) == 4
    assert summarise(found, plan_of(learner, "margin"), task="t", metric_name="m").n_pools == 2
    three = found[:3]
    told = summarise(three, plan_of(learner, "margin"), task="t", metric_name="m")
    assert told.n_pools == 1
    assert "1 of 2 pools are finished; the rest is left out." in told.notes


def test_replay__takes_finished_runs_from_the_store(learner: LinearLearner, runs: list[Run]) -> None:
    class Store:
        kept: list[Run] = []

        def find(self, strategy: str, seed: int) -> Run | None:
            return next((run for run in runs if (run.strategy, run.seed) == (strategy, seed)), None)

        def keep(self, run: Run) -> None:
            self.kept.append(run)

    store = Store()
    assert replay(learner, plan_of(learner, "auto", "margin"), store=store) == runs
    assert store.kept == []


def test_replay__a_class_with_one_example_and_a_first_batch_of_one_class_do_no_harm() -> None:
    targets = np.array([0] * 40 + [1] * 39 + [2])
    features = np.random.default_rng(1).normal(size=(80, 4)).astype(np.float32) + targets[:, None]
    learner = LinearLearner(features, targets, ("a", "b", "c"))
    for name in ("auto", "margin", "random"):
        run = replay_arm(learner, plan_of(learner, budgets=(1, 2, 3, 10)), name, 0)
        assert all(0 <= one <= 1 for one in run.metrics)


def test_replay__a_budget_of_the_whole_pool_is_the_full_model() -> None:
    learner = make_learner(40)
    run = replay_arm(learner, plan_of(learner, budgets=(10, 28)), "auto", 0)
    assert run.labels == (10, 28)
    assert run.metrics[-1] == pytest.approx(run.full, abs=0.1)


def test_split_pool__never_cuts_a_group_and_differs_by_seed() -> None:
    groups = np.repeat(np.arange(30), 4)
    pool, test = split_pool(groups, test_share=0.3, seed=1)
    assert not set(groups[pool]) & set(groups[test])
    assert sorted([*pool, *test]) == list(range(120))
    assert len(test) == 36
    assert set(split_pool(groups, test_share=0.3, seed=2)[1]) != set(test)


def test_split_pool__one_group_cannot_be_parted() -> None:
    with pytest.raises(InvalidInput, match="1 groups"):
        split_pool(np.zeros(50, dtype=np.int64), test_share=0.3, seed=0)


def test_default_budgets__grow_and_stay_in_the_pool() -> None:
    assert default_budgets(1000, rounds=5) == (10, 28, 77, 216, 600)
    assert default_budgets(8, rounds=4) == (4,)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"n_items": 19}, "19 labelled items"),
        ({"budgets": [10, 71]}, "the budget 71 is above the pool of 70 items"),
        ({"budgets": [10, 10]}, "budgets are 10, 10"),
        ({"budgets": [0, 10]}, "budgets are 0, 10"),
        ({"seeds": 0}, "0 seeds"),
        ({"test_share": 1.0}, "test_share is 1"),
        ({"random_share": -0.1}, "random_share is -0.1"),
        ({"n_items": 30, "test_share": 0.1}, "3 of them to test"),
    ],
)
def test_make_plan__refuses(asked: dict[str, object], message: str) -> None:
    given: dict[str, object] = {"n_items": 100, "seeds": 2, **asked}
    with pytest.raises(InvalidInput, match=message):
        make_plan(["auto"], **given)  # type: ignore[arg-type]


def test_make_plan__names_what_is_near_an_unknown_strategy() -> None:
    with pytest.raises(NotFound, match="no strategy is called margn") as caught:
        make_plan(["margn"], n_items=100, seeds=1)
    assert caught.value.hint == "Did you mean margin?"
    with pytest.raises(InvalidInput, match="no strategy to simulate"):
        make_plan([], n_items=100, seeds=1)


def test_linear_learner__one_class_is_refused() -> None:
    with pytest.raises(InvalidInput, match="all items have one class"):
        LinearLearner(np.zeros((30, 4), np.float32), np.zeros(30, np.int64), ("a", "b"))


def test_linear_learner__numbers_that_are_not_finite_are_refused() -> None:
    with pytest.raises(InvalidInput, match="not finite"):
        LinearLearner(np.full((30, 4), np.nan, np.float32), np.arange(30) % 2, ("a", "b"))
