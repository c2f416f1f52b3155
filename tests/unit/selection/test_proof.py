"""What a selection saved, measured on its own labels."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.base.errors import InvalidInput
from whorl.selection.proof import ProofRows, measure_proof


def clouds(n: int, *, classes: int = 8, spread: float = 0.35, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Points around a few middles, and whose they are; the first classes are common, the last ones rare."""
    rng = np.random.default_rng(seed)
    middles = np.random.default_rng(99).standard_normal((classes, 8))
    shares = np.geomspace(1, 0.05, classes)
    targets = rng.choice(classes, n, p=shares / shares.sum())
    return (middles[targets] + spread * rng.standard_normal((n, 8))).astype(np.float32), targets.astype(np.int64)


def parts(rows: np.ndarray, targets: np.ndarray, chosen: np.ndarray, drawn: np.ndarray, test: np.ndarray) -> ProofRows:
    """A proof's rows, each image a group of its own."""
    none = np.zeros(0, np.int64)
    return ProofRows(rows, targets, chosen, drawn, none, test, list(range(len(rows))), "clouds")


def spread_out(targets: np.ndarray, among: np.ndarray) -> np.ndarray:
    """The rows with each class in turn, as a good strategy finds them."""
    turns = {int(c): list(among[targets[among] == c]) for c in np.unique(targets[among])}
    order = []
    while any(turns.values()):
        order += [rows.pop(0) for rows in turns.values() if rows]
    return np.array(order, np.int64)


def test_measure_proof__a_choice_that_finds_the_rare_classes_saves_labels() -> None:
    rows, targets = clouds(900, classes=16, spread=0.2)
    test, drawn, rest = np.arange(300), np.arange(300, 380), np.arange(380, 900)
    proof = measure_proof(parts(rows, targets, spread_out(targets, rest)[:120], drawn, test))
    assert (proof.status, proof.n_chosen, proof.n_random, proof.n_test) == ("ready", 120, 80, 300)
    assert [n for n, _ in proof.chosen] == [n for n, _ in proof.random]
    assert proof.chosen[-1][0] == 80
    assert proof.saving is not None
    assert proof.low is not None
    assert proof.low > 0
    assert proof.advice.startswith("It paid")


def test_measure_proof__chance_against_chance_proves_nothing() -> None:
    rows, targets = clouds(500, seed=3)
    part = parts(rows, targets, np.arange(100, 180), np.arange(20, 100), np.arange(180, 500))
    proof = measure_proof(part)
    assert measure_proof(part) == proof
    assert proof.low is not None
    assert proof.high is not None
    assert proof.low <= 0 <= proof.high
    assert proof.advice.startswith("Not proven either way")


def test_measure_proof__without_a_test_subset_tests_on_the_slice_that_it_does_not_learn() -> None:
    rows, targets = clouds(400, seed=1)
    none = np.zeros(0, np.int64)
    proof = measure_proof(parts(rows, targets, spread_out(targets, np.arange(40, 400)), np.arange(40), none))
    assert (proof.n_test, proof.chosen[-1][0]) == (40, 30)
    assert "the 40 items drawn at random, in turn" in proof.message


def test_measure_proof__too_few_labels_are_refused() -> None:
    rows, targets = clouds(60)
    with pytest.raises(InvalidInput, match="19 chosen and 30 drawn items: 20 of each are needed"):
        measure_proof(parts(rows, targets, np.arange(19), np.arange(20, 50), np.zeros(0, np.int64)))
