"""Items on which two models differ, most first: on test items by their findings, elsewhere by their answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection, select

from whorl.base.errors import InvalidInput
from whorl.models.evaluation.confusion import match_boxes
from whorl.models.findings import LABEL_THRESHOLD, LEAST_PIXELS, SCORE_THRESHOLD
from whorl.models.queries import find_evaluation_of, get_comparison
from whorl.models.types import ClassProbabilities, Detections, FloatArray, LabelScores, Prediction, Segmentation
from whorl.store.db.tables import evaluation_finding, item

_UNSURE = 0.5
"""What a finding without a confidence counts: a missed object, a pair of labels of pixels."""


class Differing(NamedTuple):
    """An item and how much two models differ on it: 0 not at all; for one class at most 1."""

    item_id: str
    score: float


def rank_test_items(conn: Connection, comparison_id: str) -> list[Differing]:
    """The test items on which a comparison's two models were found to do differently, most first.

    What both were found to do alike does not count, right or wrong. Ties keep the order of items.

    Raises:
        InvalidInput: There was no champion to differ from.
        NotFound: There is no such comparison, or a model's evaluation is gone.
    """
    compared = get_comparison(conn, comparison_id)
    if compared.champion_id is None:
        raise InvalidInput("there was no champion to differ from", hint="Compare the model with another one.")
    of_both = [
        _read_findings(conn, find_evaluation_of(conn, compared, model_id=one))
        for one in (compared.champion_id, compared.challenger_id)
    ]
    ranked = [
        Differing(one, _difference(of_both[0].get(one, []), of_both[1].get(one, [])))
        for one in dict.fromkeys([*of_both[0], *of_both[1]])
    ]
    return sorted((one for one in ranked if one.score > 0), key=lambda one: -one.score)


def answer_difference(one: Prediction, other: Prediction) -> float:
    """How much two answers about one image differ in what they say, weighed by how surely; 0 for the same statements.

    One class: the probability that lies elsewhere, when the likeliest class is another. Several labels: the summed
    difference of the scores of labels that only one of them gives. Objects: the summed confidence of objects that only
    one of them found. Pixels: the share that is labelled differently, from 1 % on. Symmetric.

    Raises:
        InvalidInput: The two are of different tasks.
    """
    if isinstance(one, ClassProbabilities) and isinstance(other, ClassProbabilities):
        return _of_classes(one, other)
    if isinstance(one, LabelScores) and isinstance(other, LabelScores):
        return _of_labels(one, other)
    if isinstance(one, Detections) and isinstance(other, Detections):
        return _of_objects(one, other)
    if isinstance(one, Segmentation) and isinstance(other, Segmentation):
        return _of_pixels(one, other)
    raise InvalidInput("the two models do different tasks, so their answers cannot be told apart")


_Key = tuple[object, ...]


def _read_findings(conn: Connection, evaluation_id: str) -> dict[str, list[tuple[_Key, float]]]:
    table = evaluation_finding.c
    found = (
        select(item.c.id, table.type, table.truth, table.predicted, table.confidence, table.bounds)
        .join(item, item.c.key == table.item_key)
        .where(table.evaluation_id == evaluation_id)
        .order_by(item.c.key, table.key)
    )
    by_item: dict[str, list[tuple[_Key, float]]] = {}
    for row in conn.execute(found):
        # A missed object is one and the same for both models; a found one has other corners each time.
        corners = tuple(row.bounds) if row.type == "missed" and row.bounds else None
        key = (row.type, row.truth, row.predicted, corners)
        by_item.setdefault(row.id, []).append((key, _UNSURE if row.confidence is None else row.confidence))
    return by_item


def _difference(one: Sequence[tuple[_Key, float]], other: Sequence[tuple[_Key, float]]) -> float:
    return _left_over(one, other) + _left_over(other, one)


def _left_over(one: Iterable[tuple[_Key, float]], other: Iterable[tuple[_Key, float]]) -> float:
    shared, total = Counter(key for key, _ in other), 0.0
    for key, weight in sorted(one, key=lambda row: -row[1]):
        if shared[key]:
            shared[key] -= 1
        else:
            total += max(weight, 0.01)
    return total


def _of_classes(one: ClassProbabilities, other: ClassProbabilities) -> float:
    if one.label == other.label:
        return 0.0
    first, second = _by_name(one.labels, one.probabilities), _by_name(other.labels, other.probabilities)
    return sum(abs(first.get(name, 0.0) - second.get(name, 0.0)) for name in {*first, *second}) / 2


def _of_labels(one: LabelScores, other: LabelScores) -> float:
    first, second = _by_name(one.labels, one.scores), _by_name(other.labels, other.scores)
    pairs = [(first.get(name, 0.0), second.get(name, 0.0)) for name in {*first, *second}]
    return sum(abs(a - b) for a, b in pairs if (a >= LABEL_THRESHOLD) != (b >= LABEL_THRESHOLD))


def _of_objects(one: Detections, other: Detections) -> float:
    kept = [found.scores >= SCORE_THRESHOLD for found in (one, other)]
    names = [np.array(found.labels, object)[keep] for found, keep in zip((one, other), kept, strict=True)]
    boxes = [np.asarray(found.boxes, np.float64)[keep] for found, keep in zip((one, other), kept, strict=True)]
    same = names[0][:, None] == names[1][None]
    pairs = match_boxes(*boxes, same=same)
    pairs = pairs[same[pairs[:, 0], pairs[:, 1]]] if len(pairs) else pairs
    total = 0.0
    for at, found in enumerate((one, other)):
        alone = np.ones(int(kept[at].sum()), np.bool_)
        alone[pairs[:, at]] = False
        total += float(np.asarray(found.scores, np.float64)[kept[at]][alone].sum())
    return total


def _of_pixels(one: Segmentation, other: Segmentation) -> float:
    if one.classes.shape != other.classes.shape:
        return 1.0
    names = ["", *one.labels]
    table = np.array([names.index(name) if name in names else -1 for name in ["", *other.labels]], np.int64)
    share = float((one.classes.astype(np.int64) != table[other.classes]).mean()) if one.classes.size else 0.0
    return share if share >= LEAST_PIXELS else 0.0


def _by_name(names: Sequence[str], values: FloatArray) -> dict[str, float]:
    return dict(zip(names, values.tolist(), strict=True))
