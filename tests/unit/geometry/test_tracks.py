"""Tracks: the golden cases, and what holds for all of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whorl.base.errors import InvalidInput
from whorl.geometry import track_edits
from whorl.geometry.track_thinning import frame_overlap, thin_track
from whorl.geometry.tracks import shape_at
from whorl.schemas.annotations import Box, Keyframe, Track

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "tracks.json").read_text())
ARGUMENTS = ("keyframe", "frame", "other", "n_frames")


def named(cases: list[dict]) -> list:
    return [pytest.param(case, id=f"{case.get('edit', '')} {case['name']}") for case in cases]


def edited(case: dict) -> object:
    read = {"keyframe": Keyframe.model_validate, "other": Track.model_validate}
    given_ = [read.get(name, int)(case[name]) for name in ARGUMENTS if name in case and name != "n_frames"]
    kept = {"n_frames": case["n_frames"]} if "n_frames" in case else {}
    made = getattr(track_edits, case["edit"])(Track.model_validate(case["track"]), *given_, **kept)
    if isinstance(made, tuple):
        return [one.model_dump(mode="json") for one in made]
    return None if made is None else made.model_dump(mode="json")


def nearly(value: object) -> object:
    """Numbers rounded, so that whole values can be compared."""
    if isinstance(value, dict):
        return {key: nearly(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [nearly(one) for one in value]
    return round(value, 6) + 0.0 if isinstance(value, int | float) and not isinstance(value, bool) else value


@pytest.mark.parametrize("case", named(GOLDEN["shape_at"]))
def test_shape_at__golden(case: dict) -> None:
    track = Track.model_validate(case["track"])
    found = [(frame, shape_at(track, frame)) for frame, _ in case["at"]]
    dumped = [[frame, None if shape is None else shape.model_dump(mode="json")] for frame, shape in found]
    assert nearly(dumped) == nearly(case["at"])


@pytest.mark.parametrize("case", named(GOLDEN["edits"]))
def test_edits__golden(case: dict) -> None:
    assert nearly(edited(case)) == nearly(case["result"])


@pytest.mark.parametrize("case", named(GOLDEN["refused"]))
def test_edits__refused(case: dict) -> None:
    with pytest.raises(InvalidInput):
        edited(case)


def box(at: float, size: float = 10.0) -> Box:
    return Box(x0=at, y0=at / 2, x1=at + size, y1=at / 2 + size)


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    frames = sorted(draw(st.sets(st.integers(0, 40), min_size=1, max_size=8)))
    keyframes = [Keyframe(frame=frames[0], shape=box(draw(st.integers(0, 99))))]
    for frame in frames[1:]:
        shape = draw(st.none() | st.integers(0, 99).map(box))
        keyframes.append(Keyframe(frame=frame, shape=shape, is_outside=shape is None))
    return Track(keyframes=keyframes)


def everywhere(track: Track | None) -> list:
    shapes = [None if track is None else shape_at(track, frame) for frame in range(50)]
    return [None if one is None else nearly(one.model_dump()) for one in shapes]


@given(tracks())
def test_shape_at__passes_through_keyframes(track: Track) -> None:
    assert [shape_at(track, one.frame) for one in track.keyframes] == [one.shape for one in track.keyframes]


@given(tracks(), st.integers(0, 48))
@settings(deadline=None)
def test_delete_frame__changes_that_frame_alone(track: Track, frame: int) -> None:
    wanted = [None if at == frame else shape for at, shape in enumerate(everywhere(track))]
    assert everywhere(track_edits.delete_frame(track, frame)) == wanted


@given(tracks(), st.integers(0, 49))
@settings(deadline=None)
def test_split_at__the_parts_are_the_whole(track: Track, frame: int) -> None:
    whole = everywhere(track)
    if not (any(whole[:frame]) and any(whole[frame:])):
        return
    before, after = track_edits.split_at(track, frame)
    assert everywhere(before) == [*whole[:frame], *[None] * (50 - frame)]
    assert everywhere(after) == [*[None] * frame, *whole[frame:]]


@given(tracks())
@settings(deadline=None)
def test_expand_then_thin__nothing_moves(track: Track) -> None:
    dense = track_edits.expand_track(track, 50)
    assert everywhere(dense) == everywhere(track)
    thin = thin_track(dense, least_overlap=0.999)
    for mine, other in zip(everywhere(dense), everywhere(thin), strict=True):
        assert (mine is None) == (other is None)
        assert mine is None or frame_overlap(Box(**mine), Box(**other)) >= 0.999


def test_thin_track__a_hundred_thousand_keyframes_in_a_straight_line_become_two() -> None:
    by_tracker = [Keyframe(frame=at, shape=box(at / 100), by="tracker") for at in range(100_000)]
    thin = thin_track(Track(keyframes=by_tracker), least_overlap=0.95)
    assert [one.frame for one in thin.keyframes] == [0, 99_999]


def test_thin_track__what_people_said_stays() -> None:
    keyframes = [Keyframe(frame=at, shape=box(at), by="person" if at == 7 else "tracker") for at in range(20)]
    assert [one.frame for one in thin_track(Track(keyframes=keyframes), least_overlap=0.9).keyframes] == [0, 7, 19]


def test_track__more_than_a_hundred_thousand_keyframes_are_refused() -> None:
    many = [Keyframe(frame=at, shape=box(1), by="tracker") for at in range(100_001)]
    with pytest.raises(ValueError, match="at most 100000 items"):
        Track(keyframes=many)
    with pytest.raises(InvalidInput, match="100,000"):
        track_edits.expand_track(Track(keyframes=many[:1]), 100_001)
