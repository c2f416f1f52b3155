"""SQL expressions that mean the same on SQLite and PostgreSQL.

A place in a JSON document is read by type: as text it is null unless it holds text, as a number null unless it holds
a number. So ``"5"`` never equals 5, true never equals 1, and an index on the typed expression serves the query.
Paths lead through objects only. Keys are rendered as quoted literals, since an expression index cannot match a bound
parameter.
"""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Double, Join, String, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.type_api import TypeEngine
from sqlalchemy.sql.visitors import InternalTraversal

# SQLite before 3.45 compares keys with the raw JSON text, where other characters may stand escaped.
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_ .\-/:@#+]+")


class ReadAs(StrEnum):
    """What to make of a place in a JSON document."""

    TEXT = "text"
    NUMBER = "number"
    IS_TRUE = "is_true"  # 1, 0, or null when it is neither true nor false
    TYPE = "type"  # the database's name of the JSON type; null when there is nothing


_SQL_TYPES: dict[ReadAs, TypeEngine[Any]] = {
    ReadAs.TEXT: String(),
    ReadAs.NUMBER: Double(),
    ReadAs.IS_TRUE: Boolean(),
    ReadAs.TYPE: String(),
}


# Any: SQLAlchemy's elements are generic in a type that is only known per ReadAs.
class JsonAt(ColumnElement[Any]):
    """The value at a path of a JSON column, read as one type."""

    __visit_name__ = "whorl_json_at"
    inherit_cache = True
    _traverse_internals = [
        ("document", InternalTraversal.dp_clauseelement),
        ("path_text", InternalTraversal.dp_string),
        ("read_as", InternalTraversal.dp_string),
    ]

    def __init__(self, document: ColumnElement[Any], path: tuple[str, ...], read_as: ReadAs) -> None:
        self.document = document
        self.path_text = json.dumps(path)
        self.read_as = read_as
        self.type = _SQL_TYPES[read_as]

    @property
    def path(self) -> tuple[str, ...]:
        """The keys, outermost first."""
        return tuple(json.loads(self.path_text))


class Bytewise(ColumnElement[Any]):
    """A text column that sorts and compares by code point, whatever the database's locale."""

    __visit_name__ = "whorl_bytewise"
    inherit_cache = True
    _traverse_internals = [("column", InternalTraversal.dp_clauseelement)]

    def __init__(self, column: ColumnElement[Any]) -> None:
        self.column = column
        self.type = column.type


class GlobMatch(ColumnElement[bool]):
    """Text that matches a pattern: ``*`` any run, ``?`` one character, a backslash takes the next one literally."""

    __visit_name__ = "whorl_glob"
    inherit_cache = True
    _traverse_internals = [
        ("text", InternalTraversal.dp_clauseelement),
        ("sqlite_pattern", InternalTraversal.dp_clauseelement),
        ("like_pattern", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, text: ColumnElement[Any], pattern: str) -> None:
        self.text = text
        self.sqlite_pattern = bindparam(None, to_sqlite_glob(pattern), type_=String(), unique=True)
        self.like_pattern = bindparam(None, to_like(pattern), type_=String(), unique=True)
        self.type = Boolean()


# Any: as above.
class ForLookup(ColumnElement[Any]):
    """A column whose value looks rows up; SQLite must not put a range of the column in the value's place."""

    __visit_name__ = "whorl_for_lookup"
    inherit_cache = True
    _traverse_internals = [("column", InternalTraversal.dp_clauseelement)]

    def __init__(self, column: ColumnElement[Any]) -> None:
        self.column = column
        self.type = column.type


class WalkJoin(Join):
    """A join that SQLite does from left to right, for its planner cannot know which label is rare."""

    inherit_cache = True


class LabelWalk(WalkJoin):
    """The same, by the index of annotations by label: without statistics SQLite would take the index by item."""

    inherit_cache = True


def split_glob(pattern: str) -> list[tuple[str, bool]]:
    """The pattern's characters, each with whether it is a wildcard; a lone backslash at the end is itself."""
    found: list[tuple[str, bool]] = []
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "\\" and position + 1 < len(pattern):
            position += 1
            found.append((pattern[position], False))
        else:
            found.append((character, character in "*?"))
        position += 1
    return found


def to_sqlite_glob(pattern: str) -> str:
    """Write a pattern for SQLite's GLOB, where a bracket quotes one character."""
    return "".join(c if is_wild or c not in "*?[" else f"[{c}]" for c, is_wild in split_glob(pattern))


def to_like(pattern: str) -> str:
    """Write a pattern for LIKE with a backslash as its escape."""
    wild = {"*": "%", "?": "_"}
    return "".join(wild[c] if is_wild else f"\\{c}" if c in "%_\\" else c for c, is_wild in split_glob(pattern))


def _quote(text: str, compiler: SQLCompiler) -> str:
    quoted = "'" + text.replace("'", "''") + "'"
    # The driver of PostgreSQL reads percent signs as placeholders, in literals too.
    return quoted.replace("%", "%%") if compiler.preparer._double_percents else quoted  # noqa: SLF001


# Any: the keyword arguments belong to SQLAlchemy's compilers.
@compiles(JsonAt, "sqlite")
def _json_at_sqlite(element: JsonAt, compiler: SQLCompiler, **kw: Any) -> str:
    document = compiler.process(element.document, **kw)
    if all(_PLAIN_KEY.fullmatch(key) for key in element.path):
        path = _quote("$" + "".join(f'."{key}"' for key in element.path), compiler)
        return _typed_sqlite(f"json_type({document}, {path})", f"json_extract({document}, {path})", element)
    kind, value = _walk_sqlite(document, element.path, compiler)
    return _typed_sqlite(kind, value, element)


def _typed_sqlite(kind: str, value: str, element: JsonAt) -> str:
    match ReadAs(element.read_as):
        case ReadAs.TYPE:
            return kind
        case ReadAs.TEXT:
            return f"CASE WHEN {kind} = 'text' THEN {value} END"
        case ReadAs.NUMBER:
            return f"CASE WHEN {kind} IN ('integer', 'real') THEN CAST({value} AS REAL) END"
        case ReadAs.IS_TRUE:
            return f"CASE {kind} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"


def _walk_sqlite(document: str, path: tuple[str, ...], compiler: SQLCompiler) -> tuple[str, str]:
    """Step through the document key by key; ``json_each`` gives keys unescaped."""
    steps: list[str] = []
    tests: list[str] = []
    inner = document
    for depth, key in enumerate(path):
        steps.append(f"json_each({inner}) AS w{depth}")
        tests.append(f"w{depth}.key = {_quote(key, compiler)}")
        inner = f"CASE WHEN w{depth}.type = 'object' THEN w{depth}.value ELSE '{{}}' END"
    source = f"FROM {', '.join(steps)} WHERE {' AND '.join(tests)}"
    last = len(path) - 1
    return f"(SELECT w{last}.type {source})", f"(SELECT w{last}.value {source})"


@compiles(JsonAt, "postgresql")
def _json_at_postgresql(element: JsonAt, compiler: SQLCompiler, **kw: Any) -> str:
    place = compiler.process(element.document, **kw)
    for key in element.path[:-1]:
        place = f"{place} -> {_quote(key, compiler)}"
    last = _quote(element.path[-1], compiler)
    value, text = f"({place} -> {last})", f"({place} ->> {last})"
    match ReadAs(element.read_as):
        case ReadAs.TYPE:
            return f"jsonb_typeof{value}"
        case ReadAs.TEXT:
            return f"(CASE WHEN jsonb_typeof{value} = 'string' THEN {text} END COLLATE \"C\")"
        case ReadAs.NUMBER:
            # A JSON number may be too large for a double, and the cast would fail the whole query.
            largest = "1.7976931348623157e308"
            return (
                f"CASE WHEN jsonb_typeof{value} <> 'number' THEN NULL "
                f"WHEN {text}::numeric > {largest} THEN 'infinity'::double precision "
                f"WHEN {text}::numeric < -{largest} THEN '-infinity'::double precision "
                f"ELSE {text}::double precision END"
            )
        case ReadAs.IS_TRUE:
            return f"CASE WHEN jsonb_typeof{value} = 'boolean' THEN {text} = 'true' END"


@compiles(Bytewise, "sqlite")
def _bytewise_sqlite(element: Bytewise, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.column, **kw)


@compiles(Bytewise, "postgresql")
def _bytewise_postgresql(element: Bytewise, compiler: SQLCompiler, **kw: Any) -> str:
    return f'({compiler.process(element.column, **kw)} COLLATE "C")'


@compiles(GlobMatch, "sqlite")
def _glob_sqlite(element: GlobMatch, compiler: SQLCompiler, **kw: Any) -> str:
    return f"({compiler.process(element.text, **kw)} GLOB {compiler.process(element.sqlite_pattern, **kw)})"


@compiles(GlobMatch, "postgresql")
def _glob_postgresql(element: GlobMatch, compiler: SQLCompiler, **kw: Any) -> str:
    return f"({compiler.process(element.text, **kw)} LIKE {compiler.process(element.like_pattern, **kw)})"


@compiles(ForLookup)
def _for_lookup(element: ForLookup, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.column, **kw)


@compiles(ForLookup, "sqlite")
def _for_lookup_sqlite(element: ForLookup, compiler: SQLCompiler, **kw: Any) -> str:
    return f"+{compiler.process(element.column, **kw)}"


@compiles(LabelWalk)
@compiles(WalkJoin)
def _walk_join(element: WalkJoin, compiler: SQLCompiler, **kw: Any) -> str:
    # SQLAlchemy leaves this method untyped.
    joined: str = compiler.visit_join(element, **kw)  # type: ignore[no-untyped-call]
    return joined


@compiles(LabelWalk, "sqlite")
@compiles(WalkJoin, "sqlite")
def _walk_join_sqlite(element: WalkJoin, compiler: SQLCompiler, **kw: Any) -> str:
    kw.pop("from_linter", None)
    left, right = (compiler.process(side, **{**kw, "asfrom": True}) for side in (element.left, element.right))
    on = compiler.process(element.onclause, **{**kw, "asfrom": False}) if element.onclause is not None else "1"
    index = " INDEXED BY ix_annotation_label" if isinstance(element, LabelWalk) else ""
    return f"{left}{index} CROSS JOIN {right} ON {on}"
