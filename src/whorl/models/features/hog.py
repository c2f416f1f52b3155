"""Histograms of oriented gradients plus coarse colour: features without any weights.

Own vectorised numpy code after Dalal and Triggs, "Histograms of Oriented Gradients for Human Detection"
(2005): 9 unsigned orientations with linear voting, overlapping 2×2 blocks, clipped L2 norm. OpenCV 5 has
no HOG any more.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from whorl.models.images import resize
from whorl.models.types import FloatArray, Image

SIDE = 32
CELL = 4
ORIENTATIONS = 9
COLOUR_GRID = 4
COLOUR_BINS = 8


def hog_colour(images: Sequence[Image]) -> FloatArray:
    """float32 (n, 1836): 1764 gradient values, 48 mean colours and 24 histogram bins of each image."""
    if not len(images):
        return np.zeros((0, dimension()), np.float32)
    squares = np.stack([resize(image, width=SIDE, height=SIDE) for image in images])
    small = np.asarray(squares / np.float32(255), np.float32)
    gray = np.asarray(small @ np.array([0.299, 0.587, 0.114], np.float32), np.float32)
    return np.concatenate([_gradients(gray), _colours(small)], axis=1).astype(np.float32)


def dimension() -> int:
    """Number of values per image."""
    blocks = SIDE // CELL - 1
    return blocks * blocks * 4 * ORIENTATIONS + COLOUR_GRID**2 * 3 + COLOUR_BINS * 3


def _gradients(gray: FloatArray) -> FloatArray:
    padded = np.pad(gray, ((0, 0), (1, 1), (1, 1)), mode="edge")
    dx = padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]
    dy = padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]
    strength = np.hypot(dx, dy)
    # Linear voting between the two nearest orientations: without it a small rotation jumps a whole bin.
    turn = (np.arctan2(dy, dx) / np.pi % 1.0) * ORIENTATIONS
    low = np.floor(turn)
    share = turn - low
    low_bin = low.astype(np.int64) % ORIENTATIONS
    high_bin = (low_bin + 1) % ORIENTATIONS
    cells = SIDE // CELL
    votes = np.zeros((len(gray), cells, cells, ORIENTATIONS), np.float32)
    for orientation in range(ORIENTATIONS):
        vote = strength * ((low_bin == orientation) * (1 - share) + (high_bin == orientation) * share)
        votes[..., orientation] = vote.reshape(len(gray), cells, CELL, cells, CELL).sum(axis=(2, 4))
    blocks = np.concatenate([votes[:, :-1, :-1], votes[:, :-1, 1:], votes[:, 1:, :-1], votes[:, 1:, 1:]], axis=3)
    blocks = np.minimum(blocks / (np.linalg.norm(blocks, axis=3, keepdims=True) + 0.1), 0.2)
    blocks = blocks / (np.linalg.norm(blocks, axis=3, keepdims=True) + 0.1)
    return np.asarray(blocks.reshape(len(gray), -1), np.float32)


def _colours(small: FloatArray) -> FloatArray:
    count, step = len(small), SIDE // COLOUR_GRID
    means = small.reshape(count, COLOUR_GRID, step, COLOUR_GRID, step, 3).mean(axis=(2, 4)).reshape(count, -1)
    bins = np.minimum((small * COLOUR_BINS).astype(np.int64), COLOUR_BINS - 1)
    histogram = np.stack([(bins == b).mean(axis=(1, 2)) for b in range(COLOUR_BINS)], axis=1).reshape(count, -1)
    return np.asarray(np.concatenate([means, np.sqrt(histogram)], axis=1), np.float32)
