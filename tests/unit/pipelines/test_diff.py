"""What differs between two definitions, and that the differences are all there is."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from tests.unit.pipelines.definitions import definitions

from whorl.base.errors import JsonValue
from whorl.pipelines.diff import diff, is_same
from whorl.pipelines.forms import to_document
from whorl.pipelines.templates import load_template
from whorl.schemas.pipelines import PipelineChange, PipelineDefinition

BASE: dict[str, JsonValue] = {
    "name": "small",
    "nodes": [
        {"id": "raw", "type": "dataset", "params": {"dataset": "dst_1"}},
        {"id": "label", "type": "label", "params": {"task": "label"}},
    ],
    "edges": [{"source": "raw.item", "target": "label.item"}],
    "variables": [{"name": "pool", "type": "dataset"}],
    "triggers": [{"id": "new", "type": "event", "target": "raw.item", "event": "item.created"}],
}


def _make(**changes: JsonValue) -> PipelineDefinition:
    return PipelineDefinition.model_validate(BASE | changes)


def _told(old: PipelineDefinition | None, new: PipelineDefinition) -> list[tuple[str, str, str]]:
    return [(one.kind, one.what, one.name) for one in diff(old, new).changes]


def test_diff__equal_definitions_have_none_wherever_nodes_stand_and_in_whatever_order() -> None:
    moved = [{**one, "at": {"x": 1, "y": 2}} for one in reversed(list(BASE["nodes"]))]  # type: ignore[arg-type,call-overload]
    assert diff(_make(), _make(nodes=moved)).changes == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": "other"}, [("changed", "name", "other")]),
        ({"description": "why"}, [("added", "description", "description")]),
        (
            {"nodes": [{"id": "raw", "type": "dataset"}, {"id": "work", "type": "label", "params": {"task": "label"}}]},
            [("changed", "node", "raw"), ("removed", "node", "label"), ("added", "node", "work")],
        ),
        (
            {"edges": [{"source": "raw.item", "target": "label.item", "when": "label:car"}]},
            [("changed", "edge", "raw.item -> label.item")],
        ),
        ({"edges": []}, [("removed", "edge", "raw.item -> label.item")]),
        ({"variables": [{"name": "pool", "type": "dataset", "value": "dst_1"}]}, [("changed", "variable", "pool")]),
        (
            {"triggers": [{"id": "new", "type": "cron", "target": "raw.item", "cron": "0 9 * * 1"}]},
            [("changed", "trigger", "new")],
        ),
    ],
)
def test_diff__names_each_change(changes: dict[str, JsonValue], expected: list[tuple[str, str, str]]) -> None:
    assert _told(_make(), _make(**changes)) == expected


def test_diff__a_change_has_both_sides_and_a_whole_number_is_one_number() -> None:
    def with_budget(value: JsonValue) -> PipelineDefinition:
        return _make(variables=[{"name": "budget", "type": "json", "value": value}])

    body = {"name": "budget", "type": "json"}
    assert diff(with_budget(1), with_budget(1.0)).changes == []
    assert diff(with_budget(1), with_budget(True)).changes == [
        PipelineChange(
            kind="changed", what="variable", name="budget", before=body | {"value": 1}, after=body | {"value": True}
        )
    ]


def test_diff__the_order_of_routes_counts_and_that_of_parameters_does_not() -> None:
    def sort(params: dict[str, JsonValue]) -> PipelineDefinition:
        return _make(nodes=[{"id": "sort", "type": "filter", "params": params}])

    first: dict[str, JsonValue] = {"routes": {"day": "name:day/*", "cars": "label:car"}, "mode": "first"}
    same: dict[str, JsonValue] = {"mode": "first", "routes": {"day": "name:day/*", "cars": "label:car"}}
    other: dict[str, JsonValue] = {"routes": {"cars": "label:car", "day": "name:day/*"}, "mode": "first"}
    assert _told(sort(first), sort(same)) == []
    assert _told(sort(first), sort(other)) == [("changed", "node", "sort")]
    assert is_same(sort(first), sort(same))
    assert not is_same(sort(first), sort(other))


def test_is_same__wherever_nodes_stand_but_in_the_same_order() -> None:
    nodes = list(BASE["nodes"])  # type: ignore[arg-type]
    moved = [{**one, "at": {"x": 1, "y": 2}} for one in nodes]  # type: ignore[dict-item]
    assert is_same(_make(), _make(nodes=moved))
    assert not is_same(_make(), _make(nodes=moved[::-1]))
    assert not is_same(_make(), _make(description="why"))


def test_diff__edges_between_the_same_ports_are_told_apart_by_their_condition() -> None:
    def edges(*conditions: str) -> list[JsonValue]:
        return [{"source": "raw.item", "target": "label.item", "when": one} for one in conditions]

    found = diff(_make(edges=edges("label:a", "label:b")), _make(edges=edges("label:b", "label:c", "label:d"))).changes
    ends: dict[str, JsonValue] = {"source": "raw.item", "target": "label.item"}
    name = "raw.item -> label.item"
    assert found == [
        PipelineChange(
            kind="changed", what="edge", name=name, before=ends | {"when": "label:a"}, after=ends | {"when": "label:c"}
        ),
        PipelineChange(kind="added", what="edge", name=name, after=ends | {"when": "label:d"}),
    ]


def test_diff__without_an_old_one_all_is_added() -> None:
    new = load_template("active_learning")
    found = diff(None, new).changes
    assert {one.kind for one in found} == {"added"}
    kinds = [one.what for one in found]
    parts = {"node": new.nodes, "edge": new.edges, "variable": new.variables, "trigger": new.triggers}
    assert {what: kinds.count(what) for what in parts} == {what: len(part) for what, part in parts.items()}


def _patched(old: PipelineDefinition, new: PipelineDefinition) -> dict[str, list[str]]:
    """The old definition's parts with the differences applied, as sorted texts."""
    parts = _parts(old)
    for change in diff(old, new).changes:
        if change.what in ("name", "description"):
            continue
        if change.before is not None:
            parts[change.what].remove(_shown(change.before))
        if change.after is not None:
            parts[change.what].append(_shown(change.after))
    return {what: sorted(texts) for what, texts in parts.items()}


def _parts(definition: PipelineDefinition) -> dict[str, list[str]]:
    document = to_document(definition)
    found: dict[str, list[str]] = {}
    for what in ("node", "edge", "variable", "trigger"):
        entries = document.get(f"{what}s", [])
        assert isinstance(entries, list)
        found[what] = [_shown({key: value for key, value in one.items() if key != "at"}) for one in entries]  # type: ignore[union-attr]
    return found


def _shown(body: JsonValue) -> str:
    assert isinstance(body, dict)
    # An edge without a condition says so in a difference; the order of parameters is none.
    params = body.get("params")
    in_order = {**body, "params": sorted(params.items())} if isinstance(params, dict) else body
    return repr(sorted((key, value) for key, value in in_order.items() if not (key == "when" and value is None)))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(definitions(), definitions())
def test_diff__what_it_tells_makes_the_new_one_of_the_old(old: PipelineDefinition, new: PipelineDefinition) -> None:
    assert _patched(old, new) == {what: sorted(texts) for what, texts in _parts(new).items()}
    assert diff(new, new).changes == []
