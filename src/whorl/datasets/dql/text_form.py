"""Read the short text form that people type: ``label:car confidence<0.5 subset:train -label:truck``.

Terms are joined with and. Terms about annotations gather into one group, about one and the same annotation; a second
``label:`` or ``model:`` opens the next group, and so do parentheses. A minus turns one term or one parenthesis around.
After ``eval:`` the terms ``type truth predicted confidence iou`` are about one and the same finding of that evaluation;
after ``selection:``, ``is_random`` keeps the part that was drawn at random, or the other one; after ``near:``,
``space`` and ``limit`` say where to look and how many.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, replace
from typing import assert_never

from whorl.datasets.dql.ast import (
    MOST_NEAR,
    AnnotationMatch,
    Compare,
    Condition,
    Field,
    FindingMatch,
    LayerChoice,
    MapMatch,
    NearKind,
    NearMatch,
    Op,
    Quantifier,
    Query,
    SelectionMatch,
    SortKey,
    all_of,
    any_of,
    negate,
)
from whorl.datasets.dql.dialect import escape_glob
from whorl.datasets.dql.elements import split_glob
from whorl.datasets.dql.fields import (
    ANNOTATIONS,
    FINDINGS,
    ITEMS,
    FieldType,
    Scope,
    check_text,
    compare,
    nearest,
    resolve,
    split_path,
)
from whorl.datasets.dql.json_form import MAX_CONDITIONS, MAX_DEPTH, MAX_MATCHES, check_sort, sort_key
from whorl.datasets.dql.rings import RING_EXAMPLE, read_ring
from whorl.datasets.dql.tokens import Group, Reader, Term, Value, refuse

_ORDER = {"<": Op.LT, "<=": Op.LTE, ">": Op.GT, ">=": Op.GTE}
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_SPECIAL = ("has", "sort", "snapshot", "layer", "eval", "selection", "map", "near")
# Of a finding when one was opened last; else of an annotation.
_SHARED = ("type", "confidence")
_ON_ANNOTATIONS = {name for name in ANNOTATIONS.names() if name != "id"}
# A bare field this close to a known one is taken for a slip of the finger, not for a metadata field.
_LIKENESS = 0.8


@dataclass
class _Parts:
    """What has been read in one parenthesis."""

    conditions: list[Condition] = field(default_factory=list)
    group: list[Condition] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    layer: LayerChoice | None = None
    group_at: int = 0
    finding_at: int | None = None
    is_finding_last: bool = False
    selection_at: int | None = None
    near_at: int | None = None

    def open_group(self) -> None:
        """Remember where the group began, so that conditions keep the order they are written in."""
        self.is_finding_last = False
        if not self.group and self.layer is None:
            self.group_at = len(self.conditions)

    def close_group(self) -> None:
        """Turn the gathered annotation terms into one match."""
        if self.group or self.layer is not None:
            default = LayerChoice.PREDICTION if "model_id" in self.seen else LayerChoice.TRUTH
            match = AnnotationMatch(Quantifier.SOME, all_of(self.group), self.layer or default)
            self.conditions.insert(self.group_at, match)
            if self.finding_at is not None and self.finding_at >= self.group_at:
                self.finding_at += 1
            if self.selection_at is not None and self.selection_at >= self.group_at:
                self.selection_at += 1
            if self.near_at is not None and self.near_at >= self.group_at:
                self.near_at += 1
        self.group, self.seen, self.layer = [], set(), None

    def open_finding(self, source: str) -> None:
        """Begin conditions over the findings of an evaluation."""
        self.finding_at, self.is_finding_last = len(self.conditions), True
        self.conditions.append(FindingMatch(source))

    def takes_finding(self, name: str) -> bool:
        """Whether a term speaks of the findings of the evaluation that was opened before it."""
        if self.finding_at is None or name not in FINDINGS.fields:
            return False
        return self.is_finding_last or name not in _SHARED

    def add_finding(self, found: Condition, *, is_negated: bool) -> None:
        """Add a condition on the same finding; a negated one says that there is no such finding."""
        assert self.finding_at is not None
        opened = self.conditions[self.finding_at]
        assert isinstance(opened, FindingMatch)
        if is_negated:
            self.conditions.append(negate(FindingMatch(opened.source, found)))
        else:
            self.conditions[self.finding_at] = FindingMatch(opened.source, all_of([opened.where, found]))


@dataclass
class _Parser:
    """Keeps what belongs to the whole query, and counts."""

    sort: list[SortKey] = field(default_factory=list)
    snapshot: str | None = None
    conditions: int = 0
    matches: int = 0

    def parts(self, terms: tuple[Term | Group, ...], *, is_outermost: bool) -> Condition:
        parts = _Parts()
        for one in terms:
            if isinstance(one, Group):
                parts.close_group()
                inner = self.parts(one.terms, is_outermost=False)
                parts.conditions.append(negate(inner) if one.is_negated else inner)
            elif one.field in ("sort", "snapshot"):
                self._setting(one, is_outermost=is_outermost)
            else:
                self._add(one, parts)
        parts.close_group()
        return all_of(parts.conditions)

    def _add(self, term: Term, parts: _Parts) -> None:
        self.conditions += 1
        if self.conditions > MAX_CONDITIONS:
            refuse(f"more than {MAX_CONDITIONS} conditions", term.column)
        if term.field == "layer":
            self._layer(term, parts)
            return
        openers = {"eval": self._evaluation, "selection": self._selection, "map": self._map, "near": self._near}
        if term.field in openers:
            openers[term.field](term, parts)
            return
        if term.field == "is_random" and parts.selection_at is not None:
            _keep_part(term, parts, parts.selection_at)
            return
        if term.field in ("space", "limit") and parts.near_at is not None:
            _set_near(term, parts, parts.near_at)
            return
        if parts.takes_finding(term.field):
            found = _compared(term, resolve([term.field], FINDINGS, _column(term)), FINDINGS)
            parts.add_finding(found, is_negated=term.is_negated)
            return
        if parts.finding_at is not None:
            _refuse_slip(term)
        scope, found = _condition(term)
        if scope is ITEMS:
            parts.conditions.append(negate(found) if term.is_negated else found)
            return
        name = next(iter(_names(found)))
        self.matches += 1
        if self.matches > MAX_MATCHES:
            refuse(f"more than {MAX_MATCHES} conditions over annotations", term.column)
        if term.is_negated:
            layer = LayerChoice.PREDICTION if name == "model_id" else LayerChoice.TRUTH
            parts.conditions.append(AnnotationMatch(Quantifier.NONE, found, layer))
            return
        if name in {"label", "model_id"} and name in parts.seen:
            parts.close_group()
        parts.open_group()
        parts.seen.add(name)
        parts.group.append(found)

    def _evaluation(self, term: Term, parts: _Parts) -> None:
        self.matches += 1
        if self.matches > MAX_MATCHES:
            refuse(f"more than {MAX_MATCHES} conditions over annotations", term.column)
        written = term.values[0].text
        if len(term.values) > 1 or term.operator not in (":", "=") or not written:
            refuse("eval: takes the id of an evaluation, or the id or name of a model", term.column)
        source = check_text(written, _place(term.values[0]))
        if term.is_negated:
            parts.conditions.append(negate(FindingMatch(source)))
        else:
            parts.open_finding(source)

    def _selection(self, term: Term, parts: _Parts) -> None:
        self.matches += 1
        if self.matches > MAX_MATCHES:
            refuse(f"more than {MAX_MATCHES} conditions over annotations", term.column)
        written = term.values[0].text
        if len(term.values) > 1 or term.operator not in (":", "=") or not written:
            refuse("selection: takes the id or the name of a selection", term.column)
        match = SelectionMatch(check_text(written, _place(term.values[0])))
        parts.selection_at = None if term.is_negated else len(parts.conditions)
        parts.conditions.append(negate(match) if term.is_negated else match)

    def _map(self, term: Term, parts: _Parts) -> None:
        self.matches += 1
        if self.matches > MAX_MATCHES:
            refuse(f"more than {MAX_MATCHES} conditions over annotations", term.column)
        written = term.values[0].text
        if len(term.values) > 1 or term.operator not in (":", "=") or not written:
            refuse("map: takes the id of a map, and the corners of a ring", term.column, hint=RING_EXAMPLE)
        map_id, ring = read_ring(check_text(written, _place(term.values[0])), _place(term.values[0]))
        match = MapMatch(map_id, ring)
        parts.conditions.append(negate(match) if term.is_negated else match)

    def _near(self, term: Term, parts: _Parts) -> None:
        self.matches += 1
        if self.matches > MAX_MATCHES:
            refuse(f"more than {MAX_MATCHES} conditions over annotations", term.column)
        written = term.values[0].text
        if len(term.values) > 1 or term.operator not in (":", "=") or not written.strip():
            refuse('near: takes the id of an item or annotation, or words: near:"a red car"', term.column)
        what = check_text(written, _place(term.values[0]))
        kinds = {"itm": NearKind.ITEM, "ann": NearKind.ANNOTATION}
        match = NearMatch(kinds.get(what[:3], NearKind.TEXT) if what[3:4] == "_" else NearKind.TEXT, what)
        parts.near_at = None if term.is_negated else len(parts.conditions)
        parts.conditions.append(negate(match) if term.is_negated else match)

    def _layer(self, term: Term, parts: _Parts) -> None:
        written = term.values[0].text
        if (
            term.is_negated
            or len(term.values) > 1
            or term.operator not in (":", "=")
            or written not in set(LayerChoice)
        ):
            refuse("layer is one of truth, prediction, any", term.column)
        if parts.layer is not None:
            parts.close_group()
        parts.open_group()
        parts.layer = LayerChoice(written)

    def _setting(self, term: Term, *, is_outermost: bool) -> None:
        if not is_outermost or term.is_negated or len(term.values) > 1 or term.operator not in (":", "="):
            refuse(f"{term.field}: takes one value, outside of parentheses", term.column)
        place = f"column {term.values[0].column}"
        written = term.values[0].text
        if term.field == "snapshot":
            if self.snapshot is not None or not written:
                refuse("a query reads one snapshot", term.column)
            self.snapshot = check_text(written, place)
            return
        segments = _segments(written.removeprefix("-"), place)
        known = segments[0] in ITEMS.fields or segments[0] in ITEMS.aliases
        segments = segments if known else ["metadata", *segments]
        self.sort.append(sort_key(tuple(segments), is_descending=written.startswith("-"), place=place))


def parse_text(text: str) -> Query:
    """Parse the text form; empty text means every item.

    ``field:value`` compares (also ``= < <= > >=``), ``~`` matches a pattern, ``a|b`` means any of them, ``-`` means
    not, ``has:field`` means that there is a value, and a lone word is looked for in the name. A field that is not one
    of an item or annotation is a metadata field.

    Raises:
        QueryError: Says what is wrong, at which column, and the nearest name.
    """
    reader = Reader(text, max_depth=MAX_DEPTH)
    parser = _Parser()
    where = parser.parts(reader.terms(), is_outermost=True)
    return Query(where=where, sort=check_sort(parser.sort, "sort"), snapshot=parser.snapshot)


def _names(condition: Condition) -> set[str]:
    if isinstance(condition, Compare):
        return {condition.field.name}
    return {name for part in getattr(condition, "parts", ()) for name in _names(part)}


def _condition(term: Term) -> tuple[Scope, Condition]:
    place = _column(term)
    if not term.field:
        pattern = f"*{escape_glob(term.values[0].text)}*"
        return ITEMS, compare(resolve(["name"], ITEMS, place), Op.GLOB, pattern, scope=ITEMS, place=place)
    if term.field == "has":
        if term.operator not in (":", "="):
            refuse("has: takes a field", term.column)
        scope, segments = _scope(_segments(term.values[0].text, place), term.values[0].column)
        found = compare(resolve(segments, scope, place), Op.EXISTS, value=True, scope=scope, place=place)
        return scope, found
    scope, segments = _scope(_segments(term.field, place), term.column)
    return scope, _compared(term, resolve(segments, scope, place), scope)


def _compared(term: Term, target: Field, scope: Scope) -> Condition:
    kind = scope.spec(target).type
    if term.operator in _ORDER:
        if len(term.values) > 1:
            refuse(f"{term.operator} takes one value", term.values[1].column)
        value = _read(term.values[0], kind)
        return compare(target, _ORDER[term.operator], value, scope=scope, place=_place(term.values[0]))
    patterns = [one for one in term.values if term.operator == "~" or _is_pattern(one, kind)]
    exact = [one for one in term.values if one not in patterns]
    found_parts: list[Condition] = []
    if exact:
        values = [_read(one, kind) for one in exact]
        found_parts.append(compare(target, Op.IN, values, scope=scope, place=_place(exact[0])))
    found_parts += [compare(target, Op.GLOB, one.text, scope=scope, place=_place(one)) for one in patterns]
    return any_of(found_parts)


def _keep_part(term: Term, parts: _Parts, at: int) -> None:
    wanted = _WORDS.get(term.values[0].text)
    if len(term.values) > 1 or term.operator not in (":", "=") or wanted is None:
        refuse("is_random is true or false", term.column)
    opened = parts.conditions[at]
    assert isinstance(opened, SelectionMatch)
    parts.conditions[at] = SelectionMatch(opened.source, wanted is not term.is_negated)


def _set_near(term: Term, parts: _Parts, at: int) -> None:
    written = term.values[0].text
    opened = parts.conditions[at]
    assert isinstance(opened, NearMatch)
    if len(term.values) > 1 or term.operator not in (":", "=") or term.is_negated or not written:
        refuse(f"{term.field}: takes one value", term.column)
    if term.field == "space":
        parts.conditions[at] = replace(opened, space=check_text(written, _place(term.values[0])))
        return
    limit = int(written) if written.isascii() and written.isdecimal() and len(written) < 6 else 0
    if not 1 <= limit <= MOST_NEAR:
        refuse(f"limit is a whole number from 1 to {MOST_NEAR}", term.column)
    parts.conditions[at] = replace(opened, limit=limit)


def _column(term: Term) -> str:
    return f"column {term.column}"


def _place(value: Value) -> str:
    return f"column {value.column}"


def _segments(written: str, place: str) -> list[str]:
    return split_path(written, place)


def _scope(segments: list[str], column: int) -> tuple[Scope, list[str]]:
    """Decide whose field it is: of annotations, of items, or else of the items' metadata."""
    head = segments[0]
    if head in _ON_ANNOTATIONS:
        return ANNOTATIONS, segments
    if head in ITEMS.fields or head in ITEMS.aliases:
        return ITEMS, segments
    known = sorted({*_ON_ANNOTATIONS, *ITEMS.names(), *_SPECIAL})
    if len(segments) == 1 and difflib.get_close_matches(head[:100], known, n=1, cutoff=_LIKENESS):
        hint = f"{nearest(head, known)} For a metadata field, write metadata.{head[:60]}."
        refuse(f"unknown field: {head[:60]!r}", column, hint=hint)
    return ITEMS, ["metadata", *segments]


def _refuse_slip(term: Term) -> None:
    """After an evaluation, a name that is nearly one of a finding's fields is taken for that."""
    known = {*_ON_ANNOTATIONS, *ITEMS.names(), *_SPECIAL, *FINDINGS.fields}
    near = difflib.get_close_matches(term.field[:100], list(FINDINGS.fields), n=1, cutoff=_LIKENESS)
    if near and term.field not in known:
        hint = f"{nearest(term.field, FINDINGS.fields)} For a metadata field, write metadata.{term.field[:60]}."
        refuse(f"unknown finding field: {term.field[:60]!r}", term.column, hint=hint)


def _is_pattern(value: Value, kind: FieldType) -> bool:
    return not value.is_quoted and kind in {FieldType.TEXT, FieldType.ANY} and ("*", True) in split_glob(value.text)


def _read(value: Value, kind: FieldType) -> object:
    """Give a bare word the type of its field; in metadata, the type it looks like."""
    if value.is_quoted:
        return value.text
    if value.text == "null":
        return None
    match kind:
        case FieldType.TEXT | FieldType.TIME:
            return value.text
        case FieldType.CHOICE:
            return None if value.text == "none" else value.text
        case FieldType.NUMBER:
            return _number(value.text, value.text)
        case FieldType.BOOLEAN:
            return _WORDS.get(value.text, value.text)
        case FieldType.ANY:
            return _WORDS[value.text] if value.text in _WORDS else _number(value.text, value.text)
    assert_never(kind)


def _number(text: str, otherwise: str) -> float | str:
    """Read a decimal number; words such as nan, inf and 1_000 stay words."""
    if not text[:1].isdigit() and text[:1] not in "+-.":
        return otherwise
    if not text.isascii() or "_" in text or any(c.isalpha() and c not in "eE" for c in text):
        return otherwise
    try:
        return float(text)
    except ValueError:
        return otherwise
