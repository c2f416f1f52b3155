"""Shapes that are found: four points, scissors, more of the same, and conversions, on a picture of real nuclei."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from tests.e2e.web.app import App
from tests.e2e.web.serving import Server
from tests.e2e.web.studio import Studio, until
from tests.e2e.web.worlds import World, make_world

_PADDING = 16
"""CSS pixels kept free around an image that is fitted (`FIT_PADDING` in the canvas)."""


@dataclass(frozen=True)
class Photo:
    """A picture of nuclei, and the mask of its largest one that does not touch the border."""

    content: bytes
    mask: np.ndarray[Any, np.dtype[np.bool_]]

    @property
    def extremes(self) -> list[tuple[float, float]]:
        """The nucleus' leftmost, uppermost, rightmost and lowest point, in pixels."""
        ys, xs = np.nonzero(self.mask)
        found = (xs.argmin(), ys.argmin(), xs.argmax(), ys.argmax())
        return [(float(xs[at]) + 0.5, float(ys[at]) + 0.5) for at in found]


@pytest.fixture(scope="module")
def photo(shared_dir: Path) -> Photo:
    root = shared_dir / "data" / "nuclei_dsb2018"
    if not root.is_dir():
        pytest.skip("no nuclei")
    stem = "1609b1b8480ee52652a644403b3f7d5511410a016750aa3b9a4c8ddb3e893e8e"
    with Image.open(root / "images" / f"{stem}.png") as opened:
        image = opened.convert("RGB")
    masks = []
    for path in sorted((root / "masks" / stem).glob("*.png")):
        with Image.open(path) as opened:
            mask = np.asarray(opened.convert("L")) > 0
        if not (mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any()):
            masks.append(mask)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95)
    return Photo(out.getvalue(), max(masks, key=lambda mask: int(mask.sum())))


class Hand:
    """Clicks on places of the image, while it is fitted into the window."""

    def __init__(self, studio: Studio, size: tuple[int, int]) -> None:
        frame = studio.picture.bounding_box()
        assert frame is not None
        self.mouse = studio.page.mouse
        width, height = size
        self.scale = min((frame["width"] - 2 * _PADDING) / width, (frame["height"] - 2 * _PADDING) / height, 8)
        self.left = frame["x"] + (frame["width"] - width * self.scale) / 2
        self.top = frame["y"] + (frame["height"] - height * self.scale) / 2

    def move(self, x: float, y: float) -> None:
        self.mouse.move(self.left + x * self.scale, self.top + y * self.scale, steps=3)

    def click(self, x: float, y: float) -> None:
        self.move(x, y)
        self.mouse.down()
        self.mouse.up()


def overlap(world: World, photo: Photo) -> list[float]:
    """Overlap of each polygon that stands on the picture with the nucleus, best first."""
    found = world.dataset.items.get(item_id=world.item_ids[0]).annotations.list()
    return sorted((_iou(one.geometry, photo.mask) for one in found), reverse=True)


def _iou(geometry: Any, mask: np.ndarray[Any, np.dtype[np.bool_]]) -> float:
    from PIL import ImageDraw

    drawn = Image.new("1", (mask.shape[1], mask.shape[0]))
    if geometry.type == "polygon":
        ImageDraw.Draw(drawn).polygon([tuple(point) for point in geometry.rings[0]], fill=1)
    seen = np.asarray(drawn)
    return float((seen & mask).sum() / max(1, (seen | mask).sum()))


@pytest.mark.shared
def test_nuclei__are_found_by_four_points_scissors_and_likeness(app: App, server: Server, photo: Photo) -> None:
    world = make_world(server, "magic", labels=("nucleus",), tools=("box", "polygon", "mask"), pictures=[photo.content])
    studio = Studio(app, world).open()
    height, width = photo.mask.shape
    hand = Hand(studio, (width, height))

    # Four points: the answer makes the polygon.
    studio.press("Shift+X")
    for place in photo.extremes:
        hand.click(*place)
    studio.expect_objects(1)
    app.shoot("magic-four-points")

    # Scissors around the same nucleus; Backspace takes a click back, Enter closes.
    studio.press("c")
    for place in photo.extremes:
        hand.click(*place)
    hand.click(width / 2, height * 0.6)
    studio.press("Backspace")
    hand.move(*photo.extremes[0])
    app.shoot("magic-scissors")
    studio.press("Enter")
    studio.expect_objects(2)

    # A box, the object in it as a polygon, undone and done again in one step.
    (left, _), (_, top), (right, _), (_, low) = photo.extremes
    studio.press("b")
    hand.click(left - 1, top - 1)
    hand.click(right + 1, low + 1)
    studio.expect_objects(3)
    rows = app.page.get_by_role("group", name="Shapes")
    expect(rows.get_by_text("box", exact=True)).to_have_count(1)
    studio.press("Shift+P")
    expect(rows.get_by_text("box", exact=True)).to_have_count(0)
    studio.press("Control+z")
    expect(rows.get_by_text("box", exact=True)).to_have_count(1)
    studio.press("Control+Shift+z")
    expect(rows.get_by_text("box", exact=True)).to_have_count(0)

    # The same object again: proposals, one step of undo, all accepted.
    studio.press("Shift+A")
    accept = app.page.get_by_role("button", name="Accept all")
    expect(accept).to_be_enabled()
    app.shoot("magic-alike")
    studio.press("Control+z")
    expect(accept).to_have_count(0)
    studio.press("Control+Shift+z")
    expect(accept).to_be_enabled()
    studio.press("Shift+Y")
    studio.press("Escape", "Escape", "Enter")

    until(world.statuses, ["submitted"])
    best = overlap(world, photo)
    assert len(best) > 3
    # Four points, scissors and the box's outline; each was drawn around the same nucleus.
    assert min(best[:3]) > 0.75, best
