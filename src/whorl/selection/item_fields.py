"""What quotas are counted by, and which images are too bad to label: read off an item's row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from whorl.base.errors import InvalidInput
from whorl.datasets.dql.fields import split_path

_DARK, _BRIGHT, _FLAT, _BLURRED = 20.0, 235.0, 5.0, 5.0
_PLAIN = ("group", "day", "folder")


# Any: a row's columns are typed by its tables, not in Python.
def field_reader(name: str) -> Callable[[Any], str | None]:
    """What reads a field off an item's row as text; None where the item has no value.

    Raises:
        InvalidInput: It is no field that items have.
    """
    if name == "group":
        return lambda row: row.group_key
    if name == "day":
        return lambda row: str(row.created_at.date().isoformat())
    if name == "folder":
        return lambda row: str(row.name).rpartition("/")[0] or "."
    if name.startswith("metadata.") and len(name) > len("metadata."):
        path = split_path(name, name[:60])[1:]
        return lambda row: _at(row.metadata, path)
    raise InvalidInput(
        f"a quota on {name[:60]!r}", hint=f"Allowed: {', '.join(_PLAIN)}, or a metadata field such as metadata.camera."
    )


def is_bad(health: Mapping[str, Any]) -> bool:
    """Whether an image is too dark, too bright, too flat or too blurred for a person to label."""
    brightness, contrast, sharpness = (health.get(name) for name in ("brightness", "contrast", "sharpness"))
    if isinstance(brightness, int | float) and not _DARK <= brightness <= _BRIGHT:
        return True
    if isinstance(contrast, int | float) and contrast < _FLAT:
        return True
    return isinstance(sharpness, int | float) and sharpness < _BLURRED


def _at(document: Any, path: list[str]) -> str | None:
    for key in path:
        if not isinstance(document, Mapping) or key not in document:
            return None
        document = document[key]
    return None if document is None or isinstance(document, Mapping | list) else str(document)
