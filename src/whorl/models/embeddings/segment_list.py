"""A segment as the database lists it; apart from what reads its blob, which needs numpy."""

from __future__ import annotations

from typing import NamedTuple


class Segment(NamedTuple):
    """Its key in the database, the SHA-256 of its blob, and how many vectors it holds."""

    key: int
    sha256: str
    rows: int
