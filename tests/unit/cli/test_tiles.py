"""Tiles as commands and nodes are told of them."""

from __future__ import annotations

import pytest

from whorl.base.errors import InvalidInput
from whorl.cli.tiles import read_tiling
from whorl.pipelines.nodes.predict import PredictParams
from whorl.schemas.tiling import Tiling


def test_read_tiling() -> None:
    assert read_tiling(None, None) is None
    assert read_tiling("auto", None) == Tiling()
    assert read_tiling("640", 0.1) == Tiling(size=640, overlap=0.1)


@pytest.mark.parametrize(("tile", "overlap"), [("5", None), ("big", None), ("9000", None), ("-640", None), (None, 0.2)])
def test_read_tiling__refuses(tile: str | None, overlap: float | None) -> None:
    with pytest.raises(InvalidInput):
        read_tiling(tile, overlap)


def test_nodes__say_it_as_a_tiling() -> None:
    assert PredictParams().tiling is None
    auto = PredictParams.model_validate({"tiles": "auto"}).tiling
    fixed = PredictParams.model_validate({"tiles": "fixed", "tile_size": 512, "tile_overlap": 0.5}).tiling
    assert [Tiling.model_validate(one) for one in (auto, fixed)] == [
        Tiling(overlap=0.25),
        Tiling(size=512, overlap=0.5),
    ]
    assert list(PredictParams.model_fields)[:2] == ["model", "min_confidence"]
