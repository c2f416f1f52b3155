"""Boxes, masks and outlines follow the pixels; the same seed draws the same view; every change does what it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whorl.models.builtin.augment import change_look, draw_warp, keep_seen
from whorl.models.types import Image
from whorl.schemas.training import Augment

STILL = Augment(flip=False, scale_low=1.0, scale_high=1.0, shift=0.0, brightness=0.0, contrast=0.0, tint=0.0)
MOVING = Augment(flip=True, flip_vertical=True, rotate=30.0, shift=0.1, scale_low=0.8, scale_high=1.2)


def scene(height: int = 96, width: int = 128) -> Image:
    """Gray with one white rectangle: x 40 to 72, y 30 to 54."""
    image = np.full((height, width, 3), 90, np.uint8)
    image[30:54, 40:72] = 255
    return image


def rng(seed: int = 0) -> np.random.Generator:
    """Numbers of one view."""
    return np.random.default_rng(seed)


def test_draw_warp__standing_still_is_the_very_image() -> None:
    image = scene()
    warp = draw_warp(STILL, rng(), height=96, width=128)
    assert (warp.image(image) == image).all()
    assert (change_look(image, STILL, rng()) == image).all()


@pytest.mark.parametrize(("flip", "vertical"), [(True, False), (False, True), (True, True)])
def test_draw_warp__mirrors_to_the_pixel(flip: bool, vertical: bool) -> None:
    augment = STILL.model_copy(update={"flip": flip, "flip_vertical": vertical})
    image = scene()
    box = np.array([[40, 30, 72, 54]], np.float32)
    seen = set()
    for seed in range(12):
        warp = draw_warp(augment, rng(seed), height=96, width=128)
        ys, xs = np.nonzero(warp.image(image)[:, :, 0] == 255)
        assert warp.boxes(box).tolist() == [[xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]]
        seen.add((xs.min(), ys.min()))
    assert len(seen) == (4 if flip and vertical else 2)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_draw_warp__outlines_masks_and_pixels_agree(seed: int) -> None:
    warp = draw_warp(MOVING, rng(seed), height=96, width=128)
    moved = warp.image(scene())[:, :, 0] > 172
    mask = np.zeros((96, 128), np.uint8)
    mask[30:54, 40:72] = 7
    label = warp.mask(mask)
    assert set(np.unique(label)) <= {0, 7}
    both = (label == 7) & moved
    either = (label == 7) | moved
    assert both.sum() >= 0.9 * either.sum()
    corners = warp.points(np.array([[40, 30], [72, 30], [72, 54], [40, 54]], np.float32))
    ys, xs = np.nonzero(label)
    inside = corners.clip(0, (128, 96))
    assert np.abs([xs.min() - inside[:, 0].min(), xs.max() + 1 - inside[:, 0].max()]).max() < 2.5
    assert np.abs([ys.min() - inside[:, 1].min(), ys.max() + 1 - inside[:, 1].max()]).max() < 2.5


def test_boxes__a_turned_circle_keeps_its_box() -> None:
    augment = STILL.model_copy(update={"rotate": 180.0})
    for seed in range(5):
        warp = draw_warp(augment, rng(seed), height=96, width=96)
        (x0, y0, x1, y1) = warp.boxes(np.array([[30, 30, 60, 60]], np.float32))[0]
        assert (round(float(x1 - x0), 3), round(float(y1 - y0), 3)) == (30.0, 30.0)


def test_draw_warp__the_same_seed_the_same_view() -> None:
    first, again = (draw_warp(MOVING, rng(7), height=96, width=128).matrix for _ in range(2))
    assert (first == again).all()
    assert (first != draw_warp(MOVING, rng(8), height=96, width=128).matrix).any()


@pytest.mark.parametrize(
    "change",
    [{"brightness": 60.0}, {"contrast": 0.5}, {"tint": 0.3}, {"hue": 90.0}, {"saturation": 0.9}]
    + [{"blur": 3.0}, {"noise": 30.0}, {"jpeg": 10}],
)
def test_change_look__each_change_changes_and_is_reproducible(change: dict[str, float]) -> None:
    augment = STILL.model_copy(update=change)
    image = scene()
    image[:, :, 2] = 30
    one, again, other = (change_look(image, augment, rng(seed)) for seed in (1, 1, 2))
    assert (one.dtype, one.shape) == (np.uint8, image.shape)
    assert (one == again).all()
    assert (one != image).any()
    assert (one != other).any()
    assert (image[0, 0] == [90, 90, 30]).all()


def test_change_look__brightness_is_within_its_bound() -> None:
    augment = STILL.model_copy(update={"brightness": 20.0})
    lifts = [int(change_look(scene(), augment, rng(seed))[0, 0, 0]) - 90 for seed in range(40)]
    assert min(lifts) >= -21
    assert max(lifts) <= 20
    assert max(lifts) - min(lifts) > 20


def test_keep_seen__cuts_and_drops() -> None:
    boxes = np.array([[-10, 10, 30, 30], [-90, 10, 10, 30], [5, 5, 6, 60], [0, 0, 128, 96]], np.float32)
    kept, seen = keep_seen(boxes, width=128, height=96)
    assert seen.tolist() == [True, False, False, True]
    assert kept.tolist() == [[0, 10, 30, 30], [0, 0, 128, 96]]
    assert keep_seen(np.zeros((0, 4), np.float32), width=9, height=9)[0].shape == (0, 4)
