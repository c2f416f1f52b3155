"""Parts of items as items of their own: encoded pieces of a picture, and the names and facts they are kept under.

Runs in worker processes but for the naming; touches no database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from whorl.base.errors import JsonValue, UnreadableMedia
from whorl.datasets.intake import thumbnail_key
from whorl.schemas.datasets import Item, NewItem
from whorl.store.blobs import BlobStore, put_content

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Encoding = Literal["jpeg", "png"]
Kind = Literal["tile", "crop", "frame"]
Corner = tuple[int, int, int, int]
PARENT, PART = "parent", "part"
_QUALITY = 95
_MAX_NAME = 900


@dataclass(frozen=True, slots=True)
class Piece:
    """An encoded picture with its thumbnail, its measures of health and its perceptual hash."""

    data: bytes
    thumbnail: bytes
    media_type: str
    width: int
    height: int
    health: Mapping[str, float]
    picture_hash: int


def cut_body(path: str, boxes: Sequence[Corner], encoding: Encoding) -> list[Piece]:
    """Cut boxes out of an image file, in pixels of the upright image; each lies inside it.

    Raises:
        UnreadableMedia: The file is not an image that decodes.
    """
    from whorl.datasets.media import decode_reduced

    pixels = decode_reduced(Path(path).read_bytes())
    return [encode_piece(pixels[y0:y1, x0:x1], encoding) for x0, y0, x1, y1 in boxes]


def encode_piece(pixels: NDArray[np.uint8], encoding: Encoding) -> Piece:
    """Encode a BGR picture of shape (H, W, 3)."""
    import cv2
    import numpy as np

    from whorl.datasets.media import THUMBNAIL_SIZE, encode_jpeg, look_closer

    whole = np.ascontiguousarray(pixels)
    height, width = whole.shape[:2]
    scale = THUMBNAIL_SIZE / max(width, height)
    target = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(whole, target, interpolation=cv2.INTER_AREA) if scale < 1 else whole
    health, picture_hash = look_closer(np.asarray(small, dtype=np.uint8))
    return Piece(
        data=encode_jpeg(whole, quality=_QUALITY) if encoding == "jpeg" else _encode_png(whole),
        thumbnail=encode_jpeg(np.asarray(small, dtype=np.uint8)),
        media_type=f"image/{encoding}",
        width=width,
        height=height,
        health={"brightness": health.brightness, "contrast": health.contrast, "sharpness": health.sharpness},
        picture_hash=picture_hash,
    )


def keep_piece(
    blobs: BlobStore, piece: Piece, parent: Item, *, kind: Kind, stem: str, facts: Mapping[str, JsonValue]
) -> NewItem:
    """Store a piece's bytes and give the item that it becomes: with the parent's subset, group and metadata.

    Args:
        stem: What tells it from the other pieces of its parent.
        facts: Where it lies in the parent, for ``metadata.part``.
    """
    sha256 = put_content(blobs, piece.data)
    blobs.put_if_absent(thumbnail_key(sha256), piece.thumbnail)
    return NewItem(
        name=name_part(parent.name, kind=kind, stem=stem, suffix="jpg" if piece.media_type == "image/jpeg" else "png"),
        sha256=sha256,
        media_type=piece.media_type,
        width=piece.width,
        height=piece.height,
        bytes=len(piece.data),
        subset=parent.subset,
        group_key=parent.group_key or parent.id,
        metadata={**parent.metadata, PARENT: parent.id, PART: {"kind": kind, **facts}},
        health=dict(piece.health),
        picture_hash=piece.picture_hash,
    )


def name_part(parent: str, *, kind: Kind, stem: str, suffix: str) -> str:
    """The name of a part: beside its parent, in a folder of its own, the same each time.

    >>> name_part("road/a.png", kind="tile", stem="0_0_640_640", suffix="jpg")
    'road/a.png.tiles/0_0_640_640.jpg'
    """
    if len(parent) > _MAX_NAME:
        parent = f"{parent[: _MAX_NAME - 20]}-{hashlib.sha256(parent.encode()).hexdigest()[:16]}"
    return f"{parent}.{kind}s/{stem}.{suffix}"


def read_place(item: Item) -> Corner | None:
    """Where a part lies in its parent (x0 y0 x1 y1), or None when its metadata does not say."""
    part = item.metadata.get(PART)
    if not isinstance(part, dict):
        return None
    found = [part.get(name) for name in ("x", "y", "width", "height")]
    x, y, width, height = (int(one) if isinstance(one, int | float) else -1 for one in found)
    return (x, y, x + width, y + height) if min(x, y) >= 0 and min(width, height) > 0 else None


def _encode_png(pixels: NDArray[np.uint8]) -> bytes:
    import cv2

    done, encoded = cv2.imencode(".png", pixels)
    if not done:
        raise UnreadableMedia("the picture could not be encoded as PNG")
    return bytes(encoded)
