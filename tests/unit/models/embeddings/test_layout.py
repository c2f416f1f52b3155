"""Layouts of vectors in two dimensions: what is near stays near, and what was there stays there."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from whorl.base.errors import Cancelled, InvalidInput, ShapeError, UnreadableMedia
from whorl.models.embeddings.nearest import find_nearest
from whorl.models.embeddings.projection import layout
from whorl.models.embeddings.projection.aligning import align
from whorl.models.embeddings.projection.layout import lay_out
from whorl.models.embeddings.projection.neighbours import place_among
from whorl.models.embeddings.projection.places import decode_places, encode_places, frame_of, to_places


def _clusters(sizes: list[int], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    centres = rng.normal(size=(len(sizes), 16))
    which = np.repeat(np.arange(len(sizes)), sizes)
    noise = np.random.default_rng(seed).normal(scale=0.15, size=(len(which), 16))
    return (centres[which] + noise).astype(np.float32), which


def _same_cluster(points: np.ndarray, which: np.ndarray) -> float:
    nearest, _ = find_nearest(points.astype(np.float32), points.astype(np.float32), skip_self=True)
    return float((which[nearest[:, 0]] == which).mean())


@pytest.mark.skipif(importlib.util.find_spec("openTSNE") is None, reason="openTSNE is not installed")
def test_lay_out__keeps_clusters_and_repeats() -> None:
    vectors, which = _clusters([30, 30, 30])
    first, second = lay_out(vectors, seed=3), lay_out(vectors, seed=3)
    assert (first.method, first.note) == ("tsne", "")
    assert np.array_equal(first.points, second.points)
    assert _same_cluster(first.points, which) == 1.0


def test_lay_out__without_the_library_small_maps_are_the_same_method(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "has_opentsne", lambda: False)
    vectors, which = _clusters([12, 12, 12])
    found = lay_out(vectors, seed=3)
    assert (found.method, found.note) == ("tsne", "")
    assert _same_cluster(found.points, which) == 1.0


def test_lay_out__a_grown_dataset_stays_where_it_was() -> None:
    vectors, which = _clusters([40, 40, 40, 40])
    old = np.arange(len(vectors))[which < 3]
    before = lay_out(vectors[old], seed=1)
    start = np.full((len(vectors), 2), np.nan)
    start[old] = before.points
    after = lay_out(vectors, seed=1, start=start)
    width = float(np.ptp(before.points, axis=0).max())
    moved = np.linalg.norm(after.points[old] - before.points, axis=1) / width
    assert float(np.median(moved)) < 0.1
    # What is new parts from what it was placed among.
    assert _same_cluster(after.points, which) > 0.98
    fresh = lay_out(vectors, seed=1)
    away = np.linalg.norm(fresh.points[old] - before.points, axis=1) / width
    assert float(np.median(away)) > float(np.median(moved))


def test_lay_out__nothing_new_moves_nothing() -> None:
    vectors, _ = _clusters([40])
    start = np.random.default_rng(0).normal(size=(40, 2))
    assert np.array_equal(lay_out(vectors, start=start).points, start)
    assert np.isfinite(lay_out(vectors, start=np.full((40, 2), np.nan)).points).all()


def test_lay_out__few_points_and_a_missing_library_are_principal_directions(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, which = _clusters([5, 5])
    assert (lay_out(vectors).method, lay_out(vectors).note) == ("pca", "")
    assert "fewer than 30" in lay_out(vectors, method="tsne").note
    assert lay_out(vectors, method="pca").note == ""
    monkeypatch.setattr(layout, "has_opentsne", lambda: False)
    monkeypatch.setattr(layout, "MOST_FOR_SKLEARN", 9)
    monkeypatch.setattr(layout, "FEWEST_FOR_TSNE", 3)
    found = lay_out(vectors)
    assert found.method == "pca"
    assert "openTSNE is not installed" in found.note
    assert _same_cluster(found.points, which) == 1.0


@pytest.mark.parametrize("count", [1, 2, 3])
def test_lay_out__one_two_and_three_items_have_places(count: int) -> None:
    found = lay_out(np.eye(3, 5, dtype=np.float32)[:count])
    places, _ = to_places(found.points)
    assert len(np.unique(places, axis=0)) == count


def test_lay_out__equal_vectors_one_number_and_all_duplicates() -> None:
    same = np.ones((50, 8), np.float32)
    assert np.isfinite(lay_out(same).points).all()
    assert lay_out(np.ones((4, 1), np.float32)).points.tolist() == [[0.0, 0.0]] * 4


def test_lay_out__bad_input_is_told() -> None:
    good = np.ones((3, 2), np.float32)
    with pytest.raises(InvalidInput, match="no such method: 'umap'"):
        lay_out(good, method="umap")
    with pytest.raises(ShapeError, match="at least one row"):
        lay_out(good[:0])
    with pytest.raises(ShapeError, match="not finite"):
        lay_out(np.full((3, 2), np.nan, np.float32))


@pytest.mark.skipif(importlib.util.find_spec("openTSNE") is None, reason="openTSNE is not installed")
def test_lay_out__reports_and_stops() -> None:
    vectors, _ = _clusters([20, 20])
    told: list[float] = []

    def report(done: float) -> bool:
        told.append(done)
        return done < 0.5

    with pytest.raises(Cancelled):
        lay_out(vectors, report=report)
    assert told == sorted(told)
    assert 0.5 <= told[-1] < 0.6


def test_lay_out__more_than_fits_is_laid_out_by_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "MOST_AT_ONCE", 60)
    vectors, which = _clusters([50, 50])
    found = lay_out(vectors, seed=2)
    assert np.array_equal(found.points, lay_out(vectors, seed=2).points)
    assert _same_cluster(found.points, which) == 1.0
    start = np.full((100, 2), np.nan)
    start[:50] = found.points[:50]
    assert np.isfinite(lay_out(vectors, start=start).points).all()


def test_align__undoes_a_turn_a_shift_and_a_size() -> None:
    points = np.random.default_rng(0).normal(size=(20, 2))
    turned = points @ np.array([[0.6, 0.8], [-0.8, 0.6]]) * 3 + 5
    start = np.where(np.arange(20)[:, None] < 12, points, np.nan)
    assert np.allclose(align(turned, start, reflect=False), points)
    mirrored = turned * [-1, 1]
    assert np.allclose(align(mirrored, start, reflect=True), points)
    assert not np.allclose(align(mirrored, start, reflect=False), points)
    assert np.allclose(align(np.ones((2, 2)), np.array([[4.0, 5.0], [np.nan, np.nan]]), reflect=True), [[4, 5], [4, 5]])


def test_place_among__new_points_come_to_their_nearest() -> None:
    vectors = np.array([[0, 0], [1, 0], [0, 1], [10, 10], [0.1, 0.1]], np.float32)
    points = np.array([[0, 0], [1, 0], [0, 1], [90, 90], [np.nan, np.nan]])
    placed = place_among(vectors, points, seed=0)
    assert np.array_equal(placed[:4], points[:4])
    assert np.linalg.norm(placed[4]) < 1.0


def test_find_nearest__equals_all_distances() -> None:
    rng = np.random.default_rng(0)
    queries, known = rng.normal(size=(50, 6)).astype(np.float32), rng.normal(size=(70, 6)).astype(np.float32)
    all_of_them = np.linalg.norm(queries[:, None] - known[None], axis=2)
    rows, distances = find_nearest(queries, known, k=4)
    assert np.array_equal(rows, np.argsort(all_of_them, axis=1)[:, :4])
    assert np.allclose(distances, np.sort(all_of_them, axis=1)[:, :4], atol=1e-5)
    own, _ = find_nearest(known, known, k=1, skip_self=True)
    apart = np.linalg.norm(known[:, None] - known[None], axis=2) + 99 * np.eye(70)
    assert np.array_equal(own[:, 0], apart.argmin(axis=1))
    with pytest.raises(Cancelled):
        find_nearest(queries, known, report=lambda done: False)


def test_to_places__keeps_the_frame_while_everything_fits() -> None:
    points = np.array([[0.0, 0.0], [10.0, 5.0]])
    places, frame = to_places(points)
    assert places.tolist() == [[-24_000, -12_000], [24_000, 12_000]]
    assert np.allclose(frame.to_points(places), points)
    grown = np.array([[0.0, 0.0], [10.0, 5.0], [11.0, 2.5]])
    kept, same = to_places(grown, frame)
    assert (kept[:2].tolist(), same) == (places.tolist(), frame)
    wider, other = to_places(np.array([[0.0, 0.0], [99.0, 5.0]]), frame)
    assert other == frame_of(np.array([[0.0, 0.0], [99.0, 5.0]]))
    assert wider[:, 0].tolist() == [-24_000, 24_000]
    assert to_places(np.zeros((3, 2)))[0].tolist() == [[0, 0]] * 3


def test_places__come_back_and_damage_is_told() -> None:
    keys, places = np.array([3, 7], np.int64), np.array([[1, -2], [32_767, -32_767]], np.int16)
    data = encode_places(keys, places)
    assert len(data) == 16 + 2 * 12
    assert [one.tolist() for one in decode_places(data)] == [keys.tolist(), places.tolist()]
    for broken in (b"", data[:10], data[:-1], b"XMAP" + data[4:], data + b"0"):
        with pytest.raises(UnreadableMedia, match="stored map"):
            decode_places(broken)
