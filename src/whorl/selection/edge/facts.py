"""The metadata of an image: checked on the device, so that the far end takes it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from whorl.base.errors import InvalidInput

if TYPE_CHECKING:
    from whorl.base.errors import JsonValue
    from whorl.selection.edge.rows import Row

MAX_METADATA = 16_384
RESERVED = "edge"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def check_metadata(metadata: Mapping[str, JsonValue] | None) -> dict[str, JsonValue]:
    """A copy of the caller's metadata.

    Raises:
        InvalidInput: Not JSON, too long, text that cannot be stored, or the name ``edge``, which is Whorl's own.
    """
    found = dict(metadata or {})
    if RESERVED in found:
        raise InvalidInput(f"metadata named {RESERVED!r}", hint="Choose another name: that one says how it was chosen.")
    _check(found)
    try:
        size = len(json.dumps(found, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"metadata is not JSON: {error}", hint="Use text, numbers, lists and objects.") from error
    if size > MAX_METADATA:
        raise InvalidInput(f"metadata of {size:,} characters; allowed: {MAX_METADATA:,}")
    return found


def _check(value: object) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidInput(f"metadata with {value}", hint="Leave it out, or give null.")
    if isinstance(value, str) and not is_text(value):
        raise InvalidInput(f"metadata with text that cannot be stored: {value[:40]!a}", hint="Leave out NUL.")
    for part in [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []:
        _check(part)


def is_text(value: str) -> bool:
    """Whether a text has neither NUL nor half of a surrogate pair."""
    return "\0" not in value and not any(0xD800 <= ord(one) <= 0xDFFF for one in value)


def check_device(name: str) -> str:
    """Check a device's name; any text that can be shown goes.

    Raises:
        InvalidInput: Empty, over 100 characters, or not printable.
    """
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise InvalidInput(f"not a device's name: {name[:80]!a}", hint="Give 1 to 100 printable characters.")
    return name


def to_slug(name: str) -> str:
    """A name as part of a path: letters, digits, dot, dash and underscore."""
    return _UNSAFE.sub("_", name).strip("._") or "device"


def item_name(row: Row) -> str:
    """The name under which an image arrives: the device, the day, and the id, which makes it the only one."""
    captured = row.facts.get("captured_at")
    day = captured[:10] if isinstance(captured, str) and re.match(r"\d{4}-\d\d-\d\d", captured) else "undated"
    return f"edge/{to_slug(row.device)}/{day}/{row.id}{row.suffix}"


def to_time(seconds: float) -> str:
    """Seconds since 1970 as text, in UTC; a clock that stands outside of the calendar gives 1970."""
    try:
        return datetime.fromtimestamp(seconds, tz=UTC).isoformat(timespec="milliseconds")
    except (OverflowError, OSError, ValueError):
        return "1970-01-01T00:00:00.000+00:00"


def delivered_metadata(row: Row) -> dict[str, JsonValue]:
    """What stands on the item at the far end: the caller's metadata, and how the image was chosen."""
    facts = dict(row.facts)
    metadata = facts.pop("metadata", None)
    edge: dict[str, JsonValue] = {
        "id": row.id,
        "device": row.device,
        **facts,
        "is_uniform": row.is_uniform,
        "inclusion_probability": row.probability if row.is_uniform else None,
        "reason": row.reason,
        "window": row.window,
        "score": round(row.score, 6),
        "uncertainty": row.uncertainty,
    }
    return {**(metadata if isinstance(metadata, dict) else {}), RESERVED: edge}
