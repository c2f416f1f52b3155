"""What a video is, for those who take it in."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from whorl.base.errors import UnreadableMedia
from whorl.datasets.parts import encode_piece

if TYPE_CHECKING:
    from whorl.datasets.media import Inspection


def inspect_video(data: bytes, media_type: str, *, max_pixels: int) -> Inspection:
    """What a video is, by its first frame: size, thumbnail and health are that frame's.

    Raises:
        UnreadableMedia: No frame decodes, or it is larger than ``max_pixels``.
    """
    from whorl.datasets.media import ImageHealth, Inspection, MediaInfo
    from whorl.datasets.video.stills import read_first_frame

    piece = encode_piece(read_first_frame(data), "jpeg")
    if piece.width * piece.height > max_pixels:
        raise UnreadableMedia(f"its frames have {piece.width} x {piece.height} pixels; {max_pixels:,} are allowed")
    info = MediaInfo(
        media_type=media_type,
        width=piece.width,
        height=piece.height,
        exif_orientation=1,
        byte_count=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        has_gps=False,
    )
    return Inspection(info, piece.thumbnail, ImageHealth(**piece.health), piece.picture_hash)
