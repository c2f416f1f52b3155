"""Labels saved: known answers, corners, and an interval that covers."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whorl.base.errors import InvalidInput
from whorl.models.evaluation import PredictedObjects, TruthObjects
from whorl.models.evaluation.detection import match_objects
from whorl.selection.savings import LearningCurve, labels_saved, labels_to_reach, rising

LABELS = np.arange(1, 9) * 25


def exact(labels: Any, accuracies: Any, n: int = 1000) -> LearningCurve:
    """A curve with these accuracies, to the image; better models are right wherever worse ones are."""
    correct = np.arange(n)[None] < np.round(np.asarray(accuracies) * n)[:, None]
    return LearningCurve.of_correct(labels, correct.astype(float))


def sampled(labels: Any, accuracies: Any, rng: np.random.Generator, n: int) -> LearningCurve:
    """A curve measured on n images: hard images are hard for all rounds, and each round has its own luck."""
    hardness = rng.random(n)
    own = rng.random((len(labels), n)) < 0.15
    luck = rng.random((len(labels), n))
    accuracy = np.asarray(accuracies)[:, None]
    return LearningCurve.of_correct(labels, (np.where(own, luck, hardness[None]) < accuracy).astype(float))


def test_labels_saved__half_the_labels() -> None:
    random = 0.4 + 0.5 * LABELS / 200
    strategy = np.minimum(0.9, 0.4 + 0.5 * LABELS / 100)
    saving = labels_saved(exact(LABELS, strategy), exact(LABELS, random))
    assert saving.value == pytest.approx(0.5)
    assert (saving.n_strategy, saving.n_random, saving.target) == (100, 200, pytest.approx(0.9))
    assert saving.low <= 0.5 <= saving.high
    assert saving.low > 0.35
    assert saving.direction == "strategy_end"
    # Levels run from where both arms have started to the target.
    assert [round(at.metric, 4) for at in saving.grid] == [0.6, 0.675, 0.75, 0.825, 0.9]
    assert [at.value for at in saving.grid] == pytest.approx([0.5] * 5, abs=2e-3)
    assert saving.covers == "the choice of test images; not the choice of the pool, nor the start"
    assert json.loads(json.dumps(saving.to_json()))["replicates"] == 1


def test_labels_saved__random_never_gets_there() -> None:
    saving = labels_saved(exact([50, 100, 200], [0.6, 0.8, 0.9]), exact([50, 100, 200], [0.5, 0.6, 0.7]))
    # Random ends at 0.7, which the strategy had at 75.
    assert saving.direction == "random_end"
    assert (saving.n_strategy, saving.n_random) == (pytest.approx(75), 200)
    assert saving.value == pytest.approx(0.625)


def test_labels_saved__random_is_better() -> None:
    saving = labels_saved(exact([50, 100, 200], [0.5, 0.6, 0.7]), exact([50, 100, 200], [0.6, 0.8, 0.9]))
    assert saving.direction == "strategy_end"
    assert saving.value == pytest.approx(1 - 200 / 75)
    assert saving.high < 0


def test_labels_saved__equal_curves() -> None:
    curve = exact([50, 100, 200], [0.5, 0.7, 0.8])
    saving = labels_saved(curve, curve)
    assert (saving.value, saving.low, saving.high) == (0.0, 0.0, 0.0)


def test_labels_saved__equal_arms_with_noise_hold_zero() -> None:
    rng = np.random.default_rng(0)
    truth = 0.9 - 0.5 * np.exp(-LABELS / 60)
    saving = labels_saved(sampled(LABELS, truth, rng, 300), sampled(LABELS, truth, rng, 300))
    assert saving.low < 0 < saving.high


def test_labels_saved__flat_curves() -> None:
    saving = labels_saved(exact([10, 20], [0.5, 0.5]), exact([10, 20], [0.5, 0.5]))
    assert (saving.value, saving.grid) == (0.0, ())


def test_labels_saved__a_dip_does_not_confuse() -> None:
    saving = labels_saved(exact([10, 20, 30, 40], [0.5, 0.8, 0.7, 0.9]), exact([10, 20, 30, 40], [0.5, 0.6, 0.7, 0.8]))
    assert saving.target == pytest.approx(0.8)
    # Rising: 0.5, 0.75, 0.75, 0.9; 0.8 is a third of the way from 30 to 40.
    assert saving.n_strategy == pytest.approx(30 + 10 / 3)


@pytest.mark.parametrize("n", [150, 600])
def test_labels_saved__interval_covers_the_true_saving(n: int) -> None:
    # Strategy learns twice as fast; the truth is read off the exact curves.
    random = 0.92 - 0.6 * np.exp(-LABELS / 80)
    strategy = 0.92 - 0.6 * np.exp(-LABELS / 40)
    target = random[-1]
    needed = labels_to_reach(strategy[None], LABELS, target)[0]
    truth = 1 - needed / 200
    held = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        hardness_seed = int(rng.integers(1 << 30))
        a = sampled(LABELS, strategy, np.random.default_rng(hardness_seed), n)
        b = sampled(LABELS, random, np.random.default_rng(hardness_seed + 1), n)
        saving = labels_saved(a, b, resamples=300, seed=seed)
        held += saving.low <= truth <= saving.high
    assert held >= 88


def test_labels_saved__replicates_widen_the_interval() -> None:
    random = 0.92 - 0.6 * np.exp(-LABELS / 80)
    fast = [0.92 - 0.6 * np.exp(-LABELS / pace) for pace in (20, 40, 75)]
    strategies = [exact(LABELS, curve) for curve in fast]
    controls = [exact(LABELS, random)] * 3
    one = labels_saved(strategies[1], controls[1])
    three = labels_saved(strategies, controls)
    assert three.replicates == 3
    assert three.covers == "the choice of test images and of 3 resampled pools"
    assert three.high - three.low > 1.3 * (one.high - one.low)


def test_labels_saved__groups_widen_the_interval() -> None:
    rng = np.random.default_rng(0)
    a = sampled(LABELS, 0.92 - 0.6 * np.exp(-LABELS / 40), rng, 60)
    b = sampled(LABELS, 0.92 - 0.6 * np.exp(-LABELS / 80), rng, 60)

    def copied(curve: LearningCurve) -> LearningCurve:
        correct = np.stack([curve.statistic(np.eye(60)[[at]])[0] for at in range(60)], axis=1)
        return LearningCurve.of_correct(LABELS, np.repeat(correct, 10, axis=1))

    groups = np.repeat(np.arange(60), 10).tolist()
    naive = labels_saved(copied(a), copied(b))
    grouped = labels_saved(copied(a), copied(b), groups=groups)
    assert grouped.value == pytest.approx(naive.value)
    assert grouped.high - grouped.low > 1.5 * (naive.high - naive.low)
    assert grouped.covers.startswith("the choice of groups of test images")


def test_labels_saved__for_detectors() -> None:
    rng = np.random.default_rng(0)
    low = rng.random((40, 3, 2)) * 300
    boxes = np.concatenate([low, low + 40], axis=2)
    truth = [TruthObjects(b, np.zeros(3, np.int64)) for b in boxes]

    def table(share: float) -> Any:
        found = []
        for b in boxes:
            keep = rng.random(3) < share
            found.append(PredictedObjects(b[keep], rng.random(keep.sum()), np.zeros(keep.sum(), np.int64)))
        return match_objects(truth, found, ["thing"])

    strategy = LearningCurve.of_matches([20, 40, 80], [table(q) for q in (0.3, 0.7, 0.9)])
    random = LearningCurve.of_matches([20, 40, 80], [table(q) for q in (0.3, 0.4, 0.6)])
    saving = labels_saved(strategy, random, resamples=200)
    assert 0.3 < saving.value < 0.8
    assert saving.low > 0


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: exact([10, 10], [0.5, 0.6]), "labels must rise from at least 1"),
        (lambda: exact([0, 10], [0.5, 0.6]), "labels must rise from at least 1"),
        (lambda: exact([10], [0.5, 0.6]), "1 label counts for 2 rounds"),
        (lambda: labels_saved([], []), "0 replicates of the strategy"),
        (lambda: labels_saved(exact([9], [0.5]), exact([9], [0.5], n=7)), r"test sets of \[7, 1000\] images"),
        (
            lambda: labels_saved([exact([9], [0.5]), exact([8], [0.5])], [exact([9], [0.5])] * 2),
            "replicates of one arm have different label counts",
        ),
    ],
)
def test_labels_saved__refuses(build: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        build()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
@settings(deadline=None)
def test_rising__equals_isotonic_regression(values: list[float]) -> None:
    from sklearn.isotonic import isotonic_regression

    ours = rising(np.array([values, values]))
    assert ours[0] == pytest.approx(isotonic_regression(np.array(values)), abs=1e-9)
    assert (np.diff(ours[1]) >= -1e-12).all()
