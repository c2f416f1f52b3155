"""Look at video bytes, and take pictures out of them. Decoding only: PyAV's wheels carry encoders under the GPL.

Times are seconds from the first frame; frames are counted in the order they are shown. "Upright" means that the
rotation a phone notes is applied.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whorl.base.errors import UnreadableMedia
from whorl.datasets.parts import Encoding, Piece, encode_piece

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from whorl.datasets.media import Inspection

_HINT = "The file is truncated or corrupt; copy it again from its source, or convert it to H.264 in MP4."
_SMALL_PX = 160
# A camera that finds its exposure changes the whole picture several times in a row.
_SCENE_S = 0.5


@dataclass(frozen=True, slots=True)
class Still:
    """One frame of a video: its number, its time, and its place on the stream's own clock where that is known."""

    frame: int
    time_s: float
    pts: int | None


@dataclass(frozen=True, slots=True)
class FrameRule:
    """Which frames are taken; one of the first three is given.

    Args:
        every_frames: Every n-th, beginning with the first.
        every_seconds: The first at or after each multiple.
        scene: The first, and each whose colours lie further than this from those of the one taken before (the distance
            of their histograms, 0 to 1), half a second later or more.
        at_most: Of more than so many, that many are taken, evenly spread.
    """

    every_frames: int | None
    every_seconds: float | None
    scene: float | None
    at_most: int


def inspect_video(data: bytes, media_type: str, *, max_pixels: int) -> Inspection:
    """What a video is, by its first frame: size, thumbnail and health are that frame's.

    Raises:
        UnreadableMedia: No frame decodes, or it is larger than ``max_pixels``.
    """
    from whorl.datasets.media import ImageHealth, Inspection, MediaInfo

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


def read_first_frame(data: bytes) -> NDArray[np.uint8]:
    """The first frame, upright, BGR of shape (H, W, 3).

    Raises:
        UnreadableMedia: No frame decodes.
    """
    with _opened(io.BytesIO(data)) as (container, stream):
        for frame in container.decode(stream):
            return _pixels(frame)
    raise UnreadableMedia("the video has no frame that decodes", hint=_HINT)


def choose_stills_body(path: str, rule: FrameRule) -> list[Still]:
    """The frames of a video file that a rule takes, in order; at least one.

    Raises:
        UnreadableMedia: It is not a video that decodes.
    """
    stills = _find_scenes(path, rule.scene) if rule.scene is not None else _pick(_list_frames(path), rule)
    if not stills:
        raise UnreadableMedia("the video has no frame that decodes", hint=_HINT)
    if len(stills) <= rule.at_most:
        return stills
    step = len(stills) / rule.at_most
    return [stills[int(at * step)] for at in range(rule.at_most)]


def read_stills_body(path: str, stills: Sequence[Still], encoding: Encoding) -> list[tuple[Still, Piece]]:
    """The pictures of frames of a video file, in order; those that do not decode are left out.

    Raises:
        UnreadableMedia: It is not a video that decodes.
    """
    has_clock = all(still.pts is not None for still in stills)
    wanted = {still.pts if has_clock else still.frame: still for still in stills}
    found: list[tuple[Still, Piece]] = []
    for shown, frame in _decode(path, min(stills, key=lambda still: still.frame) if has_clock else None):
        still = wanted.pop(shown.pts if has_clock else shown.frame, None)
        if still is not None:
            found.append((still, encode_piece(_pixels(frame), encoding)))
        if not wanted:
            break
    return sorted(found, key=lambda pair: pair[0].frame)


def _pick(frames: Sequence[Still], rule: FrameRule) -> list[Still]:
    if rule.every_frames is not None:
        return list(frames[:: rule.every_frames])
    every = rule.every_seconds or 1.0
    # A hair of slack: times are fractions of the stream's clock.
    places = [int((frame.time_s + 1e-6) / every) for frame in frames]
    return [frames[0], *(frames[at + 1] for at, (a, b) in enumerate(pairwise(places)) if b > a)] if frames else []


def _list_frames(path: str) -> list[Still]:
    """Every frame with its time, from the packets alone where they tell."""
    with _opened(path) as (container, stream):
        times = [packet.pts for packet in container.demux(stream) if packet.size]
        base = float(stream.time_base or 1)
    if times and all(time is not None for time in times):
        return [Still(at, (time - min(times)) * base, time) for at, time in enumerate(sorted(times))]
    return [still for still, _ in _decode(path, None)]


def _find_scenes(path: str, least: float) -> list[Still]:
    import numpy as np

    before: NDArray[np.float64] | None = None
    stills: list[Still] = []
    for still, frame in _decode(path, None):
        height = max(round(_SMALL_PX * frame.height / max(frame.width, 1)), 1)
        small = frame.reformat(width=_SMALL_PX, height=height, format="bgr24").to_ndarray()
        counts = np.stack([np.bincount(small[:, :, channel].ravel(), minlength=256) for channel in range(3)])
        below = np.cumsum(counts, axis=1) / small[:, :, 0].size
        # How far the colours moved on average, as a share of the scale: a camera's exposure moves them a little.
        is_other = before is None or float(np.abs(below - before).sum(axis=1).mean()) / 255 > least
        if is_other and (not stills or still.time_s - stills[-1].time_s >= _SCENE_S):
            stills.append(still)
            before = below
    return stills


# Any in this part: PyAV's frames and streams are typed by its stubs only in part.
def _decode(path: str, first: Still | None) -> Iterator[tuple[Still, Any]]:
    """Frames as they are shown: all, or those from the key frame before ``first``, whose numbers mean nothing."""
    with _opened(path) as (container, stream):
        base, start = float(stream.time_base or 1), None
        rate = float(stream.average_rate or 25)
        if first is not None:
            container.seek(first.pts, stream=stream, backward=True)
        for number, frame in enumerate(container.decode(stream)):
            if start is None:
                start = frame.pts or 0
            time_s = number / rate if frame.pts is None else (frame.pts - start) * base
            yield Still(number, time_s, frame.pts), frame


@contextmanager
def _opened(source: str | io.BytesIO) -> Iterator[tuple[Any, Any]]:
    import av

    try:
        with av.open(source if isinstance(source, io.BytesIO) else str(Path(source))) as container:
            if not container.streams.video:
                raise UnreadableMedia("the file has no picture track", hint="Only videos have frames.")
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            yield container, stream
    except (av.error.FFmpegError, ValueError, EOFError) as error:
        # Not the whole message: it names the file, which lies somewhere in the home folder.
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise UnreadableMedia(f"the video does not decode: {reason}", hint=_HINT) from error


def _pixels(frame: Any) -> NDArray[np.uint8]:
    import numpy as np

    pixels = frame.to_ndarray(format="bgr24")
    turns = round(int(getattr(frame, "rotation", 0) or 0) / 90) % 4
    return np.ascontiguousarray(np.rot90(pixels, k=turns))
