"""Coverage of new vectors by known ones."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.base.errors import InvalidInput, ShapeError
from whorl.models.embeddings.coverage import measure_coverage, quantiles_of


def _unit(angles: list[float]) -> np.ndarray:
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


KNOWN = _unit([0.0, 0.1, 0.2, 0.3])


def test_measure_coverage__near_ones_are_covered_and_far_ones_are_not() -> None:
    found = measure_coverage(_unit([0.05, 0.2, 1.5]), KNOWN)
    assert found.radius == pytest.approx(2 * np.sin(0.05), abs=1e-6)
    assert found.nearest.tolist()[1:] == [2, 3]
    assert found.distances[1] == 0.0
    assert found.covered_share == pytest.approx(2 / 3)
    assert found.farthest.tolist()[0] == 2
    assert found.least_new.tolist()[0] == 1
    assert found.uncovered_by(["a", "a", "b"]) == {"b": 1.0, "a": 0.0}
    assert found.edges[0] == 0.0
    assert found.edges[-1] == pytest.approx(2 * np.sin(0.6), abs=1e-6)


def test_measure_coverage__examples_differ_from_each_other() -> None:
    new = _unit([1.50, 1.51, 1.52, 3.0, 3.01, 0.1])
    found = measure_coverage(new, KNOWN, examples=3)
    assert [int(row) // 3 for row in found.farthest[:2]] == [1, 0]
    assert len(set(found.farthest.tolist())) == 3


def test_measure_coverage__what_is_known_covers_itself() -> None:
    found = measure_coverage(KNOWN, KNOWN)
    assert found.covered_share == 1.0
    assert quantiles_of(found.distances) == {"5": 0.0, "25": 0.0, "50": 0.0, "75": 0.0, "95": 0.0}


def test_measure_coverage__all_the_same() -> None:
    same = np.ones((5, 2), np.float32)
    found = measure_coverage(same, same)
    assert (found.radius, found.covered_share, len(found.edges)) == (0.0, 1.0, 25)


def test_measure_coverage__bad_sides_are_told() -> None:
    with pytest.raises(InvalidInput, match="nothing is new"):
        measure_coverage(KNOWN[:0], KNOWN)
    with pytest.raises(InvalidInput, match="1 known items"):
        measure_coverage(KNOWN, KNOWN[:1])
    with pytest.raises(ShapeError, match="of 2 and of 3"):
        measure_coverage(KNOWN, np.ones((4, 3), np.float32))
    with pytest.raises(ShapeError, match="not finite"):
        measure_coverage(np.full((1, 2), np.nan, np.float32), KNOWN)
