"""builtin:linear on real digits: accuracy, small data, the folder, no torch."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from whorl.base.errors import InvalidInput, ModelError
from whorl.models.adapters import resolve_adapter
from whorl.models.builtin.linear import LinearModel
from whorl.models.builtin.logistic import cross_validate, fit_logistic, fit_temperature, log_softmax
from whorl.models.features import FeatureCache
from whorl.models.folder import load_model
from whorl.models.predicting import embed_paths, predict_files, predict_paths
from whorl.models.training import TrainingRequest, train_inline
from whorl.models.types import ClassProbabilities, Task, TrainingData
from whorl.testing.adapters import check_adapter

MakeData = Callable[..., TrainingData]


def train(data: TrainingData, out: Path, **params: str) -> Path:
    return train_inline(TrainingRequest("builtin:linear", data, params=params, lineage={"snapshot": "snp_1"}), out)


@pytest.fixture
def folder(digit_data: MakeData, tmp_path: Path) -> Path:
    return train(digit_data(120), tmp_path / "model")


def test_train__digits_with_hog(digit_files: list[tuple[Path, str]], digit_data: MakeData, tmp_path: Path) -> None:
    model = load_model(train(digit_data(200), tmp_path / "model"))
    held_out = digit_files[200:]
    guesses = list(predict_paths(model, [path for path, _ in held_out]))
    hits = [
        isinstance(g, ClassProbabilities) and g.label == label for g, (_, label) in zip(guesses, held_out, strict=True)
    ]
    assert np.mean(hits) >= 0.93
    assert model.card.preprocessing["features"] == ["hog32-1"]
    assert model.card.lineage == {"snapshot": "snp_1"}
    assert sorted(p.name for p in model.folder.iterdir()) == ["metrics.jsonl", "model.onnx", "model.yaml"]


def test_train__same_data_same_bytes(digit_data: MakeData, tmp_path: Path) -> None:
    one, two = train(digit_data(60), tmp_path / "a"), train(digit_data(60), tmp_path / "b")
    assert (one / "model.onnx").read_bytes() == (two / "model.onnx").read_bytes()


def test_check_adapter__linear_passes(folder: Path) -> None:
    check_adapter(LinearModel, task=Task.CLASSIFICATION, labels=load_model(folder).labels, folder=folder)


def test_train__one_label_is_a_constant_with_a_note(digit_data: MakeData, tmp_path: Path) -> None:
    data = digit_data(2, only=("7",))
    model = load_model(train(data, tmp_path / "model"))
    guess = next(predict_paths(model, [data.train[0].path]))
    assert isinstance(guess, ClassProbabilities)
    assert guess.label == "7"
    assert guess.confidence < 0.5
    assert model.card.notes == ("One label only among the samples: always predicts 7.",)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9])
def test_train__few_samples(digit_data: MakeData, tmp_path: Path, count: int) -> None:
    data = digit_data(count)
    model = load_model(train(data, tmp_path / "model"))
    rows = [g.probabilities for g in predict_paths(model, [s.path for s in data]) if isinstance(g, ClassProbabilities)]
    assert np.isfinite(rows).all()


def test_train__identical_images(digit_data: MakeData, tmp_path: Path) -> None:
    one = digit_data(1).train[0]
    data = TrainingData(Task.CLASSIFICATION, ("0", "1"), tuple([one.__class__(one.path, ("0",))] * 6))
    assert load_model(train(data, tmp_path / "model")).labels == ("0", "1")


def test_train__refusals(digit_data: MakeData, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no labelled items"):
        train(digit_data(0), tmp_path / "model")
    with pytest.raises(InvalidInput, match="no parameter 'colour'"):
        train(digit_data(4), tmp_path / "model", colour="red")
    with pytest.raises(ModelError, match="need the backbone"):
        train(digit_data(4), tmp_path / "model", features="lite0")
    with pytest.raises(InvalidInput, match="not detection"):
        train(TrainingData(Task.DETECTION, ("a",), ()), tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_load_model__truncated_weights(folder: Path) -> None:
    weights = folder / "model.onnx"
    weights.write_bytes(weights.read_bytes()[:500])
    with pytest.raises(ModelError, match=r"model\.onnx of the model model cannot be read"):
        load_model(folder)


def test_load_model__missing_and_damaged_files(folder: Path) -> None:
    (folder / "model.onnx").unlink()
    with pytest.raises(ModelError, match=r"has no model\.onnx"):
        load_model(folder)
    (folder / "model.yaml").write_text("task: [classification")
    with pytest.raises(ModelError, match=r"model\.yaml of the model"):
        load_model(folder)
    (folder / "model.yaml").write_text("task: classification\n")
    with pytest.raises(ModelError, match="lacks architecture, labels"):
        load_model(folder)
    (folder / "model.yaml").unlink()
    with pytest.raises(ModelError, match=r"has no model\.yaml"):
        load_model(folder)


def test_load_model__label_count_mismatch(folder: Path) -> None:
    card = (folder / "model.yaml").read_text()
    (folder / "model.yaml").write_text(card.replace("- '9'\n", ""))
    with pytest.raises(ModelError, match="10 outputs and model.yaml 9 labels"):
        load_model(folder)


def test_resolve_adapter__model_folder(folder: Path) -> None:
    assert resolve_adapter(str(folder)).capabilities >= {"predict", "embed"}


def test_predict__never_imports_torch_or_sklearn(folder: Path, digit_files: list[tuple[Path, str]]) -> None:
    script = f"""
        import sys
        for name in ("torch", "sklearn", "scipy", "onnx", "cv2"):
            sys.modules[name] = None
        from pathlib import Path
        from whorl.models.folder import load_model
        from whorl.models.predicting import predict_paths
        print(len(list(predict_paths(load_model(Path({str(folder)!r})), [Path({str(digit_files[0][0])!r})]))))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("1\n", 0), done.stderr


def test_predict_files__cache_gives_the_same_answers(
    folder: Path, digit_files: list[tuple[Path, str]], tmp_path: Path
) -> None:
    model, cache = load_model(folder), FeatureCache(tmp_path / "cache")
    paths = [path for path, _ in digit_files[:20]]
    plain = [g.probabilities for g in predict_paths(model, paths) if isinstance(g, ClassProbabilities)]
    for _ in range(2):
        rows = [g.probabilities for g in predict_files(model, paths, cache=cache) if isinstance(g, ClassProbabilities)]
        assert np.allclose(rows, plain, atol=5e-3)


def test_embed_paths__one_row_per_file(folder: Path, digit_files: list[tuple[Path, str]]) -> None:
    paths = [path for path, _ in digit_files[:5]]
    assert embed_paths(load_model(folder), paths, batch=2).shape == (5, 1836)


@pytest.mark.train
def test_train__with_backbone_serves_from_its_own_folder(
    digit_data: MakeData, backbone_home: Path, tmp_path: Path
) -> None:
    data = digit_data(30)
    out = train(data, tmp_path / "model", features="lite0", home=str(backbone_home))
    assert (out / "backbone.onnx").is_file()
    model = load_model(out)
    assert model.embed([data.train[0].image()]).shape == (1, 1280)
    check_adapter(LinearModel, task=Task.CLASSIFICATION, labels=model.labels, folder=out)


def test_fit_logistic__matches_an_independent_solver() -> None:
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    x, targets = rng.normal(size=(80, 6)), rng.integers(0, 3, 80)
    theirs = LogisticRegression(C=0.5, tol=1e-10, max_iter=5000).fit(x, targets)
    ours = fit_logistic(x, targets, classes=3, c=0.5, iterations=500)
    difference = np.exp(log_softmax(ours.logits(x))) - theirs.predict_proba(x)
    assert np.abs(difference).max() < 1e-3


def test_fit_temperature__undoes_a_scaling() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4000, 3)) * 2
    drawn = np.array([rng.choice(3, p=np.exp(row) / np.exp(row).sum()) for row in log_softmax(logits)])
    assert fit_temperature(logits * 3, drawn) == pytest.approx(3.0, rel=0.15)


def test_cross_validate__a_class_with_one_row() -> None:
    rng = np.random.default_rng(0)
    targets = np.array([0] * 10 + [1] * 9 + [2])
    got = cross_validate(rng.normal(size=(20, 4)), targets, classes=4, folds=5, seed=0)
    assert np.isfinite(got.loss)
