"""Hands and eyes in the studio."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from tests.e2e.web.app import WAIT_MS, App
from tests.e2e.web.worlds import World, picture_name

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

T = TypeVar("T")


def until(look: Callable[[], T], expected: T, *, patience_s: float = WAIT_MS / 1000) -> None:
    """Look again and again until what is seen is what is expected; fails with what was seen last."""
    deadline = time.monotonic() + patience_s
    seen = look()
    while seen != expected and time.monotonic() < deadline:
        time.sleep(0.1)
        seen = look()
    assert seen == expected, f"seen: {seen}; expected: {expected}"


class Studio:
    """The studio in one tab.

    Args:
        page: The tab; the window's front one when left out.
    """

    def __init__(self, app: App, world: World, page: Page | None = None) -> None:
        self.app = app
        self.world = world
        self.page = page or app.page

    def open(self, item_id: str | None = None) -> Studio:
        """Open the task, at an item or at the next one, and wait for its picture."""
        self.page.goto(self.world.studio + (f"?item={item_id}" if item_id else ""))
        self.wait_for_item()
        return self

    def wait_for_item(self) -> str:
        """Wait until some item is on the screen; gives its id."""
        self.picture.wait_for()
        name = self.picture.get_attribute("aria-label") or ""
        number = int(re.sub(r"\D", "", name))
        return self.world.item_ids[number]

    @property
    def picture(self) -> Locator:
        """The canvas with an item on it."""
        return self.page.locator('[data-region="canvas"][aria-label^="Picture picture-"]')

    def expect_item(self, number: int) -> None:
        """Wait until the picture with this number is on the screen."""
        self.page.locator(f'[data-region="canvas"][aria-label="Picture {picture_name(number)}"]').wait_for()

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def draw_box(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Draw a box with the mouse; fractions of the canvas."""
        self.press("b")
        self._drag(x0, y0, x1, y1)

    def _drag(self, x0: float, y0: float, x1: float, y1: float) -> None:
        frame = self.picture.bounding_box()
        assert frame is not None
        at = [(frame["x"] + frame["width"] * x, frame["y"] + frame["height"] * y) for x, y in ((x0, y0), (x1, y1))]
        self.page.mouse.move(*at[0])
        self.page.mouse.down()
        self.page.mouse.move(*at[1], steps=4)
        self.page.mouse.up()

    def expect_saved(self) -> None:
        """Wait until the badge says that everything is saved."""
        self.badge("Saved").wait_for()

    def badge(self, text: str) -> Locator:
        """The save badge when it says this."""
        return self.page.get_by_role("button", name=re.compile(rf"^{re.escape(text)}\. "))

    def expect_objects(self, count: int) -> None:
        """Wait until the list of objects has this many."""
        from playwright.sync_api import expect

        expect(self.page.get_by_role("group", name="Shapes").locator("[data-selected]")).to_have_count(count)
