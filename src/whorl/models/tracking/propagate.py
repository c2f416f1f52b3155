"""From one keyframe, or from two, to the frames between: forward, backward, and blended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whorl.geometry.tracks import mix_shapes
from whorl.models.tracking.contract import Lost, Tracked, Tracker
from whorl.models.tracking.moving import keep_inside, shape_bounds
from whorl.schemas.annotations import FrameShape, Keyframe

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Frames = Callable[[Sequence[int]], "Iterator[NDArray[np.uint8]]"]
"""Gives frames by their numbers, in the order asked for: upright RGB."""


@dataclass(frozen=True, slots=True)
class Propagated:
    """One object followed: keyframes in the order of the video, and where and why it was lost (None: it was not)."""

    keyframes: list[Keyframe]
    stopped_at: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Pass:
    """One direction of one object: where it is by frame, and where and why it ended."""

    found: dict[int, Tracked]
    stopped_at: int | None
    reason: str | None
    size: tuple[int, int]


def propagate(
    tracker: Tracker,
    frames: Frames,
    shapes: Mapping[str, FrameShape],
    *,
    frame: int,
    to_frame: int,
    ends: Mapping[str, FrameShape],
) -> dict[str, Propagated]:
    """Follow objects from ``frame`` to ``to_frame``, which may be earlier; where ``ends`` tells, from both sides.

    The keyframes are those of the frames after ``frame`` up to ``to_frame``; without the latter where it is given.
    """
    step = 1 if to_frame >= frame else -1
    order = list(range(frame, to_frame + step, step))
    there = _run(tracker, frames, shapes, order)
    known = {key: shape for key, shape in ends.items() if key in shapes}
    back = _run(tracker, frames, known, order[::-1]) if known else {}
    return {key: _join(there[key], back.get(key), order) for key in shapes}


def between_keyframes(
    tracker: Tracker, frames: Frames, shape: FrameShape, end: FrameShape, frame: int, to_frame: int
) -> Propagated:
    """One object between two keyframes."""
    return propagate(tracker, frames, {"it": shape}, frame=frame, to_frame=to_frame, ends={"it": end})["it"]


def _run(tracker: Tracker, frames: Frames, shapes: Mapping[str, FrameShape], order: Sequence[int]) -> dict[str, _Pass]:
    found: dict[str, dict[int, Tracked]] = {key: {} for key in shapes}
    stops: dict[str, tuple[int, str]] = {}
    size = (1, 1)

    def looked_at() -> Iterator[NDArray[np.uint8]]:
        nonlocal size
        for pixels in frames(order):
            size = (pixels.shape[1], pixels.shape[0])
            yield pixels

    number = order[0]
    if len(order) > 1:
        for number, said in zip(order[1:], tracker.track(looked_at(), shapes), strict=False):
            for key in [one for one in shapes if one not in stops]:
                one = said.get(key, Lost("the tracker says no more of it"))
                if isinstance(one, Lost):
                    stops[key] = (number, one.reason)
                else:
                    found[key][number] = one
    last = order[-1]
    for key in shapes:
        if key not in stops and number != last:
            stops[key] = (number + (1 if last > order[0] else -1), "the video ends, or does not decode, there")
    no_stop: tuple[int | None, str | None] = (None, None)
    ended = {key: stops.get(key, no_stop) for key in shapes}
    return {key: _Pass(found[key], ended[key][0], ended[key][1], size) for key in shapes}


def _join(there: _Pass, back: _Pass | None, order: Sequence[int]) -> Propagated:
    """Both directions as one; each counts the more the nearer its own end is."""
    keyframes: list[Keyframe] = []
    inner = order[1:] if back is None else order[1:-1]
    stopped_at, reason = there.stopped_at, there.reason
    for at, number in enumerate(inner, start=1):
        one, other = there.found.get(number), None if back is None else back.found.get(number)
        joined = _blend(one, other, at / (len(order) - 1))
        if joined is None:
            continue
        shape = keep_inside(joined.shape, width=there.size[0], height=there.size[1])
        if shape is None:
            if stopped_at is None:
                stopped_at, reason = number, "it left the picture"
            keyframes.append(Keyframe(frame=number, is_outside=True, by="tracker"))
            if back is None:
                break
            continue
        confidence = round(min(max(joined.confidence, 0.0), 1.0), 3)
        keyframes.append(Keyframe(frame=number, shape=shape, by="tracker", confidence=confidence))
    if back is not None and {one.frame for one in keyframes} >= set(inner):
        # What the one direction lost the other one found.
        stopped_at, reason = None, None
    return Propagated(sorted(keyframes, key=lambda one: one.frame), stopped_at, reason)


def _blend(one: Tracked | None, other: Tracked | None, share: float) -> Tracked | None:
    if one is None or other is None:
        return one or other
    # Where both are sure they agree; where they do not, neither is to be believed.
    agreement = _overlap(one.shape, other.shape)
    confidence = (one.confidence * (1 - share) + other.confidence * share) * (0.3 + 0.7 * agreement)
    return Tracked(mix_shapes(one.shape, other.shape, share), confidence)


def _overlap(one: FrameShape, other: FrameShape) -> float:
    """Intersection over union of the boxes around two shapes."""
    a, b = shape_bounds(one), shape_bounds(other)
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(wide, 0.0) * max(high, 0.0)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return shared / union if union > 0 else 1.0
