"""Half precision to single, quickly: numpy's own conversion takes ten times as long where it has no instruction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SCALE = np.float32(2.0**112)
_LOW, _SIGN = np.int32(0x0FFFE000), np.int32(-(2**31))


def widen(halves: NDArray[np.float16]) -> NDArray[np.float32]:
    """float32 values of finite half-precision numbers, exactly; the same shape.

    A half's exponent and fraction, moved to a float's place, give its value divided by 2^112.
    """
    bits = np.ascontiguousarray(halves).view(np.int16).astype(np.int32)
    magnitude = bits << 13
    magnitude &= _LOW
    bits &= _SIGN
    magnitude |= bits
    wide = magnitude.view(np.float32)
    wide *= _SCALE
    return wide
