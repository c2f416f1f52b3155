"""Which frames of a video are taken as pictures, and the pictures. Times are seconds from the first frame."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from whorl.base.errors import UnreadableMedia
from whorl.datasets.parts import Encoding, Piece, encode_piece
from whorl.datasets.video.indexing import FrameIndex
from whorl.datasets.video.opening import HINT, decode_packets, open_video, upright_pixels
from whorl.datasets.video.reading import reader_of, stored_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

Spread = Literal["motion", "novelty", "time"]
_SMALL_PX = 160
# A camera that finds its exposure changes the whole picture several times in a row.
_SCENE_S = 0.5
_MOTION_LEVELS = 25
_NOVELTY_SIDE = 12
_MOST_LOOKED_AT = 20_000


@dataclass(frozen=True, slots=True)
class Still:
    """One frame of a video: its number and its time."""

    frame: int
    time_s: float


@dataclass(frozen=True, slots=True)
class FrameRule:
    """Which frames are taken; one of the first five is given.

    Args:
        every_frames: Every n-th, beginning with the first.
        every_seconds: The first at or after each multiple.
        scene: The first, and each whose colours lie further than this from those of the one taken before (the distance
            of their histograms, 0 to 1), half a second later or more.
        at_most: Of more than so many, that many are taken, evenly spread.
        motion: The first, and each in which more than this share of the picture looks other than in the one before.
        budget: So many in all, spread as ``spread`` says.
        spread: ``motion``: as much moves between each two; ``novelty``: each as unlike those taken as can be;
            ``time``: evenly.
    """

    every_frames: int | None = None
    every_seconds: float | None = None
    scene: float | None = None
    at_most: int = 100
    motion: float | None = None
    budget: int | None = None
    spread: Spread = "motion"


def read_first_frame(data: bytes) -> NDArray[np.uint8]:
    """The first frame that decodes, upright, BGR of shape (H, W, 3).

    Raises:
        UnreadableMedia: No frame decodes.
    """
    with open_video(io.BytesIO(data)) as (container, stream):
        for frame in decode_packets(container, stream):
            return upright_pixels(frame)
    raise UnreadableMedia("the video has no frame that decodes", hint=HINT)


def choose_stills_body(path: str, rule: FrameRule) -> list[Still]:
    """The frames of a video file that a rule takes, in order; at least one.

    Raises:
        UnreadableMedia: It is not a video that decodes.
    """
    index = reader_of(path).index
    stills = _choose(path, index, rule)
    if not stills:
        raise UnreadableMedia("the video has no frame that decodes", hint=HINT)
    if len(stills) <= rule.at_most:
        return stills
    return [stills[at] for at in _evenly(len(stills), rule.at_most)]


def read_stills_body(path: str, stills: Sequence[Still], encoding: Encoding) -> list[tuple[Still, Piece]]:
    """The pictures of frames of a video file, in order; those that do not decode are left out.

    Raises:
        UnreadableMedia: It is not a video that decodes.
    """
    reader = reader_of(path)
    size = stored_size(reader.index)
    wanted = {still.frame: still for still in stills}
    return [
        (wanted[number], encode_piece(upright_pixels(frame, size=size), encoding))
        for number, frame in reader.read(list(wanted))
    ]


def _choose(path: str, index: FrameIndex, rule: FrameRule) -> list[Still]:
    times = index.times_s()
    if rule.scene is not None:
        numbers = _find_scenes(path, times, rule.scene)
    elif rule.motion is not None:
        numbers = _find_motion(path, rule.motion)
    elif rule.budget is not None:
        numbers = _spend(path, index, rule.budget, rule.spread)
    elif rule.every_frames is not None:
        numbers = list(range(0, index.n_frames, rule.every_frames))
    else:
        # A hair of slack: times are fractions of the stream's clock.
        places = ((times + 1e-6) / (rule.every_seconds or 1.0)).astype(np.int64).tolist()
        numbers = [0, *(at + 1 for at, (a, b) in enumerate(pairwise(places)) if b > a)]
    return [Still(number, float(times[number])) for number in numbers]


def _find_scenes(path: str, times: NDArray[np.float64], least: float) -> list[int]:
    before: NDArray[np.float64] | None = None
    taken: list[int] = []
    for number, small in _look(path):
        counts = np.stack([np.bincount(small[:, :, channel].ravel(), minlength=256) for channel in range(3)])
        below = np.cumsum(counts, axis=1) / small[:, :, 0].size
        # How far the colours moved on average, as a share of the scale: a camera's exposure moves them a little.
        is_other = before is None or float(np.abs(below - before).sum(axis=1).mean()) / 255 > least
        if is_other and (not taken or times[number] - times[taken[-1]] >= _SCENE_S):
            taken.append(number)
            before = below
    return taken


def _find_motion(path: str, least: float) -> list[int]:
    before: NDArray[np.int16] | None = None
    taken: list[int] = []
    for number, small in _look(path):
        grey = _grey(small)
        if before is None or moved_share(before, grey) > least:
            taken.append(number)
            before = grey
    return taken


def moved_share(before: NDArray[np.int16], now: NDArray[np.int16]) -> float:
    """The share of the picture that looks other than before, whatever the exposure does to all of it.

    Both are grey levels of shape (H, W).
    """
    change = now - before
    return float((np.abs(change - np.int16(np.median(change))) > _MOTION_LEVELS).mean())


def _spend(path: str, index: FrameIndex, budget: int, spread: Spread) -> list[int]:
    if spread == "time":
        return _evenly(index.n_frames, min(budget, index.n_frames))
    wanted = _looked_at(index)
    numbers: list[int] = []
    moved: list[float] = []
    looks: list[NDArray[np.float32]] = []
    before: NDArray[np.int16] | None = None
    for number, small in _look(path, wanted):
        grey = _grey(small)
        numbers.append(number)
        if spread == "motion":
            moved.append(0.0 if before is None else moved_share(before, grey))
            before = grey
        else:
            looks.append(_describe(small))
    if len(numbers) <= budget:
        return numbers
    places = _by_motion(moved, budget) if spread == "motion" else _by_novelty(np.stack(looks), budget)
    return [numbers[at] for at in places]


def _looked_at(index: FrameIndex) -> list[int] | None:
    """All frames; of very long videos some key frames, which are found without decoding the others."""
    if index.n_frames <= _MOST_LOOKED_AT:
        return None
    keys = index.keys.tolist() if index.times is not None else []
    if len(keys) < 2:
        return None
    return [keys[at] for at in _evenly(len(keys), min(len(keys), _MOST_LOOKED_AT))]


def _by_motion(moved: Sequence[float], budget: int) -> list[int]:
    """Places at which equal shares of all motion have passed; a still video is taken evenly."""
    # A little for the time itself, so that a budget is spent also where nothing moves.
    passed = np.cumsum(np.array(moved) + 1e-3)
    goals = (np.arange(budget) + 0.5) / budget * passed[-1]
    places = list(dict.fromkeys(np.searchsorted(passed, goals).tolist()))
    rest = [at for at in _evenly(len(moved), len(moved)) if at not in set(places)]
    missing = budget - len(places)
    return sorted([*places, *(rest[at] for at in _evenly(len(rest), missing))])


def _by_novelty(looks: NDArray[np.float32], budget: int) -> list[int]:
    """The first, then always the one furthest from all taken."""
    taken = [0]
    away = np.linalg.norm(looks - looks[0], axis=1)
    while len(taken) < budget:
        furthest = int(away.argmax())
        if away[furthest] <= 0:
            break
        taken.append(furthest)
        away = np.minimum(away, np.linalg.norm(looks - looks[furthest], axis=1))
    return sorted(taken)


def _describe(small: NDArray[np.uint8]) -> NDArray[np.float32]:
    import cv2

    tiny = cv2.resize(small, (_NOVELTY_SIDE, _NOVELTY_SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(tiny, np.float32).ravel() / np.float32(255)


def _evenly(count: int, wanted: int) -> list[int]:
    return [int(at * count / wanted) for at in range(wanted)] if wanted > 0 else []


def _grey(small: NDArray[np.uint8]) -> NDArray[np.int16]:
    import cv2

    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.blur(grey, (3, 3)), np.int16)


def _look(path: str, numbers: Sequence[int] | None = None) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Frames in the order shown, small and upright, BGR."""
    reader = reader_of(path)
    facts = reader.index.facts
    size = stored_size(reader.index, round(_SMALL_PX * facts.width / max(facts.width, facts.height)))
    for number, frame in reader.read(range(facts.n_frames) if numbers is None else numbers):
        yield number, upright_pixels(frame, size=size)
