"""Edits of a track: each gives the track as it is afterwards, or None when nothing of it is left.

What is not edited stays where it was: where a cut would change how the object moves before it, a keyframe with the
shape that it has there is put in front of the cut.
"""

from __future__ import annotations

from collections.abc import Iterable

from whorl.base.errors import InvalidInput
from whorl.geometry.tracks import find_keyframe, shape_at
from whorl.schemas.annotations import Keyframe, Track


def set_keyframe(track: Track, keyframe: Keyframe) -> Track:
    """Say where the object is in a frame; what was said of that frame before is replaced.

    Raises:
        InvalidInput: The shape is of another kind than those of the track.
    """
    kind = _kind_of(track)
    if keyframe.shape is not None and keyframe.shape.type != kind:
        raise InvalidInput(
            f"a {keyframe.shape.type} cannot be in a track of {kind} shapes",
            hint="Draw the same kind of shape, or begin a new track.",
        )
    others = [one for one in track.keyframes if one.frame != keyframe.frame]
    made = _tidy([*others, keyframe])
    if made is None:
        raise InvalidInput("a track needs a frame where the object is in the picture", hint="Delete the track instead.")
    return made


def remove_keyframe(track: Track, frame: int) -> Track | None:
    """Take back what was said of a frame; the object moves through it as its neighbours say."""
    return _tidy(one for one in track.keyframes if one.frame != frame)


def delete_frame(track: Track, frame: int, *, n_frames: int | None = None) -> Track | None:
    """The object is not in this frame; before and after it nothing changes.

    Args:
        n_frames: Of the video; without it the track is taken to go on for ever.
    """
    after = shape_at(track, frame + 1) if n_frames is None or frame + 1 < n_frames else None
    if shape_at(track, frame) is None:
        return track
    kept = [one for one in track.keyframes if one.frame != frame]
    pinned = [] if after is None else _pin(track, frame + 1)
    return _tidy([*kept, *_pin(track, frame - 1), Keyframe(frame=frame, is_outside=True), *pinned])


def cut_from(track: Track, frame: int) -> Track | None:
    """The object is not in the picture from this frame on."""
    kept = [one for one in track.keyframes if one.frame < frame]
    return _tidy([*kept, *_pin(track, frame - 1), Keyframe(frame=frame, is_outside=True)])


def split_at(track: Track, frame: int) -> tuple[Track, Track]:
    """Two tracks: what is before a frame, and what is from it on.

    Raises:
        InvalidInput: The object is not in the picture on one of the sides.
    """
    before = cut_from(track, frame)
    after = _tidy([*_pin(track, frame), *(one for one in track.keyframes if one.frame >= frame)])
    if before is None or after is None:
        side = "before" if before is None else "from"
        raise InvalidInput(
            f"cannot split at frame {frame}: there is nothing {side} it", hint="Choose a frame within the track."
        )
    return before, after


def merge_tracks(one: Track, other: Track) -> Track:
    """One track of two of one object: from its first keyframe to its last the one that begins later holds.

    Over a gap between them the object moves in a straight line, unless the earlier one ended outside the picture.

    Raises:
        InvalidInput: They have shapes of different kinds.
    """
    if _kind_of(one) != _kind_of(other):
        raise InvalidInput(
            f"cannot merge a track of {_kind_of(one)} with one of {_kind_of(other)}",
            hint="Convert one of them first.",
        )
    earlier, later = sorted((one, other), key=lambda track: track.keyframes[0].frame)
    first, last = later.keyframes[0].frame, later.keyframes[-1].frame
    kept = [key for key in earlier.keyframes if key.frame < first or key.frame > last]
    # How the earlier one moved up to there stays, when it went on beyond.
    goes_on = any(key.frame >= first for key in earlier.keyframes)
    made = _tidy([*kept, *(_pin(earlier, first - 1) if goes_on else []), *later.keyframes])
    assert made is not None
    return made


def expand_track(track: Track, n_frames: int) -> Track:
    """A keyframe for each frame where the object is, up to the video's end; those made up are ``by`` whom they follow.

    Raises:
        InvalidInput: It would have more than 100,000 keyframes.
    """
    first = track.keyframes[0].frame
    if n_frames - first > 100_000:
        raise InvalidInput(
            f"{n_frames - first:,} keyframes are too many; a track has 100,000 at most", hint="Split it first."
        )
    by_frame = {one.frame: one for one in track.keyframes}
    dense: list[Keyframe] = []
    for frame in range(first, n_frames):
        dense += [by_frame[frame]] if frame in by_frame else _pin(track, frame)
    made = _tidy(dense)
    return track if made is None else made


def _pin(track: Track, frame: int) -> list[Keyframe]:
    """What the track says of a frame as a keyframe of its own; nothing where the object is not."""
    shape, before = shape_at(track, frame), find_keyframe(track, frame)
    if shape is None or before is None:
        return []
    if before.frame == frame:
        return [before]
    return [Keyframe(frame=frame, shape=shape, by=before.by, confidence=before.confidence)]


def _tidy(keyframes: Iterable[Keyframe]) -> Track | None:
    """In order, one for a frame (the last given holds), beginning with a visible one, outside said once."""
    by_frame = {one.frame: one for one in keyframes}
    kept: list[Keyframe] = []
    for frame in sorted(by_frame):
        one = by_frame[frame]
        if one.is_outside and (not kept or kept[-1].is_outside):
            continue
        kept.append(one)
    return Track(keyframes=kept) if kept else None


def _kind_of(track: Track) -> str:
    return next(one.shape.type for one in track.keyframes if one.shape is not None)
