"""A query as callers give it: as text, as JSON, or not at all."""

from __future__ import annotations

from whorl.base.errors import JsonValue
from whorl.datasets.dql.ast import Query
from whorl.datasets.dql.json_form import parse_query
from whorl.datasets.dql.text_form import parse_text


def read_query(given: str | dict[str, JsonValue] | None) -> Query | None:
    """Parse a query given as text or as JSON; None for every item.

    Raises:
        QueryError: It does not parse.
    """
    if isinstance(given, str):
        return parse_text(given) if given.strip() else None
    return parse_query(given) if given else None
