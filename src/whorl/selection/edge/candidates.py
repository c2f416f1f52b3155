"""What a sampler is told of one image, and what it answers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One image of a stream.

    Args:
        id: 32 hexadecimal characters, from ``make_id``.
        priority: In [0, 1), drawn by the id's hash: the uniform share keeps the lowest.
        stratum: Source, label or hour, for a stratified share.
        uncertainty: In [0, 1]; None when the device's model said nothing.
        descriptor: (d,) float32; None when there is none.
        probability: How likely the image was to come this far.
        is_uniform: It is part of a uniform sample so far, so that it may stand for others in an estimate.
        is_burst: Nearly the same as the frame before it: only chance may choose it.
    """

    id: str
    priority: float
    stratum: str = ""
    uncertainty: float | None = None
    descriptor: Vector | None = None
    probability: float = 1.0
    is_uniform: bool = True
    is_burst: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sampler keeps an image, and the ids it gives up for it."""

    is_kept: bool
    displaced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """An image chosen at the end of a window.

    Args:
        reason: ``uniform``, ``novelty``, ``uncertainty``; joined by ``+`` when several chose it.
        score: Of the reason, in [0, 1]; 1 is best.
        probability: How likely chance was to choose it; only for the uniform share.
    """

    id: str
    reason: str
    score: float
    is_uniform: bool
    probability: float | None


PASSED = Verdict(False)


def make_id(seed: int, device: str, key: str) -> str:
    """The id of the image with a key: the same for the same seed, device and key."""
    text = f"{seed}\x00{device}\x00{key}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16, person=b"whorl edge").hexdigest()


def priority_of(item_id: str) -> float:
    """A number in [0, 1) that looks drawn by chance and is the same wherever it is computed.

    Because bases compute the same number, a uniform sample of uniform samples is a uniform sample of all.
    """
    digest = hashlib.blake2b(item_id.encode("ascii", "replace"), digest_size=8, person=b"whorl draw").digest()
    return (int.from_bytes(digest, "big") >> 11) / 2.0**53
