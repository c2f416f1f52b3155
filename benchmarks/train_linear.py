"""What few labels are worth to builtin:linear, with pretrained features and with HOG. Prints JSON.

    python -m benchmarks.train_linear ~/photos --labels 50 200 500

The folder holds one folder of images per class. Training images are drawn by seed; up to --test of the rest test.
Also measured: the fit alone, on features that are cached, and images embedded in a second at 128 pixels on one thread.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.machine import describe_machine
from whorl.base.errors import JsonValue
from whorl.formats.folder import FolderFormat
from whorl.models.features import HOG, LITE0, FeatureCache, extract, extract_files
from whorl.models.folder import load_model
from whorl.models.images import read_image
from whorl.models.predicting import predict_files
from whorl.models.training import TrainingRequest, train_inline
from whorl.models.types import ClassProbabilities, Task, TrainingData, TrainingSample
from whorl.models.weights import fetch_backbone
from whorl.schemas.records import ItemRecord

KINDS = {"hog": "hog", "lite0": "lite0", "auto": "auto"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with a folder per class")
    parser.add_argument("--labels", type=int, nargs="+", default=[200])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--test", type=int, default=1500)
    given = parser.parse_args()
    samples = read_classes(given.data)
    with tempfile.TemporaryDirectory(prefix="whorl-bench-") as scratch:
        home = Path(scratch) / "home"
        backbone = fetch_backbone("lite0", home).path
        paths = [sample.path for sample in samples]
        cache = FeatureCache(home / "cache")
        for feature in (HOG, LITE0):
            extract_files(paths, feature, cache=cache, backbone=backbone)
        runs = [
            run_once(samples, labels, kind, seed, home, given.test)
            for labels in given.labels
            for kind in KINDS
            for seed in range(given.seeds)
        ]
        images = [read_image(path) for path in paths[:512]]
        speeds = [embedding_rate(images, backbone) for _ in range(3)]
    print(
        json.dumps(
            {
                "data": given.data.name,
                "images": len(samples),
                "means": [summary(runs, labels, kind) for labels in given.labels for kind in KINDS],
                "embedded_per_cpu_second": round(float(np.median(speeds)), 1),
                "machine": describe_machine(),
            },
            indent=2,
        )
    )


def read_classes(root: Path) -> list[TrainingSample]:
    """Every image below the folder with its folder's name as its label, in the order of names."""
    found = FolderFormat(classes_from_folders=True).read(root)
    items = [one for one in found if isinstance(one, ItemRecord) and one.file is not None and one.annotations]
    items.sort(key=lambda one: one.name)
    return [TrainingSample(one.file, (one.annotations[0].label,)) for one in items if one.file is not None]


def run_once(
    samples: Sequence[TrainingSample], labels: int, kind: str, seed: int, home: Path, most: int
) -> dict[str, object]:
    """Train on some, test on others."""
    order = np.random.default_rng(seed).permutation(len(samples))
    train = [samples[at] for at in order[:labels]]
    test = [samples[at] for at in order[labels : labels + most]]
    names = tuple(sorted({sample.labels[0] for sample in samples}))
    params: dict[str, JsonValue] = {
        "features": KINDS[kind],
        "home": str(home),
        "cache": str(home / "cache"),
        "seed": seed,
    }
    request = TrainingRequest("builtin:linear", TrainingData(Task.CLASSIFICATION, names, tuple(train)), params=params)
    started = time.process_time()
    folder = train_inline(request, home / f"{kind}-{labels}-{seed}")
    fit_s = time.process_time() - started
    paths = [one.path for one in test]
    predicted = predict_files(load_model(folder), paths, cache=FeatureCache(home / "cache"))
    hits = [
        isinstance(said, ClassProbabilities) and said.label == one.labels[0]
        for said, one in zip(predicted, test, strict=True)
    ]
    return {"labels": labels, "kind": kind, "accuracy": float(np.mean(hits)), "fit_cpu_s": fit_s}


def embedding_rate(images: Sequence[np.ndarray], backbone: Path) -> float:
    """Images per CPU second, decoded before."""
    extract(images[:32], LITE0, backbone=backbone)
    started = time.process_time()
    extract(images, LITE0, backbone=backbone)
    return len(images) / (time.process_time() - started)


def summary(runs: Sequence[dict[str, object]], labels: int, kind: str) -> dict[str, object]:
    """Mean accuracy and median time of fitting over the seeds."""
    chosen = [one for one in runs if one["labels"] == labels and one["kind"] == kind]
    accuracy = np.array([float(str(one["accuracy"])) for one in chosen])
    return {
        "labels": labels,
        "features": kind,
        "accuracy": round(float(accuracy.mean()), 4),
        "deviation": round(float(accuracy.std()), 4),
        "fit_cpu_s": round(float(np.median([float(str(one["fit_cpu_s"])) for one in chosen])), 3),
    }


if __name__ == "__main__":
    main()
