"""Where an object is in a frame of a video, from the keyframes of its track.

Before the first keyframe there is nothing. Between two visible keyframes the shape moves in a straight line; from a
keyframe that is outside on there is nothing until the next visible one; after the last the shape stays. The cases of
``tests/golden/tracks.json`` hold for this and for the app.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

from whorl.geometry.rotated import normal_angle
from whorl.schemas.annotations import (
    Box,
    FrameShape,
    Keyframe,
    Points,
    Polygon,
    Polyline,
    RotatedBox,
    Track,
)

Point = tuple[float, float]
_SAME = 1e-9


def find_keyframe(track: Track, frame: int) -> Keyframe | None:
    """The keyframe that holds in a frame: the one at it, or the last before it; None before the first."""
    at = bisect_right(track.keyframes, frame, key=_frame_of)
    return track.keyframes[at - 1] if at else None


def shape_at(track: Track, frame: int) -> FrameShape | None:
    """The object's shape in a frame; None where it is not in the picture.

    Boxes move by their corners; rotated boxes by centre, size and the shorter turn; points, lines and rings vertex by
    vertex. Rings and lines of different vertex counts are given each other's vertices along their length first.
    Polygons of different ring counts stay as they are until the later keyframe.
    """
    at = bisect_right(track.keyframes, frame, key=_frame_of)
    if at == 0:
        return None
    before = track.keyframes[at - 1]
    if before.is_outside or before.shape is None:
        return None
    if at == len(track.keyframes) or before.frame == frame:
        return before.shape
    after = track.keyframes[at]
    if after.is_outside or after.shape is None:
        return before.shape
    return mix_shapes(before.shape, after.shape, (frame - before.frame) / (after.frame - before.frame))


def mix_shapes(one: FrameShape, other: FrameShape, share: float) -> FrameShape:
    """The shape between two of one kind: ``one`` at share 0, ``other`` at 1. Of different kinds, ``one``."""
    match one, other:
        case Box(), Box():
            corners = (_between(getattr(one, name), getattr(other, name), share) for name in ("x0", "y0", "x1", "y1"))
            x0, y0, x1, y1 = corners
            return Box(x0=x0, y0=y0, x1=x1, y1=y1)
        case RotatedBox(), RotatedBox():
            turn = normal_angle(other.angle - one.angle)
            return RotatedBox(
                cx=_between(one.cx, other.cx, share),
                cy=_between(one.cy, other.cy, share),
                width=_between(one.width, other.width, share),
                height=_between(one.height, other.height, share),
                angle=normal_angle(one.angle + share * turn),
            )
        case Points(), Points():
            if len(one.points) != len(other.points):
                return one
            return Points(points=_mix_points(one.points, other.points, share))
        case Polyline(), Polyline():
            return Polyline(points=_mix_points(*_match_lines(one.points, other.points), share))
        case Polygon(), Polygon():
            if len(one.rings) != len(other.rings):
                return one
            pairs = [_match_rings(ring, target) for ring, target in zip(one.rings, other.rings, strict=True)]
            return Polygon(rings=[_mix_points(ring, target, share) for ring, target in pairs])
        case _:
            return one


def _frame_of(keyframe: Keyframe) -> int:
    return keyframe.frame


def _between(one: float, other: float, share: float) -> float:
    return one + (other - one) * share


def _mix_points(one: Sequence[Point], other: Sequence[Point], share: float) -> list[Point]:
    return [
        (_between(x, to_x, share), _between(y, to_y, share)) for (x, y), (to_x, to_y) in zip(one, other, strict=True)
    ]


def _match_lines(one: Sequence[Point], other: Sequence[Point]) -> tuple[Sequence[Point], Sequence[Point]]:
    if len(one) == len(other):
        return one, other
    places, others = _places(one), _places(other)
    wanted = _joined(places, others)
    return _walk(one, places, wanted), _walk(other, others, wanted)


def _match_rings(one: Sequence[Point], other: Sequence[Point]) -> tuple[Sequence[Point], Sequence[Point]]:
    """Two rings with as many vertices each, so that those of the same number belong together."""
    if len(one) == len(other):
        return one, other
    same_way = list(other) if _signed_area(one) * _signed_area(other) >= 0 else list(reversed(other))
    start = min(range(len(same_way)), key=lambda at: math.dist(one[0], same_way[at]))
    turned = same_way[start:] + same_way[:start]
    closed, target = [*one, one[0]], [*turned, turned[0]]
    places, others = _places(closed), _places(target)
    wanted = _joined(places, others)[:-1]
    return _walk(closed, places, wanted), _walk(target, others, wanted)


def _places(line: Sequence[Point]) -> list[float]:
    """How far along the line each vertex lies, from 0 to 1; by number when the line has no length."""
    lengths = [0.0]
    for before, after in zip(line, line[1:], strict=False):
        lengths.append(lengths[-1] + math.dist(before, after))
    whole = lengths[-1] if lengths[-1] > 0 else 0.0
    if whole == 0:
        return [at / (len(line) - 1) for at in range(len(line))]
    return [*(length / whole for length in lengths[:-1]), 1.0]


def _joined(one: Sequence[float], other: Sequence[float]) -> list[float]:
    joined: list[float] = []
    for place in sorted([*one, *other]):
        if not joined or place - joined[-1] > _SAME:
            joined.append(place)
    # The end is the end, whatever lies within a hair of it.
    joined[-1] = 1.0
    return joined


def _walk(line: Sequence[Point], places: Sequence[float], wanted: Sequence[float]) -> list[Point]:
    found: list[Point] = []
    at = 0
    for place in wanted:
        while at < len(line) - 2 and places[at + 1] <= place:
            at += 1
        span = places[at + 1] - places[at]
        share = min((place - places[at]) / span, 1.0) if span > 0 else 0.0
        found.append((_between(line[at][0], line[at + 1][0], share), _between(line[at][1], line[at + 1][1], share)))
    return found


def _signed_area(ring: Sequence[Point]) -> float:
    return sum(x * to_y - to_x * y for (x, y), (to_x, to_y) in zip(ring, [*ring[1:], ring[0]], strict=True))
