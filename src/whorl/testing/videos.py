"""Small videos, made for tests and benchmarks. Whorl itself only decodes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CLOCK = 12_800


def write_video(
    path: Path,
    frames: Iterable[NDArray[np.uint8]],
    *,
    codec: str = "mpeg4",
    times: Sequence[int] | None = None,
    rate: int = 10,
    b_frames: int = 0,
    key_every: int = 12,
) -> Path:
    """Encode BGR frames of one size into the container that the file's name says.

    Args:
        times: When each frame is shown, in ticks of 1 / 12,800 s; evenly when left out.
        b_frames: Frames that are stored after a later one.
        key_every: Frames from one key frame to the next.
    """
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.codec_context.time_base = Fraction(1, CLOCK)
        stream.codec_context.max_b_frames = b_frames
        stream.codec_context.gop_size = key_every
        stream.codec_context.thread_count = 1
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for number, pixels in enumerate(frames):
            if number == 0:
                stream.height, stream.width = pixels.shape[:2]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="bgr24")
            frame.time_base = Fraction(1, CLOCK)
            frame.pts = number * (CLOCK // rate) if times is None else times[number]
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def numbered_frames(count: int, *, size: tuple[int, int] = (96, 64)) -> list[NDArray[np.uint8]]:
    """Frames that tell their number: of ``size`` (width, height), a bar of as many 64ths of the width, on noise."""
    width, height = size
    grain = np.random.default_rng(0).integers(60, 120, (height, width, 3), np.uint8)
    made = []
    for number in range(count):
        pixels = np.roll(grain, number, axis=1)
        for bit in range(8):
            left, right = bit * width // 8, (bit + 1) * width // 8
            pixels[: height // 2, left:right] = 230 if number >> bit & 1 else 10
        made.append(pixels)
    return made


def read_number(pixels: NDArray[np.uint8]) -> int:
    """The number that a frame of ``numbered_frames`` tells; of shape (H, W, 3)."""
    height, width = pixels.shape[:2]
    top = pixels[: height // 2].astype(np.float64)
    cells = [top[2:-2, bit * width // 8 + 2 : (bit + 1) * width // 8 - 2].mean() for bit in range(8)]
    return sum(1 << bit for bit, level in enumerate(cells) if level > 120)
