"""The copy on disk, its reduced codes, and search, against plain numpy."""

from __future__ import annotations

import hashlib
import multiprocessing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from whorl.base.errors import InvalidInput, ShapeError
from whorl.models.embeddings.keys import pack_keys, unpack_keys
from whorl.models.embeddings.mirror import Mirror
from whorl.models.embeddings.reducing import fit_size
from whorl.models.embeddings.segment_list import Segment
from whorl.models.embeddings.segments import encode_segment
from whorl.models.embeddings.vectors import SpaceVectors

WIDTH = 96


class Blobs:
    """Segments of random vectors near a few directions, as database and blob store would give them."""

    def __init__(self, width: int = WIDTH) -> None:
        self.segments: list[Segment] = []
        self.data: dict[str, bytes] = {}
        self.keys: list[str] = []
        self.vectors = np.zeros((0, width), np.float32)
        self._rng = np.random.default_rng(5)
        self._modes = self._rng.standard_normal((12, width)).astype(np.float32)

    def add(self, rows: int, keys: list[str] | None = None) -> None:
        number = len(self.segments) + 1
        keys = keys or [hashlib.sha256(f"{number}:{row}".encode()).hexdigest() for row in range(rows)]
        noise = self._rng.standard_normal((rows, self._modes.shape[1])).astype(np.float32)
        vectors = self._modes[self._rng.integers(0, 12, rows)] + 0.3 * noise
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        sha256 = hashlib.sha256(f"segment {number}".encode()).hexdigest()
        self.data[sha256] = encode_segment(pack_keys(keys), vectors)
        self.segments.append(Segment(number, sha256, rows))
        self.keys += keys
        self.vectors = np.concatenate([self.vectors, vectors])

    def open(self, folder: Path) -> SpaceVectors:
        mirror = Mirror(folder)
        width = self.vectors.shape[1]
        return SpaceVectors("spc_x", width, mirror, mirror.sync(self.segments, width, self.data.__getitem__))


def brute_force(vectors: NDArray[np.float32], queries: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    halves = vectors.astype(np.float16).astype(np.float64)
    cosines = halves @ queries.T.astype(np.float64) / np.linalg.norm(halves, axis=1, keepdims=True)
    return np.argsort(-cosines, axis=0, kind="stable")[:k].T


def test_sync__grows_and_rows_stay(tmp_path: Path) -> None:
    blobs = Blobs()
    blobs.add(30)
    first = blobs.open(tmp_path)
    blobs.add(20)
    second = blobs.open(tmp_path)
    assert (first.count, second.count) == (30, 50)
    assert second.rows_of(blobs.keys).tolist() == list(range(50))
    assert first.rows_of(blobs.keys[28:32]).tolist() == [28, 29, -1, -1]
    np.testing.assert_allclose(second.read(np.arange(50)), blobs.vectors, atol=2e-3)
    np.testing.assert_allclose(np.linalg.norm(second.read(np.arange(50)), axis=1), 1, atol=1e-6)
    assert first.version != second.version


def test_sync__a_key_that_comes_twice_has_one_row(tmp_path: Path) -> None:
    blobs = Blobs()
    blobs.add(10)
    blobs.add(4, keys=[*blobs.keys[:2], "aa" * 32, "aa" * 32])
    found = blobs.open(tmp_path)
    assert found.count == 11
    assert found.rows_of(["aa" * 32, blobs.keys[0]]).tolist() == [10, 0]


def test_sync__a_segment_that_went_moves_rows_and_leaves_open_maps_alone(tmp_path: Path) -> None:
    blobs = Blobs()
    blobs.add(10)
    blobs.add(10)
    old = blobs.open(tmp_path)
    gone = blobs.segments.pop(0)
    new = blobs.open(tmp_path)
    assert new.rows_of(blobs.keys).tolist() == [-1] * 10 + list(range(10))
    assert old.rows_of(blobs.keys).tolist() == list(range(20))
    np.testing.assert_allclose(old.read(np.arange(20)), blobs.vectors, atol=2e-3)
    assert gone.key == 1
    assert len(list(tmp_path.glob("g*"))) == 1


@pytest.mark.parametrize("spoil", ["state", "keys", "vectors cut", "vectors zero", "longer", "folder"])
def test_sync__a_damaged_copy_is_made_anew(tmp_path: Path, spoil: str) -> None:
    blobs = Blobs()
    blobs.add(40)
    folder = blobs.open(tmp_path).folder
    assert folder is not None
    if spoil == "state":
        (tmp_path / "state.json").write_text('{"format": 1, "rows":')
    elif spoil == "keys":
        data = bytearray((folder / "keys.bin").read_bytes())
        data[100] ^= 255
        (folder / "keys.bin").write_bytes(bytes(data))
    elif spoil == "vectors cut":
        (folder / "vectors.f16").write_bytes(b"")
    elif spoil == "vectors zero":
        (folder / "vectors.f16").write_bytes(bytes(40 * WIDTH * 2))
    elif spoil == "longer":
        for name in ("keys.bin", "vectors.f16"):
            with (folder / name).open("ab") as file:
                file.write(b"the rest of a kill")
    else:
        (folder / "keys.bin").unlink()
    blobs.add(5)
    found = blobs.open(tmp_path)
    assert found.rows_of(blobs.keys).tolist() == list(range(45))
    np.testing.assert_allclose(found.read(np.arange(45)), blobs.vectors, atol=2e-3)


def _sync(folder: str) -> int:
    blobs = Blobs()
    for _ in range(6):
        blobs.add(50)
    found = blobs.open(Path(folder))
    found.codes()
    return int((found.rows_of(blobs.keys) == np.arange(300)).sum())


def test_sync__processes_at_once(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.map(_sync, [str(tmp_path)] * 3) == [300, 300, 300]
    assert unpack_keys(Blobs().open(tmp_path).mapped.keys) == []  # type: ignore[union-attr] - nothing is wanted: anew


def test_fit_size__a_power_of_four_from_256() -> None:
    assert [fit_size(n) for n in (0, 5, 1023, 1024, 4095, 4096, 10**6)] == [0, 5, 1023, 1024, 1024, 4096, 262144]


def test_reduced__keeps_distances_and_is_refitted_when_it_grew_four_times(tmp_path: Path) -> None:
    blobs = Blobs()
    blobs.add(1100)
    found = blobs.open(tmp_path)
    reduced = found.reduced()
    assert reduced.shape == (1100, 64)
    some = np.random.default_rng(0).integers(0, 1100, (2, 500))
    true = np.linalg.norm(blobs.vectors[some[0]] - blobs.vectors[some[1]], axis=1)
    seen = np.linalg.norm(reduced[some[0]] - reduced[some[1]], axis=1)
    assert np.corrcoef(true, seen)[0, 1] > 0.95
    blobs.add(100)
    grown = blobs.open(tmp_path)
    np.testing.assert_array_equal(grown.reduced()[:1100], reduced)
    blobs.add(3000)
    refitted = blobs.open(tmp_path)
    assert (found.codes()[0].fitted_on, refitted.codes()[0].fitted_on) == (1024, 4096)
    assert len(refitted.reduced()) == 4200
    again = blobs.open(tmp_path / "another machine")
    np.testing.assert_array_equal(again.codes()[1], refitted.codes()[1])


def test_reduced__few_numbers_stay_as_they_are(tmp_path: Path) -> None:
    blobs = Blobs(width=8)
    blobs.add(5)
    found = blobs.open(tmp_path)
    assert found.reduced().shape == (5, 8)
    spread = blobs.vectors - blobs.vectors.mean(axis=0)
    np.testing.assert_allclose(found.reduced(), spread, atol=0.02)


def test_search__is_exact_for_few(tmp_path: Path) -> None:
    blobs = Blobs()
    blobs.add(500)
    found = blobs.open(tmp_path)
    queries = blobs.vectors[[3, 77]] * 5
    rows, cosines = found.search(queries, 10)
    assert rows.tolist() == brute_force(blobs.vectors, queries, 10).tolist()
    np.testing.assert_allclose(cosines[:, 0], 1, atol=1e-3)
    assert (np.diff(cosines) <= 0).all()


def test_search__among_some(tmp_path: Path) -> None:
    blobs = Blobs()
    blobs.add(500)
    found = blobs.open(tmp_path)
    among = np.array([400, 3, 9], np.int64)
    rows, _ = found.search(blobs.vectors[[3]], 10, among)
    assert sorted(rows[0].tolist()) == [3, 9, 400]
    assert rows[0, 0] == 3


def test_search__a_shortlist_finds_nearly_all_of_the_best(tmp_path: Path) -> None:
    blobs = Blobs()
    blobs.add(20_000)
    found = blobs.open(tmp_path)
    queries = blobs.vectors[:20] + 0.02
    true = brute_force(blobs.vectors, queries, 10)
    rows, _ = found.search(queries, 10)
    assert np.mean([len(set(a) & set(b)) for a, b in zip(rows.tolist(), true.tolist(), strict=True)]) >= 9.5
    half = np.arange(0, 20_000, dtype=np.int64)[::-1][:18_000]
    rows, _ = found.search(queries[:1], 10, half)
    expected = [row for row in brute_force(blobs.vectors, queries[:1], 40)[0].tolist() if row >= 2000][:10]
    assert len(set(rows[0].tolist()) & set(expected)) >= 9


def test_search__a_space_without_vectors() -> None:
    empty = SpaceVectors("spc_x", 0, None, None)
    rows, cosines = empty.search(np.ones((1, 5), np.float32), 3)
    assert rows.shape == cosines.shape == (1, 0)
    assert empty.rows_of(["ab" * 32]).tolist() == [-1]
    assert empty.reduced().shape == (0, 0)


@pytest.mark.parametrize("bad", [0.0, np.nan, np.inf])
def test_search__zero_and_nan_are_no_queries(tmp_path: Path, bad: float) -> None:
    blobs = Blobs()
    blobs.add(5)
    with pytest.raises(ShapeError, match="zero or not finite"):
        blobs.open(tmp_path).search(np.full((1, WIDTH), bad, np.float32), 3)


def test_search__vectors_of_another_space(tmp_path: Path) -> None:
    blobs = Blobs()
    blobs.add(5)
    found = blobs.open(tmp_path)
    with pytest.raises(ShapeError, match="96 numbers"):
        found.search(np.ones((1, 95), np.float32), 3)
    with pytest.raises(InvalidInput, match="spc_y was asked of space spc_x"):
        found.search(np.ones((1, WIDTH), np.float32), 3, space_id="spc_y")
