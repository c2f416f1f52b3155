"""The fields a query may name, and what each can be compared with.

Nothing outside this list reaches the compiler: an unknown field is an error that names the nearest one. Keys inside
``metadata`` and ``attributes`` are free, and reach SQL only as quoted literals.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NoReturn

from whorl.base.errors import QueryError
from whorl.datasets.dql.ast import Compare, Field, Op, Scalar
from whorl.schemas.annotations import AuthorKind, Origin
from whorl.schemas.records import Subset

MAX_TEXT = 1000
MAX_VALUES = 1000
MAX_WILDCARDS = 8
MAX_PATH = 16


class FieldType(StrEnum):
    """What a field holds; ``ANY`` is a place in a JSON document."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "true or false"
    TIME = "time"
    CHOICE = "choice"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One allowed field."""

    name: str
    type: FieldType
    choices: tuple[str, ...] = ()
    is_nullable: bool = False
    takes_path: bool = False
    is_sortable: bool = True


HEALTH_NAMES = ("brightness", "contrast", "sharpness")
KINDS = ("class", "box", "rotated_box", "polygon", "polyline", "points", "mask")


def _table(*specs: FieldSpec) -> dict[str, FieldSpec]:
    return {spec.name: spec for spec in specs}


ITEM_FIELDS: Mapping[str, FieldSpec] = _table(
    FieldSpec("id", FieldType.TEXT),
    FieldSpec("name", FieldType.TEXT),
    FieldSpec("subset", FieldType.CHOICE, tuple(Subset), is_nullable=True),
    FieldSpec("width", FieldType.NUMBER),
    FieldSpec("height", FieldType.NUMBER),
    FieldSpec("media_type", FieldType.TEXT),
    FieldSpec("bytes", FieldType.NUMBER),
    FieldSpec("created_at", FieldType.TIME),
    FieldSpec("group", FieldType.TEXT, is_nullable=True),
    FieldSpec("checked_empty", FieldType.BOOLEAN),
    FieldSpec("annotated", FieldType.BOOLEAN, is_sortable=False),
    FieldSpec("n_annotations", FieldType.NUMBER, is_sortable=False),
    FieldSpec("metadata", FieldType.ANY, is_nullable=True, takes_path=True),
    FieldSpec("health", FieldType.NUMBER, is_nullable=True, takes_path=True),
)
ANNOTATION_FIELDS: Mapping[str, FieldSpec] = _table(
    FieldSpec("annotation_id", FieldType.TEXT),
    FieldSpec("label", FieldType.TEXT),
    FieldSpec("kind", FieldType.CHOICE, KINDS),
    FieldSpec("confidence", FieldType.NUMBER, is_nullable=True),
    FieldSpec("model_id", FieldType.TEXT, is_nullable=True),
    FieldSpec("author_kind", FieldType.CHOICE, tuple(AuthorKind)),
    FieldSpec("author_id", FieldType.TEXT),
    FieldSpec("origin", FieldType.CHOICE, tuple(Origin)),
    FieldSpec("missed_by", FieldType.TEXT, is_nullable=True),
    FieldSpec("attributes", FieldType.ANY, is_nullable=True, takes_path=True),
)
FINDING_TYPES = ("correct", "confused", "missed", "spurious", "empty")
FINDING_FIELDS: Mapping[str, FieldSpec] = _table(
    FieldSpec("type", FieldType.CHOICE, FINDING_TYPES),
    FieldSpec("truth", FieldType.TEXT, is_nullable=True),
    FieldSpec("predicted", FieldType.TEXT, is_nullable=True),
    FieldSpec("confidence", FieldType.NUMBER, is_nullable=True),
    FieldSpec("iou", FieldType.NUMBER, is_nullable=True),
)
ITEM_ALIASES = {"filename": "name", "createdAt": "created_at", "group_key": "group", "mimetype": "media_type"}
ANNOTATION_ALIASES = {
    "id": "annotation_id",
    "type": "kind",
    "model": "model_id",
    "author": "author_id",
    "attribute": "attributes",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """The fields that can be named in one place: of items, or of annotations."""

    noun: str
    fields: Mapping[str, FieldSpec]
    aliases: Mapping[str, str]

    def spec(self, field: Field) -> FieldSpec:
        """The specification of a field that was resolved in this scope."""
        return self.fields[field.name]

    def names(self) -> list[str]:
        """All names that can be written, aliases too."""
        return sorted([*self.fields, *self.aliases])


ITEMS = Scope("item", ITEM_FIELDS, ITEM_ALIASES)
ANNOTATIONS = Scope("annotation", ANNOTATION_FIELDS, ANNOTATION_ALIASES)
FINDINGS = Scope("finding", FINDING_FIELDS, {})


def fail(message: str, place: str, *, hint: str = "") -> NoReturn:
    """Raise a ``QueryError`` that says where in the query the trouble is."""
    raise QueryError(f"{message} (at {place})", hint=hint, details={"place": place})


def shorten(value: object) -> str:
    """Show a value of unknown size and depth in an error message."""
    if isinstance(value, dict | list | tuple | set):
        return f"a {'list' if isinstance(value, list | tuple) else 'object'}"
    text = repr(value) if isinstance(value, str) else str(value) if not isinstance(value, int) else _show_int(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _show_int(value: int) -> str:
    # Python refuses to print integers of more than 4,300 digits.
    return str(value).lower() if value.bit_length() < 256 else "a huge number"


def nearest(word: str, allowed: Iterable[str], *, prefix: str = "Did you mean") -> str:
    """Give a hint with the closest allowed word, or the list of them."""
    names = list(allowed)
    found = difflib.get_close_matches(word[:100], names, n=1, cutoff=0.5)
    return f"{prefix} {found[0]}?" if found else f"Allowed: {', '.join(names)}."


def resolve(segments: Sequence[str], scope: Scope, place: str) -> Field:
    """Find the field that the written segments name.

    Raises:
        QueryError: No such field, or a path where none can be.
    """
    head, rest = segments[0], tuple(segments[1:])
    name = scope.aliases.get(head, head)
    spec = scope.fields.get(name)
    if spec is None:
        fail(f"unknown {scope.noun} field: {shorten(head)}", place, hint=nearest(head, scope.names()))
    if not spec.takes_path and rest:
        fail(f"{name} has no parts, got {shorten('.'.join(segments))}", place, hint=f"Write {name} alone.")
    if spec.takes_path and not rest:
        fail(f"{name} needs a key", place, hint=f"Write {name}.<key>.")
    if name == "health" and (len(rest) > 1 or rest[0] not in HEALTH_NAMES):
        fail(f"unknown health measure: {shorten('.'.join(rest))}", place, hint=nearest(rest[0], HEALTH_NAMES))
    for key in rest:
        check_text(key, place)
    if len(rest) > MAX_PATH:
        fail(f"a path of {len(rest)} keys; at most {MAX_PATH}", place)
    return Field(name, rest)


def split_path(written: str, place: str) -> list[str]:
    """Split ``a.b."c.d"`` into keys; a quote inside quotes is doubled.

    Raises:
        QueryError: An empty key, or a quote without its partner.
    """
    keys: list[str] = []
    position = 0
    while True:
        key, position = _next_key(written, position, place)
        if not key:
            fail(f"an empty key in {shorten(written)}", place, hint='Keys are parted by dots; quote odd ones: "a.b".')
        keys.append(key)
        if position == len(written):
            return keys
        if written[position] != ".":
            fail(f"text after a quoted key in {shorten(written)}", place)
        position += 1


def _next_key(written: str, start: int, place: str) -> tuple[str, int]:
    if not written.startswith('"', start):
        end = written.find(".", start)
        end = len(written) if end < 0 else end
        return written[start:end], end
    key, position = "", start + 1
    while True:
        end = written.find('"', position)
        if end < 0:
            fail(f"a quote without its partner in {shorten(written)}", place)
        key += written[position:end]
        if not written.startswith('"', end + 1):
            return key, end + 1
        key, position = key + '"', end + 2


def join_path(path: tuple[str, ...]) -> str:
    """Write keys so that ``split_path`` gives them back."""
    return ".".join(_written(key) for key in path)


def _written(key: str) -> str:
    plain = key.replace("_", "a").replace("-", "a").isalnum() and key.isascii()
    return key if plain and not key.startswith("-") else '"' + key.replace('"', '""') + '"'


def check_text(text: str, place: str) -> str:
    """Give the text back when a database can hold it.

    Raises:
        QueryError: Too long, or with characters that PostgreSQL cannot store.
    """
    if len(text) > MAX_TEXT:
        fail(f"text of {len(text)} characters; at most {MAX_TEXT}", place)
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        fail("text with a NUL character or half a surrogate pair", place)
    return text


def compare(field: Field, op: Op, value: object, *, scope: Scope, place: str) -> Compare:
    """Make a checked comparison: the value fits the field, and the operator fits both.

    Raises:
        QueryError: It does not; says what was given and what is allowed.
    """
    spec = scope.spec(field)
    if op is Op.EXISTS:
        return Compare(field, op, value=True)
    if op is Op.GLOB:
        return Compare(field, op, _check_glob(spec, value, place))
    if op is Op.IN:
        return _compare_in(field, spec, value, place)
    checked = _check_scalar(spec, value, place)
    if op is not Op.EQ:
        _check_order(spec, checked, op, place)
    return Compare(field, op, checked)


def _compare_in(field: Field, spec: FieldSpec, value: object, place: str) -> Compare:
    if not isinstance(value, list | tuple):
        fail(f"$in needs a list, got {shorten(value)}", place)
    if len(value) > MAX_VALUES:
        fail(f"a list of {len(value)} values; at most {MAX_VALUES}", place)
    values = tuple(_check_scalar(spec, one, place) for one in value)
    return Compare(field, Op.EQ, values[0]) if len(values) == 1 else Compare(field, Op.IN, values)


def _check_order(spec: FieldSpec, value: Scalar, op: Op, place: str) -> None:
    if spec.type in {FieldType.CHOICE, FieldType.BOOLEAN} or value is None or isinstance(value, bool):
        fail(f"{spec.name} {op} {shorten(value)}: there is no order to compare by", place, hint="Use $eq or $in.")


def _check_glob(spec: FieldSpec, value: object, place: str) -> str:
    if spec.type not in {FieldType.TEXT, FieldType.ANY}:
        fail(f"$glob on {spec.name}, which is not text", place)
    if not isinstance(value, str):
        fail(f"$glob needs a text pattern, got {shorten(value)}", place)
    pattern = check_text(value, place)
    while "**" in pattern:
        pattern = pattern.replace("**", "*")
    # Each star multiplies the work of a match; a dozen on a long name would hold the database for minutes.
    if pattern.count("*") > MAX_WILDCARDS:
        fail(f"a pattern with {pattern.count('*')} wildcards; at most {MAX_WILDCARDS}", place)
    return pattern


def _check_scalar(spec: FieldSpec, value: object, place: str) -> Scalar:
    if value is None:
        if not spec.is_nullable:
            fail(f"{spec.name} is never null", place)
        return None
    match spec.type:
        case FieldType.NUMBER:
            return _number(spec, value, place)
        case FieldType.BOOLEAN:
            if not isinstance(value, bool):
                fail(f"{spec.name} is true or false, got {shorten(value)}", place)
            return value
        case FieldType.TIME:
            return _time(spec, value, place)
        case FieldType.CHOICE:
            return _choice(spec, value, place)
        case FieldType.TEXT:
            if not isinstance(value, str):
                fail(f"{spec.name} is text, got {shorten(value)}", place)
            return check_text(value, place)
        case FieldType.ANY:
            return _any(spec, value, place)


def _any(spec: FieldSpec, value: object, place: str) -> Scalar:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return check_text(value, place)
    if isinstance(value, int | float):
        return _number(spec, value, place)
    fail(f"{spec.name} is compared with text, a number, true, false or null, got {shorten(value)}", place)


def _number(spec: FieldSpec, value: object, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        fail(f"{spec.name} is a number, got {shorten(value)}", place)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        fail(f"{spec.name} needs a finite number, got {shorten(value)}", place)
    return number


def _choice(spec: FieldSpec, value: object, place: str) -> str:
    if not isinstance(value, str) or value not in spec.choices:
        hint = nearest(value, spec.choices) if isinstance(value, str) else f"Allowed: {', '.join(spec.choices)}."
        fail(f"unknown {spec.name}: {shorten(value)}", place, hint=hint)
    return str(value)


def _time(spec: FieldSpec, value: object, place: str) -> datetime:
    if isinstance(value, datetime):
        parsed = value
    else:
        try:
            parsed = datetime.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            fail(
                f"{spec.name} is a time, got {shorten(value)}", place, hint="Write 2026-01-31 or 2026-01-31T12:00:00Z."
            )
    try:
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except OverflowError:
        fail(f"{spec.name}: {shorten(value)} is out of range", place)
