import numpy as np
import pytest
from numpy.typing import NDArray

from whorl.base.errors import InvalidInput, ShapeError
from whorl.datasets.alike import NO_HASH, Alike, Tie, group_alike, grouping, reach

_BASE = 0x9FEE256239984D71


def _flipped(value: int, n_bits: int) -> int:
    return value ^ ((1 << n_bits) - 1)


def _hashes(*values: int) -> NDArray[np.uint64]:
    return np.array(values, dtype=np.uint64)


def _summary(found: Alike) -> tuple[list[int], list[int], list[int], list[int]]:
    return found.group.tolist(), found.kept.tolist(), found.tie.tolist(), found.distance.tolist()


def test_group_alike__nothing_gives_nothing() -> None:
    found = group_alike(_hashes())

    assert (_summary(found), found.n_groups) == (([], [], [], []), 0)


def test_group_alike__one_row_is_alone() -> None:
    assert _summary(group_alike(_hashes(_BASE))) == ([-1], [0], [0], [0])


def test_group_alike__tells_copies_from_near_and_numbers_the_largest_group_first() -> None:
    other = _flipped(_BASE, 40)
    hashes = _hashes(other, _BASE, _flipped(_BASE, 3), _BASE, _flipped(other, 2), 7)

    found = group_alike(hashes, exact_ids=["o", "b", "c", "b", "p", "alone"])

    assert _summary(found) == (
        [1, 0, 0, 0, 1, -1],
        [0, 1, 1, 1, 0, 5],
        [Tie.NONE, Tie.NONE, Tie.NEAR, Tie.EXACT, Tie.NEAR, Tie.NONE],
        [0, 0, 3, 0, 2, 0],
    )


def test_group_alike__keeps_the_row_of_the_smallest_rank() -> None:
    hashes = _hashes(_BASE, _flipped(_BASE, 1), _flipped(_BASE, 2))

    assert group_alike(hashes, rank=np.array([3, 3, 1])).kept.tolist() == [2, 2, 2]


def test_group_alike__a_chain_of_small_steps_is_not_one_group() -> None:
    steps = _hashes(*(_flipped(_BASE, n) for n in range(0, 61, 4)))

    found = group_alike(steps, hash_distance=8)

    assert found.group.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, -1]
    assert found.distance.max() <= 8


def test_group_alike__distance_zero_takes_equal_hashes_alone() -> None:
    hashes = _hashes(_BASE, _BASE, _flipped(_BASE, 1))

    assert group_alike(hashes, hash_distance=0).group.tolist() == [0, 0, -1]


def test_group_alike__the_largest_distance_takes_half_of_all_bits() -> None:
    hashes = _hashes(_BASE, _flipped(_BASE, 32), _flipped(_BASE, 33))

    assert group_alike(hashes, hash_distance=32).kept.tolist() == [0, 0, 2]


def test_group_alike__without_a_distance_copies_alone_are_found() -> None:
    found = group_alike(_hashes(_BASE, _BASE, _BASE), exact_ids=["a", "b", "a"], hash_distance=None)

    assert _summary(found) == ([0, -1, 0], [0, 1, 0], [0, 0, Tie.EXACT], [0, 0, 0])


def test_group_alike__pictures_without_a_hash_are_near_to_nothing() -> None:
    found = group_alike(_hashes(NO_HASH, NO_HASH, NO_HASH), exact_ids=["a", "b", "a"])

    assert _summary(found) == ([0, -1, 0], [0, 1, 0], [0, 0, Tie.EXACT], [0, 0, 0])


def test_group_alike__unlike_vectors_keep_equal_hashes_apart_and_missing_ones_do_not() -> None:
    vectors = np.array([[2, 0], [0, 3], [9, 0.1], [0, 0], [np.nan, 1]], dtype=np.float32)

    found = group_alike(_hashes(*[_BASE] * 5), vectors=vectors, similarity=0.9)

    assert found.kept.tolist() == [0, 1, 0, 0, 0]
    assert group_alike(_hashes(*[_BASE] * 5), vectors=lambda rows: vectors[rows]).kept.tolist() == [0, 1, 0, 0, 0]
    assert group_alike(_hashes(*[_BASE] * 5), vectors=vectors, similarity=None).kept.tolist() == [0, 0, 0, 0, 0]


def test_group_alike__links_tie_whatever_the_hashes_say_and_near_goes_first() -> None:
    hashes = _hashes(_BASE, _flipped(_BASE, 30), _flipped(_BASE, 1), NO_HASH)

    found = group_alike(hashes, links=np.array([[1, 0], [2, 0], [0, 3], [3, 3]]))

    assert _summary(found) == ([0, 0, 0, 0], [0, 0, 0, 0], [0, Tie.VIDEO, Tie.NEAR, Tie.VIDEO], [0, 30, 1, 64])


def test_group_alike__all_alike_is_one_group() -> None:
    found = group_alike(np.full(50_000, _BASE, dtype=np.uint64))

    assert (found.n_groups, found.is_kept.sum()) == (1, 1)


def _by_hand(
    hashes: NDArray[np.uint64], ids: list[str], vectors: NDArray[np.float32], rank: NDArray[np.int64], reach: int
) -> list[int]:
    """The definition, one row after the other."""
    first: dict[str, int] = {}
    kept: dict[int, int] = {}
    for row in np.argsort(rank, kind="stable").tolist():
        if first.setdefault(ids[row], row) != row:
            continue
        kept[row] = row
        for other in [one for one, owner in kept.items() if one == owner and one != row]:
            has_both = vectors[row].any() and vectors[other].any()
            cosine = vectors[row] @ vectors[other] if has_both else 1.0
            is_hashed = hashes[row] != NO_HASH and hashes[other] != NO_HASH
            if is_hashed and bin(int(hashes[row]) ^ int(hashes[other])).count("1") <= reach and cosine >= 0.2:
                kept[row] = other
                break
    return [kept[first[one]] for one in ids]


@pytest.mark.parametrize("distance", [0, 1, 3, 8, 14, 32])
@pytest.mark.parametrize("is_crowded", [False, True])
def test_group_alike__is_the_definition_however_the_work_is_cut(
    distance: int, is_crowded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(distance)
    n = 240
    hashes = rng.integers(1, 2**63, 40, dtype=np.uint64)[rng.integers(0, 40, n)]
    for _ in range(5):
        hashes = hashes ^ (np.uint64(1) << rng.integers(0, 64, n).astype(np.uint64))
    hashes[::17] = NO_HASH
    twins = rng.integers(0, 2 * n, n)
    ids = [str(one) for one in twins]
    _, first, back = np.unique(twins, return_index=True, return_inverse=True)
    hashes = hashes[first][back]
    vectors = rng.normal(size=(n, 3)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1)[:, None]
    vectors[::11] = 0
    vectors = vectors[first][back]
    rank = rng.integers(0, 5, n)
    if is_crowded:
        # Small heads that are given up again and again, and buckets even for these few rows.
        monkeypatch.setattr(grouping, "_FIRST_HEAD", 5)
        monkeypatch.setattr(grouping, "_MOST_PAIRS", 4)
        monkeypatch.setattr(reach, "_TILE_NS", 1e9)
        monkeypatch.setattr(reach, "_CANDIDATES", 50)

    found = group_alike(hashes, exact_ids=ids, vectors=vectors, rank=rank, hash_distance=distance, similarity=0.2)

    assert found.kept.tolist() == _by_hand(hashes, ids, vectors, rank, distance)


@pytest.mark.parametrize("allowed", [0, 2, 5, 8, 11])
def test_pairs_within__buckets_find_each_pair_once(allowed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(allowed)
    hashes = rng.integers(0, 2**63, 30, dtype=np.uint64)[rng.integers(0, 30, 300)]
    for _ in range(2):
        hashes[100:] ^= np.uint64(1) << rng.integers(0, 64, 200).astype(np.uint64)
    every = sorted((i, j, b) for one in reach.pairs_within(hashes, allowed) for i, j, b in zip(*one, strict=True))
    monkeypatch.setattr(reach, "_TILE_NS", 1e9)
    assert reach._plan(300, 300, allowed) is not None

    found = sorted((i, j, b) for one in reach.pairs_within(hashes, allowed) for i, j, b in zip(*one, strict=True))

    assert found == every
    assert len(every) > 20


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hash_distance": 33}, "hash_distance: 33; 0 to 32"),
        ({"hash_distance": -1}, "hash_distance: -1"),
        ({"similarity": 1.5}, "similarity: 1.5; -1 to 1"),
        ({"similarity": float("nan")}, "similarity: nan"),
        ({"rank": np.array([0.0, np.nan])}, "not a number"),
        ({"links": np.array([[0, 2]])}, "links name rows from 0 to 1"),
    ],
)
def test_group_alike__refuses_limits_out_of_range(options: dict, message: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(InvalidInput, match=message):
        group_alike(_hashes(1, 2), **options)


@pytest.mark.parametrize(
    "options",
    [
        {"exact_ids": ["a"]},
        {"rank": np.array([1])},
        {"vectors": np.ones((3, 2), dtype=np.float32)},
        {"links": np.ones((2, 3), dtype=np.int64)},
    ],
)
def test_group_alike__refuses_lengths_that_differ(options: dict) -> None:  # type: ignore[type-arg]
    with pytest.raises(ShapeError):
        group_alike(_hashes(1, 2), **options)
