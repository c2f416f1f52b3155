"""Propagation through a video file, for a child process: plain arguments in, picklable values out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from whorl.base.errors import ModelError, WhorlError
from whorl.datasets.video.opening import upright_pixels
from whorl.datasets.video.reading import FrameReader, reader_of, stored_size
from whorl.models.tracking.propagate import Propagated, propagate
from whorl.models.tracking.trackers import make_tracker
from whorl.schemas.annotations import FrameShape

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_AT_ONCE = 24


def propagate_body(
    path: str,
    index_path: str | None,
    shapes: Mapping[str, FrameShape],
    ends: Mapping[str, FrameShape],
    *,
    frame: int,
    to_frame: int,
    tracker: str,
    folder: str | None = None,
) -> dict[str, Propagated]:
    """Follow shapes through a video file, as ``propagate`` does.

    Raises:
        NotFound: There is no such frame.
        InvalidInput: There is no such tracker.
        ModelError: The tracker failed.
        UnreadableMedia: The file does not decode.
    """
    reader = reader_of(path, index_path)
    made = make_tracker(tracker, folder)
    try:
        return propagate(
            made, lambda order: _in_order(reader, order), shapes, frame=frame, to_frame=to_frame, ends=ends
        )
    except WhorlError:
        raise
    except Exception as error:  # a tracker of somebody else may raise anything
        raise ModelError(f"the tracker {tracker!r} failed: {type(error).__name__}: {error}"[:500]) from error


def _in_order(reader: FrameReader, order: Sequence[int]) -> Iterator[NDArray[np.uint8]]:
    """Frames in the order asked for, upright RGB, up to the first that does not decode; backwards a few at a time."""
    size = stored_size(reader.index)
    is_forward = order[-1] >= order[0]
    for start in range(0, len(order), _AT_ONCE):
        some = order[start : start + _AT_ONCE]
        if is_forward:
            # Nothing is held back: each frame is decoded when it is asked for.
            wanted = iter(some)
            for number, frame in reader.read(some):
                if number != next(wanted):
                    return
                yield upright_pixels(frame, size=size, rgb=True)
            if next(wanted, None) is not None:
                return
            continue
        kept = {number: upright_pixels(frame, size=size, rgb=True) for number, frame in reader.read(some)}
        for number in some:
            if number not in kept:
                return
            yield kept[number]
