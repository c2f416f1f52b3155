"""Every frame of a video, in the order shown: when it is, and from where it can be decoded.

Frame ``n`` is the same picture for all who ask by this index. It comes from the packets alone where they tell their
times; else the video is decoded once. Frames before the first key frame do not decode, and do not count.
"""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from whorl.base.errors import UnreadableMedia
from whorl.datasets.video.opening import HINT, decode_packets, open_video, quarter_turns

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAGIC = b"WHVI"
_HEAD = struct.Struct("<4sI")
# Of the time between two frames: a player that shows frame n at n / rate would still show this one.
_UNEVEN = 0.25
_MOST_FRAMES = 20_000_000


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What is known of a video besides the frames: as in the table ``video``; width and height are upright pixels."""

    n_frames: int
    duration_s: float
    rate: float
    is_variable: bool
    width: int
    height: int
    rotation: int
    codec: str
    problem: str | None


@dataclass(frozen=True, slots=True, eq=False)
class FrameIndex:
    """The frames of a video in the order shown.

    Attributes:
        facts: Of the whole.
        base: Seconds of one tick of the stream's clock.
        times: (N,) int64 ticks, rising; None when frames have no clock and are counted from the start.
        keys: (K,) int64 rising numbers of the frames at which decoding can begin.
        starts: (K,) int64 ticks to seek to for each key frame, on the clock of decoding.
    """

    facts: VideoFacts
    base: float
    times: NDArray[np.int64] | None
    keys: NDArray[np.int64]
    starts: NDArray[np.int64]

    @property
    def n_frames(self) -> int:
        """How many frames there are."""
        return self.facts.n_frames

    def times_s(self) -> NDArray[np.float64]:
        """When each frame is shown, in seconds from the first."""
        if self.times is None or not self.facts.is_variable:
            return np.arange(self.n_frames) / self.facts.rate
        return ((self.times - self.times[:1]) * self.base).astype(np.float64)

    def number_of(self, ticks: int | None) -> int | None:
        """The number of the frame that is shown at a time of the stream's clock; None when none is."""
        if self.times is None or ticks is None:
            return None
        at = int(np.searchsorted(self.times, ticks))
        return at if at < self.n_frames and int(self.times[at]) == ticks else None

    def key_of(self, frame: int) -> int:
        """The place in ``keys`` of the last key frame at or before a frame; -1 when there is none."""
        return int(np.searchsorted(self.keys, frame, side="right")) - 1


@dataclass(frozen=True, slots=True)
class _Found:
    """Frames as they came: times in the order of decoding (None without a clock), where keys are, and what is wrong."""

    times: NDArray[np.int64] | None
    is_key: NDArray[np.bool_]
    starts: NDArray[np.int64]
    problem: str | None
    count: int


def build_index(path: str) -> FrameIndex:
    """Look at every packet of a video file, and decode its first frame.

    Raises:
        UnreadableMedia: No frame decodes.
    """
    with open_video(path) as (container, stream):
        first = next(decode_packets(container, stream), None)
        if first is None:
            raise UnreadableMedia("the video has no frame that decodes", hint=HINT)
        turns = quarter_turns(first)
        size = (first.width, first.height) if turns % 2 == 0 else (first.height, first.width)
        codec = str(stream.codec_context.name)
        nominal = float(stream.average_rate or stream.guessed_rate or 25)
        base = float(stream.time_base or 1)
        said_s = _said_duration(container, stream)
        # An AVI has one rate for all frames; what stands beside them is when they were stored.
        is_even = str(container.format.name) == "avi"
    told = _from_packets(path)
    found = told or _from_frames(path)
    if not found.count:
        raise UnreadableMedia("the video has no frame that decodes", hint=HINT)
    facts = VideoFacts(
        n_frames=found.count,
        duration_s=found.count / nominal,
        rate=nominal,
        is_variable=False,
        width=size[0],
        height=size[1],
        rotation=turns * 90,
        codec=codec[:40],
        problem=found.problem,
    )
    if found.times is None:
        return FrameIndex(facts, base, None, np.zeros(1, np.int64), np.zeros(1, np.int64))
    order = np.argsort(found.times, kind="stable")
    times = found.times[order]
    keys = np.flatnonzero(found.is_key[order])
    # Times that the packets do not tell are guesses: good enough to find a frame again, not to say when it is shown.
    timed = facts if told is None else _timed(facts, (times * base).astype(np.float64))
    timed = replace(timed, is_variable=timed.is_variable and not is_even)
    if timed.problem is None and said_s is not None and said_s > timed.duration_s * 1.05 + 1:
        ends = f"the file ends early: it says it lasts {said_s:.1f} s, and its frames end at {timed.duration_s:.1f} s"
        timed = replace(timed, problem=ends)
    return FrameIndex(timed, base, times, keys, found.starts[order][keys])


def encode_index(index: FrameIndex) -> bytes:
    """The index as bytes, small: times and numbers as differences, compressed."""
    parts = [np.diff(part, prepend=np.int64(0)) for part in (index.times, index.keys, index.starts) if part is not None]
    facts = {name: getattr(index.facts, name) for name in VideoFacts.__slots__}
    about = {"facts": facts, "base": index.base, "sizes": [len(part) for part in parts], "clock": len(parts) == 3}
    head = json.dumps(about).encode()
    return _HEAD.pack(_MAGIC, len(head)) + head + zlib.compress(b"".join(part.tobytes() for part in parts), 6)


def decode_index(data: bytes) -> FrameIndex:
    """What ``encode_index`` made.

    Raises:
        UnreadableMedia: The bytes are something else.
    """
    try:
        magic, length = _HEAD.unpack_from(data)
        about = json.loads(data[_HEAD.size : _HEAD.size + length])
        whole = np.frombuffer(zlib.decompress(data[_HEAD.size + length :]), np.int64)
        is_one = magic == _MAGIC and sum(about["sizes"]) == len(whole)
    except (struct.error, ValueError, KeyError, zlib.error) as error:
        raise UnreadableMedia("the stored index of a video is damaged", hint="Remove it; it is made again.") from error
    if not is_one:
        raise UnreadableMedia("the stored index of a video is damaged", hint="Remove it; it is made again.")
    parts = [np.cumsum(part) for part in np.split(whole, np.cumsum(about["sizes"])[:-1])]
    times = parts[0] if about["clock"] else None
    return FrameIndex(VideoFacts(**about["facts"]), about["base"], times, parts[-2], parts[-1])


# Any in what follows: PyAV's containers and streams are typed by its stubs only in part.
def _said_duration(container: Any, stream: Any) -> float | None:
    """How long the file says that the pictures last, in seconds; other tracks may last longer."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    if container.duration and len(container.streams) == 1:
        return float(container.duration) / 1e6
    return None


def _from_packets(path: str) -> _Found | None:
    """From the packets alone; None where they do not tell when their frames are shown, or which are key frames."""
    with open_video(path) as (container, stream):
        rows, problem = _read_packets(container, stream)
    times, starts, is_key = rows
    if times is None or not is_key.any():
        return None
    begin = int(is_key.argmax())
    if begin:
        problem = problem or f"its first {begin} frames do not decode: they come before the first key frame"
    times, starts, is_key = times[begin:], starts[begin:], is_key[begin:]
    # Frames shown before the first key frame, which were stored after it, lean on what is not there.
    is_whole = times >= times[0]
    if len(np.unique(times)) != len(times):
        return None
    return _Found(times[is_whole], is_key[is_whole], starts[is_whole], problem, int(is_whole.sum()))


_Rows = tuple["NDArray[np.int64] | None", "NDArray[np.int64]", "NDArray[np.bool_]"]


def _read_packets(container: Any, stream: Any) -> tuple[_Rows, str | None]:
    from array import array

    import av

    times, starts, keys = array("q"), array("q"), array("b")
    has_clock, problem = True, None
    packets = iter(container.demux(stream))
    while len(times) < _MOST_FRAMES:
        try:
            packet = next(packets, None)
        except (av.error.FFmpegError, EOFError) as error:
            problem = f"the file ends early: {getattr(error, 'strerror', None) or 'no more can be read'}"
            break
        if packet is None:
            break
        # What an edit list cuts away is decoded for the sake of the rest, and not shown.
        if not packet.size or packet.is_discard:
            continue
        if packet.pts is None:
            has_clock = False
            break
        times.append(packet.pts)
        starts.append(packet.pts if packet.dts is None else min(packet.dts, packet.pts))
        keys.append(packet.is_keyframe)
    found = (np.array(times, np.int64) if has_clock else None, np.array(starts, np.int64), np.array(keys, np.bool_))
    return found, problem


def _from_frames(path: str) -> _Found:
    """By decoding everything."""
    times: list[int | None] = []
    keys: list[bool] = []
    with open_video(path) as (container, stream):
        for frame in decode_packets(container, stream):
            times.append(frame.pts)
            keys.append(bool(frame.key_frame))
    known = [time for time in times if time is not None]
    is_clock = len(known) == len(times) and all(b > a for a, b in zip(known, known[1:], strict=False)) and any(keys)
    clock = np.array(known, np.int64) if is_clock else None
    starts = np.zeros(len(times), np.int64) if clock is None else clock
    return _Found(clock, np.array(keys, np.bool_), starts, None, len(times))


def _timed(facts: VideoFacts, times_s: NDArray[np.float64]) -> VideoFacts:
    """With duration and rate as the frames' times say."""
    if len(times_s) < 2:
        return replace(facts, duration_s=1 / facts.rate)
    steps = np.diff(times_s)
    step = float(times_s[-1] - times_s[0]) / len(steps)
    even = times_s[0] + np.arange(len(times_s)) * step
    is_variable = bool(np.abs(times_s - even).max() > _UNEVEN * step)
    duration_s = float(times_s[-1] - times_s[0]) + float(np.median(steps))
    return replace(facts, duration_s=duration_s, rate=1 / step, is_variable=is_variable)


def index_body(path: str) -> tuple[VideoFacts, bytes] | tuple[None, bytes]:
    """Facts and stored index of a video file; of one that does not decode None, and why. For a child process."""
    try:
        index = build_index(path)
    except UnreadableMedia as error:
        return None, error.message.encode()
    return index.facts, encode_index(index)
