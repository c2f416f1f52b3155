"""The picture of a map that the command draws."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from whorl.cli.mapping import _draw
from whorl.schemas.embeddings import MapCategory
from whorl.sdk.maps import Colouring


class FakeMap:
    """Three points."""

    def points(self) -> list[tuple[int, int]]:
        return [(0, 0), (-20_000, 20_000), (20_000, -20_000)]


def _colouring() -> Colouring:
    kinds = [("train", False), ("<&>", False), ("", True)]
    return Colouring(
        [MapCategory(value=name, title=name, chip="", count=1, is_rest=is_rest) for name, is_rest in kinds], (0, 1, 2)
    )


def test_draw__svg_holds_every_point_and_escapes_titles(tmp_path: Path) -> None:
    out = tmp_path / "map.svg"
    _draw(FakeMap(), _colouring(), out)  # type: ignore[arg-type]
    text = out.read_text(encoding="utf-8")
    assert text.count("<circle") == 3 + 3
    assert "&lt;&amp;&gt; (1)" in text
    # What has no category is drawn first, below the others.
    assert text.index('r="3.0" fill="#b3bac1"') < text.index('r="3.0" fill="#1f9aa8"')


def test_draw__png_shows_the_colour_where_the_point_is(tmp_path: Path) -> None:
    out = tmp_path / "map.png"
    _draw(FakeMap(), _colouring(), out)  # type: ignore[arg-type]
    with Image.open(out) as image:
        assert image.size == (1260, 1000)
        assert image.getpixel((500, 500)) == pytest.approx((0x1F, 0x9A, 0xA8), abs=6)
        assert image.getpixel((195, 195)) == pytest.approx((0xE8, 0x83, 0x3A), abs=6)
