"""Objects as the columns that hotcoco takes, and a finished run of it.

hotcoco is COCO's matching, compiled (docs/decisions/0003-coco-metrics.md); its own summary prints to stdout, so that
its arrays are read instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import InvalidInput
from whorl.geometry.masks import Rle
from whorl.models.evaluation.types import (
    BoolArray,
    FloatArray,
    IntArray,
    PredictedObjects,
    TruthObjects,
    check_predicted,
    check_truth,
)

MAX_PER_IMAGE = 100
"""Answers of one class in one image that COCO counts, the surest."""


@dataclass(frozen=True, slots=True)
class Columns:
    """All images' objects one after another; boxes are x y w h, as COCO wants them."""

    n_images: int
    truth_image: IntArray
    truth_boxes: FloatArray
    truth_labels: IntArray
    truth_crowd: BoolArray
    truth_area: FloatArray
    truth_masks: list[Rle]
    image: IntArray
    boxes: FloatArray
    labels: IntArray
    scores: FloatArray
    masks: list[Rle]
    n_unknown: int


def read_columns(
    truth: Sequence[TruthObjects], predicted: Sequence[PredictedObjects], class_count: int, *, use_masks: bool
) -> Columns:
    """Put all images' objects one after another.

    Raises:
        InvalidInput: Shapes disagree, numbers are not finite, or a true label is unknown.
    """
    check_truth(truth, class_count)
    check_predicted(predicted, len(truth))
    known = [(found.labels >= 0) & (found.labels < class_count) for found in predicted]
    n_known = sum(int(mask.sum()) for mask in known)
    truth_boxes = _xywh(_joined([found.boxes for found in truth], (0, 4)))
    areas = [_xywh(f.boxes)[:, 2:].prod(axis=1) if f.area is None else f.area for f in truth]
    crowds = [np.zeros(len(f.labels), bool) if f.crowd is None else f.crowd for f in truth]
    return Columns(
        n_images=len(truth),
        truth_image=_image_column([len(found.labels) for found in truth]),
        truth_boxes=truth_boxes,
        truth_labels=_joined([found.labels for found in truth], (0,)).astype(np.int64),
        truth_crowd=_joined(crowds, (0,)).astype(np.bool_),
        truth_area=_joined(areas, (0,)),
        truth_masks=[mask for found in truth for mask in masks_of(found)] if use_masks else [],
        image=_image_column([int(mask.sum()) for mask in known]),
        boxes=_xywh(_joined([f.boxes[keep] for f, keep in zip(predicted, known, strict=True)], (0, 4))),
        labels=_joined([f.labels[k] for f, k in zip(predicted, known, strict=True)], (0,)).astype(np.int64),
        scores=_joined([f.scores[k] for f, k in zip(predicted, known, strict=True)], (0,)),
        masks=_known_masks(predicted, known) if use_masks else [],
        n_unknown=sum(len(found.labels) for found in predicted) - n_known,
    )


def _joined(parts: Sequence[NDArray[np.generic]], empty: tuple[int, ...]) -> FloatArray:
    joined: FloatArray = np.concatenate(parts).astype(np.float64) if parts else np.zeros(empty)
    return joined


def _image_column(counts: Sequence[int]) -> IntArray:
    return np.repeat(np.arange(len(counts), dtype=np.int64), np.asarray(counts, dtype=np.int64))


def _xywh(boxes: FloatArray) -> FloatArray:
    return np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1).astype(np.float64)


def masks_of(found: TruthObjects | PredictedObjects) -> Sequence[Rle]:
    """The masks of an image's objects.

    Raises:
        InvalidInput: There is an object without one.
    """
    if found.masks is None and len(found.labels):
        raise InvalidInput("an object has no mask", hint="Evaluate boxes, or give every object a mask.")
    return found.masks or ()


def _known_masks(predicted: Sequence[PredictedObjects], known: Sequence[BoolArray]) -> list[Rle]:
    pairs = zip(predicted, known, strict=True)
    return [mask for found, keep in pairs for mask, good in zip(masks_of(found), keep, strict=True) if good]


def coco_rle(mask: Rle) -> dict[str, object]:
    """A mask as pycocotools writes it."""
    return {"size": [mask.height, mask.width], "counts": mask.counts}


# Any: hotcoco's classes come without types that mypy may follow.
def run_coco(columns: Columns, names: Sequence[str], *, use_masks: bool) -> Any:
    """A finished hotcoco evaluation with all of COCO's columns."""
    run = _prepare(columns, names, use_masks=use_masks)
    run.evaluate()
    run.accumulate()
    return run


# Any: as above.
def _prepare(columns: Columns, names: Sequence[str], *, use_masks: bool) -> Any:
    from hotcoco import COCO, COCOeval

    images = [{"id": at, "width": 1, "height": 1} for at in range(1, columns.n_images + 1)]
    truth = COCO.from_arrays(
        images,
        [{"id": at + 1, "name": name} for at, name in enumerate(names)],
        columns.truth_image + 1,
        columns.truth_labels + 1,
        columns.truth_boxes,
        area=columns.truth_area,
        iscrowd=columns.truth_crowd,
        segmentation=[coco_rle(mask) for mask in columns.truth_masks] if use_masks else None,
    )
    found = truth.load_res(_mask_results(columns) if use_masks else _box_results(columns))
    return COCOeval(truth, found, "segm" if use_masks else "bbox")


def _box_results(columns: Columns) -> FloatArray:
    parts = [columns.image[:, None] + 1, columns.boxes, columns.scores[:, None], columns.labels[:, None] + 1]
    return np.concatenate(parts, axis=1).astype(np.float64)


def _mask_results(columns: Columns) -> list[dict[str, object]]:
    # Without a box, the area that decides small, medium or large is the mask's, as in COCO's own results.
    rows = zip(columns.image, columns.labels, columns.scores, columns.masks, strict=True)
    return [
        {"image_id": int(i) + 1, "category_id": int(c) + 1, "score": float(s), "segmentation": coco_rle(m)}
        for i, c, s, m in rows
    ]
