"""Pure decisions about videos."""

from __future__ import annotations

from whorl.base.errors import NotFound


def check_frame(frame: int, n_frames: int) -> None:
    """Refuse the number of a frame that the video does not have.

    Raises:
        NotFound: Says which there are.
    """
    if not 0 <= frame < n_frames:
        there = f"it has frames 0 to {n_frames - 1:,}" if n_frames else "none of its frames decodes"
        raise NotFound(
            f"the video has no frame {frame:,}: {there}",
            hint="Frames are counted from 0, in the order shown.",
            details={"n_frames": n_frames},
        )
