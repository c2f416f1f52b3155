"""Understand what adapters return, without importing the libraries whose objects they may be.

Accepted for classification: a mapping label → probability, a vector in label order, a list of
``{"label", "score"}`` (Hugging Face pipelines), an object with ``probs`` (Ultralytics), or a
:class:`ClassProbabilities`. For detection: a mapping or tuple of boxes, scores and labels, a list of
``{"box", "score", "label"}``, an object with ``boxes`` (Ultralytics) or ``xyxy`` (supervision), or
:class:`Detections`. Several labels and masks: see :mod:`whorl.models.coerce_masks`. Logits are not accepted: a model
says probabilities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from whorl.base.errors import ModelError
from whorl.models.coerce_masks import instances, label_scores, segmentation
from whorl.models.coerce_parts import Unknown, entry_field, label_name, listed, to_array
from whorl.models.types import ClassProbabilities, Detections, FloatArray, Prediction, Task

ACCEPTED = {
    Task.CLASSIFICATION: "{label: probability}, a probability vector, [{'label', 'score'}], or an object with .probs",
    Task.DETECTION: "{'boxes', 'scores', 'labels'}, (boxes, scores, labels), [{'box', 'score', 'label'}], "
    "or an object with .boxes or .xyxy",
    Task.MULTI_LABEL: "{label: score}, a vector of scores, [{'label', 'score'}], or the labels that hold",
    Task.INSTANCE_MASKS: "{'masks', 'scores', 'labels'}, (masks, scores, labels), [{'mask', 'score', 'label'}], "
    "or an object with .masks and .boxes or with .mask",
    Task.SEMANTIC_MASKS: "(height, width) label numbers with 0 for none, (1 + labels, height, width) probabilities "
    "with none first, {label: mask}, or [{'label', 'mask'}]",
}


def coerce_prediction(
    result: object, *, labels: Sequence[str], task: Task, size: tuple[int, int], adapter: str = "adapter"
) -> Prediction:
    """Turn one image's raw result into a prediction.

    Args:
        labels: The model's labels, in the order of its outputs.
        size: Height and width of the image in pixels; boxes are clipped to it, masks must have it.
        adapter: Name used in errors.

    Raises:
        ModelError: The value has an unknown type, an unknown label, a wrong length, or is not finite.
    """
    # A tuple stays the one it is: that of a model whose labels nobody knows takes any name.
    names = labels if isinstance(labels, tuple) else tuple(labels)
    try:
        if task is Task.CLASSIFICATION:
            return _classification(result, names)
        if task is Task.MULTI_LABEL:
            return label_scores(result, names)
        if task is Task.INSTANCE_MASKS:
            return instances(result, names, size)
        if task is Task.SEMANTIC_MASKS:
            return segmentation(result, names, size)
        return _detection(result, names, size)
    except Unknown as error:
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
        result = {entry_field(row, "label"): entry_field(row, "score") for row in result}
    if isinstance(result, Mapping):
        return ClassProbabilities(labels, _probabilities(_from_mapping(result, labels), labels))
    if isinstance(result, str | bytes) or result is None:
        raise Unknown("")
    return ClassProbabilities(labels, _probabilities(to_array(result), labels))


def _names(names: object, count: int) -> list[str]:
    if isinstance(names, Mapping):
        return [str(names[i]) for i in range(count)]
    return [str(n) for n in names] if isinstance(names, list | tuple) else []


def _from_mapping(result: Mapping[object, object], labels: tuple[str, ...]) -> FloatArray:
    unknown = [str(k) for k in result if str(k) not in labels]
    if unknown or not result:
        raise Unknown(f"unknown label {unknown[0]!r}, known are {list(labels)[:20]}" if unknown else "it is empty")
    by_name = {str(k): v for k, v in result.items()}
    return to_array([by_name.get(label, 0.0) for label in labels])


def _probabilities(vector: FloatArray, labels: tuple[str, ...]) -> FloatArray:
    vector = np.squeeze(vector) if vector.ndim > 1 else np.atleast_1d(vector)
    if vector.shape != (len(labels),):
        raise Unknown(f"{len(labels)} labels need {len(labels)} probabilities, got shape {vector.shape}")
    if not np.isfinite(vector).all():
        raise Unknown("a probability is not finite")
    total = float(vector.sum())
    if vector.min() < -1e-4 or vector.max() > 1 + 1e-3 or total <= 0:
        raise Unknown(f"probabilities must lie in [0, 1], got {vector.min():.3g} to {vector.max():.3g}")
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
        return _detections(result.xyxy, scores, listed(kinds), labels, size)
    if hasattr(result, "boxes") and hasattr(result.boxes, "xyxy"):  # ultralytics Results
        boxes, names = result.boxes, getattr(result, "names", None)
        kinds = [int(k) for k in to_array(boxes.cls).reshape(-1)]
        named = [names[k] for k in kinds] if isinstance(names, Mapping | list) else kinds
        return _detections(boxes.xyxy, boxes.conf, named, labels, size)
    if isinstance(result, Mapping):
        parts = (entry_field(result, "boxes"), entry_field(result, "scores"), entry_field(result, "labels"))
        return _detections(parts[0], parts[1], listed(parts[2]), labels, size)
    if isinstance(result, tuple) and len(result) == 3:
        return _detections(result[0], result[1], listed(result[2]), labels, size)
    if isinstance(result, list) and all(isinstance(row, Mapping) for row in result):
        return _from_rows(result, labels, size)
    raise Unknown("")


def _from_rows(rows: list[Mapping[object, object]], labels: tuple[str, ...], size: tuple[int, int]) -> Detections:
    boxes, scores, kinds = [], [], []
    for row in rows:
        box = entry_field(row, "box")
        if isinstance(box, Mapping):
            box = [entry_field(box, side) for side in ("xmin", "ymin", "xmax", "ymax")]
        boxes.append(to_array(box))
        scores.append(row.get("score", 1.0))
        kinds.append(entry_field(row, "label"))
    return _detections(np.stack(boxes) if boxes else np.zeros((0, 4)), scores, kinds, labels, size)


def _detections(
    boxes: object, scores: object, kinds: Sequence[object], labels: tuple[str, ...], size: tuple[int, int]
) -> Detections:
    corners, confidence = to_array(boxes), to_array(scores).reshape(-1)
    corners = corners.reshape(0, 4) if corners.size == 0 else corners
    if corners.ndim != 2 or corners.shape[1] != 4:
        raise Unknown(f"boxes must be (k, 4), got {corners.shape}")
    if not len(corners) == len(confidence) == len(kinds):
        raise Unknown(f"{len(corners)} boxes, {len(confidence)} scores and {len(kinds)} labels")
    if not (np.isfinite(corners).all() and np.isfinite(confidence).all()):
        raise Unknown("a box or score is not finite")
    if len(confidence) and (confidence.min() < 0 or confidence.max() > 1 + 1e-4):
        raise Unknown("scores must lie in [0, 1]")
    named = [label_name(kind, labels) for kind in kinds]
    height, width = size
    corners = np.clip(corners, 0, np.array([width, height, width, height], np.float32))
    order = np.argsort(-confidence, kind="stable")
    order = order[(corners[order, 2:] > corners[order, :2]).all(axis=1)]
    return Detections(corners[order], np.minimum(confidence[order], 1), tuple(named[i] for i in order.tolist()))
