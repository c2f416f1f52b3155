"""Understand what adapters return, without importing the libraries whose objects they may be.

Accepted for classification: a mapping label → probability, a vector in label order, a list of
``{"label", "score"}`` (Hugging Face pipelines), an object with ``probs`` (Ultralytics), or a
:class:`ClassProbabilities`. For detection: a mapping or tuple of boxes, scores and labels, a list of
``{"box", "score", "label"}``, an object with ``boxes`` (Ultralytics) or ``xyxy`` (supervision), or
:class:`Detections`. Logits are not accepted: a model says probabilities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from whorl.base.errors import ModelError
from whorl.models.types import ClassProbabilities, Detections, FloatArray, Prediction, Task

ACCEPTED = {
    Task.CLASSIFICATION: "{label: probability}, a probability vector, [{'label', 'score'}], or an object with .probs",
    Task.DETECTION: "{'boxes', 'scores', 'labels'}, (boxes, scores, labels), [{'box', 'score', 'label'}], "
    "or an object with .boxes or .xyxy",
}


class _Unknown(Exception):
    """The value has none of the shapes that can be understood."""


def coerce_prediction(
    result: object, *, labels: Sequence[str], task: Task, size: tuple[int, int], adapter: str = "adapter"
) -> Prediction:
    """Turn one image's raw result into a prediction.

    Args:
        labels: The model's labels, in the order of its outputs.
        size: Height and width of the image in pixels; boxes are clipped to it.
        adapter: Name used in errors.

    Raises:
        ModelError: The value has an unknown type, an unknown label, a wrong length, or is not finite.
    """
    names = tuple(labels)
    try:
        if task is Task.CLASSIFICATION:
            return _classification(result, names)
        return _detection(result, names, size)
    except _Unknown as error:
        detail = f": {error}" if str(error) else ""
        raise ModelError(
            f"{adapter} returned {_describe(result)} for {task.value}{detail}",
            hint=f"Return {ACCEPTED[task]}.",
            details={"adapter": adapter, "returned": _describe(result)},
        ) from error


def _describe(value: object) -> str:
    kind = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    shape = getattr(value, "shape", None)
    if shape is not None:
        return f"{kind} of shape {tuple(shape)}"
    if isinstance(value, Mapping):
        return f"{kind} with keys {sorted(map(str, value))[:5]}"
    if isinstance(value, list | tuple):
        return f"{kind} of {len(value)}" + (f" {type(value[0]).__qualname__}" if value else "")
    return kind


def to_array(value: object) -> FloatArray:
    """float32 array of numbers, lists, numpy arrays or tensors (by ``detach``, ``cpu`` and ``numpy``)."""
    for method in ("detach", "cpu", "numpy"):
        value = getattr(value, method)() if hasattr(value, method) else value
    try:
        return np.asarray(value, np.float32)
    except (TypeError, ValueError) as error:
        raise _Unknown(f"not numbers ({error})") from error


def _classification(result: object, labels: tuple[str, ...]) -> ClassProbabilities:
    if isinstance(result, ClassProbabilities):
        if result.labels == labels:
            return ClassProbabilities(labels, _probabilities(result.probabilities, labels))
        result = dict(zip(result.labels, result.probabilities.tolist(), strict=True))
    probs = getattr(result, "probs", None)
    if probs is not None:
        names = getattr(result, "names", None)
        vector = to_array(getattr(probs, "data", probs))
        result = dict(zip(_names(names, len(vector)), vector, strict=True)) if names else vector
    if isinstance(result, list) and result and isinstance(result[0], Mapping):
        result = {_field(row, "label"): _field(row, "score") for row in result}
    if isinstance(result, Mapping):
        return ClassProbabilities(labels, _probabilities(_from_mapping(result, labels), labels))
    if isinstance(result, str | bytes) or result is None:
        raise _Unknown("")
    return ClassProbabilities(labels, _probabilities(to_array(result), labels))


def _field(row: Mapping[object, object], name: str) -> object:
    if name not in row:
        raise _Unknown(f"an entry has no {name!r}")
    return row[name]


def _names(names: object, count: int) -> list[str]:
    if isinstance(names, Mapping):
        return [str(names[i]) for i in range(count)]
    return [str(n) for n in names] if isinstance(names, list | tuple) else []


def _from_mapping(result: Mapping[object, object], labels: tuple[str, ...]) -> FloatArray:
    unknown = [str(k) for k in result if str(k) not in labels]
    if unknown or not result:
        raise _Unknown(f"unknown label {unknown[0]!r}, known are {list(labels)[:20]}" if unknown else "it is empty")
    by_name = {str(k): v for k, v in result.items()}
    return to_array([by_name.get(label, 0.0) for label in labels])


def _probabilities(vector: FloatArray, labels: tuple[str, ...]) -> FloatArray:
    vector = np.squeeze(vector) if vector.ndim > 1 else np.atleast_1d(vector)
    if vector.shape != (len(labels),):
        raise _Unknown(f"{len(labels)} labels need {len(labels)} probabilities, got shape {vector.shape}")
    if not np.isfinite(vector).all():
        raise _Unknown("a probability is not finite")
    total = float(vector.sum())
    if vector.min() < -1e-4 or vector.max() > 1 + 1e-3 or total <= 0:
        raise _Unknown(f"probabilities must lie in [0, 1], got {vector.min():.3g} to {vector.max():.3g}")
    clipped = np.clip(vector, 0, 1)
    return np.asarray(clipped / clipped.sum(), np.float32)


def _detection(result: object, labels: tuple[str, ...], size: tuple[int, int]) -> Detections:
    if isinstance(result, Detections):
        return _detections(result.boxes, result.scores, list(result.labels), labels, size)
    if hasattr(result, "xyxy"):  # supervision.Detections
        count = len(to_array(result.xyxy).reshape(-1, 4))
        data = getattr(result, "data", None)
        given = data.get("class_name") if isinstance(data, Mapping) else None
        kinds = given if given is not None else getattr(result, "class_id", None)
        scores = getattr(result, "confidence", None)
        scores = np.ones(count) if scores is None else scores
        return _detections(result.xyxy, scores, _listed(kinds), labels, size)
    if hasattr(result, "boxes") and hasattr(result.boxes, "xyxy"):  # ultralytics Results
        boxes, names = result.boxes, getattr(result, "names", None)
        kinds = [int(k) for k in to_array(boxes.cls).reshape(-1)]
        named = [names[k] for k in kinds] if isinstance(names, Mapping | list) else kinds
        return _detections(boxes.xyxy, boxes.conf, named, labels, size)
    if isinstance(result, Mapping):
        parts = (_field(result, "boxes"), _field(result, "scores"), _field(result, "labels"))
        return _detections(parts[0], parts[1], _listed(parts[2]), labels, size)
    if isinstance(result, tuple) and len(result) == 3:
        return _detections(result[0], result[1], _listed(result[2]), labels, size)
    if isinstance(result, list) and all(isinstance(row, Mapping) for row in result):
        return _from_rows(result, labels, size)
    raise _Unknown("")


def _listed(values: object) -> list[object]:
    if values is None:
        raise _Unknown("there are no labels")
    if isinstance(values, list | tuple):
        return list(values)
    for method in ("detach", "cpu", "numpy", "tolist"):
        values = getattr(values, method)() if hasattr(values, method) else values
    if not isinstance(values, list):
        raise _Unknown("labels are not a list")
    return values


def _from_rows(rows: list[Mapping[object, object]], labels: tuple[str, ...], size: tuple[int, int]) -> Detections:
    boxes, scores, kinds = [], [], []
    for row in rows:
        box = _field(row, "box")
        if isinstance(box, Mapping):
            box = [_field(box, side) for side in ("xmin", "ymin", "xmax", "ymax")]
        boxes.append(to_array(box))
        scores.append(row.get("score", 1.0))
        kinds.append(_field(row, "label"))
    return _detections(np.stack(boxes) if boxes else np.zeros((0, 4)), scores, kinds, labels, size)


def _detections(
    boxes: object, scores: object, kinds: Sequence[object], labels: tuple[str, ...], size: tuple[int, int]
) -> Detections:
    corners, confidence = to_array(boxes), to_array(scores).reshape(-1)
    corners = corners.reshape(0, 4) if corners.size == 0 else corners
    if corners.ndim != 2 or corners.shape[1] != 4:
        raise _Unknown(f"boxes must be (k, 4), got {corners.shape}")
    if not len(corners) == len(confidence) == len(kinds):
        raise _Unknown(f"{len(corners)} boxes, {len(confidence)} scores and {len(kinds)} labels")
    if not (np.isfinite(corners).all() and np.isfinite(confidence).all()):
        raise _Unknown("a box or score is not finite")
    if len(confidence) and (confidence.min() < 0 or confidence.max() > 1 + 1e-4):
        raise _Unknown("scores must lie in [0, 1]")
    named = [_label_name(kind, labels) for kind in kinds]
    height, width = size
    corners = np.clip(corners, 0, np.array([width, height, width, height], np.float32))
    order = [
        int(i)
        for i in np.argsort(-confidence, kind="stable")
        if corners[i, 2] > corners[i, 0] and corners[i, 3] > corners[i, 1]
    ]
    return Detections(corners[order], np.minimum(confidence[order], 1), tuple(named[i] for i in order))


def _label_name(kind: object, labels: tuple[str, ...]) -> str:
    if isinstance(kind, str | np.str_):
        if str(kind) in labels:
            return str(kind)
    elif isinstance(kind, int | float | np.integer | np.floating) and 0 <= int(kind) < len(labels):
        return labels[int(kind)]
    raise _Unknown(f"unknown label {kind!r}, known are {list(labels)[:20]}")
