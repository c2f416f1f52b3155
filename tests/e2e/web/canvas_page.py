"""The page that holds the canvas alone, for tests that look at its pixels."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest
from benchmarks.studio.harness import Harness, NoHarnessError, build_page, open_page, serve
from PIL import Image

Rgb = tuple[int, int, int]
Answer = TypeVar("Answer")


def built_page(folder: Path) -> Path:
    """Build the page into `folder`; skips the test, with the reason, where that cannot be done."""
    try:
        return build_page(folder)
    except NoHarnessError as problem:
        pytest.skip(f"the canvas page cannot be built here: {problem}")


def on_page(folder: Path, work: Callable[[Harness], Answer]) -> Answer:
    """Open the page and work on it, in a thread: other tests of this process may hold a browser of their own."""

    def opened() -> Answer:
        with serve(folder) as address, open_page(address, width=800, height=600) as harness:
            return work(harness)

    with ThreadPoolExecutor(max_workers=1) as thread:
        try:
            return thread.submit(opened).result()
        except NoHarnessError as problem:
            pytest.skip(str(problem))


def screenshot(harness: Harness) -> Image.Image:
    """What the page shows now."""
    return Image.open(io.BytesIO(harness.page.screenshot())).convert("RGB")


def box(name: str, *, x0: float, y0: float, x1: float, y1: float) -> dict[str, object]:
    """A box of one's own as the canvas takes it."""
    geometry = {"type": "box", "x0": x0, "y0": y0, "x1": x1, "y1": y1}
    return {
        "id": name,
        "label": "cell",
        "geometry": geometry,
        "attributes": {},
        "confidence": None,
        "standing": "own",
        "source": "truth",
        "fromPrediction": None,
        "annotationId": None,
    }


def show(harness: Harness, *, url: str, width: int, height: int, shapes: list[dict[str, object]]) -> None:
    """Show a picture with shapes, without names on them, and wait until everything is drawn."""
    harness.call(
        "async (item) => { bench.engine.setOptions({ showLabels: 'none' }); await bench.show(item); }",
        {"url": url, "width": width, "height": height, "shapes": shapes},
    )


def on_screen(harness: Harness, x: float, y: float) -> tuple[float, float]:
    """Where an image point is on the page."""
    view = harness.call("() => bench.engine.viewport")
    return (x - view["x"]) * view["scale"], (y - view["y"]) * view["scale"]


def pixel(harness: Harness, x: float, y: float) -> Rgb:
    """The colour shown at an image point."""
    at_x, at_y = on_screen(harness, x, y)
    assert (0 <= at_x < 800, 0 <= at_y < 600) == (True, True), f"out of sight: {x}, {y}"
    red, green, blue = screenshot(harness).getpixel((int(at_x), int(at_y)))  # type: ignore[misc]  # RGB has three
    return int(red), int(green), int(blue)


def rest(harness: Harness) -> None:
    """Wait until changed shapes are at rest and everything is drawn."""
    harness.page.wait_for_timeout(450)
    harness.call("() => bench.idle()")
