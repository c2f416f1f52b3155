"""How well builtin:tinyunet learns masks within a budget of CPU seconds on one thread. Prints JSON.

    python -m benchmarks.train_masks ~/data/nuclei_dsb2018 --budget 60 --seeds 0 1 2
    python -m benchmarks.train_masks ~/data/nuclei_dsb2018 --budget 60 --task semantic_masks

The folder has images/NAME.png and one binary picture per object in masks/NAME/, as the Data Science Bowl of 2018 gave
them. Every fourth image in the order of the names is a test image. Instances are scored by F1 at an IoU of 0.5 over all
test objects and as the mean over the images (of those with a score of 0.25), and by AP; pixels by the mean IoU over the
test images and over all pixels.
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
from whorl.geometry.masks import Rle, encode_mask, mask_bounds, paint_masks
from whorl.models.evaluation.detection import evaluate_detection
from whorl.models.evaluation.instances import instance_f1
from whorl.models.evaluation.types import PredictedObjects, TruthObjects
from whorl.models.folder import load_model
from whorl.models.predicting import predict_paths
from whorl.models.training import TrainingRequest, start_training
from whorl.models.types import Instances, Prediction, Segmentation, Task, TrainingData, TrainingSample

LABEL = "nucleus"
TEST_EVERY = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--task", choices=("instance_masks", "semantic_masks"), default="instance_masks")
    parser.add_argument("--budget", type=float, nargs="+", default=[60.0], help="CPU seconds")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--param", action="append", default=[], metavar="NAME=JSON", help="a parameter of tinyunet")
    given = parser.parse_args()
    params = {name: json.loads(value) for name, _, value in (one.partition("=") for one in given.param)}
    train, test = read_nuclei(given.data)
    with tempfile.TemporaryDirectory(prefix="whorl-bench-") as scratch:
        runs = [
            run_once(train, test, Task(given.task), {"budget_s": budget, "seed": seed} | params, Path(scratch))
            for budget in given.budget
            for seed in given.seeds
        ]
    print(
        json.dumps(
            {
                "data": given.data.name,
                "task": given.task,
                "train_images": len(train),
                "test_images": len(test),
                "test_objects": sum(len(sample.masks) for sample in test),
                "params": params,
                "runs": runs,
                "means": [mean_of(runs, budget) for budget in given.budget],
                "machine": describe_machine(),
            },
            indent=2,
        )
    )


def read_nuclei(root: Path) -> tuple[list[TrainingSample], list[TrainingSample]]:
    """Training and test samples."""
    samples = []
    for path in sorted((root / "images").glob("*.png")):
        pictures = [
            np.asarray(PilImage.open(one).convert("L")) > 127
            for one in sorted((root / "masks" / path.stem).glob("*.png"))
        ]
        masks = [one for one in pictures if one.any()]
        boxes = np.array([mask_bounds(one) for one in masks], np.float32).reshape(-1, 4)
        rles = tuple(Rle(*one.shape, encode_mask(one)) for one in masks)
        samples.append(TrainingSample(path, (LABEL,) * len(masks), boxes, masks=rles))
    return (
        [one for at, one in enumerate(samples) if at % TEST_EVERY],
        [one for at, one in enumerate(samples) if at % TEST_EVERY == 0],
    )


def run_once(
    train: Sequence[TrainingSample],
    test: Sequence[TrainingSample],
    task: Task,
    params: dict[str, object],
    scratch: Path,
) -> dict[str, object]:
    """Train once and score the test images."""
    data = TrainingData(task, (LABEL,), tuple(train))
    started = time.perf_counter()
    target = scratch / f"model-{params['budget_s']}-{params['seed']}"
    folder = start_training(TrainingRequest("builtin:tinyunet", data, params=params), target).wait()  # type: ignore[arg-type]
    trained_s = time.perf_counter() - started
    model = load_model(folder)
    started = time.process_time()
    found = list(predict_paths(model, [sample.path for sample in test]))
    predict_s = time.process_time() - started
    scores = score_instances(test, found) if task is Task.INSTANCE_MASKS else {}
    return {
        "budget_cpu_s": params["budget_s"],
        "seed": params["seed"],
        **scores,
        **score_pixels(test, found),
        "wall_s": round(trained_s, 1),
        "epochs": model.card.metrics.get("epoch"),
        "preprocessing": dict(model.card.preprocessing),
        "predict_cpu_ms": round(1000 * predict_s / max(1, len(test)), 1),
    }


def score_instances(test: Sequence[TrainingSample], found: Sequence[Prediction]) -> dict[str, object]:
    """F1 at an IoU of 0.5, over all objects and as the mean of the images, and AP."""
    truth = [TruthObjects(one.boxes.astype(float), np.zeros(len(one.masks), np.int64), masks=one.masks) for one in test]
    predicted = []
    for one in found:
        assert isinstance(one, Instances)
        kinds = np.zeros(len(one), np.int64)
        predicted.append(PredictedObjects(one.boxes.astype(float), one.scores.astype(float), kinds, masks=one.masks))
    whole = instance_f1(truth, predicted, [LABEL])
    images = [instance_f1([t], [p], [LABEL]).f1 or 0.0 for t, p in zip(truth, predicted, strict=True)]
    average = evaluate_detection(truth, predicted, [LABEL], use_masks=True)
    return {
        "f1": round(whole.f1 or 0.0, 4),
        "f1_mean_of_images": round(float(np.mean(images)), 4),
        "precision": whole.precision,
        "recall": whole.recall,
        "mask_ap50": average.ap50,
        "mask_ap": average.ap,
    }


def score_pixels(test: Sequence[TrainingSample], found: Sequence[Prediction]) -> dict[str, object]:
    """IoU of the foreground, as the mean of the images and over all pixels."""
    shared, united = [], []
    for sample, one in zip(test, found, strict=True):
        height, width = sample.masks[0].height, sample.masks[0].width
        truth = paint_masks(sample.masks, width=width, height=height) > 0
        if isinstance(one, Segmentation):
            seen = one.classes > 0
        else:
            assert isinstance(one, Instances)
            seen = paint_masks(one.masks, width=width, height=height) > 0
        shared.append(int((truth & seen).sum()))
        united.append(int((truth | seen).sum()))
    return {
        "iou": round(sum(shared) / max(1, sum(united)), 4),
        "iou_mean_of_images": round(float(np.mean(np.array(shared) / np.maximum(united, 1))), 4),
    }


def mean_of(runs: Sequence[dict[str, object]], budget: float) -> dict[str, float]:
    """Means over the seeds of one budget."""
    chosen = [one for one in runs if one["budget_cpu_s"] == budget]
    names = [
        name for name in ("f1", "f1_mean_of_images", "mask_ap50", "iou", "iou_mean_of_images") if name in chosen[0]
    ]
    means = {name: round(float(np.mean([float(str(one[name] or 0)) for one in chosen])), 4) for name in names}
    return {"budget_cpu_s": budget, **means}


if __name__ == "__main__":
    main()
