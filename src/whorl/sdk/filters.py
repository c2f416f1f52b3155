"""Queries written in Python: ``Filters`` builds the JSON that the server compiles."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, Self

from whorl.base.errors import JsonValue, QueryError

Query = Mapping[str, JsonValue]


class FiltersOperations(StrEnum):
    """How a field is compared with its value."""

    EQUAL = "eq"
    NOT_EQUAL = "ne"
    GREATER_THAN = "gt"
    GREATER_THAN_OR_EQUAL = "gte"
    LESS_THAN = "lt"
    LESS_THAN_OR_EQUAL = "lte"
    IN = "in"
    NOT_IN = "nin"
    EXISTS = "exists"
    GLOB = "glob"


class Filters:
    """Which items: conditions on the item, and on its annotations through ``add_join``.

    Conditions added with method ``and`` must all hold; of those added with ``or`` at least one must.

    Example:
        >>> Filters("subset", "train").add_join("label", "car").prepare()["join"]["filter"]
        {'$and': [{'label': 'car'}]}
    """

    def __init__(
        self, field: str | None = None, values: JsonValue = None, operator: str | FiltersOperations | None = None
    ) -> None:
        self._conditions: dict[str, list[JsonValue]] = {"and": [], "or": []}
        self._join: dict[str, list[JsonValue]] = {"and": [], "or": []}
        self._sort: dict[str, JsonValue] = {}
        if field is not None:
            self.add(field, values, operator)

    def add(
        self,
        field: str,
        values: JsonValue,
        operator: str | FiltersOperations | None = None,
        method: Literal["and", "or"] = "and",
    ) -> Self:
        """Add a condition on the item.

        Args:
            field: A field such as ``name``, ``subset`` or ``metadata.camera``.
            values: What to compare with.
            operator: eq, ne, gt, gte, lt, lte, in, nin, exists or glob. Left out: in for a list, glob for a text
                with ``*``, else eq.
            method: Whether it must hold, or is one of several alternatives.

        Raises:
            QueryError: The operator is not one of these.
        """
        self._conditions[_known_method(method)].append({field: _comparison(values, operator)})
        return self

    def add_join(
        self,
        field: str,
        values: JsonValue,
        operator: str | FiltersOperations | None = None,
        method: Literal["and", "or"] = "and",
    ) -> Self:
        """Add a condition that some annotation of the item must meet; several speak of the same annotation."""
        self._join[_known_method(method)].append({field: _comparison(values, operator)})
        return self

    def add_evaluation(self, source: str, **finding: JsonValue) -> Self:
        """Add a condition on what an evaluation found on the item; several of one call speak of the same finding.

        Args:
            source: An evaluation's id, or a model's id or name: then its newest evaluation on the dataset.
            finding: Of ``type`` (correct, confused, missed, spurious or empty), ``truth``, ``predicted``,
                ``confidence`` and ``iou``; a list means any of them, and ``{"$lt": 0.5}`` compares.

        Example:
            >>> Filters().add_evaluation("evl_1", type="missed", truth="car").prepare()["filter"]
            {'$and': [{'evaluation': {'id': 'evl_1', 'type': 'missed', 'truth': 'car'}}]}
        """
        self._conditions["and"].append({"evaluation": {"id": source, **finding}})
        return self

    def sort_by(self, field: str, value: Literal["ascending", "descending"] = "ascending") -> Self:
        """Order by a field, after the fields given before."""
        self._sort[field] = value
        return self

    def prepare(self) -> dict[str, JsonValue]:
        """The query as JSON."""
        query: dict[str, JsonValue] = {"filter": _clauses(self._conditions)}
        if any(self._join.values()):
            query["join"] = {"on": {"resource": "annotations"}, "filter": _clauses(self._join)}
        if self._sort:
            query["sort"] = dict(self._sort)
        return query

    def to_json(self) -> str:
        """The query as the text of its JSON."""
        return json.dumps(self.prepare())


def _clauses(conditions: Mapping[str, list[JsonValue]]) -> dict[str, JsonValue]:
    return {f"${method}": list(found) for method, found in conditions.items() if found}


def _comparison(values: JsonValue, operator: str | None) -> JsonValue:
    if operator is None:
        return values
    name = str(operator).removeprefix("$")
    if name not in list(FiltersOperations):
        known = ", ".join(FiltersOperations)
        near = difflib.get_close_matches(name, [known.value for known in FiltersOperations], n=1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise QueryError(f"unknown operator {operator!r}", hint=f"{hint}Use one of: {known}.")
    return {f"${name}": values}


def _known_method(method: str) -> str:
    if method not in ("and", "or"):
        raise QueryError(f"unknown method {method!r}", hint="Use 'and' or 'or'.")
    return method
