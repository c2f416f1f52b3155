"""A model's predictions on a test set beside the truth, as arrays, and as bytes that can be kept."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import InvalidInput, JsonValue, ModelError
from whorl.models.comparison import ClassificationCase, DetectionCase
from whorl.models.evaluation.classification import evaluate_classification
from whorl.models.evaluation.detection import evaluate_detection
from whorl.models.evaluation.types import PredictedObjects, TruthObjects
from whorl.models.records import object_box
from whorl.models.types import ClassProbabilities, Detections, Prediction, Task
from whorl.schemas.annotations import ClassTag
from whorl.schemas.records import AnnotationRecord


@dataclass(frozen=True)
class ClassOutputs:
    """(n,) int64 truth as positions in ``labels`` and (n, c) float64 probabilities."""

    labels: tuple[str, ...]
    items: tuple[str, ...]
    truth: NDArray[np.int64]
    probabilities: NDArray[np.float64]


@dataclass(frozen=True)
class ObjectOutputs:
    """True and predicted objects, one entry per item."""

    labels: tuple[str, ...]
    items: tuple[str, ...]
    truth: tuple[TruthObjects, ...]
    predicted: tuple[PredictedObjects, ...]


Outputs = ClassOutputs | ObjectOutputs


@dataclass(frozen=True)
class Score:
    """The primary metric and all others, ready for a JSON column."""

    metric_name: str
    metric: float | None
    metrics: dict[str, JsonValue]


def collect_outputs(
    task: Task,
    labels: Sequence[str],
    items: Sequence[str],
    truth: Sequence[Sequence[AnnotationRecord]],
    predictions: Sequence[Prediction],
    *,
    sizes: Sequence[tuple[int, int]] | None = None,
) -> Outputs:
    """Put truth and predictions of the same items side by side; ``sizes`` are width and height of their images.

    For classification an item without exactly one class is left out, since it has no right answer. A label that the
    model does not know gets a column that it never predicts.
    """
    names = _all_labels(task, labels, truth)
    if task is Task.CLASSIFICATION:
        return _collect_classes(names, items, truth, predictions)
    return ObjectOutputs(
        labels=names,
        items=tuple(items),
        truth=tuple(
            _truth_objects(records, names, None if sizes is None else sizes[number])
            for number, records in enumerate(truth)
        ),
        predicted=tuple(_predicted_objects(prediction, names) for prediction in predictions),
    )


def score_outputs(outputs: Outputs, *, seed: int = 0) -> Score:
    """Evaluate a model's outputs: accuracy for classes, AP50 for objects, and everything beside it."""
    if isinstance(outputs, ClassOutputs):
        found = evaluate_classification(outputs.truth, outputs.probabilities, outputs.labels, seed=seed)
        return Score("accuracy", found.accuracy, found.to_json())
    boxes = evaluate_detection(outputs.truth, outputs.predicted, outputs.labels)
    return Score("ap50", boxes.ap50, boxes.to_json())


def pair_outputs(champion: Outputs | None, challenger: Outputs) -> ClassificationCase | DetectionCase:
    """Bring two models' outputs on the same items to one order of labels.

    Raises:
        InvalidInput: The items differ, so that the two cannot be compared.
    """
    if champion is not None and champion.items != challenger.items:
        raise InvalidInput(
            f"the models were evaluated on different items: {len(champion.items)} and {len(challenger.items)}",
            hint="Evaluate both on one snapshot's test subset.",
        )
    if isinstance(challenger, ClassOutputs):
        if champion is not None and not isinstance(champion, ClassOutputs):
            raise InvalidInput("a detector and a classifier cannot be compared")
        return ClassificationCase(
            labels=challenger.truth,
            champion=None if champion is None else _reorder(champion, challenger.labels),
            challenger=challenger.probabilities,
            class_names=challenger.labels,
        )
    if champion is not None and not isinstance(champion, ObjectOutputs):
        raise InvalidInput("a detector and a classifier cannot be compared")
    return DetectionCase(
        truth=challenger.truth,
        champion=None if champion is None else [_relabel(one, champion, challenger) for one in champion.predicted],
        challenger=challenger.predicted,
        class_names=challenger.labels,
    )


def dump_outputs(outputs: Outputs) -> bytes:
    """Write outputs as one npz file without pickles."""
    arrays: dict[str, NDArray[np.generic]]
    head: dict[str, JsonValue] = {"labels": list(outputs.labels), "items": list(outputs.items)}
    if isinstance(outputs, ClassOutputs):
        head["task"] = "classification"
        arrays = {"truth": outputs.truth, "probabilities": outputs.probabilities.astype(np.float32)}
    else:
        head["task"] = "detection"
        arrays = {
            "truth_counts": np.array([len(one.labels) for one in outputs.truth], np.int64),
            "truth_boxes": _stack([one.boxes for one in outputs.truth]),
            "truth_labels": np.concatenate([[], *(one.labels for one in outputs.truth)]).astype(np.int64),
            "truth_crowd": np.concatenate(
                [[], *(np.zeros(len(t.labels)) if t.crowd is None else t.crowd for t in outputs.truth)]
            ).astype(np.bool_),
            "counts": np.array([len(one.labels) for one in outputs.predicted], np.int64),
            "boxes": _stack([one.boxes for one in outputs.predicted]),
            "scores": np.concatenate([[], *(one.scores for one in outputs.predicted)]).astype(np.float64),
            "labels": np.concatenate([[], *(one.labels for one in outputs.predicted)]).astype(np.int64),
        }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, head=np.frombuffer(json.dumps(head).encode(), np.uint8), **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def load_outputs(data: bytes) -> Outputs:
    """Read what ``dump_outputs`` wrote.

    Raises:
        ModelError: The bytes are not an evaluation's outputs.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            head = json.loads(arrays["head"].tobytes())
            labels, items = tuple(head["labels"]), tuple(head["items"])
            if head["task"] == "classification":
                rows = arrays["probabilities"].astype(np.float64)
                # Kept in single precision, so that the rows no longer sum to 1 to the last digit.
                return ClassOutputs(labels, items, arrays["truth"], rows / rows.sum(axis=1, keepdims=True))
            if not items:
                return ObjectOutputs(labels, (), (), ())
            truth_at, at = np.cumsum(arrays["truth_counts"])[:-1], np.cumsum(arrays["counts"])[:-1]
            return ObjectOutputs(
                labels,
                items,
                tuple(
                    TruthObjects(boxes, names, crowd)
                    for boxes, names, crowd in zip(
                        np.split(arrays["truth_boxes"], truth_at),
                        np.split(arrays["truth_labels"], truth_at),
                        np.split(arrays["truth_crowd"], truth_at),
                        strict=True,
                    )
                ),
                tuple(
                    PredictedObjects(boxes, scores, names)
                    for boxes, scores, names in zip(
                        np.split(arrays["boxes"], at),
                        np.split(arrays["scores"], at),
                        np.split(arrays["labels"], at),
                        strict=True,
                    )
                ),
            )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelError(
            f"an evaluation's outputs cannot be read: {error}", hint="Evaluate the model again."
        ) from error


def _all_labels(task: Task, labels: Sequence[str], truth: Sequence[Sequence[AnnotationRecord]]) -> tuple[str, ...]:
    seen = {
        record.label
        for records in truth
        for record in records
        if (isinstance(record.geometry, ClassTag) if task is Task.CLASSIFICATION else object_box(record) is not None)
    }
    return (*labels, *sorted(seen - set(labels)))


def _collect_classes(
    names: tuple[str, ...],
    items: Sequence[str],
    truth: Sequence[Sequence[AnnotationRecord]],
    predictions: Sequence[Prediction],
) -> ClassOutputs:
    position = {name: at for at, name in enumerate(names)}
    kept: list[str] = []
    rows: list[NDArray[np.float64]] = []
    answers: list[int] = []
    for item_id, records, prediction in zip(items, truth, predictions, strict=True):
        tags = {record.label for record in records if isinstance(record.geometry, ClassTag)}
        if len(tags) != 1 or not isinstance(prediction, ClassProbabilities):
            continue
        row = np.zeros(len(names), np.float64)
        row[[position[label] for label in prediction.labels]] = prediction.probabilities
        kept.append(item_id)
        rows.append(row / max(float(row.sum()), 1e-12))
        answers.append(position[tags.pop()])
    return ClassOutputs(
        names, tuple(kept), np.array(answers, np.int64), np.stack(rows) if rows else np.zeros((0, len(names)))
    )


def _truth_objects(
    records: Sequence[AnnotationRecord], names: Sequence[str], size: tuple[int, int] | None
) -> TruthObjects:
    width, height = size or (None, None)
    found = [(record, object_box(record, width=width, height=height)) for record in records]
    objects = [(record, box) for record, box in found if box is not None]
    return TruthObjects(
        boxes=np.array([[box.x0, box.y0, box.x1, box.y1] for _, box in objects], np.float64).reshape(-1, 4),
        labels=np.array([names.index(record.label) for record, _ in objects], np.int64),
        crowd=np.array([bool(record.attributes.get("iscrowd", False)) for record, _ in objects], np.bool_),
    )


def _predicted_objects(prediction: Prediction, names: Sequence[str]) -> PredictedObjects:
    if not isinstance(prediction, Detections):
        raise ModelError("a classifier's output cannot be scored as boxes", hint="Check the model's task.")
    known = {name: at for at, name in enumerate(names)}
    return PredictedObjects(
        boxes=np.asarray(prediction.boxes, np.float64).reshape(-1, 4),
        scores=np.asarray(prediction.scores, np.float64),
        labels=np.array([known.get(label, -1) for label in prediction.labels], np.int64),
    )


def _reorder(outputs: ClassOutputs, labels: Sequence[str]) -> NDArray[np.float64]:
    result = np.zeros((len(outputs.items), len(labels)), np.float64)
    for at, name in enumerate(labels):
        if name in outputs.labels:
            result[:, at] = outputs.probabilities[:, outputs.labels.index(name)]
    # A label that the challenger's list lacks keeps its share: it counts as a wrong answer, spread evenly.
    # Never below zero: a sum may be a rounding error above 1.
    result += np.maximum(1 - result.sum(axis=1, keepdims=True), 0) / len(labels)
    return np.asarray(result / result.sum(axis=1, keepdims=True), np.float64)


def _relabel(one: PredictedObjects, champion: ObjectOutputs, challenger: ObjectOutputs) -> PredictedObjects:
    position = {name: at for at, name in enumerate(challenger.labels)}
    table = np.array([position.get(name, -1) for name in champion.labels] + [-1], np.int64)
    return PredictedObjects(one.boxes, one.scores, table[one.labels])


def _stack(boxes: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.concatenate([np.zeros((0, 4)), *boxes]) if boxes else np.zeros((0, 4))
