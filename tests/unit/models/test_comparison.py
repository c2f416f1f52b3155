"""Promotion: it must find real gains, refuse luck, and have a way out of every corner."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from whorl.base.errors import InvalidInput
from whorl.models.comparison import (
    ClassificationCase,
    Comparison,
    ComparisonRules,
    Decision,
    DetectionCase,
    ModelCost,
    WearLevel,
    compare_models,
    mcnemar_exact,
    wear_warning,
)
from whorl.models.evaluation import PredictedObjects, TruthObjects

NAMES = ["a", "b"]


def says(guesses: Any, classes: int = 2) -> Any:
    return np.eye(classes)[np.asarray(guesses)] * 0.98 + 0.02 / classes


def classifier(labels: Any, accuracy: float, rng: np.random.Generator) -> Any:
    wrong = rng.random(labels.size) >= accuracy
    return says(np.where(wrong, 1 - labels, labels))


def boxes_case(
    n: int, rng: np.random.Generator, champion: float | None, challenger: float | None, *, noise: int = 2
) -> DetectionCase:
    truths = []
    for _ in range(n):
        low = rng.random((3, 2)) * 300
        truths.append(TruthObjects(np.concatenate([low, low + 40], axis=1), rng.integers(0, 2, 3)))

    def detect(share: float) -> list[PredictedObjects]:
        out = []
        for true in truths:
            keep = rng.random(3) < share
            low = rng.random((noise, 2)) * 300
            wrong = np.concatenate([low, low + 40], axis=1)
            boxes = np.concatenate([true.boxes[keep], wrong])
            labels = np.concatenate([true.labels[keep], rng.integers(0, 2, noise)])
            out.append(PredictedObjects(boxes, rng.random(len(boxes)), labels))
        return out

    nothing = PredictedObjects(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64))
    return DetectionCase(
        truths,
        None if champion is None else detect(champion),
        [nothing] * n if challenger is None else detect(challenger),
        NAMES,
    )


def test_compare_models__promotes_a_real_gain() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 400)
    case = ClassificationCase(labels, classifier(labels, 0.8, rng), classifier(labels, 0.93, rng), NAMES)
    result = compare_models(case, seed=5)
    assert result.decision is Decision.PROMOTE
    assert result.delta is not None
    assert result.low is not None
    assert result.high is not None
    assert 0 < result.low < result.delta < result.high
    assert result.mcnemar_p is not None
    assert result.mcnemar_p < 0.001
    assert (result.n_images, result.n_groups, result.seed, result.level) == (400, 400, 5, 0.95)
    assert result == compare_models(case, seed=5)
    assert Comparison.from_json(json.loads(json.dumps(result.to_json()))) == result


def test_compare_models__keeps_against_a_worse_challenger() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 400)
    case = ClassificationCase(labels, classifier(labels, 0.93, rng), classifier(labels, 0.8, rng), NAMES)
    result = compare_models(case)
    assert result.decision is Decision.KEEP
    assert result.reasons[0].startswith("Worse: -0.1")


def test_compare_models__identical_models_tie() -> None:
    labels = np.array([0, 1] * 20)
    probabilities = classifier(labels, 0.8, np.random.default_rng(1))
    result = compare_models(ClassificationCase(labels, probabilities, probabilities, NAMES))
    assert result.decision is Decision.TIE
    assert (result.delta, result.low, result.high, result.mcnemar_p) == (0.0, 0.0, 0.0, 1.0)


def test_compare_models__three_lucky_images_are_a_tie() -> None:
    # The bootstrap alone would nearly promote here: no resampled delta can be negative.
    labels = np.array([0, 1] * 50)
    champion = labels.copy()
    champion[:5] = 1 - champion[:5]
    result = compare_models(ClassificationCase(labels, says(champion), says(labels), NAMES))
    assert result.decision is Decision.TIE
    assert "exact McNemar p 0.0625" in result.reasons[0]


def test_compare_models__min_delta_makes_a_small_gain_a_tie() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 400)
    case = ClassificationCase(labels, classifier(labels, 0.8, rng), classifier(labels, 0.93, rng), NAMES)
    result = compare_models(case, rules=ComparisonRules(min_delta=0.3))
    assert result.decision is Decision.TIE
    assert result.reasons[0].startswith("Better, but by less than 0.3")


def test_compare_models__a_class_through_its_floor_keeps_the_champion() -> None:
    labels = np.array([0] * 300 + [1] * 50)
    champion = np.array([0] * 200 + [1] * 100 + [1] * 50)
    challenger = np.array([0] * 300 + [1] * 40 + [0] * 10)
    case = ClassificationCase(labels, says(champion), says(challenger), NAMES)
    result = compare_models(case)
    assert result.decision is Decision.KEEP
    assert result.reasons[1] == "Class b falls by 0.200, more than 0.1 (50 examples)."
    assert [row.is_breached for row in result.per_class] == [False, True]
    for rules in (
        ComparisonRules(min_support=51),
        ComparisonRules(floor_drop=None),
        ComparisonRules(floor_drop=0.2),
        ComparisonRules(class_floor_drop={"b": 0.25}),
    ):
        assert compare_models(case, rules=rules).decision is Decision.PROMOTE


def test_compare_models__limits_on_latency_and_size() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 400)
    case = ClassificationCase(labels, classifier(labels, 0.8, rng), classifier(labels, 0.93, rng), NAMES)
    rules = ComparisonRules(max_latency_ms=10, max_size_bytes=1000)
    cost = ModelCost(latency_ms=12.5, size_bytes=2000)
    result = compare_models(case, rules=rules, cost=cost)
    assert result.decision is Decision.KEEP
    assert result.reasons[1:] == (
        "Too slow: 12.5 ms, allowed 10 ms.",
        "Too large: 2000 bytes, allowed 1000 bytes.",
    )
    fine = ModelCost(latency_ms=9, size_bytes=1000)
    assert compare_models(case, rules=rules, cost=fine).decision is Decision.PROMOTE
    with pytest.raises(InvalidInput, match="latency was not measured"):
        compare_models(case, rules=rules)


@pytest.mark.parametrize(("accuracy", "decision"), [(0.8, Decision.PROMOTE), (0.5, Decision.KEEP)])
def test_compare_models__first_model_must_beat_chance(accuracy: float, decision: Decision) -> None:
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 2, 200)
    result = compare_models(ClassificationCase(labels, None, classifier(labels, accuracy, rng), NAMES))
    assert result.decision is decision
    assert result.champion is None
    assert "no champion yet" in result.reasons[0]


def test_compare_models__class_absent_from_the_test_set() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 300)
    wide = [np.pad(classifier(labels, q, rng), ((0, 0), (0, 1))) for q in (0.7, 0.9)]
    result = compare_models(ClassificationCase(labels, *wide, ["a", "b", "unseen"]))
    assert result.decision is Decision.PROMOTE
    last = result.per_class[2]
    assert (last.champion, last.challenger, last.delta, last.support, last.is_breached) == (None, None, None, 0, False)


def test_compare_models__copies_of_an_image_are_no_evidence() -> None:
    # One hard image in a video of 100 frames: grouped by video, it is one observation.
    labels = np.array([0, 1] * 10 + [0] * 100)
    champion = np.concatenate([labels[:20], np.ones(100, int)])
    case = ClassificationCase(labels, says(champion), says(labels), NAMES)
    rules = ComparisonRules(floor_drop=None)
    assert compare_models(case, rules=rules).decision is Decision.PROMOTE
    groups = [f"image {at}" for at in range(20)] + ["video"] * 100
    grouped = compare_models(case, rules=rules, groups=groups)
    assert grouped.decision is Decision.TIE
    assert (grouped.n_groups, grouped.mcnemar_p) == (21, None)


@pytest.mark.parametrize("n", [40, 150])
def test_compare_models__equal_classifiers_are_rarely_promoted(n: int) -> None:
    promoted = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        labels = rng.integers(0, 2, n)
        case = ClassificationCase(labels, classifier(labels, 0.8, rng), classifier(labels, 0.8, rng), NAMES)
        rules = ComparisonRules(resamples=500, floor_drop=None)
        promoted += compare_models(case, rules=rules, seed=seed).decision is Decision.PROMOTE
    # alpha is two-sided, so 2.5 % are expected; 10 of 200 is alpha itself.
    assert promoted <= 10


@pytest.mark.parametrize("n", [25, 60])
def test_compare_models__equal_detectors_are_rarely_promoted(n: int) -> None:
    promoted = 0
    for seed in range(200):
        case = boxes_case(n, np.random.default_rng(seed), 0.7, 0.7)
        rules = ComparisonRules(resamples=400, floor_drop=None)
        promoted += compare_models(case, rules=rules, seed=seed).decision is Decision.PROMOTE
    assert promoted <= 10


@pytest.mark.parametrize("metric", ["ap50", "ap"])
def test_compare_models__promotes_a_better_detector(metric: Any) -> None:
    case = boxes_case(60, np.random.default_rng(1), 0.5, 0.8)
    result = compare_models(case, rules=ComparisonRules(metric=metric))
    assert result.decision is Decision.PROMOTE
    assert result.metric == metric
    assert result.mcnemar_p is None
    assert sum(row.support for row in result.per_class) == 180


def test_compare_models__detector_without_detections() -> None:
    rng = np.random.default_rng(1)
    silent = compare_models(boxes_case(30, rng, 0.7, None))
    assert (silent.decision, silent.challenger) == (Decision.KEEP, 0.0)
    first = compare_models(boxes_case(30, rng, None, None))
    assert (first.decision, first.champion, first.challenger) == (Decision.KEEP, None, 0.0)
    good = compare_models(boxes_case(30, rng, None, 0.7))
    assert good.decision is Decision.PROMOTE


def test_compare_models__two_silent_detectors_tie() -> None:
    case = boxes_case(30, np.random.default_rng(1), None, None)
    both = DetectionCase(case.truth, case.challenger, case.challenger, NAMES)
    assert compare_models(both).decision is Decision.TIE


def test_compare_models__no_true_object_anywhere_is_a_tie() -> None:
    empty = [TruthObjects(np.zeros((0, 4)), np.zeros(0, np.int64))] * 5
    some = [PredictedObjects(np.array([[0, 0, 9.0, 9.0]]), np.array([0.5]), np.array([0]))] * 5
    result = compare_models(DetectionCase(empty, some, some, NAMES))
    assert (result.decision, result.delta, result.low, result.p_value) == (Decision.TIE, None, None, None)
    assert Comparison.from_json(result.to_json()) == result


def test_compare_models__a_test_set_without_images() -> None:
    assert compare_models(DetectionCase([], [], [], NAMES)).decision is Decision.TIE
    assert compare_models(DetectionCase([], None, [], NAMES)).decision is Decision.KEEP
    nothing = np.zeros((0, 2))
    with pytest.raises(InvalidInput, match="no labelled images"):
        compare_models(ClassificationCase(np.zeros(0, np.int64), nothing, nothing, NAMES))


def test_compare_models__wear_makes_the_next_comparison_stricter() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 300)
    case = ClassificationCase(labels, classifier(labels, 0.84, rng), classifier(labels, 0.88, rng), NAMES)
    fresh, worn = compare_models(case), compare_models(case, times_compared=15)
    assert fresh.decision is Decision.PROMOTE
    assert worn.decision is Decision.TIE
    assert fresh.low is not None
    assert worn.low is not None
    assert worn.low < fresh.low
    assert worn.level == pytest.approx(1 - 0.05 / 16)
    assert worn.resamples == 6400
    assert worn.reasons[-1].startswith("Test set of 300 images used for 15 earlier comparisons.")


def test_wear_warning__levels() -> None:
    levels = [wear_warning(times, 200).level for times in (0, 4, 5, 9, 10)]
    assert levels == [WearLevel.FRESH, WearLevel.FRESH, WearLevel.WORN, WearLevel.WORN, WearLevel.WORN_OUT]
    assert wear_warning(19, 100_000).level is WearLevel.WORN
    assert wear_warning(3, 10).level is WearLevel.WORN_OUT
    assert wear_warning(0, 0).luck == 0.0
    assert wear_warning(9, 200).luck == pytest.approx(0.0759, abs=1e-4)
    assert wear_warning(3, 200).alpha_share == 0.25


def test_mcnemar_exact__equals_the_binomial_test() -> None:
    from scipy.stats import binomtest

    champion = np.array([1] * 30 + [1] * 3 + [0] * 12 + [0] * 5, bool)
    challenger = np.array([1] * 30 + [0] * 3 + [1] * 12 + [0] * 5, bool)
    assert mcnemar_exact(champion, challenger) == pytest.approx(binomtest(3, 15).pvalue)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (ComparisonRules(metric="ap"), "metric ap does not fit this task"),
        (ComparisonRules(alpha=0), "alpha 0"),
        (ComparisonRules(class_floor_drop={"z": 0.1}), "floors are set for unknown classes: z"),
    ],
)
def test_compare_models__refuses(rules: ComparisonRules, message: str) -> None:
    labels = np.array([0, 1])
    with pytest.raises(InvalidInput, match=message):
        compare_models(ClassificationCase(labels, says(labels), says(labels), NAMES), rules=rules)
