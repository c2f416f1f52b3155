"""What Dataloop's filters say in other words, turned into ours.

Subsets are tags there (``metadata.system.tags.train``), names start with a slash, and every item is a visible file.
"""

from __future__ import annotations

from whorl.datasets.dql.ast import EVERYTHING, NOTHING, Compare, Condition, Field, Op, all_of, any_of, negate
from whorl.datasets.dql.fields import ITEMS, Scope, compare, fail, nearest, shorten
from whorl.schemas.records import Subset

CONSTANT_FIELDS = ("hidden", "type")
_TAGS = ("metadata", "system", "tags")
_KINDS = {"segment": "polygon", "binary": "mask", "point": "points"}


def item_condition(segments: tuple[str, ...], operator: str | None, value: object, place: str) -> Condition | None:
    """Read a field that only Dataloop has, or give None when the field is an ordinary one."""
    if segments[:3] == _TAGS and len(segments) == 4 and segments[3] in set(Subset):
        return _subset_tag(segments[3], operator, value, place)
    if segments == ("hidden",):
        wanted = _constant(segments[0], operator, value, place, allowed=(False, True))
        return NOTHING if wanted is True else EVERYTHING
    if segments == ("type",):
        return (
            NOTHING if _constant(segments[0], operator, value, place, allowed=("file", "dir")) == "dir" else EVERYTHING
        )
    if segments == ("dir",):
        return _folder(operator, value, place)
    return None


def rewrite_value(field: Field, value: object, scope: Scope) -> object:
    """Translate values: names lose the leading slash, kinds take our words."""
    if isinstance(value, list | tuple):
        return [rewrite_value(field, one, scope) for one in value]
    if not isinstance(value, str):
        return value
    if scope is ITEMS and field.name == "name" and len(value) > 1:
        return value.removeprefix("/")
    if scope is not ITEMS and field.name == "kind":
        return _KINDS.get(value, value)
    return value


def _subset_tag(subset: str, operator: str | None, value: object, place: str) -> Condition:
    if operator not in (None, "$eq") or not isinstance(value, bool | None):
        fail(
            f"a subset tag is true, false or null, got {shorten(value)}", place, hint=f'Write {{"subset": "{subset}"}}.'
        )
    held = Compare(Field("subset"), Op.EQ, subset)
    return held if value is True else negate(held)


def _constant(
    name: str, operator: str | None, value: object, place: str, *, allowed: tuple[bool | str, ...]
) -> bool | str:
    if operator not in (None, "$eq") or not isinstance(value, bool | str) or value not in allowed:
        fail(f"{name} is one of {', '.join(map(str, allowed)).lower()}; got {shorten(value)}", place)
    return value


def _folder(operator: str | None, value: object, place: str) -> Condition:
    if operator == "$in" or isinstance(value, list | tuple):
        if not isinstance(value, list | tuple):
            fail(f"$in needs a list, got {shorten(value)}", place)
        return any_of(_folder(None, one, place) for one in value)
    if operator not in (None, "$eq", "$glob"):
        fail(f"{operator} on dir", place, hint=nearest(operator, ("$eq", "$in", "$glob")))
    if not isinstance(value, str):
        fail(f"dir is text, got {shorten(value)}", place)
    name = Field("name")

    def matches(pattern: str) -> Condition:
        return compare(name, Op.GLOB, pattern, scope=ITEMS, place=place)

    folder = value.strip("/")
    if "*" in folder:
        return matches(folder if folder.endswith("*") else f"{folder}/*")
    base = f"{escape_glob(folder)}/" if folder else ""
    return all_of([matches(f"{base}*"), negate(matches(f"{base}*/*"))])


def escape_glob(text: str) -> str:
    """Write text so that a pattern takes it literally."""
    return "".join(f"\\{c}" if c in "*?\\" else c for c in text)
