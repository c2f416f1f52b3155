"""Follow objects through composed clips: how well, and in how much processor time.

    python -m benchmarks.tracking [--photos FOLDER] [--clips 4] [--frames 90] [--json]

Prints one JSON object: by case (an object that turns and grows, deforms, a camera that moves, light and noise, ten
frames behind something, all of it) the mean overlap of boxes and outlines over the first 30 frames and over all, for
the flow tracker from the first frame alone, for both neighbouring keyframes every 30 frames, and for straight lines
between the same keyframes; frames until the object was lost; processor milliseconds per object and frame for one object
and for eight that share a clip. Without photos the textures are noise of several sizes.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import describe_machine
from whorl.geometry.track_thinning import frame_overlap
from whorl.geometry.tracks import shape_at
from whorl.models.tracking.contract import Tracked
from whorl.models.tracking.flow import FlowTracker
from whorl.models.tracking.propagate import between_keyframes
from whorl.schemas.annotations import FrameShape, Keyframe, Track
from whorl.testing.clips import CASES, Clip, make_clip

KEY_EVERY = 30
Photos = tuple[NDArray[np.uint8], NDArray[np.uint8]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, help="a folder of photos: backgrounds and objects are cut from them")
    parser.add_argument("--clips", type=int, default=4)
    parser.add_argument("--frames", type=int, default=90)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    given = parser.parse_args()
    photos = _read_photos(given.photos) if given.photos else []
    rows = {case: _measure(case, given.clips, given.frames, photos) for case in CASES}
    firsts = [row["flow"]["box_iou_30"] for row in rows.values()]
    report = {
        "clips_per_case": given.clips,
        "frames": given.frames,
        "photos": len(photos),
        "box_iou_30_all_cases": round(float(np.mean(firsts)), 3),
        "cases": rows,
        "cpu_ms_per_object_and_frame": {"one": _speed(1), "eight": _speed(8)},
        "machine": describe_machine(),
    }
    print(json.dumps(report, indent=2))


def _measure(case: str, clips: int, frames: int, photos: list[NDArray[np.uint8]]) -> dict[str, dict[str, float]]:
    found: dict[str, list[tuple[list[float], list[float], int]]] = {"flow": [], "both_sides": [], "straight_lines": []}
    for seed in range(clips):
        clip = make_clip(case, seed=seed, count=frames, photos=_pair(photos, seed))  # type: ignore[arg-type]
        found["flow"].append(_score(clip, *_follow(clip)))
        found["both_sides"].append(_score(clip, *_fill(clip, "flow")))
        found["straight_lines"].append(_score(clip, *_fill(clip, "none")))
    return {name: _summary(rows) for name, rows in found.items()}


def _summary(rows: Sequence[tuple[list[float], list[float], int]]) -> dict[str, float]:
    boxes = [row[0] for row in rows]
    outlines = [row[1] for row in rows]
    return {
        "box_iou_30": round(float(np.mean([np.mean(one[1:31]) for one in boxes])), 3),
        "box_iou": round(float(np.mean([np.mean(one[1:]) for one in boxes])), 3),
        "outline_iou_30": round(float(np.mean([np.mean(one[1:31]) for one in outlines])), 3),
        "outline_iou": round(float(np.mean([np.mean(one[1:]) for one in outlines])), 3),
        "frames_followed": round(float(np.mean([row[2] for row in rows])), 1),
    }


def _follow(clip: Clip) -> tuple[list[FrameShape | None], list[FrameShape | None]]:
    """Boxes and outlines by the tracker from the first frame alone; None from where it was lost."""
    shapes: dict[str, FrameShape] = {"box": clip.boxes[0], "outline": clip.outlines[0]}
    found: dict[str, list[FrameShape | None]] = {key: [shape] for key, shape in shapes.items()}
    for step in FlowTracker().track(iter(clip.frames), shapes):
        for key, one in step.items():
            if isinstance(one, Tracked):
                found[key].append(one.shape)
    for rows in found.values():
        rows += [None] * (len(clip.frames) - len(rows))
    return found["box"], found["outline"]


def _fill(clip: Clip, way: str) -> tuple[list[FrameShape | None], list[FrameShape | None]]:
    """With truth every 30 frames and at the end."""
    marks = sorted({*range(0, len(clip.frames), KEY_EVERY), len(clip.frames) - 1})
    made = []
    for truth in (clip.boxes, clip.outlines):
        keyframes = [Keyframe(frame=mark, shape=truth[mark]) for mark in marks]
        for start, end in zip(marks, marks[1:], strict=False):
            if way == "flow" and end - start > 1:
                part = between_keyframes(
                    FlowTracker(), lambda order: (clip.frames[at] for at in order), truth[start], truth[end], start, end
                )
                keyframes += part.keyframes
        track = Track(keyframes=sorted(keyframes, key=lambda one: one.frame))
        made.append([shape_at(track, at) for at in range(len(clip.frames))])
    return made[0], made[1]


def _score(
    clip: Clip, boxes: Sequence[FrameShape | None], outlines: Sequence[FrameShape | None]
) -> tuple[list[float], list[float], int]:
    pairs: list[tuple[Sequence[FrameShape | None], Sequence[FrameShape]]] = [
        (boxes, clip.boxes),
        (outlines, clip.outlines),
    ]
    overlaps = [
        [0.0 if mine is None else frame_overlap(mine, true) for mine, true in zip(rows, truth, strict=True)]
        for rows, truth in pairs
    ]
    return overlaps[0], overlaps[1], sum(one is not None for one in boxes)


def _speed(objects: int) -> float:
    clip = make_clip("all", seed=1, count=60)
    shapes: dict[str, FrameShape] = {str(at): clip.boxes[0] for at in range(objects)}
    started, steps = time.process_time(), 0
    for step in FlowTracker().track(iter(clip.frames), shapes):
        steps += len(step)
    return round((time.process_time() - started) * 1000 / max(steps, 1), 3)


def _pair(photos: list[NDArray[np.uint8]], seed: int) -> Photos | None:
    if len(photos) < 2:
        return None
    first = seed * 2 % len(photos)
    return photos[first], photos[(first + 1) % len(photos)]


def _read_photos(folder: Path) -> list[NDArray[np.uint8]]:
    import cv2

    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    found = [cv2.imread(str(path), cv2.IMREAD_COLOR_RGB) for path in paths[:40]]
    return [np.asarray(one, np.uint8) for one in found if one is not None]


if __name__ == "__main__":
    main()
