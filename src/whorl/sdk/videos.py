"""The frames of a video item."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from whorl.base.errors import UnreadableMedia
from whorl.schemas import video as wire
from whorl.schemas.annotations import FrameShape
from whorl.sdk.transport import Call, Transport

_HEAD, _ENTRY = struct.Struct("<4sI"), struct.Struct("<II")
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: its number, counted from 0 in the order shown, and its JPEG; empty when it does not decode."""

    number: int
    jpeg: bytes


class Video:
    """A video item's frames. Made by ``item.video()``."""

    def __init__(self, transport: Transport, item_id: str) -> None:
        self._transport = transport
        self._path = f"/items/{item_id}"
        self.info = transport.get(wire.VideoInfo, f"{self._path}/video")

    def __len__(self) -> int:
        return self.info.n_frames

    def frame(self, number: int, *, width: int | None = None) -> bytes:
        """One frame as JPEG, upright; at least ``width`` pixels wide, or as wide as the video.

        Raises:
            NotFound: There is no such frame.
            UnreadableMedia: It does not decode.
        """
        params = {} if width is None else {"width": width}
        return self._transport.send(Call("GET", f"{self._path}/frames/{number}", params=params)).content

    def frames(self, start: int = 0, stop: int | None = None, *, width: int | None = None) -> Iterator[Frame]:
        """Frames from ``start`` up to ``stop`` (the end when left out), fetched 32 at a time as they are read."""
        end = len(self) if stop is None else min(stop, len(self))
        at = start
        while at < end:
            # Up to the next multiple of 32, as the server decodes and keeps them.
            count = min(_AT_ONCE - at % _AT_ONCE, end - at)
            params = {"start": at, "count": count} | ({} if width is None else {"width": width})
            yield from _unpack(self._transport.send(Call("GET", f"{self._path}/frames", params=params)).content)
            at += count

    def propagate(
        self,
        shapes: Mapping[str, FrameShape],
        *,
        frame: int,
        to_frame: int,
        ends: Mapping[str, FrameShape] | None = None,
        tracker: str = "flow",
    ) -> dict[str, wire.PropagatedTrack]:
        """Carry shapes on from a frame to another, at most 300 away; nothing is saved.

        Args:
            shapes: Where each object is in ``frame``, by any key.
            ends: Where objects are in ``to_frame``, when known: they are then followed from both sides.
            tracker: ``flow``, an installed tracker, or the id of a model that tracks.

        Returns:
            For each key the keyframes of the frames after ``frame``, and where and why the object was lost.
        """
        asked = wire.PropagateRequest(
            shapes=dict(shapes), frame=frame, to_frame=to_frame, ends=dict(ends or {}), tracker=tracker
        )
        return self._transport.call(wire.PropagateAnswer, Call("POST", f"{self._path}/propagate", body=asked)).tracks

    def __repr__(self) -> str:
        return f"Video({self.info.n_frames} frames, {self.info.width} x {self.info.height})"


def _unpack(data: bytes) -> Iterator[Frame]:
    magic, count = _HEAD.unpack_from(data)
    if magic != b"WHF1":
        raise UnreadableMedia("the server sent something else than frames", hint="Are both of one version?")
    at = _HEAD.size + count * _ENTRY.size
    for place in range(count):
        number, length = _ENTRY.unpack_from(data, _HEAD.size + place * _ENTRY.size)
        yield Frame(number, data[at : at + length])
        at += length
