"""What an evaluation found, item by item: what is right, taken for something else, missed or imagined.

A finding is about one true or predicted object, one label of an item, or one pair of labels of an item's pixels. Every
item that was evaluated has one, so that an evaluation can be asked for its items: ``empty`` where nothing is there and
nothing was found.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, assert_never

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import ModelError
from whorl.models.evaluation.confusion import inside_crowd, match_overlaps, overlaps, take_objects
from whorl.models.evaluation.types import BoolArray, FloatArray, IntArray, PredictedObjects, TruthObjects
from whorl.models.outputs.types import ClassOutputs, LabelOutputs, ObjectOutputs, Outputs, PixelOutputs

SCORE_THRESHOLD = 0.25
"""Weaker objects say nothing here, as in the confusion that is shown."""
LABEL_THRESHOLD = 0.5
LEAST_PIXELS = 0.01
_COLUMNS = ("item", "type", "truth", "predicted", "confidence", "iou", "bounds")


class FindingType(StrEnum):
    """How it went."""

    CORRECT = "correct"
    CONFUSED = "confused"
    MISSED = "missed"
    SPURIOUS = "spurious"
    EMPTY = "empty"


_TYPES = tuple(FindingType)
_CODE = {found: code for code, found in enumerate(_TYPES)}


class Row(NamedTuple):
    """One finding; ``at`` is the item's position in the findings' items."""

    at: int
    type: str
    truth: str | None
    predicted: str | None
    confidence: float | None
    iou: float | None
    bounds: list[float] | None


@dataclass(frozen=True)
class Findings:
    """All findings of an evaluation, in the order of its items.

    Attributes:
        items: Public ids; ``item`` holds positions in them.
        type: (n,) int64 positions in ``FindingType``.
        truth: (n,) int64 positions in ``labels``; -1 for none.
        predicted: (n,) int64, as ``truth``.
        confidence: (n,) float64 in [0, 1]; NaN for none.
        iou: (n,) float64 in [0, 1] of the two shapes; NaN without a pair.
        bounds: (n, 4) float64 x0 y0 x1 y1 in pixels of the predicted object, or of the missed one; NaN for none.
    """

    items: tuple[str, ...]
    labels: tuple[str, ...]
    item: IntArray
    type: IntArray
    truth: IntArray
    predicted: IntArray
    confidence: FloatArray
    iou: FloatArray
    bounds: FloatArray

    def rows(self) -> Iterator[Row]:
        """The findings as a database keeps them."""
        names: list[str | None] = [*self.labels, None]
        for at, kind, truth, said, confidence, iou, corners in zip(
            self.item.tolist(),
            self.type.tolist(),
            self.truth.tolist(),
            self.predicted.tolist(),
            _nullable(self.confidence),
            _nullable(self.iou),
            np.round(self.bounds, 2).tolist(),
            strict=True,
        ):
            bounds = None if math.isnan(corners[0]) else corners
            yield Row(at, _TYPES[kind].value, names[truth], names[said], confidence, iou, bounds)


@dataclass(frozen=True, slots=True)
class _Part:
    """One item's findings; the columns are those of ``Findings``."""

    type: IntArray
    truth: IntArray
    predicted: IntArray
    confidence: FloatArray
    iou: FloatArray
    bounds: FloatArray


_NOTHING, _NOWHERE = np.full(1, np.nan), np.full((1, 4), np.nan)
_EMPTY = _Part(np.full(1, _CODE[FindingType.EMPTY]), np.full(1, -1), np.full(1, -1), _NOTHING, _NOTHING, _NOWHERE)


def find_findings(outputs: Outputs, *, score_threshold: float = SCORE_THRESHOLD) -> Findings:
    """Say for every item of an evaluation what the model got right and wrong there.

    Of one class per item it is a finding an item; of several, one a label that is there or is said to be (at a score
    of 0.5); of objects, one an object; of pixels, one a pair of labels that holds more than 1 % of an item's pixels.

    Args:
        score_threshold: Weakest object that counts.
    """
    match outputs:
        case ClassOutputs():
            return _of_classes(outputs)
        case LabelOutputs():
            return _joined(outputs, [_of_labels(*one) for one in zip(outputs.truth, outputs.scores, strict=True)])
        case ObjectOutputs():
            pairs = zip(outputs.truth, outputs.predicted, strict=True)
            return _joined(outputs, [_of_objects(*one, outputs, score_threshold) for one in pairs])
        case PixelOutputs():
            return _joined(outputs, [_of_pixels(counts) for counts in outputs.confusion])
    assert_never(outputs)


def dump_findings(findings: Findings) -> bytes:
    """Write findings as one npz file without pickles."""
    head = json.dumps({"items": findings.items, "labels": findings.labels}).encode()
    arrays: dict[str, NDArray[np.generic]] = {name: getattr(findings, name) for name in _COLUMNS}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, head=np.frombuffer(head, np.uint8), **arrays)  # type: ignore[arg-type]  # as in outputs
    return buffer.getvalue()


def load_findings(data: bytes) -> Findings:
    """Read what ``dump_findings`` wrote.

    Raises:
        ModelError: The bytes are not an evaluation's findings.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            head = json.loads(arrays["head"].tobytes())
            columns = {name: arrays[name] for name in _COLUMNS}
            return Findings(items=tuple(head["items"]), labels=tuple(head["labels"]), **columns)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelError(
            f"an evaluation's findings cannot be read: {error}", hint="Evaluate the model again."
        ) from error


def _of_classes(outputs: ClassOutputs) -> Findings:
    n = len(outputs.items)
    predicted = outputs.probabilities.argmax(axis=1) if n else np.zeros(0, np.int64)
    is_right = predicted == outputs.truth
    return Findings(
        items=outputs.items,
        labels=outputs.labels,
        item=np.arange(n, dtype=np.int64),
        type=np.where(is_right, _CODE[FindingType.CORRECT], _CODE[FindingType.CONFUSED]).astype(np.int64),
        truth=outputs.truth.astype(np.int64),
        predicted=predicted.astype(np.int64),
        confidence=outputs.probabilities[np.arange(n), predicted].astype(np.float64),
        iou=np.full(n, np.nan),
        bounds=np.full((n, 4), np.nan),
    )


def _of_labels(truth: BoolArray, scores: FloatArray) -> _Part:
    said = scores >= LABEL_THRESHOLD
    at = np.flatnonzero(truth | said)
    kinds = np.where(
        truth[at],
        np.where(said[at], _CODE[FindingType.CORRECT], _CODE[FindingType.MISSED]),
        _CODE[FindingType.SPURIOUS],
    )
    return _Part(
        kinds,
        np.where(truth[at], at, -1),
        np.where(said[at], at, -1),
        scores[at],
        np.full(len(at), np.nan),
        np.full((len(at), 4), np.nan),
    )


def _of_objects(true: TruthObjects, answers: PredictedObjects, outputs: ObjectOutputs, score_threshold: float) -> _Part:
    """One image's; a crowd is not missed, and excuses what lies in it by half."""
    keep = (answers.scores >= score_threshold) & (answers.labels >= 0) & (answers.labels < len(outputs.labels))
    found = take_objects(answers, keep)
    crowd = np.zeros(len(true.labels), np.bool_) if true.crowd is None else true.crowd
    names, truths = true.labels[~crowd], true.boxes[~crowd]
    iou = overlaps(true, found, use_masks=outputs.use_masks)[~crowd]
    pairs = match_overlaps(iou, same=names[:, None] == found.labels[None])
    hit, by = pairs[:, 0], pairs[:, 1]
    missed = np.setdiff1d(np.arange(len(names)), hit)
    spurious = np.setdiff1d(np.arange(len(found.labels)), by)
    spurious = spurious[~inside_crowd(found.boxes[spurious], true.boxes[crowd])]
    kinds = np.where(names[hit] == found.labels[by], _CODE[FindingType.CORRECT], _CODE[FindingType.CONFUSED])
    nowhere, unknown = np.full(len(spurious), -1), np.full(len(missed), np.nan)
    return _Part(
        np.concatenate(
            [
                kinds,
                np.full(len(missed), _CODE[FindingType.MISSED]),
                np.full(len(spurious), _CODE[FindingType.SPURIOUS]),
            ]
        ),
        np.concatenate([names[hit], names[missed], nowhere]),
        np.concatenate([found.labels[by], np.full(len(missed), -1), found.labels[spurious]]),
        np.concatenate([found.scores[by], unknown, found.scores[spurious]]),
        np.concatenate([iou[hit, by], unknown, np.full(len(spurious), np.nan)]),
        np.concatenate([found.boxes[by], truths[missed], found.boxes[spurious]]),
    )


def _of_pixels(counts: IntArray) -> _Part:
    """One item's, of (c + 1, c + 1) pixels; the largest pair at least, where any label is."""
    nothing = len(counts) - 1
    seen = counts.astype(np.float64)
    seen[nothing, nothing] = 0
    least = LEAST_PIXELS * counts.sum()
    large = seen > least
    if not large.any() and seen.any():
        large.flat[int(seen.argmax())] = True
    truth, said = np.nonzero(large)
    kinds = np.select(
        [truth == said, truth == nothing, said == nothing],
        [_CODE[FindingType.CORRECT], _CODE[FindingType.SPURIOUS], _CODE[FindingType.MISSED]],
        _CODE[FindingType.CONFUSED],
    )
    union = counts.sum(axis=1)[truth] + counts.sum(axis=0)[said] - counts[truth, said]
    return _Part(
        kinds,
        np.where(truth == nothing, -1, truth),
        np.where(said == nothing, -1, said),
        np.full(len(kinds), np.nan),
        np.where(truth == said, counts[truth, said] / np.maximum(union, 1), np.nan),
        np.full((len(kinds), 4), np.nan),
    )


def _joined(outputs: Outputs, parts: Sequence[_Part]) -> Findings:
    """All items' findings one after another; an item without any is empty."""
    parts = [part if len(part.type) else _EMPTY for part in parts]
    none, nowhere = np.zeros(0, np.int64), np.zeros(0)
    start = _Part(none, none, none, nowhere, nowhere, np.zeros((0, 4)))
    columns = {name: np.concatenate([getattr(one, name) for one in [start, *parts]]) for name in _COLUMNS[1:]}
    return Findings(
        items=outputs.items,
        labels=outputs.labels,
        item=np.repeat(np.arange(len(parts), dtype=np.int64), [len(part.type) for part in parts]),
        type=columns["type"].astype(np.int64),
        truth=columns["truth"].astype(np.int64),
        predicted=columns["predicted"].astype(np.int64),
        confidence=np.clip(columns["confidence"], 0, 1),
        iou=columns["iou"],
        bounds=columns["bounds"],
    )


def _nullable(values: FloatArray) -> list[float | None]:
    return [None if math.isnan(value) else value for value in np.round(values, 6).tolist()]
