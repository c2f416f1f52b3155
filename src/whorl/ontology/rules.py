"""Pure decisions about ontologies."""

from __future__ import annotations

import colorsys
import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import count
from typing import assert_never

from whorl.base.errors import InvalidInput, JsonValue, UnknownLabel
from whorl.schemas.ontology import Attribute, AttributeType, Label, OntologyDraft

# Okabe and Ito's eight colours, told apart by colour-blind people (https://jfly.uni-koeln.de/color/),
# come first; each of the rest lies far from all before it.
_PALETTE = (
    *("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#999999"),
    *("#7b3fa0", "#a6dd6c", "#8b5a2b", "#e31a8c", "#00c5c5", "#1b1f8a", "#ffb3ab", "#4b5320"),
    *("#a00000", "#c7a6ff", "#005f56", "#39e639"),
)
_GOLDEN_TURN = (5**0.5 - 1) / 2


class Compatibility(StrEnum):
    """Whether what was said under the old version stays valid under the new one."""

    SAME = "same"
    MINOR = "minor"
    MAJOR = "major"


def check_ontology(draft: OntologyDraft) -> None:
    """Check that labels and attributes are unique, and parents exist without a cycle.

    Raises:
        InvalidInput: Names the label or attribute at fault.
    """
    _check_unique("label", [label.name for label in draft.labels])
    _check_unique("attribute", [attribute.name for attribute in draft.attributes])
    parents = {label.name: label.parent for label in draft.labels}
    for label in draft.labels:
        if label.parent is not None and label.parent not in parents:
            raise InvalidInput(
                f"label {label.name!r} has the parent {label.parent!r}, which is not a label",
                hint=_nearest_hint(label.parent, parents),
            )
        _check_no_cycle(label.name, parents)
    for attribute in draft.attributes:
        for name in attribute.labels:
            if name not in parents:
                raise InvalidInput(f"attribute {attribute.name!r} applies to {name!r}, which is not a label")


def classify_change(old: OntologyDraft, new: OntologyDraft) -> Compatibility:
    """Say whether a change is minor (everything said before stays valid) or major.

    Minor: a new label, colour, attribute or choice; an attribute made to apply to more labels. Major: a label,
    attribute or choice that goes, a label moved under another parent, an attribute whose type or reach shrinks.
    """
    if old == new:
        return Compatibility.SAME
    new_labels = {label.name: label.parent for label in new.labels}
    if any(label.name not in new_labels or new_labels[label.name] != label.parent for label in old.labels):
        return Compatibility.MAJOR
    new_attributes = {attribute.name: attribute for attribute in new.attributes}
    if any(_shrinks(attribute, new_attributes.get(attribute.name)) for attribute in old.attributes):
        return Compatibility.MAJOR
    return Compatibility.MINOR


def check_known(labels: Iterable[str], known: Sequence[str]) -> None:
    """Check that each label is one of ``known``.

    Raises:
        UnknownLabel: Names the first unknown label, the nearest known ones and, up to twenty, all known ones.
    """
    allowed = set(known)
    for label in labels:
        if label not in allowed:
            names = ", ".join(sorted(allowed)[:20]) + (", …" if len(allowed) > 20 else "")
            raise UnknownLabel(
                f"unknown label {label!r}; the ontology has: {names or 'no labels yet'}",
                hint=_nearest_hint(label, known) or "Add it to the ontology, or map it when importing.",
                details={"label": label, "nearest": list(nearest_names(label, known))},
            )


def nearest_names(name: str, known: Iterable[str]) -> list[str]:
    """Up to three known names that look like ``name``, best first; case is ignored."""
    by_lower: dict[str, str] = {}
    for candidate in known:
        by_lower.setdefault(candidate.lower(), candidate)
    return [by_lower[match] for match in difflib.get_close_matches(name.lower(), by_lower, n=3, cutoff=0.6)]


def check_attributes(label: str, values: Mapping[str, JsonValue], attributes: Sequence[Attribute]) -> None:
    """Check the values of attributes that the ontology defines; others are kept as they came.

    Raises:
        InvalidInput: A value is not of the attribute's type, or the attribute does not apply to this label.
    """
    for attribute in attributes:
        if attribute.name not in values:
            continue
        value = values[attribute.name]
        if attribute.labels and label not in attribute.labels:
            raise InvalidInput(f"attribute {attribute.name!r} does not apply to label {label!r}")
        if value is not None and not _is_value(attribute, value):
            allowed = ", ".join(attribute.choices) or attribute.type.value
            raise InvalidInput(f"attribute {attribute.name!r} of label {label!r} is {value!r}; allowed: {allowed}")


def with_labels(draft: OntologyDraft, names: Iterable[str]) -> OntologyDraft:
    """The same ontology with the missing ones of ``names`` added at the top level, in the given order."""
    known = {label.name for label in draft.labels}
    added = [name for name in dict.fromkeys(names) if name not in known]
    start = len(draft.labels)
    labels = [Label(name=name, color=pick_color(start + offset)) for offset, name in enumerate(added)]
    return OntologyDraft(labels=[*draft.labels, *labels], attributes=draft.attributes, is_open=draft.is_open)


def with_colors(draft: OntologyDraft, before: OntologyDraft) -> OntologyDraft:
    """The same ontology with a colour for every label.

    A label without one keeps what it had in ``before``; new ones get the first colours that are not in use, so that
    what is drawn together can be told apart.
    """
    had = {label.name: label.color for label in before.labels}
    given = [label.color or had.get(label.name) for label in draft.labels]
    used = {color.lower() for color in given if color is not None}
    free = (color for color in map(pick_color, count()) if color not in used)
    labels = [
        label.model_copy(update={"color": color or next(free)})
        for label, color in zip(draft.labels, given, strict=True)
    ]
    return draft.model_copy(update={"labels": labels})


def pick_color(index: int) -> str:
    """The palette's colour for the label at ``index``, as #rrggbb; hues a golden angle apart when it is used up."""
    if index < len(_PALETTE):
        return _PALETTE[index]
    turn = index * _GOLDEN_TURN
    red, green, blue = colorsys.hls_to_rgb(turn % 1.0, 0.45 + 0.15 * (index % 2), 0.75)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def _check_unique(what: str, names: Sequence[str]) -> None:
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise InvalidInput(f"{what} {twice[0]!r} is there twice; names are unique in an ontology")


def _check_no_cycle(name: str, parents: Mapping[str, str | None]) -> None:
    seen = {name}
    above = parents[name]
    while above is not None:
        if above in seen:
            raise InvalidInput(f"label {name!r} is below itself, through {above!r}")
        seen.add(above)
        above = parents.get(above)


def _nearest_hint(name: str, known: Iterable[str]) -> str:
    found = nearest_names(name, known)
    return f"Did you mean {' or '.join(repr(match) for match in found)}?" if found else ""


def _shrinks(old: Attribute, new: Attribute | None) -> bool:
    if new is None or new.type is not old.type or not set(old.choices) <= set(new.choices):
        return True
    return bool(new.labels) and not (old.labels and set(old.labels) <= set(new.labels))


def _is_value(attribute: Attribute, value: JsonValue) -> bool:
    match attribute.type:
        case AttributeType.TEXT:
            return isinstance(value, str)
        case AttributeType.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case AttributeType.FLAG:
            return isinstance(value, bool)
        case AttributeType.CHOICE:
            return value in attribute.choices
        case _:
            assert_never(attribute.type)
