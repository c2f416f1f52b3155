"""What the canvas shows, pixel by pixel, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.studio.harness import Harness
from PIL import Image, ImageChops
from tests.e2e.web.canvas_page import box, built_page, on_page, on_screen, pixel, rest, screenshot, show

GREY = (120, 120, 120)
SIZE = {"width": 400, "height": 300}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built page with a grey picture of 400 x 300 beside it."""
    folder = built_page(tmp_path_factory.mktemp("canvas"))
    Image.new("RGB", (400, 300), GREY).save(folder / "grey.png")
    (folder / "broken.png").write_bytes(b"no picture")
    return folder


def _differs(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) > 8


def test_canvas__a_shape_is_where_it_belongs_after_panning_and_zooming(page: Path) -> None:
    """The bitmap moves with the picture, and is sharp in the same place when drawn anew."""

    def work(harness: Harness) -> None:
        show(harness, url="grey.png", **SIZE, shapes=[box("a", x0=100, y0=100, x1=200, y1=200)])
        for move in ("panBy(90, -40)", "zoomBy(1.7)", "panBy(-80, 90)", "fit()"):
            harness.call(f"() => {{ bench.engine.{move}; bench.engine.flush(); }}")
            seen = [pixel(harness, 150, 150), pixel(harness, 95, 150), pixel(harness, 205, 150)]
            rest(harness)
            again = [pixel(harness, 150, 150), pixel(harness, 95, 150), pixel(harness, 205, 150)]
            assert [_differs(one, GREY) for one in seen] == [True, False, False], move
            assert [_differs(one, GREY) for one in again] == [True, False, False], move

    on_page(page, work)


def test_canvas__a_long_pan_leaves_no_hole(page: Path) -> None:
    """The bitmap is moved on in strips: after a pan over many margins it looks as if drawn whole."""

    def work(harness: Harness) -> None:
        boxes = [box(f"{x}-{y}", x0=x, y0=y, x1=x + 6, y1=y + 6) for x in range(0, 400, 9) for y in range(0, 300, 9)]
        show(harness, url="grey.png", **SIZE, shapes=boxes)
        zoom = "bench.engine.zoomTo({ x0: 0, y0: 0, x1: 60, y1: 45 })"
        harness.call(f"async () => {{ {zoom}; await bench.idle(); }}")
        harness.call("() => bench.run(120, () => bench.engine.panBy(-20, -12))")
        rest(harness)
        moved = screenshot(harness)
        harness.call("async () => { bench.engine.setOptions({ labelColor: (n) => '#12b886' }); await bench.idle(); }")
        fresh = screenshot(harness)
        grey = Image.new("RGB", moved.size, GREY)
        scrolled, drawn = _mask_of(moved, grey), _mask_of(fresh, grey)
        assert 0.2 < sum(drawn) / len(drawn) / 255 < 0.8
        different = sum(one != other for one, other in zip(scrolled, drawn, strict=True))
        assert different / len(drawn) < 0.005

    on_page(page, work)


def _mask_of(shown: Image.Image, empty: Image.Image) -> bytes:
    """Where something is drawn, on a grid of places."""
    red, green, blue = ImageChops.difference(shown, empty).split()
    difference = ImageChops.lighter(ImageChops.lighter(red, green), blue).point(lambda value: 255 if value > 6 else 0)
    return difference.resize((100, 75), Image.Resampling.NEAREST).tobytes()


def test_canvas__a_drag_moves_a_shape_and_undo_brings_it_back(page: Path) -> None:
    """Every pixel is as before: nothing of the moved shape is left in the bitmap."""

    def work(harness: Harness) -> None:
        shapes = [box("a", x0=100, y0=100, x1=160, y1=160), box("b", x0=140, y0=130, x1=300, y1=250)]
        show(harness, url="grey.png", **SIZE, shapes=shapes)
        mouse = harness.page.mouse
        mouse.move(5, 5)
        before = screenshot(harness)
        mouse.move(*on_screen(harness, 120, 120))
        mouse.down()
        mouse.move(*on_screen(harness, 60, 60), steps=4)
        mouse.up()
        rest(harness)
        assert _differs(pixel(harness, 60, 60), GREY)
        assert harness.call("() => bench.engine.document.peek('a').geometry.x0") == pytest.approx(40, abs=0.6)
        harness.call("() => { bench.engine.undo(); bench.engine.select([]); }")
        mouse.move(5, 5)
        rest(harness)
        assert ImageChops.difference(before, screenshot(harness)).getbbox() is None

    on_page(page, work)


def test_canvas__a_click_selects_the_smallest_shape_under_it(page: Path) -> None:
    """What is seen is what is hit, also after zooming; a hidden proposal is not hit."""

    def work(harness: Harness) -> None:
        shapes = [box("large", x0=50, y0=50, x1=350, y1=250), box("small", x0=100, y0=100, x1=140, y1=140)]
        shapes.append({**box("weak", x0=110, y0=110, x1=130, y1=130), "standing": "proposal", "confidence": 0.3})
        show(harness, url="grey.png", **SIZE, shapes=shapes)
        harness.call("() => { bench.engine.setOptions({ threshold: 0.5 }); bench.engine.zoomBy(1.2); }")
        for place, expected in (((120, 120), ["small"]), ((200, 200), ["large"]), ((40, 150), [])):
            harness.page.mouse.click(*on_screen(harness, *place))
            assert harness.call("() => [...bench.engine.selection.ids]") == expected
            harness.page.wait_for_timeout(450)

    on_page(page, work)


def test_canvas__a_stroke_is_seen_while_it_is_painted_and_gone_after_undo(page: Path) -> None:
    """The mask's own tiles are drawn live and at rest."""

    def work(harness: Harness) -> None:
        show(harness, url="grey.png", **SIZE, shapes=[])
        harness.call("() => { bench.engine.setTool('brush'); bench.engine.setLabel('cell'); }")
        mouse = harness.page.mouse
        mouse.move(*on_screen(harness, 100, 150))
        mouse.down()
        mouse.move(*on_screen(harness, 300, 150), steps=10)
        harness.page.wait_for_timeout(60)
        assert _differs(pixel(harness, 200, 155), GREY)
        mouse.up()
        rest(harness)
        assert _differs(pixel(harness, 200, 155), GREY)
        assert not _differs(pixel(harness, 200, 200), GREY)
        harness.call("() => { bench.engine.undo(); bench.engine.setTool('select'); }")
        mouse.move(5, 5)
        rest(harness)
        assert not _differs(pixel(harness, 200, 155), GREY)

    on_page(page, work)


def test_canvas__an_image_that_cannot_be_decoded_is_told_and_shapes_stay(page: Path) -> None:
    """A sentence says what happened; the next image is shown as if nothing had been."""

    def work(harness: Harness) -> None:
        shapes = [box("a", x0=100, y0=100, x1=200, y1=200)]
        show(harness, url="broken.png", **SIZE, shapes=shapes)
        show(harness, url="missing.png", **SIZE, shapes=shapes)
        assert harness.call("() => bench.failures") == [
            "The image file cannot be decoded: it is damaged or of an unknown kind.",
            "The image is no longer on the server.",
        ]
        assert _differs(pixel(harness, 150, 180), pixel(harness, 50, 50))
        show(harness, url="grey.png", **SIZE, shapes=shapes)
        assert not _differs(pixel(harness, 50, 50), GREY)

    on_page(page, work)


def test_canvas__tiles_lie_under_the_shapes_wherever_the_view_is(page: Path) -> None:
    """A huge image comes in tiles; its blue square stays inside the box drawn around it."""
    blue = (20, 40, 220)
    picture = Image.new("RGB", (1024, 768), GREY)
    picture.paste(blue, (300, 200, 500, 400))
    _write_tiles(picture, page / "tiles", tile=256, levels=11)

    def work(harness: Harness) -> None:
        item = {"base": "tiles", "width": 1024, "height": 768, "tileSize": 256, "levels": 11}
        shapes = [box("a", x0=280, y0=180, x1=520, y1=420)]
        harness.call("(item) => bench.showTiles(item)", {**item, "shapes": shapes})
        harness.call("() => bench.engine.setOptions({ showLabels: 'none' })")
        for move in ("fit()", "zoomBy(1.5)", "panBy(-60, 35)"):
            harness.call(f"() => bench.engine.{move}")
            rest(harness)
            harness.page.wait_for_timeout(400)
            inside, around, outside = (pixel(harness, *at) for at in ((320, 220), (290, 190), (270, 170)))
            assert inside[2] > 150, move
            assert _differs(around, GREY), move
            assert around[2] < 150, move
            assert not _differs(outside, GREY), move

    on_page(page, work)


def _write_tiles(picture: Image.Image, folder: Path, *, tile: int, levels: int) -> None:
    for level in range(levels):
        shrink = 2 ** (levels - 1 - level)
        width, height = -(-picture.width // shrink), -(-picture.height // shrink)
        small = picture.resize((width, height))
        (folder / str(level)).mkdir(parents=True, exist_ok=True)
        for column in range(-(-width // tile)):
            for row in range(-(-height // tile)):
                area = (column * tile, row * tile, min(width, (column + 1) * tile), min(height, (row + 1) * tile))
                small.crop(area).save(folder / str(level) / f"{column}_{row}.png")
