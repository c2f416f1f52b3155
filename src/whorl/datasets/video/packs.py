"""Frames as JPEG, many at a time, and a bounded folder of them.

A pack is ``WHF1``, the number of frames (u32), for each its number and the length of its JPEG (u32 each), then the
JPEGs one after the other; all numbers little-endian. A length of 0 is a frame that does not decode.
"""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Sequence
from pathlib import Path

from whorl.base.errors import UnreadableMedia

MAGIC = b"WHF1"
CHUNK = 32
"""Frames that are decoded and kept together: chunk ``c`` holds those from ``c * CHUNK`` on."""
WIDTHS = (160, 320, 480, 640, 960, 1280, 1600, 1920, 2560, 3840)
_HEAD = struct.Struct("<4sI")
_ENTRY = struct.Struct("<II")
_SWEEP_EVERY = 64

Jpegs = Sequence[tuple[int, bytes]]


def pack_frames(frames: Jpegs) -> bytes:
    """Numbers and JPEGs as one piece of bytes."""
    heads = [_ENTRY.pack(number, len(data)) for number, data in frames]
    return b"".join([_HEAD.pack(MAGIC, len(frames)), *heads, *(data for _, data in frames)])


def unpack_frames(data: bytes) -> list[tuple[int, bytes]]:
    """What ``pack_frames`` made.

    Raises:
        UnreadableMedia: The bytes are something else, or cut off.
    """
    try:
        magic, count = _HEAD.unpack_from(data)
        if magic != MAGIC or len(data) < _HEAD.size + count * _ENTRY.size:
            raise UnreadableMedia("not a pack of frames", hint="It begins with WHF1.")
        entries = [_ENTRY.unpack_from(data, _HEAD.size + at * _ENTRY.size) for at in range(count)]
    except struct.error as error:
        raise UnreadableMedia("not a pack of frames", hint="It begins with WHF1.") from error
    found: list[tuple[int, bytes]] = []
    at = _HEAD.size + count * _ENTRY.size
    for number, length in entries:
        found.append((number, data[at : at + length]))
        at += length
    if at != len(data):
        raise UnreadableMedia("the pack of frames is cut off", hint="Ask for it again.")
    return found


def fit_width(wanted: int | None, own: int) -> int:
    """The width that is made: the next of ``WIDTHS``, and never more than the video has."""
    if wanted is None:
        return own
    return min(next((width for width in WIDTHS if width >= wanted), own), own)


def read_jpegs_body(
    path: str, index_path: str | None, frames: Sequence[int], width: int, quality: int
) -> list[tuple[int, bytes]]:
    """Frames of a video file as JPEG, upright, in order; b"" for one that does not decode. For a child process.

    Raises:
        NotFound: There is no such frame.
        UnreadableMedia: The file does not decode at all.
    """
    import cv2

    from whorl.datasets.video.opening import upright_pixels
    from whorl.datasets.video.reading import reader_of, stored_size

    reader = reader_of(path, index_path)
    size = stored_size(reader.index, width)
    made: dict[int, bytes] = dict.fromkeys(frames, b"")
    for number, frame in reader.read(frames):
        _, encoded = cv2.imencode(".jpg", upright_pixels(frame, size=size), [cv2.IMWRITE_JPEG_QUALITY, quality])
        made[number] = encoded.tobytes()
    return sorted(made.items())


class PackFolder:
    """A folder of packs that grows to a size and then forgets the least recently read. Any thread may use it.

    Args:
        folder: Made when the first pack is kept.
        most_bytes: About how much is kept.
    """

    def __init__(self, folder: Path, *, most_bytes: int = 1 << 30) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._kept = 0

    def find(self, sha256: str, chunk: int, width: int, quality: int) -> list[tuple[int, bytes]] | None:
        """The frames of a chunk, or None; what is damaged is not there."""
        path = self._path(sha256, chunk, width, quality)
        try:
            found = unpack_frames(path.read_bytes())
            os.utime(path)
        except (OSError, UnreadableMedia):
            return None
        return found

    def keep(self, sha256: str, chunk: int, width: int, quality: int, frames: Jpegs) -> None:
        """Keep the frames of a chunk; a full disk is no reason not to show them."""
        path = self._path(sha256, chunk, width, quality)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(pack_frames(frames))
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
        with self._lock:
            self._kept += 1
            is_time = self._kept % _SWEEP_EVERY == 1
        if is_time:
            self.sweep()

    def sweep(self) -> None:
        """Remove the packs that were read longest ago until the rest is within the limit."""
        with self._lock:
            found: list[tuple[float, int, Path]] = []
            for path in self._folder.glob("*/*/*.whf"):
                try:
                    state = path.stat()
                except OSError:
                    continue
                found.append((state.st_mtime, state.st_size, path))
            excess = sum(size for _, size, _ in found) - self._most_bytes
            for _, size, path in sorted(found, key=lambda one: one[0]):
                if excess <= 0:
                    break
                path.unlink(missing_ok=True)
                excess -= size

    def _path(self, sha256: str, chunk: int, width: int, quality: int) -> Path:
        return self._folder / sha256[:2] / sha256 / f"{width}-{quality}-{chunk}.whf"
