"""Lists as PostgreSQL's array literals, for statements with thousands of values.

The driver writes a list's elements one by one in Python, which costs more than all else that a batch does here.
"""

from __future__ import annotations

from collections.abc import Sequence

_BETWEEN = "\x1f"


def int_array(values: Sequence[int]) -> str:
    """Whole numbers as the text of an array, to be cast: ``%s::bigint[]``.

    >>> int_array([3, -1])
    '{3,-1}'
    """
    return f"{{{','.join(map(str, values))}}}"


def text_array(values: Sequence[str]) -> str:
    """Texts as the text of an array, to be cast: ``%s::text[]``.

    >>> text_array(["a", 'say "hi"', ""])
    '{"a","say \\\\"hi\\\\"",""}'
    """
    if not values:
        return "{}"
    joined = _BETWEEN.join(values)
    if joined.count(_BETWEEN) != len(values) - 1:
        return f"{{{','.join(_quoted(value) for value in values)}}}"
    # Quoted all at once: the separator is in none of them.
    return "{" + _quoted(joined).replace(_BETWEEN, '","') + "}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
