"""COCO average precision, and the same on thousands of resamples of the images.

hotcoco matches predictions to truth (docs/decisions/0003-coco-metrics.md); the summary is read off its arrays, because
its own summary prints to stdout. For the bootstrap, matching is done once; a resample only reweights the images.
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
    ClassDetection,
    DetectionMetrics,
    FloatArray,
    IntArray,
    PredictedObjects,
    TruthObjects,
    check_class_names,
    check_predicted,
    check_truth,
)

_RECALLS = np.linspace(0.0, 1.0, 101)
_ALL_IOUS = np.linspace(0.5, 0.95, 10)
_MAX_PER_IMAGE = 100
_RESAMPLE_BLOCK = 4_000_000


def evaluate_detection(
    truth: Sequence[TruthObjects],
    predicted: Sequence[PredictedObjects],
    class_names: Sequence[str],
    *,
    use_masks: bool = False,
) -> DetectionMetrics:
    """Score a detector the way COCO does.

    Args:
        truth: One entry per image, empty where nothing is there.
        predicted: One entry per image, in the same order.
        class_names: Names of the classes; a prediction outside them is left out and counted in ``n_unknown``.
        use_masks: Match by masks rather than boxes; every object then needs one.

    Raises:
        InvalidInput: Shapes disagree, numbers are not finite, a name occurs twice, or a true label is unknown.
    """
    names = check_class_names(class_names)
    columns = _columns(truth, predicted, len(names), use_masks=use_masks)
    run = _run_coco(columns, names, use_masks=use_masks)
    precision, recall = run.eval["precision"], run.eval["recall"]
    return DetectionMetrics(
        ap=_mean(precision[:, :, :, 0, 2]),
        ap50=_mean(precision[0, :, :, 0, 2]),
        ap75=_mean(precision[5, :, :, 0, 2]),
        ap_small=_mean(precision[:, :, :, 1, 2]),
        ap_medium=_mean(precision[:, :, :, 2, 2]),
        ap_large=_mean(precision[:, :, :, 3, 2]),
        ar1=_mean(recall[:, :, 0, 0]),
        ar10=_mean(recall[:, :, 0, 1]),
        ar100=_mean(recall[:, :, 0, 2]),
        ar_small=_mean(recall[:, :, 1, 2]),
        ar_medium=_mean(recall[:, :, 2, 2]),
        ar_large=_mean(recall[:, :, 3, 2]),
        n_images=len(truth),
        n_truth=int((~columns.truth_crowd).sum()),
        n_predicted=columns.scores.size,
        n_unknown=columns.n_unknown,
        per_class=tuple(_class_row(name, at, columns, precision) for at, name in enumerate(names)),
    )


def _mean(values: FloatArray) -> float | None:
    # COCO writes -1 where a class, size or threshold has no true object.
    there = values[values > -1]
    # Rounding takes away the last bits of a sum, so that a perfect model shows 1.
    return round(float(there.mean()), 12) if there.size else None


def _class_row(name: str, at: int, columns: _Columns, precision: FloatArray) -> ClassDetection:
    return ClassDetection(
        name=name,
        ap=_mean(precision[:, :, at, 0, 2]),
        ap50=_mean(precision[0, :, at, 0, 2]),
        n_truth=int(((columns.truth_labels == at) & ~columns.truth_crowd).sum()),
        n_predicted=int((columns.labels == at).sum()),
    )


@dataclass(frozen=True, slots=True)
class _Columns:
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


def _columns(
    truth: Sequence[TruthObjects], predicted: Sequence[PredictedObjects], class_count: int, *, use_masks: bool
) -> _Columns:
    check_truth(truth, class_count)
    check_predicted(predicted, len(truth))
    known = [(found.labels >= 0) & (found.labels < class_count) for found in predicted]
    n_known = sum(int(mask.sum()) for mask in known)
    truth_boxes = _xywh(_joined([found.boxes for found in truth], (0, 4)))
    areas = [_xywh(f.boxes)[:, 2:].prod(axis=1) if f.area is None else f.area for f in truth]
    crowds = [np.zeros(len(f.labels), bool) if f.crowd is None else f.crowd for f in truth]
    return _Columns(
        n_images=len(truth),
        truth_image=_image_column([len(found.labels) for found in truth]),
        truth_boxes=truth_boxes,
        truth_labels=_joined([found.labels for found in truth], (0,)).astype(np.int64),
        truth_crowd=_joined(crowds, (0,)).astype(np.bool_),
        truth_area=_joined(areas, (0,)),
        truth_masks=[mask for found in truth for mask in _masks(found)] if use_masks else [],
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


def _masks(found: TruthObjects | PredictedObjects) -> Sequence[Rle]:
    if found.masks is None and len(found.labels):
        raise InvalidInput("an object has no mask", hint="Evaluate boxes, or give every object a mask.")
    return found.masks or ()


def _known_masks(predicted: Sequence[PredictedObjects], known: Sequence[BoolArray]) -> list[Rle]:
    pairs = zip(predicted, known, strict=True)
    return [mask for found, keep in pairs for mask, good in zip(_masks(found), keep, strict=True) if good]


def _coco_rle(mask: Rle) -> dict[str, object]:
    return {"size": [mask.height, mask.width], "counts": mask.counts}


# Any: hotcoco's classes come without types that mypy may follow.
def _run_coco(
    columns: _Columns, names: Sequence[str], *, use_masks: bool, matching_ious: FloatArray | None = None
) -> Any:
    """A finished hotcoco evaluation: all of COCO's columns, or only what matching at the given IoUs needs."""
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
        segmentation=[_coco_rle(mask) for mask in columns.truth_masks] if use_masks else None,
    )
    found = truth.load_res(_mask_results(columns) if use_masks else _box_results(columns))
    run = COCOeval(truth, found, "segm" if use_masks else "bbox")
    if matching_ious is not None:
        run.params.iou_thrs = matching_ious.tolist()
        run.params.max_dets = [_MAX_PER_IMAGE]
        run.params.area_rng = [[0.0, 1e10]]
        run.params.area_rng_lbl = ["all"]
    run.evaluate()
    if matching_ious is None:
        run.accumulate()
    return run


def _box_results(columns: _Columns) -> FloatArray:
    parts = [columns.image[:, None] + 1, columns.boxes, columns.scores[:, None], columns.labels[:, None] + 1]
    return np.concatenate(parts, axis=1).astype(np.float64)


def _mask_results(columns: _Columns) -> list[dict[str, object]]:
    # Without a box, the area that decides small, medium or large is the mask's, as in COCO's own results.
    rows = zip(columns.image, columns.labels, columns.scores, columns.masks, strict=True)
    return [
        {"image_id": int(i) + 1, "category_id": int(c) + 1, "score": float(s), "segmentation": _coco_rle(m)}
        for i, c, s, m in rows
    ]


@dataclass(frozen=True, slots=True)
class ClassMatches:
    """One class's predictions at one IoU threshold, surest first, and its true objects per image.

    Attributes:
        image: (d,) int64, each prediction's image; predictions excused by a crowd are left out.
        hit: (d,) bool, whether it found a true object.
        n_truth: (n images,) float64, true objects that are not crowds.
    """

    image: IntArray
    hit: BoolArray
    n_truth: FloatArray


@dataclass(frozen=True, slots=True)
class MatchTable:
    """All that average precision needs, one row per (class, IoU threshold)."""

    n_images: int
    names: tuple[str, ...]
    rows: tuple[tuple[ClassMatches, ...], ...]

    def average_precision(self, weights: FloatArray) -> FloatArray:
        """Average precision per class, with each image counted as often as its weight says.

        The same as COCO's 101-point interpolation on a test set in which image i stands ``weights[r, i]`` times.

        Args:
            weights: (r, n images) float64, whole numbers.

        Returns:
            (r, classes) float64, the mean over IoU thresholds; NaN where the class has no true object.
        """
        per_class = [np.mean([_weighted_ap(row, weights) for row in rows], axis=0) for rows in self.rows]
        return np.stack(per_class, axis=1)


def mean_over_classes(per_class: FloatArray) -> FloatArray:
    """(r, classes) to (r,): the mean over classes that have a value, NaN where none has."""
    there = np.isfinite(per_class)
    count = there.sum(axis=1)
    total = np.where(there, per_class, 0.0).sum(axis=1)
    means: FloatArray = np.divide(total, count, out=np.full(len(per_class), np.nan), where=count > 0)
    return means


def match_objects(
    truth: Sequence[TruthObjects],
    predicted: Sequence[PredictedObjects],
    class_names: Sequence[str],
    *,
    all_ious: bool = False,
    use_masks: bool = False,
) -> MatchTable:
    """Match once, for many resamples.

    Args:
        all_ious: Ten IoU thresholds from 0.5 to 0.95 (AP) rather than 0.5 alone (AP50).

    Raises:
        InvalidInput: As ``evaluate_detection``.
    """
    names = check_class_names(class_names)
    columns = _columns(truth, predicted, len(names), use_masks=use_masks)
    ious = _ALL_IOUS if all_ious else _ALL_IOUS[:1]
    run = _run_coco(columns, names, use_masks=use_masks, matching_ious=ious)
    by_class: list[list[Any]] = [[] for _ in names]
    for entry in run.eval_imgs:
        if entry is not None and entry["dtScores"]:
            by_class[entry["category_id"] - 1].append(entry)
    rows = []
    for at, entries in enumerate(by_class):
        counted = columns.truth_image[(columns.truth_labels == at) & ~columns.truth_crowd]
        n_truth = np.bincount(counted, minlength=columns.n_images).astype(np.float64)
        rows.append(tuple(_class_matches(entries, t, n_truth) for t in range(len(ious))))
    return MatchTable(n_images=columns.n_images, names=names, rows=tuple(rows))


# Any: hotcoco gives plain dictionaries, one per image and class.
def _class_matches(entries: Sequence[Any], threshold: int, n_truth: FloatArray) -> ClassMatches:
    if not entries:
        return ClassMatches(np.zeros(0, np.int64), np.zeros(0, np.bool_), n_truth)
    entries = sorted(entries, key=lambda entry: int(entry["image_id"]))
    image = np.repeat([e["image_id"] - 1 for e in entries], [len(e["dtScores"]) for e in entries])
    scores = np.concatenate([np.asarray(e["dtScores"], np.float64) for e in entries])
    hit = np.concatenate([np.asarray(e["dtMatched"][threshold], np.bool_) for e in entries])
    excused = np.concatenate([np.asarray(e["dtIgnore"][threshold], np.bool_) for e in entries])
    # COCO breaks ties of score by image; a stable sort keeps copies of an image side by side too.
    order = np.argsort(-scores, kind="stable")
    order = order[~excused[order]]
    return ClassMatches(image[order].astype(np.int64), hit[order], n_truth)


def _weighted_ap(row: ClassMatches, weights: FloatArray) -> FloatArray:
    n_truth = weights @ row.n_truth
    ap = np.where(n_truth > 0, 0.0, np.nan)
    if not row.hit.any():
        return ap
    step = max(1, _RESAMPLE_BLOCK // int(row.hit.sum()))
    for start in range(0, len(weights), step):
        part = slice(start, start + step)
        ap[part] = _ap_block(row, weights[part], n_truth[part])
    return ap


def _ap_block(row: ClassMatches, weights: FloatArray, n_truth: FloatArray) -> FloatArray:
    # Precision peaks at hits, so only the hits are ranked: the misses between two hits are summed by image
    # in a sparse matrix, and the cost does not grow with the tail of unsure predictions.
    from scipy.sparse import csr_matrix

    hits = np.flatnonzero(row.hit)
    before = np.searchsorted(hits, np.arange(hits[-1] + 1), side="left")
    missed = ~row.hit[: hits[-1] + 1]
    shape = (hits.size, weights.shape[1])
    steps = csr_matrix((np.ones(int(missed.sum())), (before[missed], row.image[: hits[-1] + 1][missed])), shape)
    true_positive = np.cumsum(weights[:, row.image[hits]].T, axis=0)
    false_positive = np.cumsum(steps @ weights.T, axis=0)
    precision = true_positive / np.maximum(true_positive + false_positive, 1e-12)
    envelope = np.maximum.accumulate(precision[::-1], axis=0)[::-1]
    recall = true_positive / np.where(n_truth > 0, n_truth, 1.0)
    reached = np.searchsorted(_RECALLS, recall, side="right")
    gained = np.diff(reached, axis=0, prepend=0)
    ap: FloatArray = (envelope * gained).sum(axis=0) / _RECALLS.size
    return np.asarray(np.where(n_truth > 0, ap, np.nan), dtype=np.float64)
