"""Frames between a server and its model hosts: a small JSON head and bytes, each with its length before it."""

from __future__ import annotations

import struct
from typing import IO, TypeAlias

import orjson

from whorl.base.errors import JsonValue

Head: TypeAlias = dict[str, JsonValue]
_LENGTHS = struct.Struct(">IQ")
MAX_HEAD_BYTES = 2**20
MAX_BODY_BYTES = 2**32


def pack_frame(head: Head, body: bytes = b"") -> bytes:
    """One frame, ready to be sent."""
    packed = orjson.dumps(head)
    return b"".join((_LENGTHS.pack(len(packed), len(body)), packed, body))


def read_frame(source: IO[bytes]) -> tuple[Head, bytes] | None:
    """The next frame, or None when the other side has gone, in the middle of a frame or between two.

    Raises:
        ValueError: What comes is no frame.
    """
    lengths = source.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head_bytes, body_bytes = _LENGTHS.unpack(lengths)
    if head_bytes > MAX_HEAD_BYTES or body_bytes > MAX_BODY_BYTES:
        raise ValueError(f"not a frame: {head_bytes} and {body_bytes} bytes")
    head, body = source.read(head_bytes), source.read(body_bytes) if body_bytes else b""
    if len(head) < head_bytes or len(body) < body_bytes:
        return None
    found = orjson.loads(head)
    if not isinstance(found, dict):
        raise ValueError("not a frame: its head is no object")
    return found, body
