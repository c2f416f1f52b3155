"""Parameters and pure parts of the nodes that route, draw and write facts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from whorl.base.errors import JsonValue
from whorl.pipelines.graph import find_problems
from whorl.pipelines.nodes import node_types
from whorl.pipelines.nodes.crop import grow_box
from whorl.pipelines.nodes.filter import FilterParams
from whorl.pipelines.nodes.sample import SampleParams, draw
from whorl.pipelines.nodes.set_metadata import SetMetadataParams, make_patch
from whorl.pipelines.parts import values_of_parent, values_of_part
from whorl.pipelines.tokens import Token
from whorl.schemas.pipelines import GraphProblem, PipelineDefinition

DATASET = "dst_01jd0000000000000000000000"


def _problems(node: dict[str, JsonValue], edges: list[dict[str, JsonValue]] | None = None) -> list[GraphProblem]:
    body: dict[str, JsonValue] = {
        "name": "small",
        "nodes": [{"id": "raw", "type": "dataset", "params": {"dataset": DATASET}}, {"id": "it", **node}],
        "edges": [{"source": "raw.item", "target": "it.item"}, *(edges or [])],
        "triggers": [{"id": "new", "type": "event", "target": "raw.item", "event": "item.created"}],
    }
    return list(find_problems(PipelineDefinition.model_validate(body), node_types()))


def _filter(**routes: JsonValue) -> dict[str, JsonValue]:
    return {"type": "filter", "params": {"routes": dict(routes)}}


def test_filter__routes_are_ports() -> None:
    edges: list[dict[str, JsonValue]] = [
        {"source": "it.cars", "target": "it2.item"},
        {"source": "it.rest", "target": "it2.item"},
    ]
    node = _filter(cars="label:car", night="meta.light<20")
    body = {
        "name": "small",
        "nodes": [
            {"id": "raw", "type": "dataset", "params": {"dataset": DATASET}},
            {"id": "it", **node},
            {"id": "it2", "type": "sample", "params": {"share": 1}},
        ],
        "edges": [{"source": "raw.item", "target": "it.item"}, *edges],
        "triggers": [{"id": "new", "type": "event", "target": "raw.item", "event": "item.created"}],
    }
    assert list(find_problems(PipelineDefinition.model_validate(body), node_types())) == []


@pytest.mark.parametrize(
    ("routes", "told"),
    [
        ({"cars": "label:"}, "parameter 'routes.cars'"),
        ({"cars": "(("}, "parameter 'routes.cars'"),
        ({"cars": ""}, "at least 1 character"),
        ({"rest": "label:car"}, "no route may be called 'rest'"),
        ({"Not a port": "label:car"}, "not a port's name"),
        ({}, "at least 1 item"),
    ],
)
def test_filter__bad_routes_are_problems_of_the_definition(routes: dict[str, JsonValue], told: str) -> None:
    found = _problems({"type": "filter", "params": {"routes": dict(routes)}})
    assert [(one.code, one.node) for one in found] == [("bad_parameter", "it")]
    assert told in found[0].message


def test_filter__edge_from_a_port_that_is_no_route() -> None:
    found = _problems(_filter(cars="label:car"), [{"source": "it.trucks", "target": "raw.item"}])
    assert [(one.code, one.port, one.message) for one in found] == [
        ("unknown_port", "trucks", "no such port among the outputs: rest, cars")
    ]


def test_filter__unknown_mode() -> None:
    with pytest.raises(ValidationError, match="'first' or 'all'"):
        FilterParams.model_validate({"routes": {"a": "name:a"}, "mode": "any"})


@pytest.mark.parametrize("given", [{}, {"share": 0.5, "one_in": 2}])
def test_sample__needs_one_measure(given: dict[str, JsonValue]) -> None:
    found = _problems({"type": "sample", "params": given})
    assert [one.message for one in found] == ["parameter '': give either share or one_in"]


@pytest.mark.parametrize("given", [{"share": -0.1}, {"share": 1.1}, {"one_in": 0}, {"share": float("nan")}])
def test_sample__share_out_of_range(given: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        SampleParams.model_validate(given)


def test_draw__is_uniform_and_depends_on_the_seed() -> None:
    names = [f"itm_{at}" for at in range(20_000)]
    drawn = [draw(name, seed=1) for name in names]
    for share in (0.01, 0.1, 0.5, 0.9):
        kept = sum(one < share for one in drawn) / len(drawn)
        assert abs(kept - share) < 4 * (share * (1 - share) / len(drawn)) ** 0.5
    both = sum(draw(name, seed=1) < 0.5 and draw(name, seed=2) < 0.5 for name in names) / len(names)
    assert abs(both - 0.25) < 0.015


@given(st.text(), st.integers())
def test_draw__is_in_range_and_repeats(name: str, seed: int) -> None:
    if any(0xD800 <= ord(character) <= 0xDFFF for character in name):
        return
    assert 0 <= draw(name, seed=seed) < 1
    assert draw(name, seed=seed) == draw(name, seed=seed)


def test_make_patch__dots_placeholders_and_removals() -> None:
    values: dict[str, JsonValue] = {
        "camera.site": "north",
        "camera.id": 4,
        "at": "$now",
        "price": "$$5",
        "chosen.by": "$values.strategy",
        "lost": "$values.nobody_said_it",
    }
    patch = make_patch(values, ["old", "camera.tmp"], {"$now": "noon", "$values.strategy": "margin"})
    assert patch == {
        "camera": {"site": "north", "id": 4, "tmp": None},
        "at": "noon",
        "price": "$5",
        "chosen": {"by": "margin"},
        "old": None,
    }


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "nothing to write"),
        ({"set": {"a": None}}, "list it in remove"),
        ({"set": {"a": "$user"}}, "stands for nothing; known: $now"),
        ({"set": {"a": 1, "a.b": 2}}, "'a.b' is written twice"),
        ({"set": {"a.b": 1}, "remove": ["a"]}, "'a.b' is written twice"),
        ({"set": {"a": 1}, "remove": ["a"]}, "'a' is written twice"),
        ({"set": {"a..b": 1}}, "should match pattern"),
        ({"set": {".a": 1}}, "should match pattern"),
        ({"set": {"": 1}}, "should match pattern"),
        ({"set": {"a": float("inf")}}, "not a finite number"),
        ({"set": {"a": "\ud800"}}, ""),
        ({"set": {"a": {"b": "x\0"}}}, "cannot be stored"),
        ({"put": {"a": 1}}, "Extra inputs"),
    ],
)
def test_set_metadata__bad_parameters(given: dict[str, JsonValue], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        SetMetadataParams.model_validate(given)
    assert told in caught.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    ("kind", "given", "told"),
    [
        ("tile", {"dataset": "pool"}, "should match pattern"),
        ("tile", {"dataset": DATASET, "size": 8}, "greater than or equal to 32"),
        ("tile", {"dataset": DATASET, "overlap": 0.95}, "less than or equal to 0.9"),
        ("tile", {"dataset": DATASET, "encoding": "gif"}, "'jpeg' or 'png'"),
        ("merge_tiles", {"model": "best"}, "should match pattern"),
        ("merge_tiles", {"iou": 0}, "greater than 0"),
        ("crop", {"dataset": DATASET, "layer": "people"}, "'truth' or 'prediction'"),
        ("crop", {"dataset": DATASET, "labels": [""]}, "at least 1 character"),
        ("merge_crops", {"write_as": "attribute"}, "attribute is needed with"),
        ("merge_crops", {"attribute": "shade"}, "attribute is needed with"),
        ("frames", {"dataset": DATASET}, "give one of every_frames"),
        ("frames", {"dataset": DATASET, "scene": 0.3, "every_frames": 2}, "give one of every_frames"),
        ("frames", {"dataset": DATASET, "every_seconds": 0}, "greater than 0"),
        ("export", {"dataset": DATASET, "format": "docx"}, "unknown format 'docx'; known: coco"),
        ("export", {"dataset": DATASET, "query": "label:"}, "'label:'"),
        ("export", {"dataset": DATASET, "layer": "prediction"}, "model is needed with"),
    ],
)
def test_parts__bad_parameters(kind: str, given: dict[str, JsonValue], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        node_types()[kind].params.model_validate(given)
    assert told in caught.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    ("bounds", "margin", "least", "expected"),
    [
        ((10.0, 20.0, 30.0, 40.0), 0.0, 1, (10, 20, 30, 40)),
        ((10.0, 20.0, 30.0, 40.0), 0.5, 1, (0, 10, 40, 50)),
        ((0.2, 0.2, 0.4, 0.4), 0.0, 1, (0, 0, 1, 1)),
        ((0.0, 0.0, 2.0, 2.0), 0.0, 16, (0, 0, 16, 16)),
        ((98.0, 48.0, 100.0, 50.0), 0.0, 16, (84, 34, 100, 50)),
        ((10.0, 10.0, 90.0, 45.0), 4.0, 1, (0, 0, 100, 50)),
        ((20.0, 20.0, 22.0, 22.0), 0.0, 80, (0, 0, 80, 50)),
        ((99.7, 49.7, 100.0, 50.0), 0.0, 1, (99, 49, 100, 50)),
    ],
)
def test_grow_box__lies_in_the_image(
    bounds: tuple[float, float, float, float], margin: float, least: int, expected: tuple[int, int, int, int]
) -> None:
    assert grow_box(bounds, width=100, height=50, margin=margin, min_side=least) == expected


def test_values_of_part__parts_of_parts_come_back_one_by_one() -> None:
    video = Token(1, "itm_video", 0, "item", {"selected": 3})
    frame = Token(1, "itm_frame", 0, "item", {**video.values, **values_of_part(video, parent="itm_video", parts=4)})
    tile = Token(1, "itm_tile", 0, "item", {**frame.values, **values_of_part(frame, parent="itm_frame", parts=9)})
    assert (tile.values["parent"], tile.values["parts"]) == ("itm_frame", 9)
    again = Token(1, "itm_frame", 0, "item", {**tile.values, **values_of_parent(tile)})
    assert again.values == frame.values
    last = {**again.values, **values_of_parent(again)}
    assert last == {"selected": 3, "parent": None, "parts": None, "outer": None}
