"""Keys of vectors: what was embedded, by content."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from whorl.base.errors import InvalidInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KEY_BYTES = 32

Bounds = tuple[float, float, float, float]


def crop_key(sha256: str, bounds: Bounds) -> str:
    """The key of a part of an image: 64 hex digits, the same for bounds that agree to a tenth of a pixel.

    Args:
        sha256: Of the image's bytes.
        bounds: x0 y0 x1 y1 in pixels of the upright image.
    """
    # Adding zero turns -0.0 into 0.0, which would otherwise be another text.
    edges = ",".join(f"{round(edge, 1) + 0.0:.1f}" for edge in bounds)
    return hashlib.sha256(f"{sha256}:{edges}".encode()).hexdigest()


def pack_keys(keys: Sequence[str]) -> NDArray[np.uint8]:
    """uint8 (n, 32): the bytes of hexadecimal keys.

    Raises:
        InvalidInput: One of them is not 64 hexadecimal digits.
    """
    import numpy as np

    try:
        data = bytes.fromhex("".join(keys))
    except ValueError:
        data = b""
    if len(data) != len(keys) * KEY_BYTES or any(len(key) != 2 * KEY_BYTES for key in keys):
        bad = next((key for key in keys if not _is_key(key)), "")
        raise InvalidInput(f"not a key of a vector: {bad[:80]!a}", hint="A key is a SHA-256 as 64 hexadecimal digits.")
    return np.frombuffer(data, np.uint8).reshape(-1, KEY_BYTES)


def unpack_keys(packed: NDArray[np.uint8]) -> list[str]:
    """The hexadecimal keys of uint8 (n, 32)."""
    text = packed.tobytes().hex()
    step = 2 * KEY_BYTES
    return [text[start : start + step] for start in range(0, len(text), step)]


def _is_key(key: str) -> bool:
    try:
        return len(bytes.fromhex(key)) == KEY_BYTES and len(key) == 2 * KEY_BYTES
    except ValueError:
        return False
