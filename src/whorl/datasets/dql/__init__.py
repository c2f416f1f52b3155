"""The query language: which items, by their fields, metadata and annotations.

Key words: the *JSON form* is what programs and Dataloop's filters write, the *text form* what people type; both parse
to one tree (``ast``), checked against the list in ``fields``. A *match* is a condition over an item's annotations with
a quantifier: some, none or all. A *driver* is the match whose index entries are walked.

Invariants: annotations mean ground truth unless the query asks for predictions by name; a query means the same on
SQLite and PostgreSQL, to the row; nothing from a query reaches SQL except as a bound value or a quoted JSON key; pages
go by key and stay stable while others write.
"""

from whorl.datasets.dql.ast import Query
from whorl.datasets.dql.compile import CompiledQuery, compile_query, resolve_snapshot
from whorl.datasets.dql.filterable import mark_filterable
from whorl.datasets.dql.json_form import parse_query
from whorl.datasets.dql.near import resolve_near
from whorl.datasets.dql.reading import Count, KeyPage, count, iter_keys, list_keys, read_keys
from whorl.datasets.dql.text_form import parse_text
from whorl.datasets.dql.write import format_text, to_json

__all__ = [
    "CompiledQuery",
    "Count",
    "KeyPage",
    "Query",
    "compile_query",
    "count",
    "format_text",
    "iter_keys",
    "list_keys",
    "mark_filterable",
    "parse_query",
    "parse_text",
    "read_keys",
    "resolve_near",
    "resolve_snapshot",
    "to_json",
]
