"""Several people's answers to one item made into one, with how far they agree. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from whorl.annotations.outcomes import shape_iou
from whorl.annotations.rules import find_bounds
from whorl.base.errors import JsonValue
from whorl.schemas.annotations import Box, ClassTag, Geometry

_PADDING_PX = 4.0


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that somebody says is on an item."""

    label: str
    geometry: Geometry
    attributes: Mapping[str, JsonValue] = field(default_factory=dict)
    from_prediction: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """All that one person says about an item.

    Attributes:
        statements: Empty says that nothing is there; None that the item cannot be worked on.
    """

    person_id: str
    statements: Sequence[Statement] | None


@dataclass(frozen=True, slots=True)
class FusedStatement:
    """What a majority says, and the share of people who say so, in (0.5, 1]."""

    statement: Statement
    support: float


@dataclass(frozen=True, slots=True)
class Fused:
    """Several answers as one.

    Attributes:
        statements: None when a majority says that the item cannot be worked on.
        agreement: In [0, 1]: how large the majority is, averaged over everything that anybody said is there.
        is_tied: Something was left out because as many said so as said otherwise.
    """

    statements: tuple[FusedStatement, ...] | None
    agreement: float
    is_tied: bool


@dataclass(frozen=True, slots=True)
class _Slot:
    """One question that the answers answer: which class, or whether and what this object is."""

    kept: FusedStatement | None
    share: float
    is_tied: bool


@dataclass(frozen=True, slots=True)
class _Said:
    person: int
    statement: Statement
    bounds: tuple[float, float, float, float]


def fuse_answers(answers: Sequence[Answer], *, min_iou: float = 0.5) -> Fused:
    """Keep what more than half of the people say; shapes of different people that overlap are one object.

    Classes of the whole item are counted: the one class, or where anybody gave several, each class by itself. Shapes
    are matched greedily across people, largest overlap first, whatever their labels; the label with most votes holds.
    Boxes are averaged, each weighted by its mean overlap with the others; of other shapes the one that overlaps the
    others most is taken. Everybody counts the same. Equal overlaps: the earlier answer wins.

    Args:
        min_iou: Smallest intersection over union of two people's shapes of one object, in (0, 1].

    Raises:
        ValueError: There is no answer.
    """
    if not answers:
        raise ValueError("no answers to fuse")
    spoken = [one.statements for one in answers if one.statements is not None]
    silent = len(answers) - len(spoken)
    if silent * 2 > len(answers):
        return Fused(None, silent / len(answers), is_tied=False)
    slots = [*_class_slots(spoken), *_object_slots(spoken, min_iou)]
    share = sum(slot.share for slot in slots) / len(slots) if slots else 1.0
    return Fused(
        tuple(slot.kept for slot in slots if slot.kept is not None),
        share * len(spoken) / len(answers),
        is_tied=silent * 2 == len(answers) or any(slot.is_tied for slot in slots),
    )


def _class_slots(spoken: Sequence[Sequence[Statement]]) -> Iterator[_Slot]:
    said = [_tags(statements) for statements in spoken]
    if max(len(tags) for tags in said) <= 1:
        votes = Counter(next(iter(tags), None) for tags in said)
        if set(votes) != {None}:
            yield _vote(votes, said)
        return
    for label in dict.fromkeys(label for tags in said for label in tags):
        yield _vote(Counter(label if label in tags else None for tags in said), said)


def _tags(statements: Sequence[Statement]) -> dict[str, Statement]:
    return {one.label: one for one in statements if isinstance(one.geometry, ClassTag)}


def _vote(votes: Counter[str | None], said: Sequence[Mapping[str, Statement]]) -> _Slot:
    (label, n), *others = votes.most_common()
    is_tied = bool(others) and others[0][1] == n
    kept = None
    if label is not None and n * 2 > len(said):
        kept = FusedStatement(_join([tags[label] for tags in said if label in tags]), n / len(said))
    return _Slot(kept, n / len(said), is_tied)


def _object_slots(spoken: Sequence[Sequence[Statement]], min_iou: float) -> Iterator[_Slot]:
    total = len(spoken)
    for cluster in _match(list(_list_shapes(spoken)), min_iou):
        (label, n), *others = Counter(one.statement.label for one in cluster).most_common()
        if len(cluster) * 2 <= total:
            # No majority sees it: the larger part says that nothing is there.
            yield _Slot(None, (total - len(cluster)) / total, is_tied=len(cluster) * 2 == total)
        elif n * 2 > total:
            yield _Slot(
                FusedStatement(_join([one.statement for one in cluster if one.statement.label == label]), n / total),
                n / total,
                is_tied=False,
            )
        else:
            yield _Slot(None, n / total, is_tied=bool(others) and others[0][1] == n)


def _list_shapes(spoken: Sequence[Sequence[Statement]]) -> Iterator[_Said]:
    for person, statements in enumerate(spoken):
        for one in statements:
            bounds = find_bounds(one.geometry)
            if bounds is not None:
                yield _Said(person, one, bounds)


def _match(said: Sequence[_Said], min_iou: float) -> list[list[_Said]]:
    """Groups of shapes of different people, in the order of their first."""
    group = list(range(len(said)))
    members = {i: [i] for i in group}
    pairs = sorted(_overlaps(said, min_iou), key=lambda pair: (-pair[0], pair[1], pair[2]))
    for _, i, j in pairs:
        a, b = sorted((group[i], group[j]))
        if a == b or {said[k].person for k in members[a]} & {said[k].person for k in members[b]}:
            continue
        for k in members[b]:
            group[k] = a
        members[a] += members.pop(b)
    return [[said[k] for k in sorted(members[a])] for a in sorted(members)]


def _overlaps(said: Sequence[_Said], min_iou: float) -> Iterator[tuple[float, int, int]]:
    # By their left sides, so that only shapes that may meet are compared: images with thousands of boxes are common.
    order = sorted(range(len(said)), key=lambda k: said[k].bounds[0])
    for at, i in enumerate(order):
        for j in order[at + 1 :]:
            if said[j].bounds[0] > said[i].bounds[2] + 2 * _PADDING_PX:
                break
            if said[i].person == said[j].person:
                continue
            iou = _iou(said[i].statement.geometry, said[j].statement.geometry)
            if iou >= min_iou:
                yield iou, min(i, j), max(i, j)


def _iou(a: Geometry, b: Geometry) -> float:
    """Of the shapes, or where one has no area or they cannot be compared, of what is around them, a little wider."""
    iou = shape_iou(a, b)
    if iou is not None:
        return iou
    around = [_padded(a), _padded(b)]
    return shape_iou(*around) or 0.0


def _padded(geometry: Geometry) -> Box:
    x0, y0, x1, y1 = find_bounds(geometry) or (0.0, 0.0, 0.0, 0.0)
    return Box(x0=x0 - _PADDING_PX, y0=y0 - _PADDING_PX, x1=x1 + _PADDING_PX, y1=y1 + _PADDING_PX)


def _join(said: Sequence[Statement]) -> Statement:
    """One statement of several that agree on the label: of the kind of shape most of them drew."""
    kind, _ = Counter(one.geometry.type for one in said).most_common(1)[0]
    shapes = [one.geometry for one in said if one.geometry.type == kind]
    origin, n = Counter(one.from_prediction for one in said).most_common(1)[0]
    return Statement(
        label=said[0].label,
        geometry=_middle(shapes),
        attributes=_join_attributes([one.attributes for one in said]),
        from_prediction=origin if n * 2 > len(said) else None,
    )


def _middle(shapes: Sequence[Geometry]) -> Geometry:
    if len(shapes) == 1 or isinstance(shapes[0], ClassTag):
        return shapes[0]
    closeness = [
        sum(_iou(one, other) for k, other in enumerate(shapes) if k != at) / (len(shapes) - 1)
        for at, one in enumerate(shapes)
    ]
    boxes = [one for one in shapes if isinstance(one, Box)]
    if len(boxes) < len(shapes) or sum(closeness) == 0:
        return shapes[closeness.index(max(closeness))]
    if all(one == boxes[0] for one in boxes):
        return boxes[0]
    weights = [one / sum(closeness) for one in closeness]
    x0, y0, x1, y1 = (
        sum(weight * getattr(box, side) for weight, box in zip(weights, boxes, strict=True))
        for side in ("x0", "y0", "x1", "y1")
    )
    return Box(x0=x0, y0=y0, x1=x1, y1=y1)


def _join_attributes(given: Sequence[Mapping[str, JsonValue]]) -> dict[str, JsonValue]:
    """Each value that more than half of them gave."""
    kept: dict[str, JsonValue] = {}
    for name in sorted({name for one in given for name in one}):
        values = [one[name] for one in given if name in one]
        votes = Counter(json.dumps(value, sort_keys=True) for value in values)
        (text, n), *_ = votes.most_common()
        if n * 2 > len(given):
            kept[name] = json.loads(text)
    return kept
