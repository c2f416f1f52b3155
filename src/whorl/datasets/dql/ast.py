"""What a query says, free of how it was written (JSON or text) and of the database that answers it.

Every condition is true or false of an item, never unknown: a missing value makes a comparison false, and its
negation true. The functions ``all_of``, ``any_of`` and ``negate`` keep trees in one canonical form, so that the same
question written two ways gives equal trees.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Scalar = None | bool | int | float | str | datetime


class Op(StrEnum):
    """The comparisons left after parsing; ``$ne`` and ``$nin`` become ``Not``."""

    EQ = "$eq"
    GT = "$gt"
    GTE = "$gte"
    LT = "$lt"
    LTE = "$lte"
    IN = "$in"
    EXISTS = "$exists"
    GLOB = "$glob"


class Quantifier(StrEnum):
    """How many of an item's annotations must satisfy a condition; ``ALL`` holds when there are none."""

    SOME = "some"
    NONE = "none"
    ALL = "all"


class LayerChoice(StrEnum):
    """Which annotations are looked at. Truth unless the query asks for predictions by name."""

    TRUTH = "truth"
    PREDICTION = "prediction"
    ANY = "any"


class NearKind(StrEnum):
    """What a similarity is measured to."""

    ITEM = "item"
    ANNOTATION = "annotation"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an item or annotation by its canonical name; ``path`` leads into a JSON document, key by key."""

    name: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compare:
    """A field against a value: a tuple for ``IN``, True for ``EXISTS``, a pattern for ``GLOB``."""

    field: Field
    op: Op
    value: Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold; without parts: every item."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds; without parts: no item."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


@dataclass(frozen=True, slots=True)
class AnnotationMatch:
    """A condition over the item's annotations in one layer; ``where`` compares annotation fields."""

    quantifier: Quantifier
    where: Condition
    layer: LayerChoice = LayerChoice.TRUTH


@dataclass(frozen=True, slots=True)
class FindingMatch:
    """A condition over what an evaluation found on the item; ``where`` compares fields of one and the same finding.

    ``source`` is an evaluation's id, or a model's id or name: then its newest evaluation on the dataset. Every item
    that was evaluated has a finding.
    """

    source: str
    where: Condition = And()


@dataclass(frozen=True, slots=True)
class SelectionMatch:
    """The item is in a selection: by its id, or the newest of this name; ``is_random`` keeps one of its two parts."""

    source: str
    is_random: bool | None = None


@dataclass(frozen=True, slots=True)
class MapMatch:
    """The item's point on a map lies inside a ring.

    ``ring`` are the corners in the map's whole numbers, -32767 to 32767; the last one is joined with the first, and
    parts that the ring goes around twice are outside. Without corners every item on the map matches.
    """

    map_id: str
    ring: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class NearMatch:
    """The item is among the ``limit`` most like an item, an annotation (both by id) or words; they are not themselves.

    ``keys`` are the items found, once it was resolved; it is no part of what the query says.
    """

    kind: NearKind
    value: str
    space: str | None = None
    limit: int = 100
    keys: tuple[int, ...] | None = field(default=None, repr=False, compare=False)


Condition = And | Or | Not | Compare | AnnotationMatch | FindingMatch | SelectionMatch | MapMatch | NearMatch


@dataclass(frozen=True, slots=True)
class SortKey:
    """One sort field. Items without a value come last in both directions."""

    field: Field
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Which items, in which order; ties and unsorted queries follow the item's key (order of arrival)."""

    where: Condition = And()
    sort: tuple[SortKey, ...] = ()
    page_size: int | None = None
    snapshot: str | None = None


MOST_NEAR, DEFAULT_NEAR = 1000, 100
NEAR_IDS = ("itm_", "ann_")
EVERYTHING = And()
NOTHING = Or()


def all_of(parts: Iterable[Condition]) -> Condition:
    """Join conditions with and: nested ands are opened, a single part stands alone."""
    flat: list[Condition] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, And) else (part,))
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(parts: Iterable[Condition]) -> Condition:
    """Join conditions with or: nested ors are opened, a single part stands alone."""
    flat: list[Condition] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Or) else (part,))
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def negate(part: Condition) -> Condition:
    """Turn a condition around; two negations cancel, and some becomes none."""
    if isinstance(part, Not):
        return part.part
    if isinstance(part, AnnotationMatch) and part.quantifier is not Quantifier.ALL:
        is_some = part.quantifier is Quantifier.SOME
        return AnnotationMatch(Quantifier.NONE if is_some else Quantifier.SOME, part.where, part.layer)
    if part == EVERYTHING:
        return NOTHING
    if part == NOTHING:
        return EVERYTHING
    return Not(part)
