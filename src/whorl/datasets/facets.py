"""Facets: what each field holds among some items, with the term that narrows a query to each value. Pure.

Every count is of items. A condition built here, put beside the query, matches exactly the items that were counted: the
tests hold each bucket against the query language itself.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from whorl.base.errors import JsonValue, QueryError
from whorl.datasets.dql.ast import (
    AnnotationMatch,
    Compare,
    Condition,
    Field,
    LayerChoice,
    Op,
    Quantifier,
    Query,
    all_of,
)
from whorl.datasets.dql.either_form import read_query
from whorl.datasets.dql.fields import HEALTH_NAMES, join_path
from whorl.datasets.dql.text_form import parse_text
from whorl.datasets.dql.write import format_text
from whorl.schemas.explorer import Facet, FacetBucket
from whorl.schemas.records import Subset

MAX_BUCKETS = 50
MAX_METADATA_FIELDS = 40
_MAX_DEPTH = 4
_MAX_TEXT = 200
_FEW_NUMBERS = 12
_BINS = 10
_TENTHS = tuple(round(step / 10, 1) for step in range(11))

Value = None | bool | float | str


@dataclass(frozen=True, slots=True)
class SeenAnnotation:
    """What facets look at of an annotation."""

    layer: str
    label: str
    kind: str
    confidence: float | None
    model_id: str | None
    author_id: str
    origin: str
    missed_by: str | None
    attributes: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class SeenItem:
    """What facets look at of an item."""

    annotations: Sequence[SeenAnnotation]
    subset: str | None
    group: str | None
    checked_empty: bool
    media_type: str
    width: int
    height: int
    bytes: int
    metadata: Mapping[str, JsonValue]
    health: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class FacetField:
    """A field to count by: the values an item counts under, and the conditions that ask for them."""

    name: str
    title: str
    values: Callable[[SeenItem], Sequence[Value]]
    target: Field
    layer: LayerChoice | None = None
    edges: tuple[float, ...] = ()
    is_free: bool = field(default=False)

    def condition(self, tests: Sequence[tuple[Op, Value]]) -> Condition:
        """What asks for items with a value that passes the tests; of annotations, one and the same passes all."""
        passed = all_of(Compare(self.target, op, value) for op, value in tests)
        return passed if self.layer is None else AnnotationMatch(Quantifier.SOME, passed, self.layer)


def count_facets(
    items: Sequence[SeenItem], *, names: Sequence[str] | None = None, query_text: str = "", scale: float = 1.0
) -> list[Facet]:
    """Count the items under each value of each field.

    Args:
        names: Only these fields; those found in the items that are worth showing when left out.
        query_text: What the terms are to be added to.
        scale: How many items each one stands for, when they are a sample.
    """
    chips = Chips(query_text)
    found: list[Facet] = []
    for one in list_fields(items):
        if names is not None and one.name not in names:
            continue
        facet = _facet(one, items, chips, scale, is_wanted=names is not None)
        if facet is not None:
            found.append(facet)
    return found


def list_fields(items: Sequence[SeenItem]) -> list[FacetField]:
    """The fields to count by: the fixed ones, then the metadata and attributes that the items have."""
    return [*_FIXED, *_metadata_fields(items), *_attribute_fields(items)]


class Chips:
    """Writes conditions as terms that can be put behind a query's text without joining its last annotation."""

    def __init__(self, query_text: str) -> None:
        self._text = query_text
        query = read_query(query_text)
        self._where = None if query is None else query.where

    def write(self, condition: Condition) -> str:
        """The term, in parentheses where it must stand apart; empty when the text form cannot say it."""
        try:
            chip = format_text(Query(where=condition))
            if parse_text(chip).where != condition:
                return ""
            wanted = all_of([self._where, condition] if self._where is not None else [condition])
            both = read_query(f"{self._text} {chip}")
            is_apart = both is not None and both.where == wanted
        except QueryError:
            return ""
        return chip if is_apart else f"({chip})"


def _facet(one: FacetField, items: Sequence[SeenItem], chips: Chips, scale: float, *, is_wanted: bool) -> Facet | None:
    counts: Counter[tuple[type, Value]] = Counter()
    for item in items:
        given = one.values(item)
        if len(given) == 1:
            counts[type(given[0]), given[0]] += 1
        else:
            for entry in {(type(value), value) for value in given}:
                counts[entry] += 1
    values = [value for _, value in counts]
    numbers = [value for value in values if isinstance(value, float)]
    if not values or (values == [None] and not is_wanted):
        return None
    is_range = bool(one.edges) or (len(numbers) > _FEW_NUMBERS and len(numbers) * 2 > len(values))
    if not is_range and one.is_free and not is_wanted and len(values) > MAX_BUCKETS and 2 * len(values) > len(items):
        return None  # nearly each item has its own value: nothing to choose by
    if is_range:
        buckets = list(_range_buckets(one, items, numbers, chips, scale))
        if (type(None), None) in counts:
            buckets.append(_value_bucket(one, None, counts[type(None), None], chips, scale))
        return Facet(field=one.name, title=one.title, kind="range", buckets=buckets)
    order = sorted(counts.items(), key=lambda entry: _place(one, entry[0][1], entry[1]))
    buckets = [_value_bucket(one, value, count, chips, scale) for (_, value), count in order[:MAX_BUCKETS]]
    return Facet(field=one.name, title=one.title, kind="values", buckets=buckets)


def _value_bucket(one: FacetField, value: Value, count: int, chips: Chips, scale: float) -> FacetBucket:
    chip = chips.write(one.condition([(Op.EQ, _plain(value))]))
    return FacetBucket(value=_plain(value), count=_scaled(count, scale), chip=chip)


def _range_buckets(
    one: FacetField, items: Sequence[SeenItem], numbers: Sequence[float], chips: Chips, scale: float
) -> Iterator[FacetBucket]:
    is_whole = all(number.is_integer() for number in numbers)
    edges = one.edges or nice_edges(min(numbers), max(numbers), is_whole=is_whole)
    counts: Counter[int] = Counter()
    for item in items:
        counts.update({bin_of(value, edges) for value in one.values(item) if isinstance(value, float)})
    for index, (low, high) in enumerate(zip(edges, edges[1:], strict=False)):
        is_last = index == len(edges) - 2
        tests: list[tuple[Op, Value]] = [(Op.GTE, _plain(low)), (Op.LTE if is_last else Op.LT, _plain(high))]
        chip = chips.write(one.condition(tests))
        yield FacetBucket(low=low, high=high, count=_scaled(counts[index], scale), chip=chip)


def nice_edges(low: float, high: float, *, bins: int = _BINS, is_whole: bool = False) -> tuple[float, ...]:
    """Round edges of at most ``bins`` + 2 equal steps, from at or below ``low`` to at or above ``high``.

    Args:
        is_whole: Of whole numbers, so that the edges are to be whole too.

    >>> nice_edges(3, 97)
    (0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0)
    """
    span = high - low
    if not 1e-250 < span < 1e250:
        return (low, high)
    raw = span / bins
    power = math.floor(math.log10(raw))
    unit = 10.0**power
    factors = (1, 2, 5, 10) if is_whole else (1, 2, 2.5, 5, 10)
    step = next((factor * unit for factor in factors if factor * unit >= raw * (1 - 1e-9)), raw)
    step = max(step, 1.0) if is_whole else step
    first = math.floor(low / step)
    digits = max(0, 2 - power)
    edges = [round((first + index) * step, digits) for index in range(bins + 3)]
    last = next((index for index, edge in enumerate(edges) if edge >= high), None)
    if last is None or edges[0] > low or len(set(edges[: last + 1])) <= last:
        return (low, high)  # steps finer than the numbers' own precision
    return tuple(edges[: last + 1])


def bin_of(value: float, edges: Sequence[float]) -> int:
    """The index of the step that a value lies in: low <= value < high, the last one with its high; -1 for none."""
    if not edges[0] <= value <= edges[-1]:
        return -1
    below = sum(1 for edge in edges if edge <= value)
    return min(below - 1, len(edges) - 2)


def _place(one: FacetField, value: Value, count: int) -> tuple[object, ...]:
    if one.name == "subset":
        return (list(Subset).index(Subset(value)) if isinstance(value, str) else len(Subset),)
    if one.name == "n_annotations" and isinstance(value, float):
        return (0, value)
    return (value is None, -count, str(value))


def _scaled(count: int, scale: float) -> int:
    return count if scale == 1.0 else round(count * scale)


def _plain(value: Value) -> Value:
    """Whole numbers without a point, as people write them; they compare alike."""
    if isinstance(value, float) and not isinstance(value, bool) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def _scalar(value: object) -> list[Value]:
    """The value as queries compare it, in a list; empty for what equals nothing: lists, objects, huge numbers."""
    if value is None or isinstance(value, bool):
        return [value]
    if isinstance(value, str):
        return [value] if len(value) <= _MAX_TEXT else []
    if isinstance(value, int | float):
        try:
            number = float(value)
        except OverflowError:
            return []
        return [number + 0.0] if math.isfinite(number) else []
    return []


def _at(document: Mapping[str, object], path: Sequence[str]) -> list[Value]:
    found: object = document
    for key in path:
        if not isinstance(found, dict) or key not in found:
            return [None]
        found = found[key]
    return _scalar(found)


def _metadata_fields(items: Sequence[SeenItem]) -> list[FacetField]:
    seen: Counter[tuple[str, ...]] = Counter()
    for item in items:
        seen.update(_paths(item.metadata, ()))
    often = sorted(seen, key=lambda path: (-seen[path], path))[:MAX_METADATA_FIELDS]
    return [
        FacetField(
            join_path(("metadata", *path)),
            ".".join(path),
            lambda item, path=path: _at(item.metadata, path),  # type: ignore[misc]  # mypy: default of a lambda
            Field("metadata", path),
            is_free=True,
        )
        for path in sorted(often)
    ]


def _attribute_fields(items: Sequence[SeenItem]) -> list[FacetField]:
    keys = {key for item in items for one in item.annotations if one.layer == "truth" for key in one.attributes}
    return [
        FacetField(
            join_path(("attributes", key)),
            key,
            _of_truth(lambda one, key=key: next(iter(_at(one.attributes, (key,))), None)),  # type: ignore[misc]
            Field("attributes", (key,)),
            LayerChoice.TRUTH,
            is_free=True,
        )
        for key in sorted(keys)[:MAX_METADATA_FIELDS]
        if len(key) <= _MAX_TEXT
    ]


def _paths(document: Mapping[str, JsonValue], above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for key, value in document.items():
        path = (*above, key)
        if not key or len(key) > _MAX_TEXT:
            continue
        if isinstance(value, dict) and len(path) < _MAX_DEPTH:
            yield from _paths(value, path)
        elif not isinstance(value, dict | list):
            yield path


def _of_truth(pick: Callable[[SeenAnnotation], Value]) -> Callable[[SeenItem], list[Value]]:
    return _of_layer("truth", pick)


def _of_layer(layer: str, pick: Callable[[SeenAnnotation], Value]) -> Callable[[SeenItem], list[Value]]:
    def values(item: SeenItem) -> list[Value]:
        picked = (pick(one) for one in item.annotations if one.layer == layer)
        return [value for value in picked if value is not None]

    return values


def _health(name: str) -> FacetField:
    target = Field("health", (name,))
    return FacetField(f"health.{name}", name.capitalize(), lambda item: _at(item.health, (name,)), target)


def _n_truth(item: SeenItem) -> int:
    return sum(1 for one in item.annotations if one.layer == "truth")


_FIXED: tuple[FacetField, ...] = (
    FacetField("subset", "Subset", lambda item: [item.subset], Field("subset")),
    FacetField("annotated", "Annotated", lambda item: [_n_truth(item) > 0], Field("annotated")),
    FacetField("label", "Label", _of_truth(lambda one: one.label), Field("label"), LayerChoice.TRUTH),
    FacetField(
        "predicted_label",
        "Predicted label",
        _of_layer("prediction", lambda one: one.label),
        Field("label"),
        LayerChoice.PREDICTION,
    ),
    FacetField(
        "predicted_confidence",
        "Confidence of predictions",
        _of_layer("prediction", lambda one: None if one.confidence is None else float(one.confidence)),
        Field("confidence"),
        LayerChoice.PREDICTION,
        edges=_TENTHS,
    ),
    FacetField(
        "model_id",
        "Model",
        _of_layer("prediction", lambda one: one.model_id),
        Field("model_id"),
        LayerChoice.PREDICTION,
    ),
    FacetField("n_annotations", "Annotations", lambda item: [float(_n_truth(item))], Field("n_annotations")),
    FacetField("kind", "Kind of annotation", _of_truth(lambda one: one.kind), Field("kind"), LayerChoice.TRUTH),
    FacetField("origin", "Origin", _of_truth(lambda one: one.origin), Field("origin"), LayerChoice.TRUTH),
    FacetField("missed_by", "Missed by", _of_truth(lambda one: one.missed_by), Field("missed_by"), LayerChoice.TRUTH),
    FacetField("author_id", "Author", _of_truth(lambda one: one.author_id), Field("author_id"), LayerChoice.TRUTH),
    FacetField("checked_empty", "Checked empty", lambda item: [item.checked_empty], Field("checked_empty")),
    FacetField("group", "Group", lambda item: [item.group], Field("group"), is_free=True),
    FacetField("media_type", "File type", lambda item: [item.media_type], Field("media_type")),
    FacetField("width", "Width", lambda item: [float(item.width)], Field("width")),
    FacetField("height", "Height", lambda item: [float(item.height)], Field("height")),
    FacetField("bytes", "File size", lambda item: [float(item.bytes)], Field("bytes")),
    *(_health(name) for name in HEALTH_NAMES),
)
FIXED_NAMES: tuple[str, ...] = tuple(one.name for one in _FIXED)
"""The fields that every dataset has, beside its metadata and attributes."""
