"""Videos on the wire. Frames are counted from 0 in the order they are shown."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whorl.schemas.annotations import FrameShape, Keyframe
from whorl.schemas.wire import Wire


class VideoInfo(Wire):
    """What is known of a video's frames."""

    item_id: str
    n_frames: int
    duration_s: float
    rate: float = Field(description="Frames a second on average.")
    is_variable: bool = Field(description="Frames are not evenly spaced; `times_s` is exact.")
    width: int = Field(description="Upright, in pixels, as the height.")
    height: int
    codec: str
    problem: str | None = Field(description="What is wrong with it; the frames that decode can be worked on.")
    times_s: list[float] | None = Field(
        default=None, description="Of frames from `times_start` on, when the rate is variable."
    )
    times_start: int = Field(default=0, description="The frame whose time comes first in `times_s`.")


class PropagateRequest(Wire):
    """Carry shapes on through a video."""

    shapes: dict[str, FrameShape] = Field(
        min_length=1, max_length=200, description="Where each object is in `frame`, by any key."
    )
    frame: int = Field(ge=0)
    to_frame: int = Field(ge=0, description="Earlier than `frame`: backwards. At most 300 frames away.")
    ends: dict[str, FrameShape] = Field(
        default_factory=dict, description="Where objects are in `to_frame`, when known: followed from both sides."
    )
    tracker: str = Field(
        default="flow",
        max_length=200,
        description="flow, a tracker that was installed, or the id of a model that tracks.",
    )


class PropagatedTrack(Wire):
    """One object, frame by frame."""

    keyframes: list[Keyframe]
    stopped_at: int | None = Field(description="The frame at which it was lost; null: it was followed to the end.")
    reason: str | None = None


class PropagateAnswer(Wire):
    """What became of each shape, by its key."""

    tracks: dict[str, PropagatedTrack]
    milliseconds: float


DeleteReach = Literal["frame", "from_here", "track"]
