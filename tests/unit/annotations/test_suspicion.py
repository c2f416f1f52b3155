"""Suspicion: against a plain double loop, and on cases that people can check."""

from __future__ import annotations

import random

import numpy as np
import pytest

from whorl.annotations import suspicion
from whorl.annotations.suspicion import Objects, find_agreement, suspicion_of_predictions, suspicion_of_truth

NAN = float("nan")
Row = tuple[int, int, tuple[float, float, float, float] | None, float]


def objects(*rows: Row) -> Objects:
    """Rows of (item, label, box or None for a class, confidence)."""
    return Objects(
        np.array([row[0] for row in rows], np.int64),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] or (NAN,) * 4 for row in rows], np.float64).reshape(-1, 4),
        np.array([row[3] for row in rows], np.float64),
    )


def overlap(a: tuple[float, ...] | None, b: tuple[float, ...] | None) -> float:
    if a is None or b is None:
        return 1.0 if a is b else 0.0
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - width * height
    return width * height / area


def random_rows(rng: random.Random, count: int) -> list[Row]:
    rows: list[Row] = []
    for _ in range(count):
        x, y, w, h = rng.randrange(5), rng.randrange(5), rng.randrange(1, 6), rng.randrange(1, 6)
        box = None if rng.random() < 0.2 else (float(x), float(y), float(x + w), float(y + h))
        rows.append((rng.randrange(6), rng.randrange(3), box, rng.choice([0.0, 0.25, 0.5, 1.0])))
    return rows


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("pairs_at_once", [1, 7, 1_000_000])
def test_find_agreement__is_what_two_loops_give(seed: int, pairs_at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suspicion, "_PAIRS_AT_ONCE", pairs_at_once)
    rng = random.Random(seed)
    mine, theirs = random_rows(rng, rng.randrange(15)), random_rows(rng, rng.randrange(25))
    found = find_agreement(objects(*mine), objects(*theirs))
    for row, (item, label, box, _) in enumerate(mine):
        for is_same, value, index in (
            (True, found.best[row], found.best_index[row]),
            (False, found.rival[row], found.rival_index[row]),
        ):
            scores = {
                other: overlap(box, theirs[other][2]) * theirs[other][3]
                for other in range(len(theirs))
                if theirs[other][0] == item and (theirs[other][1] == label) is is_same
            }
            best = max(scores.values(), default=0.0)
            assert value == pytest.approx(best)
            expected = next((other for other, score in scores.items() if best > 0 and score == pytest.approx(best)), -1)
            assert index == expected


def test_truth__boxes() -> None:
    square, half = (0.0, 0.0, 10.0, 10.0), (0.0, 0.0, 10.0, 5.0)
    truth = objects((1, 0, square, 1), (2, 0, square, 1), (3, 0, square, 1), (4, 0, square, 1))
    predicted = objects((1, 0, square, 0.9), (2, 0, half, 0.8), (3, 1, square, 0.7))
    scores, agreement = suspicion_of_truth(truth, predicted)
    assert scores.round(6).tolist() == [0.1, 0.6, 1.0, 1.0]
    assert agreement.rival_index.tolist() == [-1, -1, 2, -1]


def test_truth__classes_are_judged_by_their_probability() -> None:
    truth = objects((1, 0, None, 1), (2, 0, None, 1), (3, 0, None, 1), (4, 0, None, 1))
    predicted = objects((1, 0, None, 0.9), (2, 1, None, 0.99), (3, 1, None, 0.55), (3, 0, None, 0.4))
    scores, _ = suspicion_of_truth(truth, predicted)
    # Named; contradicted with little left over; named beside another; the model saw nothing.
    assert scores.round(6).tolist() == [0.1, 0.99, 0.6, 1.0]


def test_predictions__sure_and_alone_is_most_suspicious() -> None:
    square = (0.0, 0.0, 10.0, 10.0)
    predicted = objects((1, 0, square, 0.9), (2, 0, square, 0.9), (2, 0, square, 0.2))
    scores, _ = suspicion_of_predictions(predicted, objects((1, 0, square, 1)))
    assert scores.round(6).tolist() == [0.0, 0.9, 0.2]


def test_nothing__is_compared_with_nothing() -> None:
    assert suspicion_of_truth(objects(), objects())[0].tolist() == []
    assert suspicion_of_truth(objects((1, 0, None, 1)), objects())[0].tolist() == [1.0]
