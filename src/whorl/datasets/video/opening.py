"""Open a video, and turn its frames into pictures. Decoding only: PyAV's wheels carry encoders under the GPL."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whorl.base.errors import UnreadableMedia

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HINT = "The file is truncated or corrupt; copy it again from its source, or convert it to H.264 in MP4."
_CODEC_HINT = "Convert it to H.264 in MP4."


# Any in this module: PyAV's containers, streams and frames are typed by its stubs only in part.
@contextmanager
def open_video(source: str | io.BytesIO) -> Iterator[tuple[Any, Any]]:
    """The container of a file, and its first picture track, while the block runs.

    Raises:
        UnreadableMedia: It is no video, has no picture track, or the block found that it does not decode.
    """
    import av

    try:
        with av.open(source if isinstance(source, io.BytesIO) else str(Path(source))) as container:
            yield container, picture_track(container)
    except (av.error.FFmpegError, ValueError, EOFError) as error:
        # Not the whole message: it names the file, which lies somewhere in the home folder.
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise UnreadableMedia(f"the video does not decode: {reason}", hint=HINT) from error


def picture_track(container: Any) -> Any:
    """The track whose frames count.

    Raises:
        UnreadableMedia: There is none, or nothing here decodes it.
    """
    if not container.streams.video:
        raise UnreadableMedia("the file has no picture track", hint="Only videos have frames.")
    stream = container.streams.video[0]
    if stream.codec_context is None:
        raise UnreadableMedia("the video's codec is not known here", hint=_CODEC_HINT)
    stream.thread_type = "AUTO"
    return stream


def decode_packets(container: Any, stream: Any) -> Iterator[Any]:
    """Frames in the order shown, from where the container stands; packets that do not decode are passed over."""
    import av

    packets = iter(container.demux(stream))
    while True:
        try:
            packet = next(packets, None)
        except (av.error.FFmpegError, EOFError):
            # The file ends early. What the decoder still holds comes out of it.
            packet = None
        is_end = packet is None or (packet.size == 0 and packet.dts is None)
        if packet is not None and packet.size == 0 and not is_end:
            # A frame that was dropped when it was recorded; to the decoder it would mean the end.
            continue
        try:
            yield from stream.codec_context.decode(packet)
        except (av.error.FFmpegError, EOFError):
            if packet is None:
                return
        if is_end:
            return


def upright_pixels(frame: Any, *, size: tuple[int, int] | None = None, rgb: bool = False) -> NDArray[np.uint8]:
    """The picture of a frame with the rotation applied that a phone notes, of shape (H, W, 3), BGR unless ``rgb``.

    Args:
        size: Width and height in pixels before the rotation; the frame's own when left out.
    """
    import numpy as np

    layout = "rgb24" if rgb else "bgr24"
    if size is not None and size != (frame.width, frame.height):
        frame_small = frame.reformat(width=size[0], height=size[1], format=layout, interpolation="AREA")
        pixels = frame_small.to_ndarray()
    else:
        pixels = frame.to_ndarray(format=layout)
    return np.ascontiguousarray(np.rot90(pixels, k=quarter_turns(frame)))


def quarter_turns(frame: Any) -> int:
    """How often the picture is turned by 90 degrees, anticlockwise, to be upright: 0 to 3."""
    return round(int(getattr(frame, "rotation", 0) or 0) / 90) % 4
