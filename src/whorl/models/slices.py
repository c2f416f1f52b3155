"""Slices of an evaluation's items: those that match a query, or one for each value of a field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import Connection

from whorl.base.errors import InvalidInput, JsonValue
from whorl.datasets.dql import Query, parse_query, parse_text
from whorl.datasets.dql.ast import Field
from whorl.datasets.dql.fields import ITEMS, join_path, resolve, split_path
from whorl.datasets.queries import find_item_keys, list_item_keys, list_items_by_key
from whorl.models.reporting import NamedSlice
from whorl.schemas.datasets import Item

Value = str | float | bool | None

MAX_SLICES = 100
_MOST_VALUES = 20
_BINS = 4
_ITEM_FIELDS = ("subset", "media_type", "width", "height", "bytes", "group", "checked_empty")


def read_items(conn: Connection, item_ids: Sequence[str], *, revision: int) -> dict[str, Item]:
    """The items as they stood at a revision, by id."""
    keys = find_item_keys(conn, item_ids)
    found = list_items_by_key(conn, list(keys.values()), as_of=revision)
    return {item.id: item for item in found.values()}


def read_slices(
    conn: Connection, dataset_id: str, items: Mapping[str, Item], wanted: Sequence[str], *, revision: int
) -> list[NamedSlice]:
    """The slices that are asked for, in the order given.

    Args:
        items: The evaluation's items at the revision.
        wanted: Each ``field:<name>``, such as ``field:metadata.camera`` (a slice for each value; numbers with many
            values in four parts), or ``query:<text or JSON>``.

    Raises:
        InvalidInput: One is neither, or there are too many.
        QueryError: A query or a field does not parse.
    """
    found: list[NamedSlice] = []
    for one in wanted:
        kind, _, rest = one.partition(":")
        if kind == "field" and rest.strip():
            found += _by_field(items, rest.strip())
        elif kind == "query" and rest.strip():
            found.append(_by_query(conn, dataset_id, items, rest.strip(), revision))
        else:
            raise InvalidInput(
                f"no slice: {one[:80]!r}", hint="Write field:metadata.camera, or query: and a query as text or JSON."
            )
        if len(found) > MAX_SLICES:
            raise InvalidInput(f"more than {MAX_SLICES} slices", hint="Ask for fewer fields at once.")
    return found


def _by_query(conn: Connection, dataset_id: str, items: Mapping[str, Item], written: str, revision: int) -> NamedSlice:
    query = parse_query(written) if written.startswith("{") else parse_text(written)
    keys = list_item_keys(conn, dataset_id, query=Query(where=query.where, snapshot=query.snapshot), as_of=revision)
    matching = set(keys)
    wanted = find_item_keys(conn, list(items))
    ids = frozenset(item_id for item_id, key in wanted.items() if key in matching)
    return NamedSlice(name=written, items=ids, query=written)


def _by_field(items: Mapping[str, Item], written: str) -> list[NamedSlice]:
    field = resolve(split_path(written, "slices"), ITEMS, "slices")
    if field.name not in {*_ITEM_FIELDS, "metadata", "health"}:
        raise InvalidInput(
            f"{field.name} makes no slices",
            hint=f"Use metadata.<key>, health.<name> or {', '.join(_ITEM_FIELDS)}, or write a query.",
        )
    found = {item_id: _value(item, field) for item_id, item in items.items()}
    # A list or an object equals nothing that a query could ask for.
    values = {
        item_id: value for item_id, value in found.items() if value is None or isinstance(value, str | int | float)
    }
    name = join_path((field.name, *field.path))
    counts = Counter((isinstance(value, bool), value) for value in values.values())
    numbers = [value for value in values.values() if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(counts) > _MOST_VALUES and len(numbers) > len(values) / 2:
        return _in_parts(values, numbers, name)
    # By size, then by name, so that the order is the same on every machine.
    often = sorted(counts, key=lambda one: (-counts[one], one[1] is None, str(one[1])))[:_MOST_VALUES]
    return [
        NamedSlice(
            name=f"{name}: {_told(value)}",
            items=frozenset(i for i, other in values.items() if (isinstance(other, bool), other) == (is_bool, value)),
            query={"filter": {name: {"$exists": False} if value is None else value}},
            field=name,
            value=value,
        )
        for is_bool, value in often
    ]


def _in_parts(values: Mapping[str, Value], numbers: Sequence[float], name: str) -> list[NamedSlice]:
    """About equally many items in each part; equal values stay together."""
    edges = np.unique(np.quantile(np.array(numbers, np.float64), np.linspace(0, 1, _BINS + 1))).tolist()
    slices = []
    for at, (low, high) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        is_last = at == len(edges) - 2
        inside = frozenset(
            item_id
            for item_id, value in values.items()
            if isinstance(value, int | float)
            and not isinstance(value, bool)
            and low <= value
            and (value <= high if is_last else value < high)
        )
        test: dict[str, JsonValue] = {"$gte": low, ("$lte" if is_last else "$lt"): high}
        slices.append(
            NamedSlice(name=f"{name}: {low:g} to {high:g}", items=inside, query={"filter": {name: test}}, field=name)
        )
    return slices


def _value(item: Item, field: Field) -> object:
    """What a query compares; None where there is none."""
    if field.name in {"metadata", "health"}:
        found: object = item.metadata if field.name == "metadata" else item.health
        for key in field.path:
            found = found.get(key) if isinstance(found, dict) else None
        return found
    names = {"group": "group_key", "checked_empty": "is_checked_empty"}
    value: object = getattr(item, names.get(field.name, field.name))
    return str(value) if isinstance(value, str) else value


def _told(value: Value) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
