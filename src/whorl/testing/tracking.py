"""The published contract of trackers, as one call.

    def test_my_tracker():
        check_tracker(MyTracker)

Whorl's own runs through the same check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from whorl.models.tracking.contract import Lost, Tracked, is_tracker
from whorl.schemas.annotations import Box, FrameShape, Points, Polyline, RotatedBox
from whorl.testing.clips import Clip, make_clip


def check_tracker(factory: Callable[[], object], *, frames: int = 8, least_overlap: float = 0.5) -> None:
    """Check what Whorl relies on: one answer for each frame after the first, naming all that were not lost before.

    Shapes keep their kind; confidence is from 0 to 1; frames are asked for one at a time and left as they were; the
    same frames give the same answers; objects alone and together are followed; an object that moves a little is.

    Args:
        factory: Makes the tracker.
        frames: Of the clip that is tried.
        least_overlap: How well a box that moves a little must be followed to the end.

    Raises:
        AssertionError: The contract is broken; the message says how.
    """
    clip = make_clip("turning", seed=0, count=frames)
    box = clip.boxes[0]
    shapes: dict[str, FrameShape] = {
        "box": box,
        "outline": clip.outlines[0],
        "turned": RotatedBox(
            cx=(box.x0 + box.x1) / 2, cy=(box.y0 + box.y1) / 2, width=box.x1 - box.x0, height=box.y1 - box.y0
        ),
        "line": Polyline(points=clip.outlines[0].rings[0][:9]),
        "points": Points(points=clip.outlines[0].rings[0][:9]),
    }
    assert is_tracker(factory()), "there is no method track"
    alone = _run(factory, clip, {"box": shapes["box"]}, frames)
    together = _run(factory, clip, shapes, frames)
    assert together == _run(factory, clip, shapes, frames), "the same frames give other answers the second time"
    last = alone[-1]["box"]
    assert isinstance(last, Tracked), f"a box that moves a little was lost: {last}"
    assert isinstance(last.shape, Box)
    found = _overlap(last.shape, clip.boxes[-1])
    assert found >= least_overlap, f"the box was followed to an overlap of {found:.2f} only"


def _run(
    factory: Callable[[], object], clip: Clip, shapes: Mapping[str, FrameShape], count: int
) -> list[Mapping[str, Tracked | Lost]]:
    tracker = factory()
    assert is_tracker(tracker)
    copies = [frame.copy() for frame in clip.frames]
    asked = 0

    def given() -> Iterator[NDArray[np.uint8]]:
        nonlocal asked
        for frame in clip.frames:
            asked += 1
            yield frame

    answers: list[Mapping[str, Tracked | Lost]] = []
    alive = set(shapes)
    for said in tracker.track(given(), shapes):
        answers.append(dict(said))
        assert asked <= len(answers) + 1, f"{asked} frames were taken before answer {len(answers)} was given"
        assert set(said) == alive, f"answer {len(answers)} names {sorted(said)}; not lost were {sorted(alive)}"
        for key, one in said.items():
            if isinstance(one, Lost):
                assert one.reason, f"no reason is given why {key} was lost"
                alive.discard(key)
                continue
            assert one.shape.type == shapes[key].type, f"{key} became a {one.shape.type}"
            assert 0 <= one.confidence <= 1, f"the confidence of {key} is {one.confidence}"
    assert len(answers) == count - 1 or not alive, f"{len(answers)} answers for {count} frames"
    assert all(np.array_equal(a, b) for a, b in zip(copies, clip.frames, strict=True)), "it wrote into the frames"
    return answers


def _overlap(one: Box, other: Box) -> float:
    wide = max(min(one.x1, other.x1) - max(one.x0, other.x0), 0.0)
    high = max(min(one.y1, other.y1) - max(one.y0, other.y0), 0.0)
    areas = (one.x1 - one.x0) * (one.y1 - one.y0) + (other.x1 - other.x0) * (other.y1 - other.y0)
    return wide * high / (areas - wide * high)
