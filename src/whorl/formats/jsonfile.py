"""Load a JSON file, saying exactly where it is broken."""

from __future__ import annotations

import json
from pathlib import Path

import orjson

from whorl.base.errors import FormatError, JsonValue

Json = JsonValue


def load_json(path: Path, where: str) -> Json:
    """Load a JSON file; ``NaN`` and ``Infinity``, which some tools write, are let through as numbers.

    Args:
        path: The file.
        where: What to call it in the error.

    Raises:
        FormatError: The file is missing, not UTF-8, or not JSON; names the line.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FormatError(f"{where} cannot be read: {error.strerror}", hint="Check the path and its rights.") from error
    try:
        return _loads(data.removeprefix(b"\xef\xbb\xbf"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError(f"{where}, line {line}: not UTF-8 text", hint="Save the file as UTF-8.") from error
    except json.JSONDecodeError as error:
        raise FormatError(
            f"{where}, line {error.lineno}, column {error.colno}: not valid JSON: {error.msg}",
            hint="The file may be cut off; export it again.",
        ) from error
    except RecursionError as error:
        raise FormatError(f"{where}: nested too deeply", hint="Export it again.") from error


def _loads(data: bytes) -> Json:
    try:
        parsed: Json = orjson.loads(data)
    except orjson.JSONDecodeError:
        parsed = json.loads(data.decode("utf-8"))
    return parsed
