"""Parameters as people type them."""

from __future__ import annotations

import json

from whorl.base.errors import InvalidInput, JsonValue


def parse_params(texts: list[str], *, option: str = "--param epochs=20") -> dict[str, JsonValue]:
    """Read ``name=value`` pairs; a value that is JSON is read as such, else it is text.

    Raises:
        InvalidInput: A text has no name, or a name is given twice.
    """
    params: dict[str, JsonValue] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name or name in params:
            raise InvalidInput(f"not a parameter: {text!r}", hint=f"Write each name once, as {option}.")
        try:
            params[name] = json.loads(value)
        except ValueError:
            params[name] = value
    return params
