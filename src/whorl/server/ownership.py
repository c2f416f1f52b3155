"""What a pipeline names must be of its own project: it reads whatever it names."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from whorl.base.errors import InvalidInput, JsonValue, NotFound
from whorl.base.ids import kind_of
from whorl.schemas.pipelines import GraphProblem, PipelineDefinition
from whorl.server.permits import Caller

_OWNED = ("dataset", "model", "item", "evaluation")


def check_owned(caller: Caller, conn: Connection, definition: PipelineDefinition) -> None:
    """Let a definition pass when every id in it is of the path's project.

    Raises:
        NotFound: One is unknown, or of another project.
    """
    for _, one in _mentions(definition):
        _check_one(caller, conn, one)


def check_ids(caller: Caller, conn: Connection, value: JsonValue) -> None:
    """Let a value pass when every id in it is of the path's project.

    Raises:
        NotFound: One is unknown, or of another project.
    """
    for one in _strings(value):
        _check_one(caller, conn, one)


def check_refs(caller: Caller, conn: Connection, refs: list[str]) -> None:
    """Let references pass that a run may carry.

    Raises:
        InvalidInput: One is no id of an item, model or evaluation.
        NotFound: One is unknown, or of another project.
    """
    for ref in refs:
        if kind_of(ref) not in _OWNED:
            raise InvalidInput(f"not the id of an item, model or evaluation: {ref[:80]!r}")
        _check_one(caller, conn, ref)


def find_foreign(caller: Caller, conn: Connection, definition: PipelineDefinition) -> list[GraphProblem]:
    """Every id in a definition that is unknown, or of another project."""
    problems = []
    for node, text in _mentions(definition):
        try:
            _check_one(caller, conn, text)
        except NotFound as error:
            problems.append(GraphProblem(code="not_found", node=node, message=error.message))
    return problems


def _strings(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)


def _mentions(definition: PipelineDefinition) -> Iterator[tuple[str | None, str]]:
    for node in definition.nodes:
        for one in _strings(node.params):
            yield node.id, one
    for variable in definition.variables:
        for one in _strings(variable.value):
            yield None, one
    for trigger in definition.triggers:
        for one in _strings(trigger.model_dump(mode="json")):
            yield trigger.target.partition(".")[0], one


def _check_one(caller: Caller, conn: Connection, text: str) -> None:
    kind = kind_of(text)
    if kind in _OWNED and text[3:4] == "_":
        caller.check_same_project(conn, kind, text)
