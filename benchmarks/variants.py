"""What int8 and half precision cost and gain: size, latency and AP of one detector. Prints JSON.

python -m benchmarks.variants ~/data/bccd/BCCD --train 200 --budget 60
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.machine import describe_machine
from benchmarks.train_detection import read_folder
from whorl.models.evaluation.detection import evaluate_detection
from whorl.models.evaluation.types import PredictedObjects, TruthObjects
from whorl.models.folder import load_model
from whorl.models.predicting import predict_paths
from whorl.models.training import TrainingRequest, train_inline
from whorl.models.types import Detections, Task, TrainingData, TrainingSample
from whorl.models.variants import CALIBRATION_IMAGES, KINDS, TIMED_IMAGES, is_helpful, make_variant, measure_pair


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--train", type=int, default=200)
    parser.add_argument("--budget", type=float, default=60.0, help="CPU seconds")
    given = parser.parse_args()
    train, test = read_folder(given.data, train=given.train, seed=0)
    names = tuple(sorted({label for sample in (*train, *test) for label in sample.labels}))
    paths = [sample.path for sample in train]
    with tempfile.TemporaryDirectory(prefix="whorl-bench-") as scratch:
        data = TrainingData(Task.DETECTION, names, tuple(train))
        request = TrainingRequest("builtin:tinydet", data, params={"budget_s": given.budget})
        folder = train_inline(request, Path(scratch) / "model")
        rows = [{"variant": "as trained"} | score(folder, test, names)]
        for kind in KINDS:
            target = Path(scratch) / kind
            make_variant(folder, target, kind, paths[:CALIBRATION_IMAGES])
            before, after = measure_pair(folder, target, paths[:TIMED_IMAGES])
            costs = {
                "size_bytes": [before.size_bytes, after.size_bytes],
                "latency_ms": [before.latency_ms, after.latency_ms],
                "is_helpful": is_helpful(before, after),
            }
            rows.append({"variant": kind} | costs | score(target, test, names))
    print(json.dumps({"data": given.data.name, "rows": rows, "machine": describe_machine()}, indent=2))


def score(folder: Path, test: Sequence[TrainingSample], names: Sequence[str]) -> dict[str, object]:
    """AP of a model folder."""
    predicted = []
    for found in predict_paths(load_model(folder), [sample.path for sample in test]):
        assert isinstance(found, Detections)
        kinds = np.array([names.index(label) for label in found.labels], np.int64)
        predicted.append(PredictedObjects(found.boxes.astype(np.float64), found.scores.astype(np.float64), kinds))
    truth = [
        TruthObjects(one.boxes.astype(np.float64), np.array([names.index(label) for label in one.labels], np.int64))
        for one in test
    ]
    scored = evaluate_detection(truth, predicted, names)
    return {"ap50": scored.ap50, "ap": scored.ap}


if __name__ == "__main__":
    main()
