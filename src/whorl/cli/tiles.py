"""The options of commands whose model may look at images in tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from whorl.base.errors import InvalidInput

if TYPE_CHECKING:
    from whorl.schemas.tiling import Tiling

TileOption = Annotated[
    str | None,
    typer.Option("--tile", metavar="PIXELS", help="Look at images in tiles of this side, or auto; for small objects."),
]
OverlapOption = Annotated[
    float | None,
    typer.Option("--overlap", min=0, max=0.9, help="With --tile: share of a side that neighbours share."),
]


def read_tiling(tile: str | None, overlap: float | None) -> Tiling | None:
    """What the options say; None for images at once.

    Raises:
        InvalidInput: The side is no number of pixels, or there is an overlap of nothing.
    """
    from whorl.schemas.tiling import Tiling

    if tile is None:
        if overlap is not None:
            raise InvalidInput("--overlap without --tile", hint="Give the side of the tiles, too: --tile 640.")
        return None
    if tile == "auto":
        return Tiling(overlap=overlap)
    if not tile.isascii() or not tile.isdigit() or not 32 <= int(tile) <= 8192:
        raise InvalidInput(f"--tile {tile}", hint="Give a side from 32 to 8192 pixels, or auto.")
    return Tiling(size=int(tile), overlap=overlap)
