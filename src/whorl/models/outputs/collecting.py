"""Truth and predictions of the same items, put side by side."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import MaskError, ModelError
from whorl.geometry.boxes import box_iou
from whorl.geometry.masks import Rle, mask_area, paint_masks, place_part
from whorl.models.evaluation.types import PredictedObjects, TruthObjects
from whorl.models.outputs.types import ClassOutputs, LabelOutputs, ObjectOutputs, Outputs, PixelOutputs
from whorl.models.records import object_box, object_mask
from whorl.models.types import (
    ClassProbabilities,
    Detections,
    Instances,
    LabelScores,
    Prediction,
    Segmentation,
    Task,
)
from whorl.schemas.annotations import Box, ClassTag, Mask
from whorl.schemas.records import AnnotationRecord

Size = tuple[int, int]
"""Width and height of an item's image, in pixels."""

Truth = Sequence[Sequence[AnnotationRecord]]


def collect_outputs(
    task: Task,
    labels: Sequence[str],
    items: Sequence[str],
    truth: Truth,
    predictions: Sequence[Prediction],
    *,
    sizes: Sequence[Size] | None = None,
    is_checked_empty: Sequence[bool] | None = None,
) -> Outputs:
    """Put truth and predictions of the same items side by side.

    For classification an item without exactly one class is left out, since it has no right answer, and for several
    labels an item without any, unless a person said that it has none. A label that the model does not know gets a
    column that it never predicts. For masks a box without an outline stands for all the pixels in it.

    Args:
        sizes: Width and height of the items' images; needed for masks.
        is_checked_empty: Whether a person said that there is nothing in an item.

    Raises:
        ModelError: A prediction is of another task, holds a number that is not finite or a label that the model does
            not have, or a mask has another size than its image.
    """
    names = label_names(task, labels, truth)
    if task is Task.CLASSIFICATION:
        return _collect_classes(names, items, truth, predictions)
    if task is Task.MULTI_LABEL:
        return _collect_labels(names, items, truth, predictions, is_checked_empty or [False] * len(items))
    if task is Task.SEMANTIC_MASKS:
        return _collect_pixels(names, items, truth, predictions, _known_sizes(sizes, items))
    given = zip(items, truth, predictions, strict=True)
    if task is Task.INSTANCE_MASKS:
        known = _known_sizes(sizes, items)
        return ObjectOutputs(
            names,
            tuple(items),
            tuple(_truth_masks(i, records, names, size) for i, records, size in zip(items, truth, known, strict=True)),
            tuple(_predicted_masks(i, p, names, size) for i, p, size in zip(items, predictions, known, strict=True)),
            use_masks=True,
        )
    bounds = [None] * len(items) if sizes is None else list(sizes)
    return ObjectOutputs(
        names,
        tuple(items),
        tuple(_truth_objects(records, names, size) for records, size in zip(truth, bounds, strict=True)),
        tuple(_predicted_objects(item, prediction, names) for item, _, prediction in given),
    )


def label_names(task: Task, labels: Sequence[str], truth: Truth) -> tuple[str, ...]:
    """The model's labels, then those of the truth that it does not know.

    Raises:
        ModelError: The model knows none of the labels of the truth.
    """
    has_it = _counts_for(task)
    seen = {record.label for records in truth for record in records if has_it(record)}
    if seen and not seen & set(labels):
        raise ModelError(
            f"the model knows none of the labels of the test items: it has {_listed(labels)}, they have "
            f"{_listed(sorted(seen))}",
            hint=_mapping(labels, sorted(seen)),
        )
    return (*labels, *sorted(seen - set(labels)))


def join_outputs(parts: Sequence[Outputs]) -> Outputs:
    """Outputs of several batches of items, as one; all of one task and one list of labels. At least one batch."""
    first = parts[0]
    items = tuple(item for part in parts for item in part.items)
    if isinstance(first, ClassOutputs):
        classes = [part for part in parts if isinstance(part, ClassOutputs)]
        return replace(
            first,
            items=items,
            truth=np.concatenate([part.truth for part in classes]),
            probabilities=np.concatenate([part.probabilities for part in classes]),
        )
    if isinstance(first, LabelOutputs):
        labels = [part for part in parts if isinstance(part, LabelOutputs)]
        return replace(
            first,
            items=items,
            truth=np.concatenate([part.truth for part in labels]),
            scores=np.concatenate([part.scores for part in labels]),
        )
    if isinstance(first, PixelOutputs):
        pixels = [part for part in parts if isinstance(part, PixelOutputs)]
        return replace(first, items=items, confusion=np.concatenate([part.confusion for part in pixels]))
    objects = [part for part in parts if isinstance(part, ObjectOutputs)]
    return replace(
        first,
        items=items,
        truth=tuple(one for part in objects for one in part.truth),
        predicted=tuple(one for part in objects for one in part.predicted),
    )


def take_outputs(outputs: Outputs, places: Sequence[int]) -> Outputs:
    """The outputs of some of the items, in the order of their places."""
    items = tuple(outputs.items[place] for place in places)
    at = np.asarray(places, np.int64)
    match outputs:
        case ClassOutputs():
            return replace(outputs, items=items, truth=outputs.truth[at], probabilities=outputs.probabilities[at])
        case LabelOutputs():
            return replace(outputs, items=items, truth=outputs.truth[at], scores=outputs.scores[at])
        case PixelOutputs():
            return replace(outputs, items=items, confusion=outputs.confusion[at])
        case ObjectOutputs():
            truth = tuple(outputs.truth[place] for place in places)
            predicted = tuple(outputs.predicted[place] for place in places)
            return replace(outputs, items=items, truth=truth, predicted=predicted)
        case _:
            assert_never(outputs)


def _counts_for(task: Task) -> Callable[[AnnotationRecord], bool]:
    if task.has_objects or task.has_masks:
        return lambda record: object_box(record) is not None
    return lambda record: isinstance(record.geometry, ClassTag)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "") or "none"


def _mapping(known: Sequence[str], wanted: Sequence[str]) -> str:
    lower = {name.casefold(): name for name in known}
    pairs = []
    for name in wanted[:5]:
        near = difflib.get_close_matches(name.casefold(), lower, n=1, cutoff=0.6)
        pairs += [f"{lower[near[0]]} as {name}"] if near else []
    told = f" Perhaps {', '.join(pairs)}." if pairs else ""
    return f"Rename the labels of the ontology or of the model, so that both say the same.{told}"


def _known_sizes(sizes: Sequence[Size] | None, items: Sequence[str]) -> Sequence[Size]:
    if sizes is None:
        raise ModelError(f"the sizes of {len(items)} images are needed to evaluate masks")
    return sizes


def _check_finite(item: str, numbers: NDArray[np.generic], what: str) -> None:
    if not np.isfinite(numbers.astype(np.float64)).all():
        raise ModelError(f"item {item}: {what} of the prediction is not a finite number", hint="Check the model.")


def _wrong_task(item: str, prediction: Prediction, wanted: str) -> ModelError:
    return ModelError(
        f"item {item}: {type(prediction).__name__} cannot be scored as {wanted}", hint="Check the model's task."
    )


def _places(item: str, labels: Sequence[str], names: Sequence[str]) -> list[int]:
    """Where a model's labels are among the names; a model must not say what it does not have."""
    position = {name: at for at, name in enumerate(names)}
    unknown = [label for label in labels if label not in position]
    if unknown:
        raise ModelError(f"item {item}: the model says {unknown[0]!r}, which is none of its labels: {_listed(names)}")
    return [position[label] for label in labels]


def _collect_classes(
    names: tuple[str, ...], items: Sequence[str], truth: Truth, predictions: Sequence[Prediction]
) -> ClassOutputs:
    kept: list[str] = []
    rows: list[NDArray[np.float64]] = []
    answers: list[int] = []
    for item, records, prediction in zip(items, truth, predictions, strict=True):
        tags = {record.label for record in records if isinstance(record.geometry, ClassTag)}
        if not isinstance(prediction, ClassProbabilities):
            raise _wrong_task(item, prediction, "one class")
        if len(tags) != 1:
            continue
        _check_finite(item, prediction.probabilities, "a probability")
        row = np.zeros(len(names), np.float64)
        row[_places(item, prediction.labels, names)] = prediction.probabilities
        kept.append(item)
        rows.append(row / max(float(row.sum()), 1e-12))
        answers.append(names.index(tags.pop()))
    return ClassOutputs(
        names, tuple(kept), np.array(answers, np.int64), np.stack(rows) if rows else np.zeros((0, len(names)))
    )


def _collect_labels(
    names: tuple[str, ...],
    items: Sequence[str],
    truth: Truth,
    predictions: Sequence[Prediction],
    is_checked_empty: Sequence[bool],
) -> LabelOutputs:
    kept: list[str] = []
    true: list[NDArray[np.bool_]] = []
    rows: list[NDArray[np.float64]] = []
    for item, records, prediction, is_empty in zip(items, truth, predictions, is_checked_empty, strict=True):
        tags = {record.label for record in records if isinstance(record.geometry, ClassTag)}
        if not isinstance(prediction, LabelScores):
            raise _wrong_task(item, prediction, "several labels")
        if not tags and not is_empty:
            continue
        _check_finite(item, prediction.scores, "a score")
        row = np.zeros(len(names), np.float64)
        row[_places(item, prediction.labels, names)] = prediction.scores
        kept.append(item)
        rows.append(row)
        true.append(np.array([name in tags for name in names], np.bool_))
    empty = (0, len(names))
    return LabelOutputs(
        names,
        tuple(kept),
        np.stack(true) if true else np.zeros(empty, np.bool_),
        np.stack(rows) if rows else np.zeros(empty),
    )


def _truth_objects(records: Sequence[AnnotationRecord], names: Sequence[str], size: Size | None) -> TruthObjects:
    width, height = size or (None, None)
    found = [(record, object_box(record, width=width, height=height)) for record in records]
    objects = [(record, box) for record, box in found if box is not None]
    return TruthObjects(
        boxes=_corners([box for _, box in objects]),
        labels=np.array([names.index(record.label) for record, _ in objects], np.int64),
        crowd=np.array([_is_crowd(record) for record, _ in objects], np.bool_),
    )


def _truth_masks(item: str, records: Sequence[AnnotationRecord], names: Sequence[str], size: Size) -> TruthObjects:
    found = _pixels_of(item, records, size)
    return TruthObjects(
        boxes=_corners([box for _, _, box in found]),
        labels=np.array([names.index(record.label) for record, _, _ in found], np.int64),
        crowd=np.array([_is_crowd(record) for record, _, _ in found], np.bool_),
        area=np.array([mask_area(mask.counts) for _, mask, _ in found], np.float64),
        masks=tuple(mask for _, mask, _ in found),
    )


def _pixels_of(item: str, records: Sequence[AnnotationRecord], size: Size) -> list[tuple[AnnotationRecord, Rle, Box]]:
    """Each object's mask; a box stands for all of its pixels, unless an outline of its label lies there."""
    width, height = size
    outlined: list[tuple[AnnotationRecord, Rle, Box]] = []
    for record in records:
        shape = record.geometry
        if isinstance(shape, Mask) and (shape.width, shape.height) != size:
            raise ModelError(
                f"item {item}: a true mask has {shape.width} x {shape.height} pixels, its image {width} x {height}",
                hint="Draw the mask again, or import it for the upright image.",
            )
        mask, box = object_mask(record, width=width, height=height), object_box(record, width=width, height=height)
        if mask is not None and box is not None:
            outlined.append((record, mask, box))
    boxed = [
        (record, box)
        for record in records
        if isinstance(record.geometry, Box) and (box := _within(record.geometry, size)) is not None
    ]
    overlap = box_iou(_corners([box for _, box in boxed]), _corners([box for _, _, box in outlined]))
    same = np.array([[one.label == other.label for other, _, _ in outlined] for one, _ in boxed], bool)
    has_outline = ((overlap >= 0.5) & same.reshape(overlap.shape)).any(axis=1)
    filled = [
        (record, _fill(box, size), box) for (record, box), drawn in zip(boxed, has_outline, strict=True) if not drawn
    ]
    return [*outlined, *((record, mask, box) for record, mask, box in filled if mask_area(mask.counts))]


def _within(box: Box, size: Size) -> Box | None:
    x0, y0, x1, y1 = max(0.0, box.x0), max(0.0, box.y0), min(box.x1, size[0]), min(box.y1, size[1])
    return Box(x0=x0, y0=y0, x1=x1, y1=y1) if x1 > x0 and y1 > y0 else None


def _fill(box: Box, size: Size) -> Rle:
    # A pixel is inside when its centre is, as for polygons.
    width, height = size
    x0, y0, x1, y1 = (int(np.ceil(side - 0.5)) for side in (box.x0, box.y0, box.x1, box.y1))
    if x1 <= x0 or y1 <= y0:
        return Rle(height, width, "")
    return place_part(np.ones((y1 - y0, x1 - x0), np.bool_), x=x0, y=y0, width=width, height=height)


def _predicted_objects(item: str, prediction: Prediction, names: Sequence[str]) -> PredictedObjects:
    if not isinstance(prediction, Detections):
        raise _wrong_task(item, prediction, "boxes")
    _check_finite(item, prediction.scores, "a score")
    _check_finite(item, prediction.boxes, "a box")
    known = {name: at for at, name in enumerate(names)}
    return PredictedObjects(
        boxes=np.asarray(prediction.boxes, np.float64).reshape(-1, 4),
        scores=np.asarray(prediction.scores, np.float64),
        labels=np.array([known.get(label, -1) for label in prediction.labels], np.int64),
    )


def _predicted_masks(item: str, prediction: Prediction, names: Sequence[str], size: Size) -> PredictedObjects:
    if not isinstance(prediction, Instances):
        raise _wrong_task(item, prediction, "masks of objects")
    if len(prediction.masks) != len(prediction.labels):
        raise ModelError(f"item {item}: {len(prediction.masks)} masks for {len(prediction.labels)} objects")
    for mask in prediction.masks:
        if (mask.width, mask.height) != size:
            raise ModelError(
                f"item {item}: a predicted mask is {mask.width} x {mask.height}, the image {size[0]} x {size[1]}",
                hint="A model's masks have the size of the image that it was given.",
            )
    return replace(_predicted_objects(item, prediction, names), masks=prediction.masks)


def _collect_pixels(
    names: tuple[str, ...],
    items: Sequence[str],
    truth: Truth,
    predictions: Sequence[Prediction],
    sizes: Sequence[Size],
) -> PixelOutputs:
    side = len(names) + 1
    tables = [np.zeros((0, side, side), np.int64)]
    for item, records, prediction, size in zip(items, truth, predictions, sizes, strict=True):
        said = _predicted_pixels(item, prediction, names, size)
        cells = _true_pixels(item, records, names, size) * side + said
        tables.append(np.bincount(cells.reshape(-1), minlength=side * side).reshape(1, side, side))
    return PixelOutputs(names, tuple(items), np.concatenate(tables).astype(np.int64))


def _true_pixels(item: str, records: Sequence[AnnotationRecord], names: Sequence[str], size: Size) -> NDArray[np.int64]:
    """(height, width) positions in ``names``, their number for none; where objects overlap, the later one."""
    found = _pixels_of(item, records, size)
    table = np.array([len(names), *(names.index(record.label) for record, _, _ in found)], np.int64)
    try:
        painted = paint_masks([mask for _, mask, _ in found], width=size[0], height=size[1])
    except MaskError as error:
        raise ModelError(f"item {item}: {error.message}", hint="Draw the mask again.") from error
    return table[painted]


def _predicted_pixels(item: str, prediction: Prediction, names: Sequence[str], size: Size) -> NDArray[np.int64]:
    if not isinstance(prediction, Segmentation):
        raise _wrong_task(item, prediction, "pixels")
    height, width = prediction.classes.shape[:2]
    if prediction.classes.ndim != 2 or (width, height) != size:
        raise ModelError(
            f"item {item}: the predicted pixels are {width} x {height}, the image {size[0]} x {size[1]}",
            hint="A model's pixels have the size of the image that it was given.",
        )
    table = np.array([len(names), *_places(item, prediction.labels, names)], np.int64)
    if prediction.classes.size and int(prediction.classes.max()) >= len(table):
        raise ModelError(
            f"item {item}: a pixel has the class {int(prediction.classes.max())}, the model has {len(table) - 1} labels"
        )
    return table[prediction.classes]


def _is_crowd(record: AnnotationRecord) -> bool:
    return bool(record.attributes.get("iscrowd", False))


def _corners(boxes: Sequence[Box]) -> NDArray[np.float64]:
    return np.array([[box.x0, box.y0, box.x1, box.y1] for box in boxes], np.float64).reshape(-1, 4)
