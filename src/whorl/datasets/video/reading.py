"""Frames of a video by number, each exactly the one that decoding from the start would give.

A reader keeps its decoder where it stands, so frames in order cost one decode each; a jump seeks to the key frame
before. Every process keeps a few readers open.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whorl.base.errors import UnreadableMedia
from whorl.datasets.video.indexing import FrameIndex, build_index, decode_index
from whorl.datasets.video.opening import HINT, decode_packets, picture_track, upright_pixels
from whorl.datasets.video.rules import check_frame

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_OPEN_READERS = 4
_OPEN_INDEXES = 16


# Any in this class: PyAV's frames are typed by its stubs only in part.
class FrameReader:
    """Reads frames of one video file. Several may use it; those who take turns make it jump.

    Args:
        path: The file.
        index: Its frames.
    """

    def __init__(self, path: str, index: FrameIndex) -> None:
        import av

        self.index = index
        self._path = path
        self._lock = threading.Lock()
        self._container: Any = None
        self._stream: Any = None
        self._frames: Iterator[Any] = iter(())
        self._held: tuple[int, Any] | None = None
        self._last: int | None = None
        self._first_seen = index.n_frames
        self._errors = (av.error.FFmpegError, EOFError, ValueError)
        self.seeks = 0

    def read(self, frames: Sequence[int]) -> Iterator[tuple[int, Any]]:
        """The frames with these numbers, rising; those that do not decode are left out.

        Raises:
            NotFound: There is no such frame.
            UnreadableMedia: The file cannot be opened any more.
        """
        wanted = sorted(set(frames))
        if wanted:
            check_frame(wanted[0], self.index.n_frames)
            check_frame(wanted[-1], self.index.n_frames)
        for number in wanted:
            # For each frame anew: who stops half-way, or reads twice at a time, holds up nobody.
            with self._lock:
                try:
                    found = self._find(number)
                except self._errors as error:
                    self._close()
                    raise UnreadableMedia("the video does not decode", hint=HINT) from error
            if found is not None:
                yield number, found

    def _find(self, wanted: int) -> Any:
        if not self._is_ahead(wanted):
            return self._seek(wanted)
        return self._decode_to(wanted)

    def _is_ahead(self, wanted: int) -> bool:
        """Decoding on leads there sooner than a jump."""
        if self._held is not None and self._held[0] <= wanted:
            return True
        if self._last is None or wanted <= self._last:
            return False
        at = self.index.key_of(wanted)
        return at < 0 or int(self.index.keys[at]) <= self._last + 1

    def _seek(self, wanted: int) -> Any:
        """Begin at the key frame before, or further back where a container lands too late."""
        at = self.index.key_of(wanted)
        for place in range(at, max(at - 3, -1), -1):
            self._begin(None if self.index.times is None else int(self.index.starts[place]))
            found = self._decode_to(wanted)
            landed_late = found is None and self._held is not None and self._first_seen > int(self.index.keys[place])
            if not landed_late:
                return found
        self._begin(None)
        return self._decode_to(wanted)

    def _begin(self, ticks: int | None) -> None:
        import av

        self.seeks += 1
        self._held, self._last = None, None
        self._first_seen = self.index.n_frames
        if ticks is None or self._container is None:
            self._close()
            self._container = av.open(self._path)
            self._stream = picture_track(self._container)
        if ticks is not None:
            self._container.seek(ticks, stream=self._stream, backward=True)
        self._frames = self._numbered()

    def _numbered(self) -> Iterator[Any]:
        for count, frame in enumerate(decode_packets(self._container, self._stream)):
            number = count if self.index.times is None else self.index.number_of(frame.pts)
            # Out of order only where something is broken.
            if number is not None and number < self.index.n_frames and (self._last is None or number > self._last):
                self._first_seen = min(self._first_seen, number)
                yield number, frame

    def _decode_to(self, wanted: int) -> Any:
        while True:
            number, frame = self._held or next(self._frames, (self.index.n_frames, None))
            self._held = None
            if number > wanted:
                self._held = None if frame is None else (number, frame)
                if frame is None:
                    self._last = None
                return None
            self._last = number
            if number == wanted:
                return frame

    def _close(self) -> None:
        if self._container is not None:
            self._container.close()
        self._container, self._held, self._last = None, None, None


def index_of(path: str, index_path: str | None = None) -> FrameIndex:
    """The index of a video file: read from ``index_path``, else made. This process remembers a few.

    Raises:
        UnreadableMedia: It is no video that decodes.
    """
    state = Path(path).stat()
    return _index_of(path, index_path, state.st_size, state.st_mtime_ns)


def reader_of(path: str, index_path: str | None = None) -> FrameReader:
    """The reader of a video file, which this process keeps open while others do not push it out.

    Raises:
        UnreadableMedia: It is no video that decodes.
    """
    state = Path(path).stat()
    return _reader_of(path, index_path, state.st_size, state.st_mtime_ns)


def read_frame_body(path: str, frame: int, index_path: str | None = None) -> NDArray[np.uint8]:
    """One frame of a video file, upright, RGB of shape (H, W, 3): the size that the item has. For a child process.

    Raises:
        NotFound: There is no such frame.
        UnreadableMedia: It does not decode.
    """
    reader = reader_of(path, index_path)
    for _, found in reader.read([frame]):
        return upright_pixels(found, size=stored_size(reader.index), rgb=True)
    raise UnreadableMedia(f"frame {frame} does not decode", hint="Its neighbours may.")


def stored_size(index: FrameIndex, width: int | None = None) -> tuple[int, int]:
    """Width and height of a frame before its rotation, when its upright picture is ``width`` pixels wide (or less)."""
    facts = index.facts
    share = 1.0 if width is None else min(1.0, width / facts.width)
    upright = max(round(facts.width * share), 1), max(round(facts.height * share), 1)
    return upright if facts.rotation % 180 == 0 else (upright[1], upright[0])


@lru_cache(maxsize=_OPEN_INDEXES)
def _index_of(path: str, index_path: str | None, _size: int, _modified_ns: int) -> FrameIndex:
    return build_index(path) if index_path is None else decode_index(Path(index_path).read_bytes())


@lru_cache(maxsize=_OPEN_READERS)
def _reader_of(path: str, index_path: str | None, size: int, modified_ns: int) -> FrameReader:
    return FrameReader(path, _index_of(path, index_path, size, modified_ns))
