"""Understand what adapters return for several labels, instances and pixels. Beside :mod:`whorl.models.coerce`.

Several labels: a mapping label → score, a vector in label order, a list of ``{"label", "score"}`` or of labels, or
:class:`LabelScores`. Instances: a mapping or tuple of masks, scores and labels, a list of
``{"mask", "score", "label"}`` (Hugging Face pipelines), an object with ``mask`` (supervision) or
``masks.xy`` (Ultralytics), or :class:`Instances`.
Pixels: a (height, width) array of label numbers with 0 for none, a (1 + c, height, width) array of probabilities with
none first, a mapping or list of masks by label, or :class:`Segmentation`. A mask is a (height, width) array or image of
the size of the picture, set where it is above half of its type's 1, an :class:`Rle`, or a list of points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import MaskError
from whorl.geometry.masks import Rle, decode_mask, encode_mask, mask_bounds
from whorl.geometry.polygons import polygon_to_mask
from whorl.models.coerce_parts import Unknown, entry_field, label_name, listed, to_array
from whorl.models.types import FloatArray, Instances, LabelScores, Segmentation, no_boxes

Size = tuple[int, int]
BoolImage = NDArray[np.bool_]


def label_scores(result: object, labels: tuple[str, ...]) -> LabelScores:
    """Scores of several labels; labels that are not named have 0.

    Raises:
        Unknown: Not one of the shapes, an unknown label, or a score outside [0, 1].
    """
    if isinstance(result, LabelScores):
        result = dict(zip(result.labels, result.scores.tolist(), strict=True))
    if isinstance(result, set | frozenset):
        result = sorted(result)
    if isinstance(result, list | tuple) and all(isinstance(one, str) for one in result):
        result = dict.fromkeys(result, 1.0)
    if isinstance(result, list) and result and isinstance(result[0], Mapping):
        result = {entry_field(row, "label"): entry_field(row, "score") for row in result}
    if isinstance(result, str | bytes) or result is None:
        raise Unknown("")
    if isinstance(result, Mapping):
        named = {label_name(kind, labels): score for kind, score in result.items()}
        result = [named.get(label, 0.0) for label in labels]
    vector = to_array(result)
    vector = np.squeeze(vector) if vector.ndim > 1 else np.atleast_1d(vector)
    if vector.shape != (len(labels),):
        raise Unknown(f"{len(labels)} labels need {len(labels)} scores, got shape {vector.shape}")
    return LabelScores(labels, _scores(vector, "scores"))


def instances(result: object, labels: tuple[str, ...], size: Size) -> Instances:
    """Objects with masks, best first; those without a pixel are left out.

    Raises:
        Unknown: Not one of the shapes, an unknown label, or a mask of another size than the image.
    """
    masks, scores, kinds = _object_parts(result)
    if not len(masks) == len(scores) == len(kinds):
        raise Unknown(f"{len(masks)} masks, {len(scores)} scores and {len(kinds)} labels")
    confidence = _scores(scores, "scores")
    named = [label_name(kind, labels) for kind in kinds]
    found: list[Rle] = []
    boxes: list[tuple[int, int, int, int]] = []
    kept: list[int] = []
    for index in np.argsort(-confidence, kind="stable").tolist():
        filled = _mask(masks[index], size)
        bounds = mask_bounds(filled)
        if bounds is not None:
            found.append(Rle(*size, encode_mask(filled)))
            boxes.append(bounds)
            kept.append(index)
    return Instances(
        boxes=np.array(boxes, np.float32) if boxes else no_boxes(),
        scores=confidence[kept],
        labels=tuple(named[i] for i in kept),
        masks=tuple(found),
    )


def segmentation(result: object, labels: tuple[str, ...], size: Size) -> Segmentation:
    """A label for each pixel, or none.

    Raises:
        Unknown: Not one of the shapes, an unknown label or number, or another size than the image.
    """
    if isinstance(result, Segmentation):
        return _renumbered(result, labels, size)
    if isinstance(result, Mapping):
        result = [{"label": label, "mask": mask} for label, mask in result.items()]
    if isinstance(result, list) and all(isinstance(row, Mapping) for row in result):
        return _painted(result, labels, size)
    if isinstance(result, str | bytes) or result is None:
        raise Unknown("")
    values = to_array(result)
    if values.ndim == 3 and values.shape == (1 + len(labels), *size):
        return _likeliest(values, labels)
    if values.shape != size:
        wanted = f"{size} label numbers or {(1 + len(labels), *size)} probabilities"
        raise Unknown(f"an image of {size[1]} x {size[0]} needs {wanted}, got {values.shape}")
    if not np.isfinite(values).all() or (values != np.round(values)).any():
        raise Unknown("label numbers are not whole")
    if values.min(initial=0) < 0 or values.max(initial=0) > len(labels):
        raise Unknown(f"label numbers must lie in 0 to {len(labels)}, got {values.min():g} to {values.max():g}")
    classes = values.astype(np.uint8)
    there = np.bincount(classes.ravel(), minlength=len(labels) + 1)[1:] > 0
    return Segmentation(labels, classes, there.astype(np.float32))


def _object_parts(result: object) -> tuple[list[object], FloatArray, list[object]]:
    if isinstance(result, Instances):
        return list(result.masks), result.scores, list(result.labels)
    if isinstance(result, Mapping):
        result = tuple(entry_field(result, name) for name in ("masks", "scores", "labels"))
    if isinstance(result, tuple) and len(result) == 3:
        return _mask_list(result[0]), to_array(result[1]).reshape(-1), listed(result[2])
    if isinstance(result, list) and all(isinstance(row, Mapping) for row in result):
        scores = np.array([1.0 if row.get("score") is None else row["score"] for row in result], np.float32)
        return [entry_field(row, "mask") for row in result], scores, [entry_field(row, "label") for row in result]
    if hasattr(result, "masks") and hasattr(result, "boxes"):  # Ultralytics Results
        shapes = [] if result.masks is None else list(result.masks.xy)
        return shapes, to_array(result.boxes.conf).reshape(-1), [int(k) for k in to_array(result.boxes.cls).reshape(-1)]
    if hasattr(result, "mask") and hasattr(result, "xyxy"):  # supervision.Detections
        masks = [] if result.mask is None else _mask_list(result.mask)
        confidence = getattr(result, "confidence", None)
        kinds = getattr(result, "class_id", None)
        return masks, to_array(np.ones(len(masks)) if confidence is None else confidence), listed(kinds)
    raise Unknown("")


def _mask_list(masks: object) -> list[object]:
    if isinstance(masks, list | tuple):
        return list(masks)
    stack = to_array(masks)
    if stack.size == 0:
        return []
    if stack.ndim == 4 and stack.shape[1] == 1:  # torchvision's
        stack = stack[:, 0]
    if stack.ndim != 3:
        raise Unknown(f"masks must be (k, height, width), got {stack.shape}")
    return list(stack)


def _mask(mask: object, size: Size) -> BoolImage:
    height, width = size
    if isinstance(mask, Rle):
        try:
            filled = decode_mask(mask.counts, width=mask.width, height=mask.height)
        except MaskError as error:
            raise Unknown(str(error)) from error
    elif hasattr(mask, "getbands"):  # a Pillow image
        filled = np.asarray(mask) > 127
    else:
        values = np.asarray(mask) if isinstance(mask, np.ndarray) else to_array(mask)
        if values.ndim == 2 and values.shape[1] == 2 and size[1] != 2:
            ring = [(float(x), float(y)) for x, y in values]
            filled = polygon_to_mask([ring], width=width, height=height) if len(ring) > 2 else np.zeros(size, bool)
        else:
            filled = values > (127 if values.dtype == np.uint8 and values.max(initial=0) > 1 else 0.5)
    if filled.shape != size:
        raise Unknown(f"a mask of shape {filled.shape} is not of the image's {size}")
    return np.asarray(filled, bool)


def _scores(values: FloatArray, name: str) -> FloatArray:
    if not np.isfinite(values).all():
        raise Unknown("a score is not finite")
    if len(values) and (values.min() < -1e-4 or values.max() > 1 + 1e-4):
        raise Unknown(f"{name} must lie in [0, 1], got {values.min():.3g} to {values.max():.3g}")
    return np.clip(values, 0, 1).astype(np.float32)


def _renumbered(found: Segmentation, labels: tuple[str, ...], size: Size) -> Segmentation:
    if found.classes.shape != size:
        raise Unknown(f"pixels of shape {found.classes.shape} are not of the image's {size}")
    if found.classes.max(initial=0) > len(found.labels) or len(found.confidence) != len(found.labels):
        raise Unknown(f"{len(found.labels)} labels, but numbers up to {found.classes.max(initial=0)}")
    table = np.array([0, *(labels.index(label_name(label, labels)) + 1 for label in found.labels)], np.uint8)
    confidence = np.zeros(len(labels), np.float32)
    confidence[table[1:] - 1] = _scores(to_array(found.confidence), "confidence")
    return Segmentation(labels, table[found.classes], confidence)


def _painted(rows: Sequence[Mapping[object, object]], labels: tuple[str, ...], size: Size) -> Segmentation:
    classes, confidence = np.zeros(size, np.uint8), np.zeros(len(labels), np.float32)
    for row in rows:
        number = labels.index(label_name(entry_field(row, "label"), labels))
        classes[_mask(entry_field(row, "mask"), size)] = number + 1
        score = row.get("score")
        confidence[number] = _scores(to_array([1.0 if score is None else score]), "scores")[0]
    return Segmentation(labels, classes, confidence)


def _likeliest(values: FloatArray, labels: tuple[str, ...]) -> Segmentation:
    if not np.isfinite(values).all() or values.min() < -1e-4 or values.max() > 1 + 1e-3:
        raise Unknown(f"probabilities must lie in [0, 1], got {values.min():.3g} to {values.max():.3g}")
    classes, best = values.argmax(axis=0), values.max(axis=0)
    counts = np.bincount(classes.ravel(), minlength=len(values))
    sums = np.bincount(classes.ravel(), best.ravel(), minlength=len(values))
    confidence = np.clip(sums / np.maximum(counts, 1), 0, 1)[1:]
    return Segmentation(labels, classes.astype(np.uint8), confidence.astype(np.float32))
