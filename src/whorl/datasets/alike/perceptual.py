"""The perceptual hash of a picture: 64 bits of its coarse structure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import ShapeError

NO_HASH = 0
"""What a plain picture has in place of a hash. No picture hashes to it: at least half of a hash's bits are set."""

_SIDE = 32
_KEPT = 8
_LANCZOS_REACH = 3.0
_STRIP_LEVELS = 1 << 14
# Below this standard deviation (grey levels, of the 32 x 32 picture) noise decides the bits.
_PLAIN_DEVIATION = 1.0


def hash_picture(grey: NDArray[np.uint8]) -> int:
    """Give the 64-bit perceptual hash of a grey picture.

    The picture is reduced to 32 x 32 with a Lanczos filter and taken through a cosine transform; a bit says whether one
    of the 8 x 8 lowest frequencies reaches the median of those that vary. Both are linear, so both are one small matrix
    per side: of 256 x 192 pixels it takes about 0.1 ms. Of a whole picture the values are those of imagededup's pHash;
    of a picture reduced to 256 pixels they differ from it in none or two bits.

    Args:
        grey: (H, W), levels 0 to 255, of any size.

    Returns:
        The hash, the first bit highest; ``NO_HASH`` when the picture is plain, as a lens cap is: noise alone would
        decide.

    Raises:
        ShapeError: The array is not (H, W) with at least one pixel.
    """
    if grey.ndim != 2 or not grey.size:
        raise ShapeError(f"a grey picture has shape (H, W) with at least one pixel: {grey.shape}")
    height, width = grey.shape
    low = _reduce_columns(grey) @ _low_frequencies(width).T
    # The transform keeps lengths, so this is the variance that the low frequencies make up.
    if float((low**2).sum() - low[0, 0] ** 2) < (_PLAIN_DEVIATION * _SIDE) ** 2:
        return NO_HASH
    # Bits compare coefficients of the plain transform, whose first row and column weigh more than in the one that
    # keeps lengths.
    plain = low * _first_weight()
    values = plain.ravel()
    bits = values >= np.partition(values[1:], 31)[31]
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def hash_distances(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Number of bits, 0 to 64, in which hashes differ; arrays that broadcast against each other."""
    return count_bits(first ^ second).astype(np.int64)


def from_signed(stored: Sequence[int]) -> NDArray[np.uint64]:
    """Hashes as databases keep them: 64 bits with a sign."""
    return np.array(stored, dtype=np.int64).view(np.uint64)


def count_bits(values: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Number of bits set in each value."""
    # numpy has it from 2.0.
    if hasattr(np, "bitwise_count"):
        return np.asarray(np.bitwise_count(values), dtype=np.uint8)
    return count_bits_portably(values)


def count_bits_portably(values: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """``count_bits`` for numpy before 2.0, by sums of ever wider fields."""
    ones, twos, fours = (np.uint64(mask) for mask in (0x5555555555555555, 0x3333333333333333, 0x0F0F0F0F0F0F0F0F))
    found = values - ((values >> np.uint64(1)) & ones)
    found = (found & twos) + ((found >> np.uint64(2)) & twos)
    found = (found + (found >> np.uint64(4))) & fours
    with np.errstate(over="ignore"):
        total: NDArray[np.uint64] = (found * np.uint64(0x0101010101010101)) >> np.uint64(56)
    return total.astype(np.uint8)


def _reduce_columns(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The 8 lowest frequencies of each column, (8, W)."""
    height, width = grey.shape
    down, levels = _low_frequencies(height), grey.astype(np.float32)
    # In strips so small that the library of matrices does not wake its own threads: ingest has a thread per core
    # already, and theirs wait for each other by spinning, which took several times as long as the work.
    step = max(_STRIP_LEVELS // height, 64)
    strips = [down @ levels[:, start : start + step] for start in range(0, width, step)]
    return strips[0] if len(strips) == 1 else np.concatenate(strips, axis=1)


@lru_cache(maxsize=512)
def _low_frequencies(size: int) -> NDArray[np.float32]:
    """Matrix (8, ``size``) that reduces a side to 32 pixels and gives its 8 lowest frequencies, keeping lengths."""
    at = np.arange(_SIDE)
    cosines = np.cos(np.pi * (2 * at[None, :] + 1) * np.arange(_KEPT)[:, None] / (2 * _SIDE)) * np.sqrt(2 / _SIDE)
    cosines[0] /= np.sqrt(2)
    return np.ascontiguousarray((cosines @ _lanczos(size)).astype(np.float32))


@lru_cache(maxsize=1)
def _first_weight() -> NDArray[np.float32]:
    weight = np.ones(_KEPT, dtype=np.float32)
    weight[0] = np.sqrt(2)
    return np.outer(weight, weight)


def _lanczos(size: int) -> NDArray[np.float64]:
    """Matrix (32, ``size``) that resizes a side as Pillow does with ``LANCZOS``."""
    scale = max(size / _SIDE, 1.0)
    reach = _LANCZOS_REACH * scale
    matrix = np.zeros((_SIDE, size))
    for row in range(_SIDE):
        centre = (row + 0.5) * size / _SIDE
        start, stop = max(int(centre - reach + 0.5), 0), min(int(centre + reach + 0.5), size)
        away = (np.arange(start, stop) - centre + 0.5) / scale
        weights = np.where(np.abs(away) < _LANCZOS_REACH, np.sinc(away) * np.sinc(away / _LANCZOS_REACH), 0.0)
        matrix[row, start:stop] = weights / weights.sum()
    return matrix
