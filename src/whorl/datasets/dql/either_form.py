"""A query as callers give it: as text, as JSON, or not at all."""

from __future__ import annotations

import json

from whorl.base.errors import JsonValue, QueryError
from whorl.datasets.dql.ast import Query
from whorl.datasets.dql.json_form import parse_query
from whorl.datasets.dql.text_form import parse_text


def read_query(given: str | dict[str, JsonValue] | None) -> Query | None:
    """Parse a query given as text or as JSON, which may itself be written as a text; None for every item.

    Raises:
        QueryError: It does not parse.
    """
    if isinstance(given, str) and given.lstrip().startswith("{"):
        given = _read_json(given)
    if isinstance(given, str):
        return parse_text(given) if given.strip() else None
    return parse_query(given) if given else None


def _read_json(text: str) -> dict[str, JsonValue]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise QueryError(
            f"the query begins like JSON and is none: {error}",
            hint="Close every brace and quote, or use the text form.",
        ) from error
    return dict(found)
