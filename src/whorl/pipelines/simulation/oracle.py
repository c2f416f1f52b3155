"""What a simulated person answers, and how long a real one would have taken. Pure and seeded."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from whorl.geometry.boxes import box_iou
from whorl.schemas.annotations import Annotation, AnnotationDraft, Box
from whorl.schemas.records import AnnotationRecord

SECONDS_PER_ITEM = 1.0
SECONDS_PER_CLASS = 2.0
SECONDS_PER_ACCEPT = 0.7
SECONDS_PER_BOX = 7.0
SECONDS_PER_REVIEW = 1.5
_ACCEPT_IOU = 0.8
_SAME_IOU = 0.5


@dataclass(frozen=True)
class Answer:
    """Drafts to submit and the seconds they would cost a person."""

    drafts: tuple[AnnotationDraft, ...]
    seconds: float


@dataclass(frozen=True)
class Oracle:
    """Knows the truth and errs at a stated rate.

    The times are assumptions, stated so that they can be replaced: 1 s to look, 2 s to choose a class, 7 s to draw a
    box (https://arxiv.org/abs/1708.02750 measured 7 s with extreme clicking), 0.7 s to accept a prediction, 1.5 s
    to review.

    Args:
        truth: Item name to its true annotations.
        labels: All labels, for wrong answers.
        error_rate: Share of statements that are wrong at the first try.
        catch_rate: Share of wrong items that a reviewer notices.
    """

    truth: Mapping[str, Sequence[AnnotationRecord]]
    labels: Sequence[str]
    error_rate: float = 0.03
    catch_rate: float = 0.9
    seed: int = 0

    def answer(self, name: str, predictions: Sequence[Annotation], *, is_rework: bool) -> Answer:
        """Label an item; rework is done with care and without error."""
        luck = self._luck(name, "label")
        seconds = SECONDS_PER_ITEM
        drafts: list[AnnotationDraft] = []
        open_predictions = list(predictions)
        for record in self.truth[name]:
            label = record.label
            if not is_rework and luck.random() < self.error_rate:
                if isinstance(record.geometry, Box) and luck.random() < 0.5:
                    continue
                label = luck.choice([one for one in self.labels if one != label] or [label])
            found = _find_same(record, label, open_predictions)
            if found is None:
                drafts.append(AnnotationDraft(label=label, geometry=record.geometry))
                seconds += SECONDS_PER_BOX if isinstance(record.geometry, Box) else SECONDS_PER_CLASS
            else:
                open_predictions.remove(found)
                drafts.append(AnnotationDraft(label=label, geometry=found.geometry, from_prediction=found.id))
                seconds += SECONDS_PER_ACCEPT
        return Answer(tuple(drafts), seconds)

    def finds_fault(self, name: str, saved: Sequence[Annotation]) -> bool:
        """Whether a reviewer sends the item back."""
        return not self.is_right(name, saved) and self._luck(name, "review").random() < self.catch_rate

    def is_right(self, name: str, saved: Sequence[Annotation]) -> bool:
        """Whether saved annotations say what is true: every object once, with its label."""
        left = list(saved)
        for record in self.truth[name]:
            found = _find_same(record, record.label, left, iou=_SAME_IOU)
            if found is None:
                return False
            left.remove(found)
        return not left

    def _luck(self, name: str, what: str) -> random.Random:
        digest = hashlib.blake2b(f"{self.seed}:{what}:{name}".encode(), digest_size=8).digest()
        return random.Random(int.from_bytes(digest, "big"))


def _find_same(
    record: AnnotationRecord, label: str, among: Sequence[Annotation], *, iou: float = _ACCEPT_IOU
) -> Annotation | None:
    for one in among:
        if one.label != label or one.geometry.type != record.geometry.type:
            continue
        if isinstance(record.geometry, Box) and isinstance(one.geometry, Box):
            if float(box_iou(_row(record.geometry), _row(one.geometry))[0, 0]) >= iou:
                return one
        else:
            return one
    return None


def _row(box: Box) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.array([[box.x0, box.y0, box.x1, box.y1]], np.float32)
