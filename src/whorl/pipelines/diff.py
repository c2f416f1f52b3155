"""What differs between two definitions, for people who decide whether to apply one. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import BaseModel

from whorl.base.errors import JsonValue
from whorl.schemas.pipelines import EdgeSpec, NodeSpec, PipelineChange, PipelineDefinition, PipelineDiff

What = Literal["node", "edge", "variable", "trigger"]
Body = dict[str, JsonValue]


def diff(old: PipelineDefinition | None, new: PipelineDefinition) -> PipelineDiff:
    """Give every difference from the old definition to the new one; all of the new one when there is no old.

    A node that was renamed is removed and added: what waits in it does not move by itself. Places on the canvas and the
    order of lists are no difference; the order inside a parameter, such as that of a filter's routes, is one. Changes
    come in the order of a definition: name, description, variables, nodes, edges, triggers; of each, what was removed
    or changed in the old order, then what was added.
    """
    changes = [*_texts(old, new)]
    before = None if old is None else _parts(old)
    for what, entries in _parts(new).items():
        changes += _compare(what, [] if before is None else before[what], entries)
    return PipelineDiff(changes=changes)


def is_same(old: PipelineDefinition, new: PipelineDefinition) -> bool:
    """Whether two definitions say the same in the same order, wherever their nodes stand on the canvas."""
    return _all(old) == _all(new)


def _all(definition: PipelineDefinition) -> list[str]:
    parts = [_written(body) for entries in _parts(definition).values() for _, body in entries]
    return [definition.name, definition.description, *parts]


def _texts(old: PipelineDefinition | None, new: PipelineDefinition) -> Iterator[PipelineChange]:
    if old is None:
        yield PipelineChange(kind="added", what="name", name=new.name, after=new.name)
    elif old.name != new.name:
        yield PipelineChange(kind="changed", what="name", name=new.name, before=old.name, after=new.name)
    before = "" if old is None else old.description
    if before != new.description:
        kind: Literal["added", "removed", "changed"] = (
            "added" if not before else "removed" if not new.description else "changed"
        )
        yield PipelineChange(
            kind=kind, what="description", name="description", before=before or None, after=new.description or None
        )


def _parts(definition: PipelineDefinition) -> dict[What, list[tuple[str, Body]]]:
    """Each entry's name and what it says, by what it is."""
    return {
        "variable": [(one.name, _body(one)) for one in definition.variables],
        "node": [(one.id, _body(one)) for one in definition.nodes],
        "edge": [(f"{one.source} -> {one.target}", _body(one)) for one in definition.edges],
        "trigger": [(one.id, {"type": one.type} | _body(one)) for one in definition.triggers],
    }


def _body(entry: BaseModel) -> Body:
    dumped: Body = entry.model_dump(mode="json", exclude_defaults=not isinstance(entry, EdgeSpec))
    if isinstance(entry, NodeSpec):
        dumped.pop("at", None)
    return dumped


def _compare(what: What, old: Sequence[tuple[str, Body]], new: Sequence[tuple[str, Body]]) -> Iterator[PipelineChange]:
    before, after = _by_name(old), _by_name(new)
    for name, bodies in before.items():
        gone, come = _without_same(bodies, after.get(name, []))
        for one, other in zip(gone, come, strict=False):
            yield PipelineChange(kind="changed", what=what, name=name, before=one, after=other)
        for one in gone[len(come) :]:
            yield PipelineChange(kind="removed", what=what, name=name, before=one)
    for name, bodies in after.items():
        gone, come = _without_same(before.get(name, []), bodies)
        for one in come[len(gone) :]:
            yield PipelineChange(kind="added", what=what, name=name, after=one)


def _by_name(entries: Sequence[tuple[str, Body]]) -> dict[str, list[Body]]:
    # Edges between the same ports may differ in their condition, and a draft may have two nodes of one name.
    found: dict[str, list[Body]] = {}
    for name, body in entries:
        found.setdefault(name, []).append(body)
    return found


def _without_same(old: Sequence[Body], new: Sequence[Body]) -> tuple[list[Body], list[Body]]:
    left = list(new)
    gone: list[Body] = []
    for body in old:
        place = next((n for n, other in enumerate(left) if _same(body, other)), None)
        if place is None:
            gone.append(body)
        else:
            left.pop(place)
    return gone, left


def _same(one: Body, other: Body) -> bool:
    return _written(one) == _written(other)


def _written(body: Body) -> str:
    """As text that differs when anything does: 1 and true are two things, and so are routes in another order.

    1 and 1.0 are one: a browser that saves what it was given writes 1 for both.
    """
    params = body.get("params")
    in_order = body | {"params": dict(sorted(params.items()))} if isinstance(params, dict) else body
    return json.dumps(_with_plain_numbers(dict(sorted(in_order.items()))))


def _with_plain_numbers(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {key: _with_plain_numbers(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_plain_numbers(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
