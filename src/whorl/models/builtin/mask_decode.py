"""From classes and depths per pixel to objects and regions at the image's size. numpy and OpenCV only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.geometry.masks import Rle, place_part
from whorl.models.types import FloatArray, Instances, Segmentation, no_boxes

Numbers = NDArray[np.uint16]
# An object is what is rather something than nothing; where it is half as deep as its deepest pixel lies its core.
FOREGROUND, CORE = 0.5, 0.5
LEVELS = 16
LEAST_PIXELS = 8
MIN_SCORE = 0.05
LIMIT = 1000
MOST_NUMBERS = 65_535


@dataclass(frozen=True)
class Found:
    """Objects as the network sees them: numbers (h, w) from 1, and the class and score of each."""

    numbers: Numbers
    classes: NDArray[np.int64]
    scores: FloatArray


def find_objects(probabilities: FloatArray, depth: FloatArray) -> Found:
    """Tell the objects of one image apart.

    Args:
        probabilities: (1 + c, h, w), of none first.
        depth: (h, w) in [0, 1]: how far within its object each pixel lies.
    """
    foreground = 1 - probabilities[0]
    numbers = _grow(foreground > FOREGROUND, depth)
    count = int(numbers.max(initial=0))
    flat = numbers.ravel()
    sizes = np.maximum(np.bincount(flat, minlength=count + 1), 1)
    sums = np.stack([np.bincount(flat, kind.ravel(), minlength=count + 1) for kind in probabilities[1:]])
    deepest = np.zeros(count + 1, np.float32)
    np.maximum.at(deepest, flat, depth.ravel())
    classes = sums.argmax(axis=0)
    share = sums.max(axis=0) / sizes
    # Sure of its class all over, and with a core of its own.
    scores = np.clip(share * np.sqrt(deepest), 0, 1).astype(np.float32)
    kept = np.flatnonzero((sizes >= LEAST_PIXELS) & (scores >= MIN_SCORE) & (np.arange(count + 1) > 0))
    kept = kept[np.argsort(-scores[kept], kind="stable")][:LIMIT]
    renumbered = np.zeros(count + 1, np.uint16)
    renumbered[kept] = np.arange(len(kept)) + 1
    return Found(renumbered[numbers], classes[kept].astype(np.int64), scores[kept])


def to_instances(found: Found, labels: tuple[str, ...], *, height: int, width: int) -> Instances:
    """Objects at the size of the image, best first."""
    masks: list[Rle] = []
    boxes: list[list[float]] = []
    kept: list[int] = []
    for number, bounds in object_bounds(found.numbers):
        part, (x, y) = _enlarge(found.numbers, number, bounds, height=height, width=width)
        rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
        if not len(rows):
            continue
        part = part[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        x, y = x + int(columns[0]), y + int(rows[0])
        masks.append(place_part(part, x=x, y=y, width=width, height=height))
        boxes.append([x, y, x + part.shape[1], y + part.shape[0]])
        kept.append(number - 1)
    return Instances(
        boxes=np.array(boxes, np.float32) if boxes else no_boxes(),
        scores=found.scores[kept],
        labels=tuple(labels[int(found.classes[i])] for i in kept),
        masks=tuple(masks),
    )


def to_segmentation(probabilities: FloatArray, labels: tuple[str, ...], *, height: int, width: int) -> Segmentation:
    """The likeliest class of each pixel at the size of the image.

    Args:
        probabilities: (1 + c, h, w) as the network sees the image, of none first.
    """
    import cv2

    best = np.full((height, width), -1.0, np.float32)
    classes = np.zeros((height, width), np.uint8)
    # Class by class: a large image would not fit into memory once for each.
    for number, kind in enumerate(probabilities):
        whole = kind if kind.shape == (height, width) else cv2.resize(kind, (width, height))
        better = whole > best
        best[better] = whole[better]
        classes[better] = number
    counts = np.bincount(classes.ravel(), minlength=len(labels) + 1)
    sums = np.bincount(classes.ravel(), best.ravel(), minlength=len(labels) + 1)
    confidence = np.where(counts > 0, sums / np.maximum(counts, 1), 0)[1:]
    return Segmentation(labels, classes, confidence.astype(np.float32))


def _grow(foreground: NDArray[np.bool_], depth: FloatArray) -> Numbers:
    """Number the pixels of the foreground by the core that they belong to."""
    import cv2

    core = (foreground & (depth > CORE)).astype(np.uint8)
    count, seeds = cv2.connectedComponents(core, connectivity=4, ltype=cv2.CV_32S)
    pieces, within = cv2.connectedComponents(foreground.astype(np.uint8), connectivity=4, ltype=cv2.CV_32S)
    # A piece of foreground without a core is one object.
    has_core = np.zeros(pieces, bool)
    has_core[within[core > 0]] = True
    bare = foreground & ~has_core[within]
    extra = np.cumsum(~has_core) - 1
    seeds = np.where(bare, count + extra[within], seeds)
    # More cores than numbers are noise; what is left over goes to its neighbours or to nobody.
    grown = np.where(foreground & (seeds <= MOST_NUMBERS), seeds, 0).astype(np.uint16)
    # Level by level, deepest first, each core takes what touches it: where two meet, the valley between them lies.
    for level in np.linspace(CORE, 0, LEVELS + 1)[1:]:
        open_to = foreground if level == 0 else foreground & (depth > level)
        grown = _spread(grown, open_to)
    return grown


def _spread(numbers: Numbers, open_to: NDArray[np.bool_]) -> Numbers:
    """Let the numbers grow over the open pixels that they are connected with."""
    import cv2

    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    free = open_to & (numbers == 0)
    while free.any():
        reached = np.where(free, cv2.dilate(numbers, cross), 0).astype(np.uint16)
        if not reached.any():
            break
        numbers = numbers | reached
        free &= reached == 0
    return numbers


def object_bounds(numbers: Numbers) -> list[tuple[int, tuple[int, int, int, int]]]:
    """Number and y0, y1, x0, x1 of each object there is, by number."""
    ys, xs = np.nonzero(numbers)
    if not len(ys):
        return []
    found, which = np.unique(numbers[ys, xs], return_inverse=True)
    sides = np.zeros((4, len(found)), np.int64)
    sides[[0, 2]] = 2**31
    for row, at in ((0, ys), (2, xs)):
        np.minimum.at(sides[row], which, at)
        np.maximum.at(sides[row + 1], which, at + 1)
    y0, y1, x0, x1 = sides.tolist()
    return [(int(number), (y0[i], y1[i], x0[i], x1[i])) for i, number in enumerate(found)]


def _enlarge(
    numbers: Numbers, number: int, bounds: tuple[int, int, int, int], *, height: int, width: int
) -> tuple[NDArray[np.bool_], tuple[int, int]]:
    """The part of the whole image that holds an object, and its x and y there."""
    import cv2

    seen_height, seen_width = numbers.shape
    y0, y1, x0, x1 = bounds
    if (seen_height, seen_width) == (height, width):
        return numbers[y0:y1, x0:x1] == number, (x0, y0)
    across, down = width / seen_width, height / seen_height
    # A pixel more on each side, so that smoothing sees the edge; beyond the picture it is repeated.
    y0, y1, x0, x1 = max(y0 - 1, 0), min(y1 + 1, seen_height), max(x0 - 1, 0), min(x1 + 1, seen_width)
    left, top = int(x0 * across), int(y0 * down)
    right, bottom = min(width, int(np.ceil(x1 * across))), min(height, int(np.ceil(y1 * down)))
    part = (numbers[y0:y1, x0:x1] == number).astype(np.float32)
    # Pixel centres: where in the part the centre of each pixel of the whole lies.
    columns = ((np.arange(left, right) + 0.5) / across - 0.5 - x0).astype(np.float32)
    rows = ((np.arange(top, bottom) + 0.5) / down - 0.5 - y0).astype(np.float32)
    map_x, map_y = np.meshgrid(columns, rows)
    smooth = cv2.remap(part, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return smooth >= 0.5, (left, top)
