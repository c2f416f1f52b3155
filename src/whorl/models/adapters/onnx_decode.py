"""What the raw outputs of known families mean, as boxes, probabilities and masks. Pure numpy.

A decoder is given the outputs without their batch axis where they have one, and gives boxes as corners in pixels of the
network's input, with scores in [0, 1] and class numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.geometry.boxes import nms
from whorl.models.types import FloatArray

MOST_CANDIDATES, MOST_BOXES = 2000, 300


@dataclass(frozen=True)
class Found:
    """Objects in the network's input, best first: corners (k, 4), scores (k,), class numbers (k,), perhaps masks.

    Args:
        masks: (k, h, w) probabilities over the whole input, or None.
    """

    boxes: FloatArray
    scores: FloatArray
    kinds: NDArray[np.int64]
    masks: FloatArray | None = None

    def best(self, least: float) -> Found:
        """Those with at least a score, best first, at most 300."""
        order = np.argsort(-self.scores, kind="stable")
        order = order[self.scores[order] >= least][:MOST_BOXES]
        return self.take(order)

    def take(self, order: NDArray[np.int64]) -> Found:
        """Some of them."""
        masks = None if self.masks is None else self.masks[order]
        return Found(self.boxes[order], self.scores[order], self.kinds[order], masks)


def softmax(logits: FloatArray) -> FloatArray:
    """Along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)


def sigmoid(logits: FloatArray) -> FloatArray:
    """1 / (1 + exp(-x)), without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * logits)), np.float32)


def is_probabilities(values: FloatArray) -> bool:
    """Whether every row along the last axis lies in [0, 1] and adds up to 1."""
    inside = bool(values.min() >= -1e-4 and values.max() <= 1 + 1e-3)
    return inside and bool(np.allclose(values.sum(axis=-1), 1, atol=2e-3))


def corners_of(centres: FloatArray) -> FloatArray:
    """(k, 4) centre, width, height as corners."""
    half = centres[:, 2:] / 2
    return np.concatenate([centres[:, :2] - half, centres[:, :2] + half], axis=1).astype(np.float32)


def yolo_grid(width: int, height: int, strides: tuple[int, ...] = (8, 16, 32)) -> FloatArray:
    """(cells, 3): x, y and stride of every cell of an anchor-free head."""
    rows = []
    for stride in strides:
        ys, xs = np.mgrid[0 : height // stride, 0 : width // stride]
        rows.append(np.stack([xs.ravel(), ys.ravel(), np.full(xs.size, stride)], axis=1))
    return np.concatenate(rows).astype(np.float32)


def decode_yolov5(rows: FloatArray, *, least: float, overlap: float) -> Found:
    """(n, 5 + c): centre, size, objectness and class scores (YOLOv5, v6, v7)."""
    scores = rows[:, 4:5] * rows[:, 5:] if rows.shape[1] > 5 else rows[:, 4:5]
    return suppress(corners_of(rows[:, :4]), scores, least=least, overlap=overlap)


def decode_yolox(rows: FloatArray, *, width: int, height: int, least: float, overlap: float) -> Found:
    """(n, 5 + c) of a raw YOLOX head: offsets in cells and logarithms of sizes."""
    grid = yolo_grid(width, height)
    if len(grid) != len(rows):
        grid = yolo_grid(width, height, (8, 16, 32, 64))
    centres = (rows[:, :2] + grid[:, :2]) * grid[:, 2:]
    sizes = np.exp(np.minimum(rows[:, 2:4], 20)) * grid[:, 2:]
    return decode_yolov5(np.concatenate([centres, sizes, rows[:, 4:]], axis=1), least=least, overlap=overlap)


def decode_yolov8(columns: FloatArray, *, classes: int, least: float, overlap: float) -> tuple[Found, FloatArray]:
    """(4 + c + extra, n): centre, size and class scores (YOLOv8, v9, v11); the extra rows of what is kept too."""
    rows = columns.T
    scores = rows[:, 4 : 4 + classes]
    if scores.size and (scores.min() < -1e-3 or scores.max() > 1 + 1e-3):
        scores = sigmoid(scores)
    found, kept = _suppress(corners_of(rows[:, :4]), scores, least=least, overlap=overlap)
    return found, rows[kept, 4 + classes :]


def decode_prototypes(
    found: Found, coefficients: FloatArray, prototypes: FloatArray, *, width: int, height: int
) -> Found:
    """Masks of YOLO's segmentation heads: coefficients (k, m) over prototypes (m, h, w), cut at the boxes."""
    _, rows, columns = prototypes.shape
    flat = sigmoid(coefficients @ prototypes.reshape(len(prototypes), -1)).reshape(-1, rows, columns)
    ys, xs = (np.arange(rows) + 0.5) * height / rows, (np.arange(columns) + 0.5) * width / columns
    for mask, (x0, y0, x1, y1) in zip(flat, found.boxes, strict=True):
        mask[(ys < y0) | (ys > y1)] = 0
        mask[:, (xs < x0) | (xs > x1)] = 0
    return Found(found.boxes, found.scores, found.kinds, flat)


def decode_detr(logits: FloatArray, boxes: FloatArray, *, width: int, height: int, has_nothing: bool) -> Found:
    """Logits (q, c) and normalised centres and sizes (q, 4).

    Args:
        has_nothing: The last class means "no object" and a softmax is due (DETR); else each class has a sigmoid
            (RT-DETR, D-FINE, Deformable DETR).
    """
    pixels = corners_of(boxes) * np.array([width, height] * 2, np.float32)
    if has_nothing:
        probabilities = softmax(logits)[:, :-1]
        kinds = probabilities.argmax(axis=1)
        return Found(pixels, probabilities[np.arange(len(kinds)), kinds], kinds.astype(np.int64))
    # A query may stand for several classes, as its authors decode it: the best pairs of query and class.
    scores = sigmoid(logits)
    order = np.argsort(-scores.ravel(), kind="stable")[:MOST_BOXES]
    queries, kinds = np.divmod(order, scores.shape[1])
    return Found(pixels[queries], scores.ravel()[order], kinds.astype(np.int64))


def decode_ssd(
    boxes: FloatArray, scores: FloatArray, *, width: int, height: int, has_nothing: bool, least: float, overlap: float
) -> Found:
    """Normalised corners (n, 4) and class probabilities (n, c), before any suppression.

    Args:
        has_nothing: The first class is the background.
    """
    pixels = boxes * np.array([width, height] * 2, np.float32)
    return suppress(pixels, scores[:, 1:] if has_nothing else scores, least=least, overlap=overlap)


def decode_rows(rows: FloatArray, *, is_batched: bool) -> Found:
    """(n, 6) x0 y0 x1 y1 score class, or (n, 7) image x0 y0 x1 y1 class score, after suppression."""
    if is_batched:
        rows = rows[rows[:, 0] == 0][:, [1, 2, 3, 4, 6, 5]]
    return Found(rows[:, :4].astype(np.float32), rows[:, 4].astype(np.float32), rows[:, 5].astype(np.int64))


def suppress(boxes: FloatArray, scores: FloatArray, *, least: float, overlap: float) -> Found:
    """Each box with its best class, then per class the best of those that overlap."""
    return _suppress(boxes, scores, least=least, overlap=overlap)[0]


def _suppress(
    boxes: FloatArray, scores: FloatArray, *, least: float, overlap: float
) -> tuple[Found, NDArray[np.int64]]:
    kinds = scores.argmax(axis=1).astype(np.int64)
    best = scores[np.arange(len(kinds)), kinds]
    order = np.argsort(-best, kind="stable")
    order = order[best[order] >= least][:MOST_CANDIDATES]
    kept = order[nms(boxes[order], best[order], iou_threshold=overlap, classes=kinds[order])][:MOST_BOXES]
    return Found(boxes[kept].astype(np.float32), best[kept].astype(np.float32), kinds[kept]), kept
