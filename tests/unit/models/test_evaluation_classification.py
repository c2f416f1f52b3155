"""Classification metrics against scikit-learn and by hand."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from whorl.base.errors import InvalidInput
from whorl.models.evaluation import evaluate_classification
from whorl.models.evaluation.bootstrap import bootstrap, group_codes, percentile_interval, weight_blocks
from whorl.models.evaluation.calibration import (
    apply_temperature,
    brier_score,
    expected_calibration_error,
    fit_temperature,
    negative_log_likelihood,
)


def predictions(
    seed: int, n: int = 200, classes: int = 4, sharpness: float = 2.0
) -> tuple[np.ndarray[Any, np.dtype[np.int64]], np.ndarray[Any, np.dtype[np.float64]]]:
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(n, classes)) * sharpness
    probabilities = np.exp(logits)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    labels = np.array([rng.choice(classes, p=row) for row in probabilities])
    return labels, probabilities


def test_evaluate_classification__equals_scikit_learn() -> None:
    from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, log_loss, precision_recall_fscore_support

    labels, probabilities = predictions(1)
    guess = probabilities.argmax(axis=1)
    metrics = evaluate_classification(labels, probabilities, list("abcd"))
    assert metrics.accuracy == pytest.approx(accuracy_score(labels, guess))
    assert metrics.macro_f1 == pytest.approx(f1_score(labels, guess, average="macro"))
    assert metrics.nll == pytest.approx(log_loss(labels, probabilities))
    assert np.array(metrics.confusion).tolist() == confusion_matrix(labels, guess).tolist()
    precision, recall, f1, support = precision_recall_fscore_support(labels, guess)
    assert [row.precision for row in metrics.per_class] == pytest.approx(precision.tolist())
    assert [row.recall for row in metrics.per_class] == pytest.approx(recall.tolist())
    assert [row.f1 for row in metrics.per_class] == pytest.approx(f1.tolist())
    assert [row.support for row in metrics.per_class] == support.tolist()
    assert metrics.accuracy_interval.low < metrics.accuracy < metrics.accuracy_interval.high
    assert metrics.macro_f1_interval.low < metrics.macro_f1 < metrics.macro_f1_interval.high
    assert json.loads(json.dumps(metrics.to_json()))["n_images"] == 200


def test_evaluate_classification__absent_class_has_none() -> None:
    probabilities = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.7, 0.2, 0.1]])
    metrics = evaluate_classification(np.array([0, 0, 0]), probabilities, ["a", "b", "c"])
    assert [(r.precision, r.recall, r.f1) for r in metrics.per_class] == [
        (1.0, pytest.approx(2 / 3), pytest.approx(0.8)),
        (0.0, None, 0.0),
        (None, None, None),
    ]
    assert metrics.macro_f1 == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("labels", "probabilities", "message"),
    [
        ([], np.zeros((0, 2)), "no labelled images"),
        ([0], np.array([[0.5, 0.4, 0.1]]), "expected \\(1, 2\\)"),
        ([2], np.array([[0.5, 0.5]]), "true label 2 is outside 0 to 1"),
        ([0], np.array([[2.0, -1.0]]), "row 0 is not a probability vector"),
        ([0], np.array([[np.nan, 1.0]]), "row 0 is not a probability vector"),
    ],
)
def test_evaluate_classification__refuses(labels: list[int], probabilities: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        evaluate_classification(np.array(labels, np.int64), probabilities, ["a", "b"])


def test_evaluate_classification__groups_widen_the_interval() -> None:
    # Ten copies of each image carry no more information than one.
    labels, probabilities = predictions(2, n=40)
    many = np.repeat(labels, 10), np.repeat(probabilities, 10, axis=0)
    groups = np.repeat(np.arange(40), 10).tolist()
    alone = evaluate_classification(labels, probabilities, list("abcd"))
    grouped = evaluate_classification(*many, list("abcd"), groups=groups)
    naive = evaluate_classification(*many, list("abcd"))
    assert grouped.accuracy_interval == alone.accuracy_interval
    assert grouped.n_groups == 40
    assert naive.accuracy_interval.high - naive.accuracy_interval.low < 0.5 * (
        grouped.accuracy_interval.high - grouped.accuracy_interval.low
    )


def test_accuracy_interval__covers_the_truth() -> None:
    # Accuracy 0.8 by construction; a 95 % interval misses it in about 5 % of test sets.
    rng = np.random.default_rng(0)
    missed = 0
    for seed in range(200):
        correct = (rng.random(150) < 0.8).astype(float)
        values = bootstrap(lambda w, c=correct: w @ c / w.sum(axis=1), np.arange(150), resamples=400, seed=seed)
        interval = percentile_interval(values)
        missed += not interval.low <= 0.8 <= interval.high
    assert missed <= 22


def test_weight_blocks__do_not_depend_on_block_size(monkeypatch: pytest.MonkeyPatch) -> None:
    from whorl.models.evaluation import bootstrap as module

    codes = group_codes(["x", "x", "y", "z"], 4)
    assert codes.tolist() == [0, 0, 1, 2]
    whole = np.concatenate(list(weight_blocks(codes, resamples=50, seed=4)))
    monkeypatch.setattr(module, "_BLOCK_ELEMENTS", 12)
    pieces = list(weight_blocks(codes, resamples=50, seed=4))
    assert len(pieces) == 17
    assert np.concatenate(pieces).tolist() == whole.tolist()
    assert (whole[:, 0] == whole[:, 1]).all()
    assert set((whole[:, 1:]).sum(axis=1)) == {3.0}


def test_expected_calibration_error__by_hand() -> None:
    confidence = np.array([0.5, 0.6, 0.9, 1.0])
    correct = np.array([True, False, True, True])
    # Bins {.5, .6}: |1.1 - 1| ; {.9, 1}: |1.9 - 2|.
    assert expected_calibration_error(confidence, correct, bins=2) == pytest.approx(0.05)
    assert expected_calibration_error(np.zeros(0), np.zeros(0, bool)) == 0.0


def test_expected_calibration_error__calibrated_is_near_zero_and_overconfident_is_not() -> None:
    labels, probabilities = predictions(3, n=20_000)
    correct = probabilities.argmax(axis=1) == labels
    assert expected_calibration_error(probabilities.max(axis=1), correct) < 0.015
    sharp = apply_temperature(probabilities, 0.3)
    assert expected_calibration_error(sharp.max(axis=1), correct) > 0.1


def test_brier_score__perfect_and_worst() -> None:
    labels = np.array([0, 1])
    assert brier_score(np.eye(2), labels) == 0.0
    assert brier_score(np.eye(2)[::-1], labels) == 2.0
    assert negative_log_likelihood(np.eye(2), labels) == 0.0
    assert negative_log_likelihood(np.eye(2)[::-1], labels) == pytest.approx(-np.log(1e-12))


@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
def test_fit_temperature__finds_the_one_applied(temperature: float) -> None:
    labels, probabilities = predictions(5, n=20_000)
    fitted = fit_temperature(apply_temperature(probabilities, 1 / temperature), labels)
    assert fitted == pytest.approx(temperature, rel=0.05)


def test_fit_temperature__refuses_nothing() -> None:
    with pytest.raises(InvalidInput, match="0 predictions and 0 labels"):
        fit_temperature(np.zeros((0, 2)), np.zeros(0, np.int64))
