"""JSON, YAML and Python write the same definition, to the type of every number."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from tests.unit.pipelines.definitions import definitions

import whorl
from whorl.base.errors import GraphError
from whorl.pipelines.forms import (
    Form,
    dump_json,
    dump_python,
    dump_yaml,
    load_document,
    parse_json,
    parse_yaml,
    read_definition,
)
from whorl.pipelines.templates import list_templates, load_template
from whorl.schemas.pipelines import PipelineDefinition

SMALL = {"name": "small", "nodes": [{"id": "raw", "type": "dataset"}]}


def run_python(source: str) -> PipelineDefinition:
    """What a program leaves in ``definition``."""
    found: dict[str, object] = {}
    exec(source, found)
    definition = found["definition"]
    assert isinstance(definition, PipelineDefinition)
    return definition


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(definitions())
def test_forms__each_gives_back_the_very_same_definition(definition: PipelineDefinition) -> None:
    wanted = definition.model_dump_json()
    from_yaml = parse_yaml(dump_yaml(definition))
    from_python = run_python(dump_python(from_yaml))
    from_json = parse_json(dump_json(from_python))
    assert [one.model_dump_json() for one in (from_yaml, from_python, from_json)] == [wanted] * 3


@pytest.mark.parametrize("name", list_templates())
def test_forms__templates_survive_all_three(name: str) -> None:
    definition = load_template(name)
    assert parse_yaml(dump_yaml(definition)) == definition
    assert parse_json(dump_json(definition)) == definition
    assert run_python(dump_python(definition)) == definition


def test_dump_yaml__reads_well() -> None:
    flow = whorl.PipelineBuilder("shelve", description="Reviewed cars go to the shelf.")
    pool = flow.variable("pool", "dataset", description="Where images come in.")
    raw = flow.add("raw", "dataset", dataset=pool, at=(0, 40))
    check = flow.add("check", "code", source="def run(item):\n    return item\n")
    raw["item"].when("label:car -label:truck") >> check["item"]
    flow.on("item.created", to=raw["item"], dataset=pool)
    assert dump_yaml(flow.definition()) == (
        "format: 1\n"
        "name: shelve\n"
        "description: Reviewed cars go to the shelf.\n"
        "nodes:\n"
        "  - {id: raw, type: dataset, params: {dataset: {$var: pool}}, at: {x: 0.0, y: 40.0}}\n"
        "  - id: check\n"
        "    type: code\n"
        "    params:\n"
        "      source: |\n"
        "        def run(item):\n"
        "            return item\n"
        "edges:\n"
        "  - {source: raw.item, target: check.item, when: 'label:car -label:truck'}\n"
        "variables:\n"
        "  - {name: pool, type: dataset, description: Where images come in.}\n"
        "triggers:\n"
        "  - {type: event, id: item_created, target: raw.item, event: item.created, dataset: {$var: pool}}\n"
    )


def test_dump_python__reads_well() -> None:
    text = (
        "name: shelve\n"
        "nodes:\n"
        "  - {id: raw, type: dataset, params: {dataset: {$var: pool}}}\n"
        '  - {id: check, type: code, params: {source: "a\\nb\\n", deep: {at: 1}}}\n'
        "edges: [{source: raw.item, target: check.item, when: label:car}, {source: check.item, target: ghost.item}]\n"
        "variables: [{name: pool, type: dataset, value: dst_1}]\n"
        "triggers: [{id: t, type: count, target: raw.item, event: item.created, every: 5, by: own, rounds_of: raw}]\n"
    )
    assert dump_python(parse_yaml(text)) == (
        "import whorl\n"
        "\n"
        'pipeline = whorl.PipelineBuilder("shelve")\n'
        "\n"
        'pool = pipeline.variable("pool", "dataset", "dst_1")\n'
        "\n"
        'raw = pipeline.add("raw", "dataset", dataset=pool)\n'
        'check = pipeline.add("check", "code", source="""\\\na\nb\n""", deep={"at": 1})\n'
        "\n"
        'raw["item"].when("label:car") >> check["item"]\n'
        'pipeline.connect(check["item"], "ghost.item")\n'
        "\n"
        'pipeline.every(5, "item.created", to=raw["item"], id="t", by="own", rounds_of=raw)\n'
        "\n"
        "definition = pipeline.definition()\n"
    )


def test_dump_python__two_nodes_of_one_name_cannot_be_written() -> None:
    definition = read_definition({"name": "x", "nodes": [{"id": "a", "type": "dataset"}] * 2})
    with pytest.raises(GraphError, match="two nodes are called 'a'"):
        dump_python(definition)


@pytest.mark.parametrize(
    ("form", "text", "message"),
    [
        (Form.YAML, "a: [", "not YAML"),
        (Form.YAML, "a: 1\na: 2", "the key 'a' stands there twice"),
        (Form.YAML, "a: &x [1]\nb: *x", "aliases"),
        (Form.YAML, "1: a", "a key must be text, not 1"),
        (Form.YAML, "on: a", "a key must be text, not True; put it in quotes"),
        (Form.YAML, "[a]: b", "a key must be text"),
        (Form.YAML, "a: .nan", "not a number that JSON has"),
        (Form.YAML, "a: -.inf", "not a number that JSON has"),
        (Form.YAML, "a: 1e999", "not a number that JSON has"),
        (Form.YAML, "a: !!python/name:os.system", "could not determine a constructor"),
        (Form.YAML, "a: 1\n---\nb: 2", "expected a single document"),
        (Form.YAML, "[" * 5000, "nested too deeply"),
        (Form.YAML, "a: \x07", "not YAML"),
        (Form.JSON, '{"a": 1, "a": 2}', "the key 'a' stands there twice"),
        (Form.JSON, '{"a": NaN}', "NaN is not a number"),
        (Form.JSON, "name: x", "not JSON"),
        (Form.JSON, "[" * 100_000, "nested too deeply"),
        (Form.JSON, '{"a": 1e999}', "not a number that JSON has"),
        (Form.JSON, "", "not JSON"),
        (Form.JSON, '{"a": ["\\ud800"]}', "surrogates not allowed"),
        (Form.YAML, 'a: "\\ud800"', "not YAML"),
        (Form.YAML, "a: !!binary aGk=", "not YAML"),
        (Form.YAML, "a: !!set {b}", "not YAML"),
    ],
)
def test_load_document__says_what_it_cannot_take(form: Form, text: str, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        load_document(text, form)


def test_load_document__dates_are_text_and_exponents_numbers() -> None:
    text = 'a: 2026-01-01\nb: 1e5\nc: "1e5"\nd: [1, 1.0, true]'
    assert repr(load_document(text)) == "{'a': '2026-01-01', 'b': 100000.0, 'c': '1e5', 'd': [1, 1.0, True]}"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (None, "not a mapping"),
        ([SMALL], "not a mapping"),
        ({}, r"not well formed at name: Field required \(and 1 more\)"),
        (SMALL | {"colour": 1}, "colour: Extra inputs are not permitted"),
        (SMALL | {"nodes": [{"id": "Raw", "type": "dataset"}]}, "nodes.0.id: String should match pattern"),
        (SMALL | {"format": 2}, "format: Input should be 1"),
        (SMALL | {"triggers": [{"id": "t", "target": "raw.item", "event": "x"}]}, "triggers.0: Unable to extract tag"),
    ],
)
def test_read_definition__names_the_place(document: object, message: str) -> None:
    with pytest.raises(GraphError, match=message) as caught:
        read_definition(document)  # type: ignore[arg-type]
    assert caught.value.hint
