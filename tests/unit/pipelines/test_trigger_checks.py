"""Triggers say why they could not fire, and those that would begin one another for ever are refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import whorl
from whorl.base.errors import JsonValue
from whorl.pipelines.chains import cause_of, depth_after, is_caused_by
from whorl.pipelines.graph import find_problems
from whorl.pipelines.nodes import node_types
from whorl.pipelines.triggers.kinds import TRIGGER_EVENTS
from whorl.pipelines.warnings import find_warnings
from whorl.schemas.pipelines import GraphProblem, PipelineDefinition

NODES: list[JsonValue] = [
    {"id": "raw", "type": "dataset", "params": {"dataset": "dst_1"}},
    {"id": "score", "type": "evaluate", "params": {"dataset": "dst_1"}},
    {"id": "tell", "type": "notify", "params": {"message": "a"}},
    {"id": "shout", "type": "notify", "params": {"message": "b"}},
]


def find(*triggers: dict[str, JsonValue]) -> list[GraphProblem]:
    body: dict[str, JsonValue] = {"name": "x", "nodes": NODES, "triggers": list(triggers)}
    found = find_problems(PipelineDefinition.model_validate(body), node_types())
    return [one for one in found if one.code != "unfed_input"]


def event(target: str, kind: str, name: str = "t", **fields: JsonValue) -> dict[str, JsonValue]:
    return {"id": name, "type": "event", "target": target, "event": kind, **fields}


def test_kind__unknown_one_is_told_the_known() -> None:
    (problem,) = find(event("tell.signal", "item.deleted"))
    assert (problem.code, problem.node) == ("unknown_event", "tell")
    assert all(kind in problem.message for kind in TRIGGER_EVENTS)


@pytest.mark.parametrize("kind", [kind for kind, known in TRIGGER_EVENTS.items() if known.is_emitted])
def test_kind__is_said_somewhere(kind: str) -> None:
    folder = Path(whorl.__file__).parent
    elsewhere = [path for path in folder.rglob("*.py") if path.name not in {"kinds.py", "events.py"}]
    said = [path for path in elsewhere if f'"{kind}"' in path.read_text() and "emit" in path.read_text()]
    assert said, f"no module emits {kind}"


@pytest.mark.parametrize(
    ("target", "kind", "fits"),
    [
        ("raw.item", "item.created", True),
        ("raw.item", "annotation.changed", True),
        ("raw.item", "task.item_finished", True),
        ("raw.item", "model.trained", False),
        ("raw.item", "run.ended", False),
        ("score.model", "model.trained", True),
        ("score.model", "item.created", False),
        ("score.model", "evaluation.finished", False),
        ("tell.signal", "item.created", True),
        ("tell.signal", "ontology.changed", True),
    ],
)
def test_port__takes_what_the_event_is_about(target: str, kind: str, fits: bool) -> None:
    assert [one.code for one in find(event(target, kind))] == ([] if fits else ["type_mismatch"])


@pytest.mark.parametrize(
    "what", [{"type": "cron", "cron": "0 3 * * *"}, {"type": "count", "event": "item.created", "every": 3}]
)
def test_port__a_count_or_a_time_brings_a_signal(what: dict[str, JsonValue]) -> None:
    (problem,) = find({"id": "t", "target": "raw.item", **what})
    assert (problem.code, problem.node, problem.port) == ("type_mismatch", "raw", "item")
    assert find({"id": "t", "target": "tell.signal", **what}) == []


@pytest.mark.parametrize("cron", ["every day", "61 * * * *", "0 0 30 2 *"])
def test_cron__that_never_comes_is_refused(cron: str) -> None:
    (problem,) = find({"id": "t", "type": "cron", "target": "tell.signal", "cron": cron})
    assert problem.code == "bad_cron"


def test_filter__must_parse_and_be_about_items() -> None:
    assert find(event("raw.item", "item.created", filter="subset:train")) == []
    (bad,) = find(event("raw.item", "item.created", filter="subset:nope"))
    assert (bad.code, "subset:nope" in bad.message) == ("bad_filter", True)
    (other,) = find(event("score.model", "model.trained", filter="subset:train"))
    assert (other.code, "only items can be filtered" in other.message) == ("bad_filter", True)


def _ended(target: str, name: str, **fields: JsonValue) -> dict[str, JsonValue]:
    return event(f"{target}.signal", "run.ended", name, **({"by": "own"} | fields))


def test_loop__of_a_trigger_that_waits_for_its_own_end_is_refused() -> None:
    (problem,) = find(_ended("tell", "again"))
    assert (problem.code, problem.node) == ("would_loop", "tell")
    assert "again -> again" in problem.message
    assert [one.code for one in find(_ended("tell", "again", by="any"))] == ["would_loop"]
    assert [one.code for one in find(_ended("tell", "again", unless_active=["tell"]))] == ["would_loop"]


def test_loop__over_two_triggers_is_found() -> None:
    (problem,) = find(_ended("tell", "one", node="shout"), _ended("shout", "two", node="tell"))
    assert problem.code == "would_loop"
    assert "one -> two -> one" in problem.message


def test_loop__ends_with_a_limit_or_a_node_where_none_begins() -> None:
    assert find(_ended("tell", "again", max_fires=3)) == []
    assert find(_ended("tell", "after", node="shout")) == []
    assert find(_ended("tell", "one", node="shout"), _ended("shout", "two", node="tell", max_fires=1)) == []
    assert find(_ended("tell", "others", by="others")) == []


def test_chain__depth_grows_with_each_run_and_is_its_own_pipelines() -> None:
    assert depth_after(None, "pip_a") == 0
    assert depth_after("pip_b+7", "pip_a") == 0
    assert depth_after("pip_a", "pip_a") == 1
    assert depth_after(cause_of("pip_a", 41), "pip_a") == 42
    assert [is_caused_by(cause, "pip_a") for cause in ("pip_a", "pip_a+3", "pip_ab", None)] == [
        True,
        True,
        False,
        False,
    ]


def test_warnings__open_ways_out_beside_others_that_go_on() -> None:
    body: dict[str, JsonValue] = {
        "name": "x",
        "nodes": [
            {"id": "label", "type": "label", "params": {"dataset": "dst_1", "task": "t"}},
            {"id": "tell", "type": "notify", "params": {"message": "a"}},
        ],
        "edges": [{"source": "label.submitted", "target": "tell.signal"}],
    }
    found = list(find_warnings(PipelineDefinition.model_validate(body), node_types()))
    assert [(one.code, one.node, one.port, one.severity) for one in found] == [
        ("open_output", "label", "discarded", "warning"),
        ("no_trigger", None, None, "warning"),
    ]


def test_outputs__named_by_a_list_a_mapping_and_not_by_a_variable() -> None:
    kind = replace(node_types()["dataset"], outputs_from="routes")
    assert list(kind.list_outputs({"routes": ["cat", "dog"]})) == ["item", "cat", "dog"]
    assert list(kind.list_outputs({"routes": {"cat": "label:cat"}})) == ["item", "cat"]
    assert list(kind.list_outputs({"routes": {"$var": "routes"}})) == ["item"]
    assert list(kind.list_outputs({})) == ["item"]


def test_dataset__is_only_of_events_about_items() -> None:
    assert find(event("raw.item", "task.item_finished", dataset="dst_1")) == []
    (problem,) = find(event("tell.signal", "model.trained", dataset="dst_1"))
    assert (problem.code, problem.node) == ("bad_dataset", "tell")
