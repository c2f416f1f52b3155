"""builtin:linear for several labels: accuracy, calibration, rare labels, odd data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from whorl.base.errors import InvalidInput
from whorl.models.builtin.answers import SeveralLabels
from whorl.models.builtin.linear import LinearModel
from whorl.models.builtin.logistic import fit_several
from whorl.models.folder import load_model
from whorl.models.predicting import predict_paths
from whorl.models.training import TrainingRequest, train_inline
from whorl.models.types import LabelScores, Task, TrainingData, TrainingSample
from whorl.testing.adapters import check_adapter

LABELS = ("even", "small", "round")


def tags(digit: str) -> tuple[str, ...]:
    """What holds for a digit; 1, 7 are none of all."""
    number = int(digit)
    held = {"even": number % 2 == 0, "small": number in (2, 3), "round": digit in "0689"}
    return tuple(label for label, holds in held.items() if holds)


@pytest.fixture
def data(digit_files: list[tuple[Path, str]]) -> TrainingData:
    return data_of(digit_files[:250])


def data_of(files: list[tuple[Path, str]], labels: tuple[str, ...] = LABELS) -> TrainingData:
    return TrainingData(Task.MULTI_LABEL, labels, tuple(TrainingSample(path, tags(digit)) for path, digit in files))


def train(data: TrainingData, out: Path) -> Path:
    return train_inline(TrainingRequest("builtin:linear", data, params={"features": "hog"}), out)


def test_train__several_labels_of_digits(
    data: TrainingData, digit_files: list[tuple[Path, str]], tmp_path: Path
) -> None:
    model = load_model(train(data, tmp_path / "model"))
    held = digit_files[250:]
    answers = list(predict_paths(model, [path for path, _ in held]))
    right, sure, total = 0, 0.0, 0
    for answer, (_, digit) in zip(answers, held, strict=True):
        assert isinstance(answer, LabelScores)
        right += set(answer.chosen()) == set(tags(digit))
        sure += float(np.maximum(answer.scores, 1 - answer.scores).sum())
        total += len(LABELS)
    assert right / len(held) > 0.85
    hits = sum(
        (score >= 0.5) == (label in tags(digit))
        for answer, (_, digit) in zip(answers, held, strict=True)
        if isinstance(answer, LabelScores)
        for label, score in zip(answer.labels, answer.scores.tolist(), strict=True)
    )
    # Calibrated: as often right as it says.
    assert abs(hits / total - sure / total) < 0.03
    assert model.card.metrics["cv_f1"] > 0.85
    check_adapter(LinearModel, task=Task.MULTI_LABEL, labels=LABELS, folder=model.folder)


def test_train__validation_is_reported(data: TrainingData, tmp_path: Path) -> None:
    split = TrainingData(Task.MULTI_LABEL, LABELS, data.train[:150], data.train[150:])
    assert load_model(train(split, tmp_path / "model")).card.metrics["validation_f1"] > 0.8


def test_train__labels_that_all_have_or_none(digit_files: list[tuple[Path, str]], tmp_path: Path) -> None:
    labels = (*LABELS, "picture", "unicorn")
    samples = tuple(TrainingSample(path, (*tags(digit), "picture")) for path, digit in digit_files[:60])
    model = load_model(train(TrainingData(Task.MULTI_LABEL, labels, samples), tmp_path / "model"))
    answer = next(predict_paths(model, [digit_files[0][0]]))
    assert isinstance(answer, LabelScores)
    scores = dict(zip(answer.labels, answer.scores.tolist(), strict=True))
    assert scores["picture"] > 0.98
    assert scores["unicorn"] < 0.02
    assert model.card.notes == ("No samples of unicorn: hardly ever predicted.",)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_train__few_samples(digit_files: list[tuple[Path, str]], tmp_path: Path, count: int) -> None:
    files = [(path, digit) for path, digit in digit_files if tags(digit)][:count]
    model = load_model(train(data_of(files), tmp_path / "model"))
    for answer in predict_paths(model, [path for path, _ in files]):
        assert isinstance(answer, LabelScores)
        assert np.isfinite(answer.scores).all()


def test_train__no_label_at_all_is_refused(digit_files: list[tuple[Path, str]], tmp_path: Path) -> None:
    files = [(path, digit) for path, digit in digit_files if not tags(digit)][:4]
    with pytest.raises(InvalidInput, match="no item to train on has a label"):
        train(data_of(files), tmp_path / "model")


def test_fit_several__matches_an_independent_solver() -> None:
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 6))
    truth = (x[:, :2] + rng.normal(size=(80, 2))) > [0.0, 1.0]
    weights, bias = fit_several(x, truth, c=np.array([0.5, 5.0]), iterations=500)
    for label, c in enumerate((0.5, 5.0)):
        # scikit-learn's C is the same: both penalise ‖w‖² / 2C beside the sum of the losses.
        theirs = LogisticRegression(C=c, tol=1e-10, max_iter=5000).fit(x, truth[:, label])
        assert np.abs(weights[:, label] - theirs.coef_[0]).max() < 2e-3
        assert abs(bias[label] - theirs.intercept_[0]) < 2e-3


def test_several_labels__noise_gets_the_strongest_penalty() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(120, 20))
    samples = [
        TrainingSample(Path("x"), tuple(name for name, holds in (("real", row[0] > 0), ("noise", flip)) if holds))
        for row, flip in zip(x, rng.random(120) < 0.5, strict=True)
    ]
    rated = SeveralLabels(samples, ("real", "noise")).rate(x, seed=0)
    assert rated.c[0] > rated.c[1]
    assert rated.loss < 2 * np.log(2)
