"""Whorl's own tracker, and what becomes of two directions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from whorl.geometry.track_thinning import frame_overlap
from whorl.models.tracking.contract import Lost, Tracked
from whorl.models.tracking.flow import FlowTracker
from whorl.models.tracking.moving import keep_inside, move_shape
from whorl.models.tracking.propagate import propagate
from whorl.models.tracking.trackers import make_tracker, tracker_names
from whorl.schemas.annotations import Box, FrameShape, Points, Polygon, RotatedBox
from whorl.testing.clips import Clip, make_clip
from whorl.testing.tracking import check_tracker


@pytest.fixture(scope="module")
def clip() -> Clip:
    return make_clip("all", seed=3, count=24)


def run(clip: Clip, shapes: Mapping[str, FrameShape], **given: object) -> dict:
    asked = {"frame": 0, "to_frame": len(clip.frames) - 1, "ends": {}} | given
    return propagate(FlowTracker(), lambda order: (clip.frames[at] for at in order), shapes, **asked)


def test_flow__keeps_the_contract() -> None:
    check_tracker(lambda: make_tracker("flow"), least_overlap=0.8)


@pytest.mark.parametrize("case", ["turning", "camera", "light"])
def test_flow__follows_for_thirty_frames(case: str) -> None:
    clip = make_clip(case, seed=5, count=31)  # type: ignore[arg-type]
    made = run(clip, {"box": clip.boxes[0], "outline": clip.outlines[0]})
    for key, truth in (("box", clip.boxes), ("outline", clip.outlines)):
        found = [frame_overlap(one.shape, truth[one.frame]) for one in made[key].keyframes]
        assert [one.frame for one in made[key].keyframes] == list(range(1, 31))
        assert float(np.mean(found)) > 0.8
    assert all(one.by == "tracker" and one.confidence is not None for one in made["box"].keyframes)


def test_propagate__backwards(clip: Clip) -> None:
    made = run(clip, {"it": clip.boxes[10]}, frame=10, to_frame=2)["it"]
    assert [one.frame for one in made.keyframes] == list(range(2, 10))
    assert np.mean([frame_overlap(one.shape, clip.boxes[one.frame]) for one in made.keyframes]) > 0.8


def test_propagate__between_two_keyframes_is_at_least_as_good(clip: Clip) -> None:
    shapes, ends = {"it": clip.boxes[0]}, {"it": clip.boxes[23]}
    one_way, both_ways = run(clip, shapes)["it"], run(clip, shapes, ends=ends)["it"]
    assert [one.frame for one in both_ways.keyframes] == list(range(1, 23))
    assert both_ways.stopped_at is None
    good = np.mean([frame_overlap(one.shape, clip.boxes[one.frame]) for one in both_ways.keyframes])
    alone = np.mean([frame_overlap(one.shape, clip.boxes[one.frame]) for one in one_way.keyframes])
    assert good >= alone - 0.01
    assert good > 0.85


def test_propagate__over_a_cut_it_stops_and_says_so() -> None:
    before, after = make_clip("turning", seed=1, count=8), make_clip("turning", seed=9, count=8)
    joined = Clip([*before.frames, *after.frames], [*before.outlines, *after.outlines], [*before.boxes, *after.boxes])
    made = run(joined, {"it": joined.boxes[0]})["it"]
    assert made.stopped_at == 8
    assert made.reason
    assert [one.frame for one in made.keyframes] == list(range(1, 8))


def test_propagate__nothing_to_hold_on_to() -> None:
    plain = [np.full((120, 160, 3), 90, np.uint8)] * 4
    made = run(Clip(plain, [], []), {"it": Box(x0=20, y0=20, x1=60, y1=60)})["it"]
    assert (made.keyframes, made.stopped_at) == ([], 1)
    assert "points" in str(made.reason)


def test_propagate__what_leaves_the_picture_is_outside() -> None:
    rng = np.random.default_rng(0)
    wide = rng.integers(0, 255, (30, 60, 3), np.uint8).repeat(4, 0).repeat(4, 1)
    frames = [np.ascontiguousarray(wide[:, at * 12 : at * 12 + 120]) for at in range(10)]
    made = run(Clip(frames, [], []), {"it": Box(x0=40, y0=40, x1=80, y1=80)})["it"]
    assert made.stopped_at is not None
    assert made.stopped_at >= 5
    for one in made.keyframes:
        assert one.is_outside or (one.shape.x0 >= 0 and one.shape.x1 <= 120)


class Scripted:
    """Says what it was told to, for each direction."""

    def __init__(self, *passes: Sequence[Tracked | Lost]) -> None:
        self.passes = list(passes)

    def track(
        self, frames: Iterator[NDArray[np.uint8]], shapes: Mapping[str, FrameShape]
    ) -> Iterator[Mapping[str, Tracked | Lost]]:
        next(frames)
        for said in self.passes.pop(0):
            next(frames)
            yield dict.fromkeys(shapes, said)


def at(x: float, confidence: float = 1.0) -> Tracked:
    return Tracked(Box(x0=x, y0=0, x1=x + 10, y1=10), confidence)


def scripted(*passes: Sequence[Tracked | Lost]) -> list[tuple[int, float, float | None]]:
    blank = [np.zeros((20, 100, 3), np.uint8)] * 5
    start, end = at(0).shape, at(40).shape
    made = propagate(
        Scripted(*passes), lambda order: (blank[n] for n in order), {"it": start}, frame=0, to_frame=4, ends={"it": end}
    )["it"]
    return [(one.frame, one.shape.x0, one.confidence) for one in made.keyframes], made.stopped_at  # type: ignore


def test_propagate__each_direction_counts_near_its_own_end() -> None:
    there, back = [at(10), at(20), at(30), at(40)], [at(32), at(24), at(16), at(0)]
    found, stopped_at = scripted(there, back)
    assert [(frame, round(x, 3)) for frame, x, _ in found] == [(1, 11.5), (2, 22.0), (3, 31.5)]
    assert [confidence for _, _, confidence in found] == pytest.approx([0.475, 0.6, 0.767], abs=0.3)
    assert stopped_at is None


def test_propagate__what_one_direction_lost_the_other_fills() -> None:
    found, stopped_at = scripted([at(10), Lost("gone")], [at(30), at(20), Lost("gone")])
    assert [(frame, x) for frame, x, _ in found] == [(1, 10.0), (2, 20.0), (3, 30.0)]
    assert stopped_at is None


def test_propagate__lost_from_both_sides_leaves_a_gap() -> None:
    found, stopped_at = scripted([at(10), Lost("gone")], [at(30), Lost("gone")])
    assert [frame for frame, _, _ in found] == [1, 3]
    assert stopped_at == 2


def test_propagate__where_both_differ_it_is_unsure() -> None:
    sure, _ = scripted([at(10), at(20), at(30), at(40)], [at(30), at(20), at(10), at(0)])
    unsure, _ = scripted([at(10), at(20), at(30), at(40)], [at(30), at(60), at(10), at(0)])
    assert sure[1][2] == 1.0
    assert unsure[1][2] < 0.4


def test_move_shape__by_kind() -> None:
    quarter = np.array([[0.0, -2.0, 100.0], [2.0, 0.0, 0.0]])
    assert move_shape(Box(x0=0, y0=0, x1=10, y1=20), quarter) == Box(x0=70, y0=-10, x1=90, y1=30)
    turned = move_shape(RotatedBox(cx=5, cy=0, width=4, height=2, angle=10), quarter)
    assert (turned.cx, turned.cy, turned.width, turned.height) == (100, 10, 8, 4)
    assert turned.angle == pytest.approx(100)
    assert move_shape(Points(points=[(1, 2)]), quarter) == Points(points=[(96, 2)])


def test_keep_inside__cuts_at_the_edges() -> None:
    assert keep_inside(Box(x0=-5, y0=2, x1=5, y1=30), width=20, height=10) == Box(x0=0, y0=2, x1=5, y1=10)
    assert keep_inside(Box(x0=-5, y0=2, x1=-1, y1=5), width=20, height=10) is None
    ring = Polygon(rings=[[(-5, 0), (5, 0), (5, 50)]])
    assert keep_inside(ring, width=20, height=10) == Polygon(rings=[[(0, 0), (5, 0), (5, 10)]])


def test_trackers__by_name() -> None:
    from whorl.base.errors import InvalidInput

    assert "flow" in tracker_names()
    with pytest.raises(InvalidInput, match="no tracker is called 'flo'"):
        make_tracker("flo")


def test_trackers__of_packages_and_of_models(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import EntryPoint

    from whorl.base.errors import ModelError
    from whorl.plugins import registry

    names = {"mine": "whorl.models.tracking.flow:FlowTracker", "odd": "builtins:object"}
    entries = [EntryPoint(name, value, "whorl.trackers") for name, value in names.items()]
    monkeypatch.setattr(registry, "entry_points", lambda group: [one for one in entries if one.group == group])
    assert tracker_names() == ["flow", "mine", "odd"]
    assert callable(make_tracker("mine").track)
    with pytest.raises(ModelError, match="the tracker 'odd' has no method track"):
        make_tracker("odd")


def test_check_tracker__says_what_is_missing() -> None:
    class Silent:
        def track(self, frames: Iterator[NDArray[np.uint8]], shapes: Mapping[str, FrameShape]) -> Iterator[dict]:
            for _ in frames:
                yield {}

    class Still:
        def track(self, frames: Iterator[NDArray[np.uint8]], shapes: Mapping[str, FrameShape]) -> Iterator[dict]:
            next(frames)
            for _ in frames:
                yield {key: Tracked(shape, 0.5) for key, shape in shapes.items()}

    with pytest.raises(AssertionError, match="no method track"):
        check_tracker(object)
    with pytest.raises(AssertionError, match="frames were taken|names"):
        check_tracker(Silent)
    check_tracker(Still, least_overlap=0.3)
    with pytest.raises(AssertionError, match="followed to an overlap"):
        check_tracker(Still, least_overlap=0.99)


def test_propagate_body__through_a_file_both_ways(tmp_path: object, clip: Clip) -> None:
    from whorl.base.errors import InvalidInput, NotFound
    from whorl.models.tracking.bodies import propagate_body
    from whorl.testing.videos import write_video

    path = str(write_video(tmp_path / "a.mp4", [one[:, :, ::-1] for one in clip.frames], codec="libx264"))  # type: ignore
    asked = {"frame": 0, "to_frame": 9, "tracker": "flow"}
    made = propagate_body(path, None, {"it": clip.boxes[0]}, {"it": clip.boxes[9]}, **asked)["it"]
    assert [one.frame for one in made.keyframes] == list(range(1, 9))
    assert np.mean([frame_overlap(one.shape, clip.boxes[one.frame]) for one in made.keyframes]) > 0.8
    with pytest.raises(NotFound, match="frames 0 to 23"):
        propagate_body(path, None, {"it": clip.boxes[0]}, {}, **asked | {"to_frame": 99})
    with pytest.raises(InvalidInput, match="no tracker"):
        propagate_body(path, None, {"it": clip.boxes[0]}, {}, **asked | {"tracker": "none"})
