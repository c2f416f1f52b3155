"""Pure decisions about datasets and items."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping

from whorl.base.errors import Conflict, InvalidInput, JsonValue
from whorl.schemas.records import Subset

MAX_PAGE = 1000
_MAX_NAME = 1000
_MAX_DATASET_NAME = 200


def check_dataset_name(name: str) -> None:
    """Check a dataset's or snapshot's name.

    Raises:
        InvalidInput: It is empty, longer than 200 characters, or has control characters.
    """
    if not name.strip() or len(name) > _MAX_DATASET_NAME or not name.isprintable():
        raise InvalidInput(f"not a name: {name[:80]!r}; allowed: 1 to {_MAX_DATASET_NAME} printable characters")


def find_name_problem(name: str) -> str | None:
    """Say what is wrong with an item's name, or None; it is a relative path of at most 1,000 characters."""
    if not name or len(name) > _MAX_NAME:
        return f"an item's name has 1 to {_MAX_NAME} characters, this one has {len(name)}"
    if any(ord(character) < 32 or 0xD800 <= ord(character) <= 0xDFFF for character in name):
        return f"the name has characters that are not text: {name[:80]!a}"
    if name.startswith("/") or "\\" in name or any(part in ("", ".", "..") for part in name.split("/")):
        return f"not a relative path with forward slashes: {name[:80]!r}"
    return None


def check_item_name(name: str) -> None:
    """Check an item's name.

    Raises:
        InvalidInput: See ``find_name_problem``.
    """
    problem = find_name_problem(name)
    if problem is not None:
        raise InvalidInput(problem)


def check_json(value: JsonValue, *, where: str) -> None:
    """Check that both databases can keep a value: finite numbers, and text without NUL or lone surrogates.

    Raises:
        InvalidInput: Names ``where`` and the value.
    """
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidInput(f"{where}: {value} is not a finite number", hint="Leave it out, or give null.")
    if isinstance(value, str) and ("\0" in value or any(0xD800 <= ord(character) <= 0xDFFF for character in value)):
        raise InvalidInput(
            f"{where}: the text has characters that cannot be stored: {value[:80]!a}",
            hint="Leave out NUL and half surrogates.",
        )
    if isinstance(value, list):
        for part in value:
            check_json(part, where=where)
    if isinstance(value, dict):
        for key, part in value.items():
            check_json(key, where=where)
            check_json(part, where=f"{where}.{key}")


def merge_patch(current: Mapping[str, JsonValue], patch: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Apply a JSON merge patch (RFC 7396): null removes a key, objects merge, all else replaces.

    >>> merge_patch({"a": 1, "b": {"c": 2, "d": 3}}, {"a": None, "b": {"c": 4}})
    {'b': {'c': 4, 'd': 3}}
    """
    merged = dict(current)
    for key, value in patch.items():
        before = merged.get(key)
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            merged[key] = merge_patch(before if isinstance(before, dict) else {}, value)
        else:
            merged[key] = value
    return merged


def check_subset_change(
    item_name: str, *, current: Subset | None, wanted: Subset | None, frozen_reason: str | None
) -> None:
    """Check that an item may change its subset.

    Args:
        frozen_reason: Why the test subset is frozen, or None when it is not.

    Raises:
        Conflict: The item would join or leave the frozen test subset.
    """
    if frozen_reason is None or current is wanted or Subset.TEST not in (current, wanted):
        return
    verb = "join" if wanted is Subset.TEST else "leave"
    raise Conflict(
        f"item {item_name!r} may not {verb} the test subset, which is frozen: {frozen_reason}",
        hint="Models were compared on this test subset; make a new dataset to test on other items.",
        details={"item": item_name, "reason": frozen_reason},
    )


def encode_cursor(key: int) -> str:
    """Wrap the last key of a page as an opaque cursor."""
    return base64.urlsafe_b64encode(f"k{key}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> int:
    """Give the key a cursor holds; 0 for none.

    Raises:
        InvalidInput: This is not a cursor Whorl gave out.
    """
    if cursor is None:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        text = ""
    if not text.startswith("k") or not text[1:].isdecimal() or len(text) > 20:
        raise InvalidInput(f"not a cursor: {cursor[:80]!r}", hint="Pass `next_cursor` of the page before, unchanged.")
    return int(text[1:])


def check_limit(limit: int) -> None:
    """Check the size of a page.

    Raises:
        InvalidInput: It is not from 1 to 1,000.
    """
    if not 1 <= limit <= MAX_PAGE:
        raise InvalidInput(f"limit is {limit}; allowed: 1 to {MAX_PAGE}")
