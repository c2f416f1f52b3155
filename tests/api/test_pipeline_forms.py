"""Pipelines as documents over HTTP: what differs, the schema, the gallery, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.conftest import PIPELINE, Api

from whorl.base.errors import JsonValue
from whorl.pipelines.forms import dump_python, parse_json, parse_yaml
from whorl.schemas.pipelines import PipelineDefinition
from whorl.sdk.pipelines import Pipelines
from whorl.sdk.transport import Transport


# Any: answers as JSON.
def call(api: Api, method: str, path: str, body: object = None, *, status: int = 200) -> Any:
    """Make a call; its status must be ``status``."""
    response = api.client.request(method, f"/api/v1{path}", json=body, headers=api.headers("owner"))
    assert response.status_code == status, response.text
    return response.json()


@pytest.fixture
def pipelines(api: Api) -> Pipelines:
    """The SDK's pipelines of the fixture's project."""
    return Pipelines(Transport("http://127.0.0.1:8620", api.tokens["owner"], http=api.client), api.ids["project_id"])


def document(**changes: JsonValue) -> dict[str, JsonValue]:
    """The fixture's pipeline under a name of its own, changed."""
    return {**PIPELINE, "name": "mine", **changes}


def test_diff__of_a_document_against_what_is_saved(pipelines: Pipelines) -> None:
    assert {one.kind for one in pipelines.diff(document()).changes} == {"added"}
    saved = pipelines.apply(document())
    assert pipelines.diff(document()).changes == []
    assert saved.diff().changes == []
    pipelines.apply(document(description="better"))
    newer = document(description="better still")
    assert [(one.kind, one.before, one.after) for one in pipelines.diff(newer).changes] == [
        ("changed", "better", "better still")
    ]
    assert [(one.kind, one.what) for one in saved.diff().changes] == [("added", "description")]
    assert [(one.kind, one.what) for one in saved.diff(from_version=2, to_version=1).changes] == [
        ("removed", "description")
    ]


@pytest.mark.parametrize(
    ("query", "status"),
    [("to_version=9", 404), ("from_version=9", 404), ("to_version=0", 422), ("to_version=x", 422)]
    + [("to_version=99999999999999999999", 422)],
)
def test_diff__a_version_that_never_was(api: Api, pipelines: Pipelines, query: str, status: int) -> None:
    saved = pipelines.apply(document())
    call(api, "GET", f"/pipelines/{saved.id}/diff?{query}", status=status)


def test_diff__a_document_that_is_no_pipeline(api: Api) -> None:
    found = call(api, "POST", f"/projects/{api.ids['project_id']}/pipelines/diff", {"name": "x"}, status=422)
    assert found["code"] == "graph_error"
    assert found["details"]["problems"] == [
        {"code": "malformed", "message": "nodes: Field required", "node": None, "port": None, "severity": "error"}
    ]


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("application/yaml", "a: &x 1\nb: *x", "aliases"),
        ("application/yaml", "name: a\nname: b", "stands there twice"),
        ("application/json", '{"name": 1, "name": 2}', "stands there twice"),
        ("application/json", '{"name": NaN}', "not a number"),
        ("application/json", "[" * 50_000, "nested too deeply"),
        ("application/json", b"\xff", "not JSON"),
        ("application/json", '"' + "a" * 2**20 + '"', "1,048,578 bytes"),
    ],
)
def test_document__what_is_not_taken(api: Api, kind: str, text: str | bytes, message: str) -> None:
    path = f"/api/v1/projects/{api.ids['project_id']}/pipelines/validate"
    found = api.client.post(path, content=text, headers={**api.headers("owner"), "content-type": kind})
    assert (found.status_code, message in found.json()["detail"]) == (422, True), found.text


def test_schema__lists_the_parameters_of_every_node(api: Api, pipelines: Pipelines) -> None:
    schema = pipelines.schema()
    types = [one.name for one in pipelines.node_types()]
    definitions = schema["$defs"]
    assert isinstance(definitions, dict)
    assert [name for name in types if f"{name}_params" not in definitions] == []
    assert schema == call(api, "GET", "/pipeline-schema")


def test_templates__say_what_they_bring_and_need(api: Api) -> None:
    found = {one["name"]: one for one in call(api, "GET", "/pipeline-templates")}
    loop = found["active_learning"]
    assert (loop["title"], loop["is_complete"], loop["missing"]) == ("Active learning", True, [])
    assert loop["node_types"][:3] == ["dataset", "select", "predict"]
    assert min(len(one["summary"]) for one in found.values()) > 20
    assert min(len(one["needs"]) for one in found.values()) > 0


def test_convert__writes_what_reads_back(api: Api) -> None:
    path = f"/projects/{api.ids['project_id']}/pipelines/convert"
    wanted = PipelineDefinition.model_validate(document())
    assert parse_yaml(call(api, "POST", path, document())["text"]) == wanted
    assert parse_json(call(api, "POST", f"{path}?form=json", document())["text"]) == wanted
    assert call(api, "POST", f"{path}?form=python", document()) == {"form": "python", "text": dump_python(wanted)}
    call(api, "POST", f"{path}?form=toml", document(), status=422)
    twice = document(nodes=[{"id": "a", "type": "dataset"}] * 2)
    assert "two nodes are called 'a'" in call(api, "POST", f"{path}?form=python", twice, status=422)["detail"]


def test_import__gives_a_definition_and_saves_nothing(api: Api) -> None:
    path = f"/projects/{api.ids['project_id']}/pipelines/import"
    source = {"name": "theirs", "nodes": [{"id": "1", "name": "In", "type": "storage"}, {"id": "2", "type": "odd"}]}
    found = call(api, "POST", path, source)
    assert [(one["name"], one["became"]) for one in found["parts"]] == [("In", "in (dataset)"), ("2", None)]
    assert found["definition"]["name"] == "theirs"
    assert call(api, "POST", f"{path}?name=ours", source)["definition"]["name"] == "ours"
    call(api, "POST", f"{path}?name={'x' * 201}", source, status=422)
    call(api, "POST", path, {"nodes": "x"}, status=422)
    saved = call(api, "GET", f"/projects/{api.ids['project_id']}/pipelines")["items"]
    assert "theirs" not in [one["name"] for one in saved]
