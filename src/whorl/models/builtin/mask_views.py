"""Training views of outlined images: crops at the network's scale, and what it should say of each pixel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.geometry.masks import mask_area, paint_masks
from whorl.models.builtin.augment import Warp, change_look, draw_warp
from whorl.models.builtin.mask_decode import Found, object_bounds
from whorl.models.images import resize
from whorl.models.types import FloatArray, Image, TrainingSample
from whorl.schemas.training import Augment

Numbers = NDArray[np.uint16]
MEMORY_BYTES = 512 * 2**20
MOST_OBJECTS = 65_535
# Objects of about this side, in pixels as the network sees them, are told apart best.
LEAST_SIDE, MOST_SIDE = 12.0, 128.0
FEW_LEVELS = 128
SMALLEST, USUAL, LARGEST = 128, 512, 1024
MOST_ENLARGED = 4.0
CANVAS = 256


@dataclass(frozen=True)
class Fit:
    """How the network sees an image.

    Args:
        size: Longest side in pixels; larger images are shrunk to it.
        enlarge: The most that a smaller image is enlarged.
        stretch: Spread the gray levels that an image has over the whole range.
    """

    size: int
    enlarge: float
    stretch: bool = False

    def scale(self, height: int, width: int) -> float:
        """Pixels seen per pixel of the image."""
        return min(self.enlarge, self.size / max(height, width))

    def seen(self, height: int, width: int) -> tuple[int, int]:
        """Height and width as the network sees them."""
        scale = self.scale(height, width)
        return max(1, round(height * scale)), max(1, round(width * scale))

    def image(self, image: Image) -> Image:
        """The image as the network sees it."""
        height, width = self.seen(image.shape[0], image.shape[1])
        fitted = resize(image, width=width, height=height)
        return stretch_levels(fitted) if self.stretch else fitted


@dataclass(frozen=True)
class MaskView:
    """A canvas: image uint8 (h, w, 3), objects (h, w) numbering its objects from 1, and the class of each."""

    image: Image
    objects: Numbers
    classes: NDArray[np.int64]


@dataclass(frozen=True)
class MaskTargets:
    """What the network should say: kinds uint8 (h, w), 0 for none; depth float32 (h, w).

    ``depth`` is how far within its object a pixel lies: 0 outside, 1 where the object is deepest.
    """

    kinds: NDArray[np.uint8]
    depth: FloatArray


class MaskSource:
    """Draws views of samples; images are kept as the network sees them while they fit into 512 MB."""

    def __init__(
        self,
        samples: Sequence[TrainingSample],
        labels: Sequence[str],
        *,
        fit: Fit,
        canvas: tuple[int, int],
        augment: Augment,
    ) -> None:
        self._samples = samples
        self._number = {label: i for i, label in enumerate(labels)}
        self._fit = fit
        self._canvas = canvas
        self._augment = augment
        self._kept: dict[int, tuple[Image, Numbers]] = {}
        self._kept_bytes = 0

    def __len__(self) -> int:
        return len(self._samples)

    def plain(self, index: int) -> MaskView:
        """As the image will be seen at prediction: whole, or a part of it that is always the same."""
        y, x = self._part(index, np.random.default_rng(index))
        return self._view(index, Warp(np.array([[1, 0, -x], [0, 1, -y]], np.float64), *self._canvas))

    def draw(self, index: int, rng: np.random.Generator) -> MaskView:
        """A random view of a random part."""
        y, x = self._part(index, rng)
        warp = draw_warp(self._augment, rng, height=self._canvas[0], width=self._canvas[1])
        moved = warp.matrix.copy()
        moved[:, 2] -= warp.matrix[:, :2] @ (x, y)
        view = self._view(index, Warp(moved, *self._canvas))
        return MaskView(change_look(view.image, self._augment, rng), view.objects, view.classes)

    def _part(self, index: int, rng: np.random.Generator) -> tuple[int, int]:
        """Where a part of the size of the canvas begins; the whole of an image that is smaller."""
        room = np.maximum(np.array(self._seen(index)[0].shape[:2]) - self._canvas, 0)
        y, x = (rng.random(2) * (room + 1)).astype(int).tolist()
        return y, x

    def _view(self, index: int, warp: Warp) -> MaskView:
        image, objects = self._seen(index)
        classes = np.array([self._number[label] for label in self._samples[index].labels], np.int64)
        return MaskView(warp.image(image), warp.mask(objects), classes)

    def _seen(self, index: int) -> tuple[Image, Numbers]:
        found = self._kept.get(index)
        if found is None:
            found = _as_seen(self._samples[index], self._fit)
            size = found[0].nbytes + found[1].nbytes
            if self._kept_bytes + size <= MEMORY_BYTES:
                self._kept[index] = found
                self._kept_bytes += size
        return found


def make_mask_targets(view: MaskView, *, with_depth: bool) -> MaskTargets:
    """What the network should say of a view."""
    kinds = np.concatenate([[0], view.classes + 1]).astype(np.uint8)[view.objects]
    depth = _depth(view.objects) if with_depth else np.zeros(view.objects.shape, np.float32)
    return MaskTargets(kinds, depth)


def count_right(view: MaskView, found: Found) -> int:
    """How many found objects of a view are true ones: of the same class, with an IoU of more than 0.5."""
    numbers, count = view.objects.astype(np.int64), len(found.scores) + 1
    shared = np.bincount((numbers * count + found.numbers).ravel(), minlength=(int(numbers.max()) + 1) * count)
    table = shared.reshape(-1, count)
    united = table.sum(axis=1, keepdims=True) + table.sum(axis=0, keepdims=True) - table
    # More than half: no object has two partners.
    true, said = np.nonzero(2 * table[1:, 1:] > united[1:, 1:])
    return int((view.classes[true] == found.classes[said]).sum())


def stretch_levels(image: Image) -> Image:
    """The image with its darkest gray levels at 0 and its brightest at 255; a thousandth of each may be cut."""
    low, high = _levels(image)
    if high - low < 1:
        return image
    levels = np.clip((np.arange(256) - low) * (255 / (high - low)), 0, 255).astype(np.uint8)
    return np.asarray(levels[image], np.uint8)


def choose_fit(samples: Sequence[TrainingSample], *, size: int) -> Fit:
    """How large the network shall see images like these.

    Args:
        size: Longest side as asked for; 0 takes images as they are up to 512 pixels, larger when their small
            objects would be narrower than 12 pixels (up to 1,024), smaller when most are wider than 128. Images of
            less than 128 pixels are enlarged.

    Returns:
        The fit; it spreads the gray levels where most images use less than half of them, as under a microscope.
    """
    longest = float(np.median([max(_shape(sample)) for sample in samples[:50]]))
    low, high = np.median([_levels(sample.image()) for sample in samples[:50]], axis=0).tolist()
    stretch = high - low < FEW_LEVELS
    if size:
        return Fit(size, max(1.0, size / longest), stretch=stretch)
    scale = min(max(1.0, SMALLEST / longest), USUAL / longest)
    sides = [np.sqrt(mask_area(mask.counts)) for sample in samples[:200] for mask in sample.masks]
    if sides:
        small, usual = np.quantile(sides, (0.25, 0.5)).tolist()
        if small * scale < LEAST_SIDE:
            scale = max(scale, min(LEAST_SIDE / small, LARGEST / longest, MOST_ENLARGED))
        elif usual * scale > MOST_SIDE:
            scale = max(MOST_SIDE / usual, min(scale, SMALLEST / longest))
    # Images that are larger than most are shrunk no more than they must.
    return Fit(max(round(longest * scale), USUAL if scale >= 1 else 0), max(1.0, scale), stretch=stretch)


def choose_canvas(samples: Sequence[TrainingSample], fit: Fit) -> tuple[int, int]:
    """Height and width of the views, multiples of 32: large enough for most objects, not larger than most images."""
    seen = np.median([fit.seen(*_shape(sample)) for sample in samples[:50]], axis=0)
    extents = [
        float((sample.boxes[:, 2:] - sample.boxes[:, :2]).max()) * fit.scale(*_shape(sample))
        for sample in samples[:200]
        if len(sample.boxes)
    ]
    wanted = max(CANVAS, 1.5 * float(np.quantile(extents, 0.9))) if extents else CANVAS
    height, width = (int(np.ceil(min(side, wanted, USUAL) / 32)) * 32 for side in seen)
    return max(64, height), max(64, width)


def _levels(image: Image) -> tuple[float, float]:
    low, high = np.percentile(image, (0.1, 99.9))
    return float(low), float(high)


def _as_seen(sample: TrainingSample, fit: Fit) -> tuple[Image, Numbers]:
    import cv2

    image = sample.image()
    height, width = image.shape[:2]
    # Small ones on top: a nucleus within a cell stays an object.
    order = sorted(range(min(len(sample.masks), MOST_OBJECTS)), key=lambda i: -mask_area(sample.masks[i].counts))
    painted = paint_masks([sample.masks[i] for i in order], width=width, height=height)
    objects = np.array([0, *(position + 1 for position in order)], np.uint16)[painted]
    seen_height, seen_width = fit.seen(height, width)
    if (seen_height, seen_width) == (height, width):
        return fit.image(image), objects
    shrunk = cv2.resize(objects, (seen_width, seen_height), interpolation=cv2.INTER_NEAREST)
    return fit.image(image), np.asarray(shrunk, np.uint16)


def _depth(objects: Numbers) -> FloatArray:
    import cv2

    depth = np.zeros(objects.shape, np.float32)
    for number, (y0, y1, x0, x1) in object_bounds(objects):
        part = np.pad((objects[y0:y1, x0:x1] == number).astype(np.uint8), 1)
        distance = cv2.distanceTransform(part, cv2.DIST_L2, 3)[1:-1, 1:-1]
        depth[y0:y1, x0:x1] += distance / max(float(distance.max()), 1.0)
    return depth


def _shape(sample: TrainingSample) -> tuple[int, int]:
    if sample.masks:
        return sample.masks[0].height, sample.masks[0].width
    height, width = sample.image().shape[:2]
    return height, width
