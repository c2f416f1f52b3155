"""Training views of an image, and what the detector should say there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.models.builtin.augment import change_look, draw_warp, keep_seen
from whorl.models.images import letterbox
from whorl.models.types import FloatArray, Image, TrainingSample
from whorl.schemas.training import Augment

Classes = NDArray[np.int64]
MEMORY_BYTES = 512 * 2**20
# TTFNet (Liu et al. 2019): Gaussians as wide as 0.54 of the box, six sigma across, train in few epochs.
GAUSSIAN_SHARE = 0.54


@dataclass(frozen=True)
class View:
    """A canvas with its boxes: image uint8 (h, w, 3), boxes float32 (k, 4) canvas pixels, classes (k,)."""

    image: Image
    boxes: FloatArray
    classes: Classes


@dataclass(frozen=True)
class Targets:
    """What the network should say: heat (c, h, w), distances (4, h, w), weight (h, w) of each cell's box loss."""

    heat: FloatArray
    distances: FloatArray
    weight: FloatArray


class ViewSource:
    """Draws views of samples; decoded images are kept while they fit into 512 MB."""

    def __init__(
        self, samples: tuple[TrainingSample, ...], labels: tuple[str, ...], *, canvas: tuple[int, int], augment: Augment
    ) -> None:
        self._samples = samples
        self._number = {label: i for i, label in enumerate(labels)}
        self._canvas = canvas
        self._augment = augment
        self._kept: dict[int, tuple[Image, float]] = {}
        self._kept_bytes = 0

    def __len__(self) -> int:
        return len(self._samples)

    def plain(self, index: int) -> View:
        """The image as it will be seen at prediction."""
        image, scale = self._fitted(index)
        sample = self._samples[index]
        classes = np.array([self._number[label] for label in sample.labels], np.int64)
        return View(image, sample.boxes * np.float32(scale), classes)

    def draw(self, index: int, rng: np.random.Generator) -> View:
        """A random view."""
        plain = self.plain(index)
        height, width = self._canvas
        warp = draw_warp(self._augment, rng, height=height, width=width)
        image = change_look(warp.image(plain.image), self._augment, rng)
        boxes, seen = keep_seen(warp.boxes(plain.boxes), width=width, height=height)
        return View(image, boxes, plain.classes[seen])

    def _fitted(self, index: int) -> tuple[Image, float]:
        if index not in self._kept:
            fitted = letterbox(self._samples[index].image(), height=self._canvas[0], width=self._canvas[1])
            if self._kept_bytes + fitted[0].nbytes > MEMORY_BYTES:
                return fitted
            self._kept[index] = fitted
            self._kept_bytes += fitted[0].nbytes
        return self._kept[index]


def make_targets(view: View, *, classes: int, stride: int) -> Targets:
    """Gaussian heat and box distances on the grid of the given stride; small boxes paint over large ones."""
    height, width = view.image.shape[0] // stride, view.image.shape[1] // stride
    heat = np.zeros((classes, height, width), np.float32)
    distances = np.zeros((4, height, width), np.float32)
    weight = np.zeros((height, width), np.float32)
    xs, ys = (np.arange(width) + 0.5) * stride, (np.arange(height) + 0.5) * stride
    sizes = view.boxes[:, 2:] - view.boxes[:, :2]
    for i in np.argsort(-sizes.prod(axis=1), kind="stable"):
        x0, y0, x1, y1 = view.boxes[i]
        column = min(int((x0 + x1) / 2 / stride), width - 1)
        row = min(int((y0 + y1) / 2 / stride), height - 1)
        sigma_x = max(GAUSSIAN_SHARE * float(x1 - x0) / 6, 0.3 * stride)
        sigma_y = max(GAUSSIAN_SHARE * float(y1 - y0) / 6, 0.3 * stride)
        gauss = np.outer(
            np.exp(-((ys - ys[row]) ** 2) / (2 * sigma_y**2)), np.exp(-((xs - xs[column]) ** 2) / (2 * sigma_x**2))
        ).astype(np.float32)
        heat[view.classes[i]] = np.maximum(heat[view.classes[i]], gauss)
        area = gauss > 0.1
        edges = np.broadcast_arrays(xs[None] - x0, ys[:, None] - y0, x1 - xs[None], y1 - ys[:, None])
        # The centre of a tiny box's cell may lie outside the box; a distance stays positive.
        distances[:, area] = np.maximum(np.stack(edges)[:, area], 0.1)
        # Every object counts alike whatever its size, its centre most.
        weight[area] = gauss[area] / gauss[area].sum()
    return Targets(heat, distances, weight)
