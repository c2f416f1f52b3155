from __future__ import annotations

import numpy as np
import pytest

from whorl.base.errors import InvalidInput, ShapeError, UnreadableMedia
from whorl.models.embeddings.halves import widen
from whorl.models.embeddings.index import KeyIndex
from whorl.models.embeddings.keys import crop_key, pack_keys, unpack_keys
from whorl.models.embeddings.segments import decode_segment, encode_segment

SHA = "ab" * 32
KEYS = ["00" * 32, "0f" * 32, "ff" * 32]
VECTORS = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)


def test_crop_key__bounds_that_agree_to_a_tenth_are_one_crop() -> None:
    key = crop_key(SHA, (1.0, 2.0, 30.0, 40.0))
    assert crop_key(SHA, (1.04, 2.0, 29.96, 40.0)) == key
    assert crop_key(SHA, (-0.04, 2, 3, 4)) == crop_key(SHA, (0, 2, 3, 4))
    assert crop_key(SHA, (1.1, 2.0, 30.0, 40.0)) != key
    assert crop_key("cd" * 32, (1.0, 2.0, 30.0, 40.0)) != key


def test_pack_keys__there_and_back() -> None:
    assert unpack_keys(pack_keys(KEYS)) == KEYS
    assert pack_keys([]).shape == (0, 32)


@pytest.mark.parametrize("bad", ["", "xyz", "ab" * 31, "ab" * 33, "zz" * 32])
def test_pack_keys__what_is_no_key(bad: str) -> None:
    with pytest.raises(InvalidInput, match="not a key"):
        pack_keys([SHA, bad])


def test_segment__there_and_back() -> None:
    keys, vectors = decode_segment(encode_segment(pack_keys(KEYS), VECTORS))
    assert unpack_keys(keys) == KEYS
    np.testing.assert_array_equal(vectors, VECTORS.astype(np.float16))


@pytest.mark.parametrize("spoil", ["empty", "cut", "longer", "flipped", "another"])
def test_decode_segment__damage_is_seen(spoil: str) -> None:
    data = encode_segment(pack_keys(KEYS), VECTORS)
    spoilt = {
        "empty": b"",
        "cut": data[:-1],
        "longer": data + b"\0",
        "flipped": data[:-1] + bytes([data[-1] ^ 1]),
        "another": b"GIF89a" + data[6:],
    }[spoil]
    with pytest.raises(UnreadableMedia, match="segment of vectors"):
        decode_segment(spoilt)


@pytest.mark.parametrize("bad", [[np.nan, 0], [np.inf, 0], [0, 0], [3, 4]])
def test_encode_segment__only_vectors_of_unit_length(bad: list[float]) -> None:
    vectors = np.concatenate([VECTORS[:2], np.array([bad], np.float32)])
    with pytest.raises(ShapeError, match="unit length"):
        encode_segment(pack_keys(KEYS), vectors)


def test_encode_segment__keys_without_vectors() -> None:
    with pytest.raises(ShapeError):
        encode_segment(pack_keys(KEYS), VECTORS[:2])


def test_widen__every_half_exactly() -> None:
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16)
    finite = halves[np.isfinite(halves)].reshape(2, -1)
    np.testing.assert_array_equal(widen(finite), finite.astype(np.float32))


def test_key_index__keys_that_begin_alike() -> None:
    keys = ["11" * 8 + f"{number:048x}" for number in range(5)]
    index = KeyIndex(pack_keys(keys[:3]))
    assert index.rows_of([keys[2], keys[4], keys[0]]).tolist() == [2, -1, 0]
    assert index.add(pack_keys([keys[4], keys[1], keys[4], keys[3]])).tolist() == [True, False, False, True]
    assert index.rows_of([keys[3], keys[4], keys[1], SHA]).tolist() == [4, 3, 1, -1]


def test_key_index__empty() -> None:
    index = KeyIndex(np.zeros((0, 32), np.uint8))
    assert index.rows_of([SHA]).tolist() == [-1]
    assert index.add(pack_keys([SHA])).tolist() == [True]
    assert index.rows_of([SHA]).tolist() == [0]
