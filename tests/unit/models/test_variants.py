"""The same model in another precision: it loads, says about the same, and costs what was measured."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage

from whorl.base.errors import InvalidInput, MissingDependency, ModelError
from whorl.models.folder import load_model
from whorl.models.training import TrainingRequest, train_inline
from whorl.models.types import ClassProbabilities, Detections, Task, TrainingData, TrainingSample
from whorl.models.variants import Cost, check_variant, is_helpful, make_variant, variant_body

MakeData = Callable[..., TrainingData]


@pytest.mark.parametrize(
    ("size", "latency", "helps"),
    [
        (400, 10, True),  # smaller, as quick
        (400, 12, True),  # smaller, a little slower
        (400, 14, False),  # smaller, but much slower
        (1000, 8, True),  # quicker
        (1000, 10, False),  # the same
        (900, 9.5, False),  # hardly anything
    ],
)
def test_is_helpful(size: int, latency: float, helps: bool) -> None:
    assert is_helpful(Cost(1000, 10), Cost(size, latency)) is helps


def test_check_variant__refusals() -> None:
    assert check_variant("builtin:tinydet", None, "int8") == "int8"
    with pytest.raises(InvalidInput, match="no variant 'int4'"):
        check_variant("builtin:tinydet", None, "int4")
    with pytest.raises(InvalidInput, match=r"is a variant \(fp16\) itself"):
        check_variant("builtin:tinydet", "fp16", "int8")
    with pytest.raises(InvalidInput, match="not of mine:Net"):
        check_variant("mine:Net", None, "int8")


def test_variant_body__without_onnx_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingDependency, match="a variant needs the package onnx"):
        variant_body(str(tmp_path), [], "int8")


def test_variant_body__without_images_or_with_a_broken_file(digit_data: MakeData, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    data = digit_data(12)
    folder = train_inline(TrainingRequest("builtin:linear", data, params={"features": "hog"}), tmp_path / "model")
    with pytest.raises(ModelError, match="no image"):
        variant_body(str(folder), [], "int8")
    (folder / "model.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"model\.onnx cannot be converted to fp16"):
        make_variant(folder, tmp_path / "half", "fp16", [])


@pytest.mark.parametrize("kind", ["int8", "fp16"])
def test_variant_body__a_linear_head(digit_data: MakeData, tmp_path: Path, kind: str) -> None:
    pytest.importorskip("onnx")
    data = digit_data(40)
    folder = train_inline(TrainingRequest("builtin:linear", data, params={"features": "hog"}), tmp_path / "model")
    made = variant_body(str(folder), [str(one.path) for one in data], check_variant("builtin:linear", None, kind))
    assert made.after.size_bytes < 0.7 * made.before.size_bytes
    assert made.before.latency_ms > 0
    target = tmp_path / "variant"
    target.mkdir()
    for name, content in made.files.items():
        (target / name).write_bytes(content)
    images = [one.image() for one in data.train]
    answers = [load_model(one).predict_batch(images) for one in (folder, target)]
    same = 0
    for one, two in zip(*answers, strict=True):
        assert isinstance(one, ClassProbabilities)
        assert isinstance(two, ClassProbabilities)
        same += one.label == two.label
    assert same >= 38
    assert load_model(target).card.notes[-1] == f"Weights as {kind}."


@pytest.mark.train
@pytest.mark.slow
def test_make_variant__a_detector(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs whorl[train]")
    rng = np.random.default_rng(0)
    samples = []
    for number in range(6):
        image = rng.normal(60, 8, (64, 64, 3))
        x, y = rng.integers(4, 36, 2)
        image[y : y + 20, x : x + 20] = 220
        path = tmp_path / f"{number}.png"
        PilImage.fromarray(np.clip(image, 0, 255).astype(np.uint8)).save(path)
        samples.append(TrainingSample(path, ("square",), np.array([[x, y, x + 20, y + 20]], np.float32)))
    data = TrainingData(Task.DETECTION, ("square",), tuple(samples))
    params = {"epochs": 20, "size": 64, "backbone": "none"}
    folder = train_inline(TrainingRequest("builtin:tinydet", data, params=params), tmp_path / "model")  # type: ignore[arg-type]
    expected = load_model(folder).predict_batch([one.image() for one in samples])
    for kind, limit in (("fp16", 0.05), ("int8", 4.0)):
        target = tmp_path / kind
        make_variant(folder, target, check_variant("builtin:tinydet", None, kind), [one.path for one in samples])
        assert (target / "model.onnx").stat().st_size < 0.7 * (folder / "model.onnx").stat().st_size
        for one, two in zip(expected, load_model(target).predict_batch([s.image() for s in samples]), strict=True):
            assert isinstance(one, Detections)
            assert isinstance(two, Detections)
            assert np.abs(one.boxes[0] - two.boxes[0]).max() < limit
            assert abs(one.scores[0] - two.scores[0]) < 0.1
    assert "onnxruntime.quantization" in sys.modules
