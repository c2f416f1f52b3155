"""How well builtin:tinydet learns within a budget of CPU seconds on one thread. Prints JSON.

    python -m benchmarks.train_detection scenes --budget 60
    python -m benchmarks.train_detection ~/data/bccd/BCCD --train 200 --budget 60 600 --seeds 0 1 2

A folder may be in any format that `whorl import` reads. Its own validation or test subset is the test set when it has
one and no --train is given; otherwise a drawn one. `scenes` draws scikit-learn's digits into cluttered pictures, train
and test from different digits.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image as PilImage

from benchmarks.machine import describe_machine
from whorl.formats.registry import detect_format
from whorl.models.evaluation.detection import evaluate_detection
from whorl.models.evaluation.types import PredictedObjects, TruthObjects
from whorl.models.folder import load_model
from whorl.models.predicting import predict_paths
from whorl.models.records import object_box
from whorl.models.training import TrainingRequest, start_training
from whorl.models.types import Detections, Task, TrainingData, TrainingSample
from whorl.schemas.records import ItemRecord, Subset

Split = tuple[list[TrainingSample], list[TrainingSample]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", help="a folder with images and boxes, or the word scenes")
    parser.add_argument("--train", type=int, help="number of training images, drawn with --split-seed; the rest tests")
    parser.add_argument("--split-seed", type=int, default=0)
    parser.add_argument("--budget", type=float, nargs="+", default=[60.0], help="CPU seconds")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--param", action="append", default=[], metavar="NAME=JSON", help="a parameter of tinydet")
    given = parser.parse_args()
    params = {name: json.loads(value) for name, _, value in (one.partition("=") for one in given.param)}
    with tempfile.TemporaryDirectory(prefix="whorl-bench-") as scratch:
        if given.data == "scenes":
            train, test = draw_scenes(Path(scratch), train=given.train or 200)
        else:
            train, test = read_folder(Path(given.data), train=given.train, seed=given.split_seed)
        runs = [
            run_once(train, test, {"budget_s": budget, "seed": seed} | params, Path(scratch))
            for budget in given.budget
            for seed in given.seeds
        ]
    print(
        json.dumps(
            {
                "data": Path(given.data).name,
                "train_images": len(train),
                "test_images": len(test),
                "params": params,
                "runs": runs,
                "means": [mean_of(runs, budget) for budget in given.budget],
                "machine": describe_machine(),
            },
            indent=2,
        )
    )


def read_folder(root: Path, *, train: int | None, seed: int) -> Split:
    """Training and test samples of a folder; images without a box stay in."""
    found = [one for one in detect_format(root).read(root) if isinstance(one, ItemRecord) and one.file is not None]
    if train is None and any(one.subset in {Subset.VALIDATION, Subset.TEST} for one in found):
        held = [one for one in found if one.subset in {Subset.VALIDATION, Subset.TEST}]
        rest = [one for one in found if one.subset not in {Subset.VALIDATION, Subset.TEST}]
        return [to_sample(one) for one in rest], [to_sample(one) for one in held]
    found.sort(key=lambda one: one.name)
    samples = [to_sample(found[at]) for at in np.random.default_rng(seed).permutation(len(found))]
    count = train or round(0.7 * len(samples))
    return samples[:count], samples[count:]


def to_sample(record: ItemRecord) -> TrainingSample:
    assert record.file is not None
    found = [(one.label, object_box(one, width=record.width, height=record.height)) for one in record.annotations]
    boxes = [(label, box) for label, box in found if box is not None]
    return TrainingSample(
        record.file,
        tuple(label for label, _ in boxes),
        np.array([[b.x0, b.y0, b.x1, b.y1] for _, b in boxes], np.float32).reshape(-1, 4),
    )


def draw_scenes(folder: Path, *, train: int, test: int = 150, side: int = 160) -> Split:
    """Pictures with one to six digits on noise and lines; test scenes hold digits that no training scene has."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    half = len(digits.images) // 2
    rng = np.random.default_rng(0)
    parts: list[list[TrainingSample]] = []
    for name, count, low, high in (("train", train, 0, half), ("test", test, half, len(digits.images))):
        samples = []
        for number in range(count):
            canvas = _clutter(rng, side)
            boxes: list[list[int]] = []
            labels: list[str] = []
            for _ in range(int(rng.integers(1, 7))):
                at = int(rng.integers(low, high))
                size = int(rng.integers(18, 49))
                x, y = (int(v) for v in rng.integers(0, side - size, 2))
                if any(x < b[2] and b[0] < x + size and y < b[3] and b[1] < y + size for b in boxes):
                    continue
                glyph = PilImage.fromarray((digits.images[at] * 15.9).astype(np.uint8)).resize((size, size))
                ink = np.asarray(glyph, np.float32)[..., None] / 255
                patch = canvas[y : y + size, x : x + size]
                canvas[y : y + size, x : x + size] = patch * (1 - ink) + rng.uniform(150, 255, 3) * ink
                boxes.append([x, y, x + size, y + size])
                labels.append(str(digits.target[at]))
            path = folder / f"{name}-{number}.png"
            PilImage.fromarray(canvas.astype(np.uint8)).save(path)
            samples.append(TrainingSample(path, tuple(labels), np.array(boxes, np.float32).reshape(-1, 4)))
        parts.append(samples)
    return parts[0], parts[1]


def _clutter(rng: np.random.Generator, side: int) -> np.ndarray:
    canvas = rng.uniform(0, 90, (1, 1, 3)) + rng.normal(0, 12, (side, side, 3))
    for _ in range(4):
        row, column = (int(v) for v in rng.integers(0, side, 2))
        canvas[row : row + 2] += rng.uniform(0, 70)
        canvas[:, column : column + 2] += rng.uniform(0, 70)
    return np.clip(canvas, 0, 255)


def run_once(
    train: Sequence[TrainingSample], test: Sequence[TrainingSample], params: dict[str, object], scratch: Path
) -> dict[str, object]:
    """Train once and score the test images."""
    names = tuple(sorted({label for sample in (*train, *test) for label in sample.labels}))
    data = TrainingData(Task.DETECTION, names, tuple(train))
    started = time.perf_counter()
    target = scratch / f"model-{params['budget_s']}-{params['seed']}"
    folder = start_training(TrainingRequest("builtin:tinydet", data, params=params), target).wait()  # type: ignore[arg-type]
    trained_s = time.perf_counter() - started
    model = load_model(folder)
    started = time.perf_counter()
    predicted = []
    for found in predict_paths(model, [sample.path for sample in test]):
        assert isinstance(found, Detections)
        kinds = np.array([names.index(label) for label in found.labels], np.int64)
        predicted.append(PredictedObjects(found.boxes.astype(np.float64), found.scores.astype(np.float64), kinds))
    predict_s = time.perf_counter() - started
    truth = [
        TruthObjects(one.boxes.astype(np.float64), np.array([names.index(label) for label in one.labels], np.int64))
        for one in test
    ]
    scored = evaluate_detection(truth, predicted, names)
    return {
        "budget_cpu_s": params["budget_s"],
        "seed": params["seed"],
        "ap50": scored.ap50,
        "ap": scored.ap,
        "ap50_by_class": {row.name: row.ap50 for row in scored.per_class},
        "wall_s": round(trained_s, 1),
        "epochs": model.card.metrics.get("epoch"),
        "preprocessing": dict(model.card.preprocessing),
        "predict_ms": round(1000 * predict_s / max(1, len(test)), 1),
    }


def mean_of(runs: Sequence[dict[str, object]], budget: float) -> dict[str, float]:
    """Mean AP50 and AP over the seeds of one budget."""
    chosen = [one for one in runs if one["budget_cpu_s"] == budget]
    return {
        "budget_cpu_s": budget,
        **{name: round(float(np.mean([float(str(one[name] or 0)) for one in chosen])), 4) for name in ("ap50", "ap")},
    }


if __name__ == "__main__":
    main()
