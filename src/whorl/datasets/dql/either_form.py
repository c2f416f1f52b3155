"""A query as callers give it: as text, as JSON, as JSON with text behind it, or not at all."""

from __future__ import annotations

import json

from whorl.base.errors import JsonValue, QueryError
from whorl.datasets.dql.ast import Query, all_of
from whorl.datasets.dql.json_form import parse_query
from whorl.datasets.dql.text_form import parse_text


def read_query(given: str | dict[str, JsonValue] | None) -> Query | None:
    """Parse a query given as text or as JSON, which may itself be written as a text; None for every item.

    Behind a JSON query that is written as a text, further terms in the text form narrow it: so that a query which the
    text form cannot say can be narrowed by a person all the same.

    Raises:
        QueryError: It does not parse.
    """
    if isinstance(given, str):
        return _read_text(given.strip())
    return parse_query(given) if given else None


def _read_text(given: str) -> Query | None:
    if not given.startswith("{"):
        return parse_text(given) if given else None
    try:
        found, end = json.JSONDecoder().raw_decode(given)
    except (ValueError, RecursionError) as error:
        raise QueryError(
            f"the query begins like JSON and is none: {error}",
            hint="Close every brace and quote, or use the text form.",
        ) from error
    wide = parse_query(dict(found))
    rest = given[end:].strip()
    if not rest:
        return wide
    narrow = parse_text(rest)
    return Query(
        where=all_of([wide.where, narrow.where]),
        sort=narrow.sort or wide.sort,
        page_size=wide.page_size,
        snapshot=narrow.snapshot or wide.snapshot,
    )
