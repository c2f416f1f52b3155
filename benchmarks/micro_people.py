"""Simulated people for `benchmarks.micro_tasks`: what they see, say and how long they take. Pure.

Everything here is decided by a seed, the photo and the object, so that both ways of labelling meet the same people: an
object that is hard to see is hard in both.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from statistics import fmean
from typing import Literal

import numpy as np

from benchmarks.aerial import KINDS
from whorl.geometry.boxes import box_iou, match_boxes
from whorl.schemas.annotations import Box

Way = Literal["micro", "whole"]
NO_OBJECT = "no vehicle"


@dataclass(frozen=True)
class People:
    """What people do and how fast. One figure has a source; all others are assumptions, and are varied.

    Attributes:
        draw_s: A box by its four outermost points: 7 s (Papadopoulos et al., Extreme clicking, ICCV 2017).
        open_s: To see a new photo and begin.
        scan_s_per_mpx: To look a photo over, by its million pixels.
        look_s: For each shape that is drawn already, to see that it is.
        name_whole_s: To choose the class of a box just drawn on the photo.
        name_crop_s: To name one crop on a page of many.
        miss_large, miss_small, miss_decay_px: How likely one object is not seen: ``miss_large + miss_small *
            exp(-side / miss_decay_px)``; of 35 pixels, the median here, 6 in 100.
        miss_after_model: How much likelier than that when a model has missed it, too: what models miss is hard for
            people, and who sees many right boxes looks less closely.
        wrong_name: Share of classes that are wrong, on photo and crop alike.
        sees_no_object: Share of the crops without a vehicle of which the expert says so.
    """

    draw_s: float = 7.0
    open_s: float = 2.0
    scan_s_per_mpx: float = 15.0
    look_s: float = 0.3
    name_whole_s: float = 2.0
    name_crop_s: float = 1.5
    miss_large: float = 0.02
    miss_small: float = 0.25
    miss_decay_px: float = 20.0
    miss_after_model: float = 2.0
    wrong_name: float = 0.02
    sees_no_object: float = 0.95

    def to_json(self) -> dict[str, float]:
        """The figures by name."""
        return asdict(self)


@dataclass(frozen=True)
class Photo:
    """A photo, what is on it, and what a model found: boxes (n, 4) float32 in pixels; scores in [0, 1]."""

    name: str
    megapixels: float
    truth: np.ndarray
    kinds: tuple[str, ...]
    found: np.ndarray
    scores: np.ndarray


@dataclass(frozen=True)
class Outcome:
    """What a way of labelling cost and brought. A vehicle is found when a box overlaps it by half."""

    annotator_s: float
    expert_s: float
    found: float
    missed: float
    false: float
    misnamed: float
    asked_of_expert: float
    machine_s: float = 0.0

    @property
    def human_s(self) -> float:
        """Of both kinds of person."""
        return self.annotator_s + self.expert_s

    def to_json(self) -> dict[str, float]:
        """The figures by name, rounded."""
        each = self.human_s / self.found if self.found else math.nan
        told = asdict(self) | {"human_s": self.human_s, "human_s_per_found": each}
        return {name: round(value, 2) for name, value in told.items()}


Named = tuple[np.ndarray, str]


def complete(photo: Photo, people: People, seed: int) -> tuple[list[int], float]:
    """What an annotator adds beside what the model found: indices of true boxes, and the seconds it takes."""
    taken = _covered(photo)
    unseen = [i for i in range(len(photo.truth)) if i not in taken]
    added = [i for i in unseen if not _misses(photo, i, people, seed, factor=people.miss_after_model)]
    seconds = _begin(photo, people) + people.look_s * len(photo.found) + people.draw_s * len(added)
    return added, seconds


def label_whole(photo: Photo, people: People, seed: int) -> tuple[list[tuple[int, str]], float]:
    """What an expert says of a whole photo without a model: indices of true boxes with classes, and the seconds."""
    seen = [i for i in range(len(photo.truth)) if not _misses(photo, i, people, seed)]
    said = [(i, _name(photo, photo.truth[i], photo.kinds[i], people, seed)) for i in seen]
    return said, _begin(photo, people) + (people.draw_s + people.name_whole_s) * len(seen)


def name_crop(photo: Photo, box: np.ndarray, people: People, seed: int) -> tuple[str, float]:
    """What an expert says of the crop of a box, and the seconds."""
    overlaps = box_iou(photo.truth, box[None])[:, 0] if len(photo.truth) else np.zeros(0)
    if not len(overlaps) or overlaps.max() < _SEEN_IOU:
        says_so = _chance(seed, photo.name, "no object", *box) < people.sees_no_object
        return (NO_OBJECT if says_so else KINDS[0]), people.name_crop_s
    return _name(photo, box, photo.kinds[int(overlaps.argmax())], people, seed), people.name_crop_s


def simulate(photos: Iterable[Photo], people: People, *, way: Way, seed: int) -> Outcome:
    """What a way costs and brings, without any task around it."""
    total = _Sum()
    for photo in photos:
        if way == "whole":
            said, seconds = label_whole(photo, people, seed)
            total.add(photo, [(photo.truth[i], label) for i, label in said], expert_s=seconds, asked=len(said))
            continue
        added, seconds = complete(photo, people, seed)
        boxes = [*photo.found, *(photo.truth[i] for i in added)]
        named = [(box, *name_crop(photo, box, people, seed)) for box in boxes]
        total.add(
            photo,
            [(box, label) for box, label, _ in named if label != NO_OBJECT],
            annotator_s=seconds,
            expert_s=sum(took for *_, took in named),
            asked=len(named),
        )
    return total.outcome()


def judge(photo: Photo, named: Sequence[Named]) -> tuple[int, int, int, int]:
    """Vehicles found, missed, boxes without a vehicle, and wrong classes among those found."""
    boxes = np.array([box for box, _ in named], np.float32).reshape(-1, 4)
    pairs = match_boxes(photo.truth, boxes, iou_threshold=0.5) if len(boxes) and len(photo.truth) else []
    wrong = sum(photo.kinds[int(true)] != named[int(said)][1] for true, said in pairs)
    return len(pairs), len(photo.truth) - len(pairs), len(boxes) - len(pairs), wrong


@dataclass
class _Sum:
    """Adds up what comes of photos."""

    seconds: dict[str, float] = field(default_factory=lambda: {"annotator_s": 0.0, "expert_s": 0.0})
    judged: list[tuple[int, int, int, int]] = field(default_factory=list)
    asked: int = 0

    def add(
        self,
        photo: Photo,
        named: Sequence[Named],
        *,
        annotator_s: float = 0.0,
        expert_s: float = 0.0,
        asked: int = 0,
    ) -> None:
        self.seconds["annotator_s"] += annotator_s
        self.seconds["expert_s"] += expert_s
        self.judged.append(judge(photo, named))
        self.asked += asked

    def outcome(self) -> Outcome:
        found, missed, false, wrong = (sum(one[i] for one in self.judged) for i in range(4))
        return Outcome(
            found=found, missed=missed, false=false, misnamed=wrong, asked_of_expert=self.asked, **self.seconds
        )


_SEEN_IOU = 0.3
"""From this overlap on people take a box to be of the object, though it may be too loose to count as found."""


def _covered(photo: Photo) -> set[int]:
    if not len(photo.found) or not len(photo.truth):
        return set()
    return set(np.flatnonzero(box_iou(photo.truth, photo.found).max(axis=1) >= _SEEN_IOU).tolist())


def _begin(photo: Photo, people: People) -> float:
    return people.open_s + people.scan_s_per_mpx * photo.megapixels


def _misses(photo: Photo, index: int, people: People, seed: int, *, factor: float = 1.0) -> bool:
    x0, y0, x1, y1 = photo.truth[index].tolist()
    side = math.sqrt((x1 - x0) * (y1 - y0))
    likely = people.miss_large + people.miss_small * math.exp(-side / people.miss_decay_px)
    return _chance(seed, photo.name, "miss", index) < min(1.0, factor * likely)


def _name(photo: Photo, box: np.ndarray, kind: str, people: People, seed: int) -> str:
    if _chance(seed, photo.name, "name", *box) >= people.wrong_name:
        return kind
    return next(one for one in KINDS if one != kind)


def _chance(*about: object) -> float:
    digest = hashlib.blake2b("|".join(map(str, about)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


_VARIED: dict[str, tuple[float, ...]] = {
    "draw_s": (2, 3.5, 7, 14, 25),
    "scan_s_per_mpx": (5, 15, 45, 90),
    "look_s": (0, 0.3, 1, 3, 6),
    "name_whole_s": (0, 1, 2, 4),
    "name_crop_s": (0.5, 1.5, 3, 6, 12),
    "miss_small": (0.1, 0.25, 0.5, 1.0),
    "miss_after_model": (1, 2, 4, 8, 16),
    "sees_no_object": (0.5, 0.8, 0.95, 1.0),
}


def table(photos: Sequence[Photo], people: People, *, seeds: Iterable[int]) -> dict[str, object]:
    """What both ways give, on average over seeds, when one assumption or the model changes, and where gains end."""
    chosen = list(seeds)
    rows: dict[str, list[dict[str, object]]] = {}
    for name, values in _VARIED.items():
        rows[name] = [_row(value, photos, replace(people, **{name: value}), chosen) for value in values]
    rows["model_share_kept"] = [
        _row(share, _thinned(photos, share), people, chosen) for share in (1, 0.75, 0.5, 0.25, 0)
    ]
    rows["min_confidence"] = [_row(least, _surer(photos, least), people, chosen) for least in (0.3, 0.5, 0.7, 0.9)]
    return {"rows": rows, "gain_ends": _ends(photos, people, chosen[:5])}


def mean(photos: Sequence[Photo], people: People, way: Way, seeds: Iterable[int]) -> Outcome:
    """The average over seeds."""
    some = [simulate(photos, people, way=way, seed=seed) for seed in seeds]
    return Outcome(**{one.name: fmean(getattr(each, one.name) for each in some) for one in fields(Outcome)})


def _row(value: float, photos: Sequence[Photo], people: People, seeds: Sequence[int]) -> dict[str, object]:
    micro, whole = mean(photos, people, "micro", seeds), mean(photos, people, "whole", seeds)
    return {
        "value": value,
        "human_s": [round(micro.human_s), round(whole.human_s)],
        "expert_s": [round(micro.expert_s), round(whole.expert_s)],
        "missed": [round(micro.missed, 1), round(whole.missed, 1)],
        "false": [round(micro.false, 1), round(whole.false, 1)],
        "seconds_saved": round(1 - micro.human_s / whole.human_s, 3),
        "is_better": micro.human_s < whole.human_s and micro.missed < whole.missed,
    }


def _ends(photos: Sequence[Photo], people: People, seeds: Sequence[int]) -> dict[str, float | None]:
    """The value of each assumption at which one gain is gone; None where it stays in the range that was looked at."""

    def seconds(some: People) -> float:
        return mean(photos, some, "whole", seeds).human_s - mean(photos, some, "micro", seeds).human_s

    def expert(some: People) -> float:
        return mean(photos, some, "whole", seeds).expert_s - mean(photos, some, "micro", seeds).expert_s

    def missed(some: People) -> float:
        return mean(photos, some, "whole", seeds).missed - mean(photos, some, "micro", seeds).missed

    looked: tuple[tuple[str, str, float, Callable[[People], float]], ...] = (
        ("fewer_seconds_until_name_crop_s", "name_crop_s", 60.0, seconds),
        ("fewer_expert_seconds_until_name_crop_s", "name_crop_s", 60.0, expert),
        ("fewer_seconds_until_look_s", "look_s", 60.0, seconds),
        ("fewer_seconds_down_to_draw_s", "draw_s", 0.0, seconds),
        ("fewer_missed_until_miss_after_model", "miss_after_model", 50.0, missed),
    )
    return {told: _end(people, name, limit, gain) for told, name, limit, gain in looked}


def _end(people: People, name: str, limit: float, gain: Callable[[People], float]) -> float | None:
    low, high = getattr(people, name), limit
    if gain(replace(people, **{name: high})) > 0:
        return None
    for _ in range(12):
        middle = (low + high) / 2
        if gain(replace(people, **{name: middle})) > 0:
            low = middle
        else:
            high = middle
    return round((low + high) / 2, 2)


def _thinned(photos: Sequence[Photo], share: float) -> list[Photo]:
    """The same with a model that finds only so much of what it found."""
    kept = [np.array([_chance("kept", one.name, *box) < share for box in one.found], bool) for one in photos]
    return [_with(one, keep) for one, keep in zip(photos, kept, strict=True)]


def _surer(photos: Sequence[Photo], least: float) -> list[Photo]:
    return [_with(one, one.scores >= least) for one in photos]


def _with(photo: Photo, keep: np.ndarray) -> Photo:
    return replace(photo, found=photo.found[keep], scores=photo.scores[keep])


def corners(box: Box) -> list[float]:
    """A box as x0 y0 x1 y1."""
    return [box.x0, box.y0, box.x1, box.y1]
