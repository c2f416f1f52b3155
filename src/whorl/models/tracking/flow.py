"""Whorl's own tracker: points on the object followed by optical flow, and the similarity that most of them agree on.

Points go from frame to frame by Lucas and Kanade's method, there and back; those that do not come back to where they
began are dropped (Kalal et al., "Forward-backward error", 2010). A similarity is fitted by RANSAC. So that small errors
do not add up, the object is also matched with a frame further back that it was seen well in, beginning from where the
steps say that it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from whorl.models.tracking.contract import Lost, Tracked
from whorl.models.tracking.moving import move_shape, outline, shape_bounds
from whorl.schemas.annotations import Box, FrameShape, Points, Polygon, Polyline, RotatedBox

if TYPE_CHECKING:
    from numpy.typing import NDArray

Matrix = Any  # NDArray[np.float64] of shape (2, 3); Any: arithmetic of arrays widens their types.
_SIDE = 960
_WINDOW = (17, 17)
_LEVELS = 3
_MOST_POINTS = 80
_FEWEST = 8
_BACK_PX = 1.0
_RANSAC_PX = 2.0
_MOST_SCALE = 1.35
_REACH_PX = 48
# The median way that points come back beside, in pixels, from which on the object counts as lost.
_MOST_BACK = 0.7
_LEAST_SIZE = 0.05
_MOST_CORRECTION_PX = 3.0
_ANCHOR_SHARE, _LEAST_ANCHOR_SHARE = 0.5, 0.35


@dataclass(frozen=True)
class FlowTracker:
    """A ``Tracker``. Deterministic: the same frames and shapes give the same tracks.

    Args:
        side: Frames are followed at this many pixels of their longer side, or fewer.
    """

    side: int = _SIDE

    def track(
        self, frames: Iterator[NDArray[np.uint8]], shapes: Mapping[str, FrameShape]
    ) -> Iterator[Mapping[str, Tracked | Lost]]:
        """As the contract says; an object is lost when fewer than eight of its points agree, or flow turns unsure."""
        first = next(frames)
        scale = min(1.0, self.side / max(first.shape[:2]))
        before = _grey(first, scale)
        objects = {key: _Object.at(before, shape, scale) for key, shape in shapes.items()}
        for pixels in frames:
            now = _grey(pixels, scale)
            found = _step(objects, before, now, scale)
            for key, one in found.items():
                if isinstance(one, Lost):
                    del objects[key]
            yield found
            if not objects:
                return
            before = now


Grey = Any  # NDArray[np.uint8] of shape (h, w): a frame in grey levels, smaller. Any: as OpenCV types it.


def _grey(pixels: NDArray[np.uint8], scale: float) -> Grey:
    import cv2

    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return grey


@dataclass(eq=False)
class _Object:
    """One object: as given, how it has moved since, and the points on it.

    Attributes:
        moved: From the shape as given to the frame before, in small pixels.
        points: (n, 2) float32 in the frame before.
        anchor: A frame that it was seen well in, and where it and its points were there.
    """

    shape: FrameShape
    small: FrameShape
    moved: Matrix
    points: NDArray[np.float32]
    anchor: Grey
    anchor_moved: Matrix
    anchor_points: NDArray[np.float32]
    first_count: int = field(default=0)

    def step(self, fit: _Fit, ends: NDArray[np.float32]) -> None:
        """Move on with the points that agree."""
        self.moved = _chain(fit.matrix, self.moved)
        self.points = ends[fit.inliers]

    @classmethod
    def at(cls, picture: Grey, shape: FrameShape, scale: float) -> _Object:
        small = move_shape(shape, np.array([[scale, 0, 0], [0, scale, 0]], np.float64))
        points = _find_points(picture, small)
        still = np.eye(2, 3)
        return cls(shape, small, still, points, picture, still, points, len(points))


@dataclass(frozen=True, slots=True)
class _Fit:
    matrix: Matrix
    inliers: NDArray[np.bool_]
    share: float
    back_px: float


def _step(objects: dict[str, _Object], before: Grey, now: Grey, scale: float) -> dict[str, Tracked | Lost]:
    """Follow all objects by one frame; their points go through the same pyramids."""
    found: dict[str, Tracked | Lost] = {}
    fits: dict[str, _Fit] = {}
    starts = [one.points for one in objects.values()]
    for key, start, flow in zip(objects, starts, _flow(before, now, starts, starts), strict=True):
        fit = _fit(start, *flow)
        if isinstance(fit, Lost):
            found[key] = fit
        else:
            fits[key] = fit
            objects[key].step(fit, flow[0])
    far = _match_anchors({key: objects[key] for key in fits}, now)
    for key, fit in fits.items():
        found[key] = _settle(objects[key], fit, far.get(key), now, scale)
    return found


def _settle(one: _Object, fit: _Fit, far: _Fit | None, now: Grey, scale: float) -> Tracked | Lost:
    """Where the object is after a step and the look further back; new points and a new frame to look back to."""
    share, back_px = fit.share, fit.back_px
    if far is not None:
        one.moved = _chain(far.matrix, one.anchor_moved)
        share, back_px = max(share, far.share), min(back_px, far.back_px)
    size = math.hypot(float(one.moved[0, 0]), float(one.moved[1, 0]))
    if not _LEAST_SIZE < size < 1 / _LEAST_SIZE:
        return Lost("its size changed beyond belief")
    shape = move_shape(one.small, one.moved)
    x0, y0, x1, y1 = shape_bounds(shape)
    height, width = now.shape
    if x1 <= 0 or y1 <= 0 or x0 >= width or y0 >= height:
        return Lost("it left the picture")
    is_anchor_good = far is not None and far.inliers.sum() >= max(_FEWEST, len(one.anchor_points) * _ANCHOR_SHARE)
    if len(one.points) < max(_FEWEST * 2, one.first_count * 0.6) or not is_anchor_good:
        one.points = _find_points(now, shape)
    if not is_anchor_good:
        one.anchor, one.anchor_moved, one.anchor_points = now, one.moved, one.points
    confidence = share * math.exp(-2 * back_px)
    return Tracked(move_shape(shape, np.array([[1 / scale, 0, 0], [0, 1 / scale, 0]])), min(confidence, 1.0))


def _match_anchors(objects: Mapping[str, _Object], now: Grey) -> dict[str, _Fit]:
    """Match each object with its frame further back, beginning where the step says that its points are.

    Objects that look back to the same frame go through the same pyramids.
    """
    groups: dict[int, list[str]] = {}
    for key, one in objects.items():
        if len(one.anchor_points) >= _FEWEST:
            groups.setdefault(id(one.anchor), []).append(key)
    found: dict[str, _Fit] = {}
    for keys in groups.values():
        starts = [objects[key].anchor_points for key in keys]
        guesses = [_guess(objects[key]) for key in keys]
        flows = _flow(objects[keys[0]].anchor, now, starts, guesses)
        for key, start, guess, flow in zip(keys, starts, guesses, flows, strict=True):
            fit = _fit(start, *flow)
            if isinstance(fit, Lost) or fit.inliers.sum() < len(start) * _LEAST_ANCHOR_SHARE:
                continue
            # Where both agree it is finer; where they do not, something else looks like it.
            if float(np.median(np.abs(flow[0][fit.inliers] - guess[fit.inliers]).max(axis=1))) < _MOST_CORRECTION_PX:
                found[key] = fit
    return found


def _guess(one: _Object) -> NDArray[np.float32]:
    matrix = _chain(one.moved, _inverse(one.anchor_moved))
    return np.asarray(one.anchor_points @ matrix[:, :2].T + matrix[:, 2], np.float32)


_Flow = tuple["NDArray[np.float32]", "NDArray[np.bool_]", "NDArray[np.float32]"]


def _flow(
    before: Grey, now: Grey, starts: Sequence[NDArray[np.float32]], guesses: Sequence[NDArray[np.float32]]
) -> list[_Flow]:
    """Where the points of objects are in another frame, which were found, and how far beside they come back."""
    import cv2

    start, guess = np.concatenate(starts), np.concatenate(guesses)
    if not len(start):
        return [(one, np.zeros(0, np.bool_), np.zeros(0, np.float32)) for one in starts]
    corner, (old, new) = _around(np.concatenate([start, guess]), before, now)
    settings: dict[str, Any] = {
        "winSize": _WINDOW,
        "maxLevel": _LEVELS,
        "criteria": (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 0.02),
        "flags": cv2.OPTFLOW_USE_INITIAL_FLOW,
    }
    placed, guessed = (start - corner).reshape(-1, 1, 2), (guess - corner).reshape(-1, 1, 2)
    there, is_there, _ = cv2.calcOpticalFlowPyrLK(old, new, placed, guessed, **settings)
    back, is_back, _ = cv2.calcOpticalFlowPyrLK(new, old, there, placed.copy(), **settings)
    away = np.linalg.norm(back[:, 0] + corner - start, axis=1).astype(np.float32)
    is_found = (is_there[:, 0] > 0) & (is_back[:, 0] > 0) & np.isfinite(away)
    ends = np.asarray(there[:, 0] + corner, np.float32)
    cuts = np.cumsum([len(one) for one in starts])[:-1]
    parts = (np.split(part, cuts) for part in (ends, is_found, away))
    return list(zip(*parts, strict=True))


def _around(points: NDArray[np.float32], *pictures: Grey) -> tuple[NDArray[np.float32], list[Grey]]:
    """The part of pictures that points lie in and may go to, and its corner: pyramids of the rest are not needed."""
    height, width = pictures[0].shape
    low = np.clip(np.floor(points.min(axis=0)) - _REACH_PX, 0, [width - 1, height - 1]).astype(np.int64)
    high = np.clip(np.ceil(points.max(axis=0)) + _REACH_PX, low + 1, [width, height]).astype(np.int64)
    parts = [np.ascontiguousarray(one[low[1] : high[1], low[0] : high[0]]) for one in pictures]
    return low.astype(np.float32), parts


def _fit(
    start: NDArray[np.float32], end: NDArray[np.float32], is_found: NDArray[np.bool_], back: NDArray[np.float32]
) -> _Fit | Lost:
    import cv2

    is_good = is_found & (back < _BACK_PX)
    if is_good.sum() < _FEWEST:
        return Lost(f"only {int(is_good.sum())} of its {len(start)} points could be followed")
    # Its random numbers begin anew, so that the same frames give the same track.
    cv2.setRNGSeed(0)
    matrix, chosen = cv2.estimateAffinePartial2D(
        start[is_good], end[is_good], method=cv2.RANSAC, ransacReprojThreshold=_RANSAC_PX, maxIters=200
    )
    if matrix is None:
        return Lost("its points do not move together")
    inliers = np.zeros(len(start), np.bool_)
    inliers[np.flatnonzero(is_good)[chosen[:, 0] > 0]] = True
    if inliers.sum() < _FEWEST:
        return Lost(f"only {int(inliers.sum())} of its {len(start)} points move together")
    size = math.hypot(float(matrix[0, 0]), float(matrix[1, 0]))
    if not 1 / _MOST_SCALE < size < _MOST_SCALE:
        return Lost("its size jumped from one frame to the next")
    back_px = float(np.median(back[inliers]))
    if back_px > _MOST_BACK:
        return Lost("its points cannot be followed surely")
    return _Fit(np.asarray(matrix, np.float64), inliers, float(inliers.sum()) / len(start), back_px)


def _find_points(grey: NDArray[np.uint8], shape: FrameShape) -> NDArray[np.float32]:
    """Corners on the object, and a grid where there are few."""
    import cv2

    height, width = grey.shape
    x0, y0, x1, y1 = shape_bounds(shape)
    pad = 6 if isinstance(shape, Points | Polyline) else 0
    left, top = max(math.floor(x0) - pad, 0), max(math.floor(y0) - pad, 0)
    right, bottom = min(math.ceil(x1) + pad, width), min(math.ceil(y1) + pad, height)
    if right - left < 3 or bottom - top < 3:
        return np.zeros((0, 2), np.float32)
    mask = _mask(shape, (left, top), (bottom - top, right - left))
    area = float((mask > 0).sum())
    if area < 1:
        return np.zeros((0, 2), np.float32)
    apart = max(2.0, math.sqrt(area / _MOST_POINTS) * 0.6)
    part = np.ascontiguousarray(grey[top:bottom, left:right])
    found = cv2.goodFeaturesToTrack(part, _MOST_POINTS, 0.01, apart, mask=mask, blockSize=5)
    points = np.zeros((0, 2), np.float32) if found is None else np.asarray(found[:, 0], np.float32)
    if len(points) < _MOST_POINTS // 3:
        ys, xs = np.nonzero(mask)
        places = np.linspace(0, len(xs) - 1, min(_MOST_POINTS // 2, len(xs))).astype(np.int64)
        points = np.concatenate([points, np.stack([xs[places], ys[places]], axis=1).astype(np.float32)])
    return points + np.array([left, top], np.float32)


def _mask(shape: FrameShape, origin: tuple[int, int], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Where points of the object may be: of a box the ellipse in it, as its corners are mostly background."""
    import cv2

    mask = np.zeros(size, np.uint8)
    shift = np.array(origin, np.float64)
    match shape:
        case Box():
            x0, y0, x1, y1 = shape_bounds(shape)
            centre = (round((x0 + x1) / 2 - shift[0]), round((y0 + y1) / 2 - shift[1]))
            axes = (max(round((x1 - x0) * 0.46), 1), max(round((y1 - y0) * 0.46), 1))
            cv2.ellipse(mask, centre, axes, 0, 0, 360, 255, -1)
        case RotatedBox():
            cv2.fillPoly(mask, [_whole(outline(shape), shift)], 255)
        case Polygon():
            cv2.fillPoly(mask, [_whole(ring, shift) for ring in shape.rings], 255)
        case Polyline():
            cv2.polylines(mask, [_whole(shape.points, shift)], False, 255, 9)
        case Points():
            for x, y in _whole(shape.points, shift):
                cv2.circle(mask, (int(x), int(y)), 6, 255, -1)
    return mask


def _whole(points: Sequence[tuple[float, float]], shift: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.round(np.asarray(points) - shift).astype(np.int32)


def _chain(last: Matrix, first: Matrix) -> Matrix:
    """First the one, then the other."""
    return np.hstack([last[:, :2] @ first[:, :2], last[:, :2] @ first[:, 2:] + last[:, 2:]])


def _inverse(matrix: Matrix) -> Matrix:
    turned = np.linalg.inv(matrix[:, :2])
    return np.hstack([turned, -turned @ matrix[:, 2:]])
