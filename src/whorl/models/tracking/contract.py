"""What a tracker is: an object with one method. Adapters of models may have the same method."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from typing_extensions import TypeIs

from whorl.schemas.annotations import FrameShape

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TRACKERS_GROUP = "whorl.trackers"
"""Entry points of packages: each a callable without arguments that gives a tracker."""


@dataclass(frozen=True, slots=True)
class Tracked:
    """Where an object is in a frame, in pixels of that frame, and how sure that is, from 0 to 1."""

    shape: FrameShape
    confidence: float


@dataclass(frozen=True, slots=True)
class Lost:
    """The object cannot be followed any further, and why, in words for people."""

    reason: str


class Tracker(Protocol):
    """Follows objects from the first frame to the last."""

    def track(
        self, frames: Iterator[NDArray[np.uint8]], shapes: Mapping[str, FrameShape]
    ) -> Iterator[Mapping[str, Tracked | Lost]]:
        """Say for each frame after the first where each object is.

        Frames are read one at a time, in the order given (which may be backwards in time); none need be kept.

        Args:
            frames: Upright RGB of shape (H, W, 3), all of one size; the first is the one that ``shapes`` speak of.
            shapes: By any key; never empty.

        Returns:
            One mapping for each further frame. It names every object that was not lost before; a shape is of the kind
            given, and may stick out of the picture. After all are lost nothing need follow.
        """
        ...


def is_tracker(found: object) -> TypeIs[Tracker]:
    """Whether an object has the method."""
    return callable(getattr(found, "track", None))
