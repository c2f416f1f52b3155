"""Read the JSON form of a query: Dataloop's DQL where the two overlap, plus some, none and all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from whorl.base.errors import QueryError
from whorl.datasets.dql import dialect
from whorl.datasets.dql.ast import (
    DEFAULT_NEAR,
    MOST_NEAR,
    AnnotationMatch,
    Condition,
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
from whorl.datasets.dql.fields import (
    ANNOTATIONS,
    FINDINGS,
    ITEMS,
    MAX_VALUES,
    Scope,
    check_text,
    compare,
    fail,
    nearest,
    resolve,
    shorten,
    split_path,
)
from whorl.datasets.dql.rings import check_ring

MAX_DEPTH = 32
MAX_CONDITIONS = 500
MAX_MATCHES = 32
MAX_PAGE = 1000
MAX_SORT = 3
_QUERY_KEYS = ("filter", "join", "sort", "page", "pageSize", "resource", "snapshot", "intersect", "except")
_LOGIC = ("$and", "$or", "$not")
_QUANTIFIERS = tuple(Quantifier)
_OPERATORS = ("$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$exists", "$glob", "$not")
_DIRECTIONS: Mapping[object, bool] = {
    "ascending": False,
    "descending": True,
    "asc": False,
    "desc": True,
    1: False,
    -1: True,
}


@dataclass
class _Budget:
    """What is left of the limits for one query."""

    conditions: int = MAX_CONDITIONS
    matches: int = MAX_MATCHES
    values: int = 5 * MAX_VALUES

    def spend(self, place: str, *, conditions: int = 0, matches: int = 0, values: int = 0) -> None:
        self.conditions -= conditions
        self.matches -= matches
        self.values -= values
        if self.conditions < 0:
            fail(f"more than {MAX_CONDITIONS} conditions", place, hint="Use $in for many values of one field.")
        if self.matches < 0:
            fail(f"more than {MAX_MATCHES} conditions over annotations", place)
        if self.values < 0:
            fail(f"more than {5 * MAX_VALUES} values", place)


def parse_query(source: Mapping[str, object] | str | bytes) -> Query:
    """Parse the JSON form: an object, or its text.

    An object that has none of the keys of a query (``filter``, ``join``, ``sort`` ...) is read as a bare filter.

    Raises:
        QueryError: Not JSON, an unknown field, operator or key, a value that does not fit, or too large; says where.
    """
    document = _load(source) if isinstance(source, str | bytes) else source
    if not isinstance(document, Mapping):
        fail(f"a query is an object, got {shorten(document)}", "query")
    if document and not any(key in _QUERY_KEYS for key in document):
        document = {"filter": document}
    return _query(document, "", _Budget(), depth=0)


def _load(source: str | bytes) -> Mapping[str, object]:
    try:
        # A Mapping or not is checked by the caller.
        document: Mapping[str, object] = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise QueryError(
            f"the query is not JSON: {shorten(str(error))}", hint='Example: {"filter": {"subset": "train"}}'
        ) from error
    return document


def _query(document: Mapping[str, object], prefix: str, budget: _Budget, *, depth: int) -> Query:
    _check_depth(depth, prefix or "query")
    for key in document:
        if key not in _QUERY_KEYS:
            fail(f"unknown key of a query: {shorten(key)}", prefix + str(key)[:60], hint=nearest(str(key), _QUERY_KEYS))
    if document.get("resource", "items") != "items":
        fail(
            f"resource {shorten(document['resource'])}; a query lists items", prefix + "resource", hint="Leave it out."
        )
    parts: list[Condition] = []
    if "filter" in document:
        parts.append(_condition(document["filter"], ITEMS, prefix + "filter", budget, depth))
    if "join" in document:
        parts.append(_join(document["join"], prefix + "join", budget, depth))
    for key in ("intersect", "except"):
        if key in document:
            nested = _sub_query(document[key], f"{prefix}{key}", budget, depth)
            parts.append(nested if key == "intersect" else negate(nested))
    return Query(
        where=all_of(parts),
        sort=_sort(document.get("sort"), prefix + "sort"),
        page_size=_page_size(document, prefix),
        snapshot=_snapshot(document.get("snapshot"), prefix + "snapshot"),
    )


def _sub_query(value: object, place: str, budget: _Budget, depth: int) -> Condition:
    inner = value.get("query") if isinstance(value, Mapping) else None
    if not isinstance(inner, Mapping):
        fail(f"needs an object with a query, got {shorten(value)}", place)
    nested = _query(inner, f"{place}.query.", budget, depth=depth + 1)
    if nested.snapshot is not None:
        fail("a query within a query reads the same snapshot", f"{place}.query.snapshot", hint="Name it once, outside.")
    return nested.where


def _check_depth(depth: int, place: str) -> None:
    if depth > MAX_DEPTH:
        short = place if len(place) < 80 else place[:77] + "..."
        fail(f"nested more than {MAX_DEPTH} deep", short)


def _condition(value: object, scope: Scope, place: str, budget: _Budget, depth: int) -> Condition:
    _check_depth(depth, place)
    if not isinstance(value, Mapping):
        fail(f"a filter is an object, got {shorten(value)}", place)
    return all_of(_entry(str(key), inner, scope, place, budget, depth) for key, inner in value.items())


def _entry(key: str, value: object, scope: Scope, place: str, budget: _Budget, depth: int) -> Condition:
    here = f"{place}.{key[:60]}"
    if key == "$not":
        return negate(_condition(value, scope, here, budget, depth + 1))
    if key in _LOGIC:
        if not isinstance(value, list | tuple):
            fail(f"{key} needs a list, got {shorten(value)}", here)
        parts = [_condition(part, scope, f"{here}[{n}]", budget, depth + 1) for n, part in enumerate(value)]
        return all_of(parts) if key == "$and" else any_of(parts)
    if key.startswith("$"):
        fail(f"unknown operator: {shorten(key)}", here, hint=nearest(key, _LOGIC))
    if scope is ITEMS and key in _QUANTIFIERS:
        return _match(Quantifier(key), value, here, budget, depth)
    if scope is ITEMS and key == "predictions":
        return _predictions(value, here, budget, depth)
    if scope is ITEMS and key == "evaluation":
        return _findings(value, here, budget, depth)
    if scope is ITEMS and key == "selection":
        return _selection(value, here, budget)
    if scope is ITEMS and key == "map":
        return _map(value, here, budget)
    if scope is ITEMS and key == "near":
        return _near(value, here, budget)
    return _at(tuple(split_path(key, here)), value, scope, here, budget, depth)


def _at(segments: tuple[str, ...], value: object, scope: Scope, place: str, budget: _Budget, depth: int) -> Condition:
    """Read what stands under a field: a value, operators, or an object of deeper keys."""
    _check_depth(depth, place)
    if not isinstance(value, Mapping):
        return _leaf(segments, None, value, scope, place, budget)
    if not value:
        fail(f"nothing to compare {shorten('.'.join(segments))} with", place)
    parts: list[Condition] = []
    for raw, inner in value.items():
        key = str(raw)
        here = f"{place}.{key[:60]}"
        if key == "$not":
            parts.append(negate(_at(segments, inner, scope, here, budget, depth + 1)))
        elif key.startswith("$"):
            if key not in _OPERATORS:
                fail(f"unknown operator: {shorten(key)}", here, hint=nearest(key, _OPERATORS))
            parts.append(_leaf(segments, key, inner, scope, here, budget))
        else:
            parts.append(_at((*segments, *split_path(key, here)), inner, scope, here, budget, depth + 1))
    return all_of(parts)


def _leaf(
    segments: tuple[str, ...], operator: str | None, value: object, scope: Scope, place: str, budget: _Budget
) -> Condition:
    budget.spend(place, conditions=1, values=len(value) if isinstance(value, list | tuple) else 1)
    if operator in {"$ne", "$nin"}:
        return negate(_leaf(segments, "$eq" if operator == "$ne" else "$in", value, scope, place, budget))
    if operator == "$exists":
        if not isinstance(value, bool):
            fail(f"$exists needs true or false, got {shorten(value)}", place)
        found = compare(resolve(segments, scope, place), Op.EXISTS, value=True, scope=scope, place=place)
        return found if value else negate(found)
    if scope is ITEMS:
        special = dialect.item_condition(segments, operator, value, place)
        if special is not None:
            return special
    field = resolve(segments, scope, place)
    written = dialect.rewrite_value(field, value, scope)
    if operator is None and isinstance(written, str) and "*" in written:
        return compare(field, Op.GLOB, written, scope=scope, place=place)
    if operator is None:
        operator = "$in" if isinstance(written, list | tuple) else "$eq"
    return compare(field, Op(operator), written, scope=scope, place=place)


def _match(quantifier: Quantifier, value: object, place: str, budget: _Budget, depth: int) -> Condition:
    budget.spend(place, matches=1)
    if not isinstance(value, Mapping):
        fail(f"{quantifier} needs an object of annotation fields, got {shorten(value)}", place)
    layer, rest = _take_layer(value, place)
    return AnnotationMatch(quantifier, _condition(rest, ANNOTATIONS, place, budget, depth + 1), layer)


def _take_layer(value: Mapping[str, object], place: str) -> tuple[LayerChoice, Mapping[str, object]]:
    """Split off ``layer``, which may stand only beside the other conditions, so that no branch can widen it."""
    rest = {key: inner for key, inner in value.items() if key != "layer"}
    if "layer" not in value:
        return LayerChoice.TRUTH, rest
    given = value["layer"]
    if not isinstance(given, str) or given not in set(LayerChoice):
        fail(f"unknown layer: {shorten(given)}", f"{place}.layer", hint="Allowed: truth, prediction, any.")
    return LayerChoice(given), rest


def _predictions(value: object, place: str, budget: _Budget, depth: int) -> Condition:
    budget.spend(place, matches=1)
    document = {"model": value} if isinstance(value, str) else value
    if not isinstance(document, Mapping) or not isinstance(document.get("model"), str):
        fail("predictions needs a model id", place, hint='Example: {"predictions": {"model": "mdl_...", "some": {}}}')
    quantifiers = [key for key in document if key != "model"]
    if len(quantifiers) > 1 or any(key not in _QUANTIFIERS for key in quantifiers):
        fail(f"predictions takes model and one of some, none, all; got {shorten(quantifiers[-1])}", place)
    quantifier = Quantifier(quantifiers[0]) if quantifiers else Quantifier.SOME
    inner = document.get(quantifier, {})
    by_model = compare(
        resolve(("model_id",), ANNOTATIONS, place), Op.EQ, document["model"], scope=ANNOTATIONS, place=place
    )
    where = _condition(inner, ANNOTATIONS, f"{place}.{quantifier}", budget, depth + 1)
    if quantifier is Quantifier.ALL:
        # All of *this model's* predictions: none of them fails.
        return AnnotationMatch(Quantifier.NONE, all_of([by_model, negate(where)]), LayerChoice.PREDICTION)
    return AnnotationMatch(quantifier, all_of([by_model, where]), LayerChoice.PREDICTION)


def _findings(value: object, place: str, budget: _Budget, depth: int) -> Condition:
    budget.spend(place, matches=1)
    document = {"id": value} if isinstance(value, str) else value
    named = [key for key in ("id", "model") if isinstance(document, Mapping) and key in document]
    example = 'Example: {"evaluation": {"id": "evl_...", "type": "missed", "truth": "car"}}'
    if not isinstance(document, Mapping) or len(named) != 1:
        fail("evaluation needs an id, or a model", place, hint=example)
    source = document[named[0]]
    if not isinstance(source, str) or not source:
        fail(f"{named[0]} is text, got {shorten(source)}", f"{place}.{named[0]}", hint=example)
    rest = {key: inner for key, inner in document.items() if key != named[0]}
    where = _condition(rest, FINDINGS, place, budget, depth + 1)
    return FindingMatch(check_text(source, f"{place}.{named[0]}"), where)


def _selection(value: object, place: str, budget: _Budget) -> Condition:
    budget.spend(place, matches=1)
    document = {"id": value} if isinstance(value, str) else value
    example = 'Example: {"selection": {"id": "sel_...", "is_random": true}}'
    if not isinstance(document, Mapping) or any(key not in ("id", "is_random") for key in document):
        fail("selection takes an id or name, and is_random", place, hint=example)
    source, is_random = document.get("id"), document.get("is_random")
    if not isinstance(source, str) or not source:
        fail(f"id is text, got {shorten(source)}", f"{place}.id", hint=example)
    if is_random is not None and not isinstance(is_random, bool):
        fail(f"is_random is true or false, got {shorten(is_random)}", f"{place}.is_random", hint=example)
    return SelectionMatch(check_text(source, f"{place}.id"), is_random)


def _map(value: object, place: str, budget: _Budget) -> Condition:
    budget.spend(place, matches=1)
    document = {"id": value} if isinstance(value, str) else value
    example = 'Example: {"map": {"id": "map_...", "ring": [[0, 0], [900, 0], [900, 900]]}}'
    if not isinstance(document, Mapping) or any(key not in ("id", "ring") for key in document):
        fail("map takes an id and a ring", place, hint=example)
    map_id, ring = document.get("id"), document.get("ring", [])
    if not isinstance(map_id, str) or not map_id:
        fail(f"id is text, got {shorten(map_id)}", f"{place}.id", hint=example)
    if not isinstance(ring, list | tuple):
        fail(f"ring is a list of corners, got {shorten(ring)}", f"{place}.ring", hint=example)
    return MapMatch(check_text(map_id, f"{place}.id"), check_ring(ring, f"{place}.ring"))


def _near(value: object, place: str, budget: _Budget) -> Condition:
    budget.spend(place, matches=1)
    document = {"item": value} if isinstance(value, str) else value
    example = 'Example: {"near": {"item": "itm_...", "space": "lite0", "limit": 50}}'
    kinds = [one.value for one in NearKind]
    if not isinstance(document, Mapping) or any(key not in (*kinds, "space", "limit") for key in document):
        fail("near takes one of item, annotation and text, and space and limit", place, hint=example)
    given = [kind for kind in kinds if kind in document]
    if len(given) != 1:
        fail(f"near takes exactly one of {', '.join(kinds)}", place, hint=example)
    what, space, limit = document[given[0]], document.get("space"), document.get("limit", DEFAULT_NEAR)
    if not isinstance(what, str) or not what.strip():
        fail(f"{given[0]} is text, got {shorten(what)}", f"{place}.{given[0]}", hint=example)
    if space is not None and (not isinstance(space, str) or not space):
        fail(f"space is a name or id, got {shorten(space)}", f"{place}.space", hint=example)
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= MOST_NEAR:
        fail(f"limit is a whole number from 1 to {MOST_NEAR}, got {shorten(limit)}", f"{place}.limit", hint=example)
    named = None if space is None else check_text(space, f"{place}.space")
    return NearMatch(NearKind(given[0]), check_text(what, f"{place}.{given[0]}"), named, limit)


def _join(value: object, place: str, budget: _Budget, depth: int) -> Condition:
    if not isinstance(value, Mapping):
        fail(f"join is an object, got {shorten(value)}", place)
    for key in value:
        if key not in ("on", "filter"):
            fail(f"unknown key of a join: {shorten(key)}", f"{place}.{str(key)[:60]}", hint="Allowed: on, filter.")
    on = value.get("on", {})
    if not isinstance(on, Mapping) or on.get("resource", "annotations") != "annotations":
        fail("items can be joined with annotations only", f"{place}.on.resource", hint='Write "annotations".')
    return _match(Quantifier.SOME, value.get("filter", {}), f"{place}.filter", budget, depth)


def _sort(value: object, place: str) -> tuple[SortKey, ...]:
    if value is None:
        return ()
    if not isinstance(value, Mapping):
        fail(f"sort is an object, got {shorten(value)}", place, hint='Example: {"name": "ascending"}')
    keys: list[SortKey] = []
    for raw, direction in value.items():
        here = f"{place}.{str(raw)[:60]}"
        if raw in dialect.CONSTANT_FIELDS:
            continue
        if isinstance(direction, bool) or not isinstance(direction, str | int) or direction not in _DIRECTIONS:
            fail(f"unknown direction: {shorten(direction)}", here, hint="Allowed: ascending, descending.")
        keys.append(sort_key(tuple(split_path(str(raw), here)), is_descending=_DIRECTIONS[direction], place=here))
    return check_sort(keys, place)


def sort_key(segments: tuple[str, ...], *, is_descending: bool, place: str) -> SortKey:
    """Make a checked sort key.

    Raises:
        QueryError: The field is unknown, or has no order.
    """
    field = resolve(segments, ITEMS, place)
    if not ITEMS.spec(field).is_sortable:
        fail(f"items cannot be sorted by {field.name}", place)
    return SortKey(field, is_descending)


def check_sort(keys: list[SortKey], place: str) -> tuple[SortKey, ...]:
    """Give the sort keys when they are few and differ.

    Raises:
        QueryError: More than three, or one field twice.
    """
    if len(keys) > MAX_SORT:
        fail(f"sorted by {len(keys)} fields; at most {MAX_SORT}", place)
    if len({key.field for key in keys}) < len(keys):
        fail("sorted by one field twice", place)
    return tuple(keys)


def _page_size(document: Mapping[str, object], prefix: str) -> int | None:
    page = document.get("page", 0)
    if page != 0 or isinstance(page, bool):
        fail(f"page {shorten(page)}: pages are reached by cursor", prefix + "page", hint="Pass the last next_cursor.")
    size = document.get("pageSize")
    if size is None:
        return None
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MAX_PAGE:
        fail(f"pageSize is a whole number from 1 to {MAX_PAGE}, got {shorten(size)}", prefix + "pageSize")
    return size


def _snapshot(value: object, place: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        fail(f"snapshot is an id or a name, got {shorten(value)}", place)
    return check_text(value, place)
