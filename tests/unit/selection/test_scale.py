"""Kernels for many rows: the same as the plain ones, by cells, batches and blocks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whorl.selection import Pool, get_strategy, kernels_far
from whorl.selection.kernels import prepare, squared_distances
from whorl.selection.kernels_cover import cover_in_parts, share_out
from whorl.selection.kernels_far import farthest_first, make_cells, nearest_centre
from whorl.testing.strategies import check_strategy


def modes(n: int, k: int, d: int = 16, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(n, d) float32 rows around k centres, most of them around the first, and the centre of each."""
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(k), (rng.random(n - k) ** 4 * k).astype(int)])
    centres = rng.normal(size=(k, d))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    return (centres[labels] + 0.1 * rng.normal(size=(n, d)) / np.sqrt(d)).astype(np.float32), labels


@pytest.fixture
def batched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small sizes go the way of large ones, too."""
    monkeypatch.setattr(kernels_far, "_PLAIN_DISTANCES", 0)
    monkeypatch.setattr(kernels_far, "_CANDIDATES", 64)
    monkeypatch.setattr(kernels_far, "_BATCH", 32)
    monkeypatch.setattr(kernels_far, "_ROWS_PER_CELL", 50)


@pytest.mark.parametrize("known", [0, 40])
def test_farthest_first__batches_pick_what_the_plain_search_picks(known: int, batched: None) -> None:
    rows, _ = modes(3000, 60)
    seen = rows[100 : 100 + known]
    picked, distances = farthest_first(rows, seen, 200)
    plain, plain_distances = kernels_far._plain(rows, seen, 200)
    assert distances == pytest.approx(plain_distances, abs=1e-3)
    # Rounding may turn the order of two rows that are as far; nothing else.
    assert (picked == plain).mean() > 0.98
    assert len(set(picked.tolist())) == 200


def test_farthest_first__inexact_reaches_every_mode(batched: None) -> None:
    rows, labels = modes(6000, 50)
    picked, distances = farthest_first(rows, np.zeros((0, 16), np.float32), 200, exact=False)
    assert set(labels[picked]) == set(range(50))
    assert distances[-1] < 0.4


def test_farthest_first__takes_bytes_and_all_rows(batched: None) -> None:
    rows = np.random.default_rng(0).integers(-100, 100, (700, 8)).astype(np.int8)
    picked, _ = farthest_first(rows, np.zeros((0, 8), np.float32), 700)
    assert sorted(picked.tolist()) == list(range(700))
    assert picked.tolist() != list(range(700))


def test_k_center__bytes_stay_bytes(batched: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from whorl.selection.strategies import k_center

    seen: list[np.dtype] = []

    def spy(rows: np.ndarray, *rest: object, **named: object) -> object:
        seen.append(rows.dtype)
        return farthest_first(rows, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(k_center, "farthest_first", spy)
    rows = np.random.default_rng(0).integers(-100, 100, (700, 8)).astype(np.int8)
    pool = Pool(size=700, embeddings=rows, labelled_embeddings=rows[:5], is_reduced=True)
    found = get_strategy("k_center")(pool, 50, 0)
    floats = get_strategy("k_center")(replace(pool, embeddings=rows.astype(np.float32)), 50, 0)
    assert seen == [np.int8, np.float32]
    assert found.indices.tolist() == floats.indices.tolist()


def test_farthest_first__all_alike(batched: None) -> None:
    picked, distances = farthest_first(np.ones((500, 8), np.float32), np.zeros((0, 8), np.float32), 120)
    assert len(set(picked.tolist())) == 120
    assert distances[1:] == pytest.approx(np.zeros(119), abs=1e-3)


def test_make_cells__radii_hold_their_rows() -> None:
    rows, _ = modes(5000, 20)
    with ThreadPoolExecutor(2) as threads:
        cells = make_cells(rows, threads=threads, most=16)
        nearest, squared = nearest_centre(rows, cells.centres, threads)
    assert np.array_equal(cells.rows, rows[cells.order])
    assert sorted(cells.order.tolist()) == list(range(5000))
    exact = squared_distances(rows, cells.centres)
    assert squared == pytest.approx(exact.min(axis=1), abs=1e-4)
    for cell in range(len(cells.centres)):
        held = cells.rows[cells.starts[cell] : cells.starts[cell + 1]]
        assert (nearest[cells.order[cells.starts[cell] : cells.starts[cell + 1]]] == cell).all()
        if len(held):
            far = np.linalg.norm(held - cells.centres[cell], axis=1).max()
            assert far == pytest.approx(cells.radii[cell], abs=1e-3)


def test_prepare__a_mapped_half_precision_pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from whorl.selection import kernels

    monkeypatch.setattr(kernels, "_MANY_ROWS", 1000)
    rng = np.random.default_rng(0)
    wide = (rng.normal(size=(3000, 20)) @ rng.normal(size=(20, 300))).astype(np.float16)
    np.save(tmp_path / "pool.npy", wide)
    rows, seen = prepare(np.load(tmp_path / "pool.npy", mmap_mode="r"), wide[:5])
    assert rows.shape == (3000, 64)
    assert rows.dtype == np.float32
    assert seen == pytest.approx(rows[:5], abs=1e-4)
    unit = wide.astype(np.float64) / np.linalg.norm(wide.astype(np.float64), axis=1, keepdims=True)
    assert np.linalg.norm(rows[3] - rows[9]) == pytest.approx(np.linalg.norm(unit[3] - unit[9]), rel=1e-2)
    same, known = prepare(rows, rows[:2], is_reduced=True)
    assert same is rows
    assert np.array_equal(known, rows[:2])


@pytest.mark.parametrize(
    ("weights", "most", "total", "expected"),
    [
        ([1, 1, 2], [9, 9, 9], 8, [2, 2, 4]),
        ([1, 1, 2], [9, 9, 2], 8, [3, 3, 2]),
        ([1, 1, 1], [5, 5, 5], 2, [1, 1, 0]),
        ([0, 0, 0], [2, 2, 2], 3, [1, 1, 1]),
        ([100, 10, 0], [50, 50, 50], 11, [10, 1, 0]),
        ([5, 0], [1, 7], 6, [1, 5]),
        ([1, 1], [1, 1], 9, [1, 1]),
    ],
)
def test_share_out(weights: list[float], most: list[int], total: int, expected: list[int]) -> None:
    assert share_out(np.array(weights, float), np.array(most), total).tolist() == expected


@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 50)), min_size=1, max_size=30),
    st.integers(0, 800),
)
@settings(deadline=None)
def test_share_out__is_exact_and_within_bounds(parts: list[tuple[float, int]], total: int) -> None:
    most = np.array([held for _, held in parts])
    shares = share_out(np.array([weight for weight, _ in parts]), most, total)
    assert shares.sum() == min(total, most.sum())
    assert ((shares >= 0) & (shares <= most)).all()


def test_cover_in_parts__reaches_the_tail_and_prefers_doubt(batched: None) -> None:
    rows, labels = modes(6000, 60)
    unsure = np.where(labels % 2 == 0, 0.9, 0.01)
    found = cover_in_parts(rows, rows[:0], unsure, 200, 0.5, candidates=10, seed=0)
    assert len(set(found.rows.tolist())) == 200
    # Even modes are unsure: all of them are reached, and take most of the budget.
    assert set(range(0, 60, 2)) <= set(labels[found.rows].tolist())
    assert (labels[found.rows[:120]] % 2 == 0).all()
    assert (np.diff(found.gains) <= 0).all()
    again = cover_in_parts(rows, rows[:0], unsure, 200, 0.5, candidates=10, seed=0)
    assert np.array_equal(found.rows, again.rows)


def test_cover_in_parts__knows_what_is_labelled(batched: None) -> None:
    rows, labels = modes(4000, 40)
    seen = rows[labels < 20]
    found = cover_in_parts(rows, seen, None, 60, 0.5, candidates=10, seed=0)
    assert (labels[found.rows[:20]] >= 20).all()


def test_cover_in_parts__all_alike_and_all_wanted(batched: None) -> None:
    alike = np.ones((3000, 8), np.float32)
    found = cover_in_parts(alike, alike[:5], np.linspace(0, 1, 3000), 2500, 0.1, candidates=10, seed=0)
    assert len(set(found.rows.tolist())) == 2500
    rows, _ = modes(500, 10)
    every = cover_in_parts(rows, rows[:0], np.zeros(500), 500, 0.1, candidates=1, seed=0)
    assert sorted(every.rows.tolist()) == list(range(500))


@pytest.mark.parametrize("name", ["herding", "k_center", "typical", "margin"])
def test_strategies__large_pools_keep_the_contract(name: str, batched: None) -> None:
    params = {"most_whole": 20} if name == "herding" else {}
    check_strategy(get_strategy(name, **params))
