"""Pipelines over HTTP: check, save, steer, start by hand, watch, and mend."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.api.conftest import NOW, PIPELINE, Api, png

import whorl
from whorl.base.errors import Conflict, JsonValue
from whorl.engine import Dispatcher, InlineExecutor
from whorl.pipelines.nodes.base import PipelineServices
from whorl.pipelines.runtime import PipelineRuntime
from whorl.schemas.pipelines import NodeCounts
from whorl.store.db.tables import dead_letter


# Any: answers as JSON.
def call(api: Api, method: str, path: str, body: object = None, *, who: str = "owner", status: int = 200) -> Any:
    """Make a call; its status must be ``status``."""
    response = api.client.request(method, f"/api/v1{path}", json=body, headers=api.headers(who))
    assert response.status_code == status, response.text
    return response.json()


def send_yaml(api: Api, path: str, text: str) -> Any:
    """Send a pipeline as YAML."""
    headers = {**api.headers("owner"), "content-type": "application/yaml"}
    return api.client.post(f"/api/v1{path}", content=text, headers=headers)


def line_of(dataset_id: str) -> dict[str, JsonValue]:
    """The fixture's pipeline with its pool filled in."""
    pool: dict[str, JsonValue] = {"name": "pool", "type": "dataset", "value": dataset_id}
    return {**PIPELINE, "variables": [{"name": "champion", "type": "model"}, pool]}


def line(api: Api, **changes: JsonValue) -> dict[str, JsonValue]:
    """The fixture's pipeline on the fixture's dataset, changed."""
    return {**line_of(api.ids["dataset_id"]), **changes}


def chooser(dataset_id: str, node: str, *, new_of: str | None = None) -> dict[str, JsonValue]:
    """A pipeline whose items wait at ``node``; new ones come from that dataset, or from another."""
    source = new_of or dataset_id
    return {
        "name": "chooser",
        "nodes": [
            {"id": "raw", "type": "dataset", "params": {"dataset": dataset_id}},
            {"id": node, "type": "select", "params": {"budget": 1}},
        ],
        "edges": [{"source": "raw.item", "target": f"{node}.item"}],
        "triggers": [
            {"type": "event", "id": "new", "target": "raw.item", "event": "item.created", "dataset": source},
            {"type": "cron", "id": "nightly", "target": f"{node}.start", "cron": "0 3 * * *"},
        ],
    }


def drain(api: Api) -> None:
    """Let the engine run on this thread until nothing is due."""
    services = api.services
    home = services.settings.home_path
    runtime = PipelineRuntime(PipelineServices(services.db, services.blobs, InlineExecutor(), home, services.clock))
    Dispatcher(services.db, runtime, executor=InlineExecutor()).run_until_idle(timeout_s=20)


def test_apply__json_then_yaml_is_the_next_version(api: Api) -> None:
    projects = f"/projects/{api.ids['project_id']}"
    first = call(api, "POST", f"{projects}/pipelines", line(api, name="other"))
    assert (first["name"], first["version"], first["is_active"]) == ("other", 1, True)
    assert call(api, "POST", f"{projects}/pipelines", line(api, name="other"))["version"] == 1
    again = send_yaml(api, f"{projects}/pipelines", yaml.safe_dump(line(api, name="other", description="changed")))
    assert (again.status_code, again.json()["version"]) == (200, 2)
    versions = call(api, "GET", f"/pipelines/{first['id']}/versions")
    assert [one["version"] for one in versions] == [2, 1]
    assert call(api, "GET", f"/pipelines/{first['id']}/versions/1")["description"] == ""
    listed = call(api, "GET", f"{projects}/pipelines?limit=1")
    assert [one["name"] for one in listed["items"]] == ["line"]
    rest = call(api, "GET", f"{projects}/pipelines?limit=1&cursor={listed['next_cursor']}")
    assert ([one["name"] for one in rest["items"]], rest["next_cursor"]) == (["other"], None)


def test_validate__names_every_node_and_port(api: Api) -> None:
    path = f"/projects/{api.ids['project_id']}/pipelines/validate"
    assert call(api, "POST", path, line(api)) == []
    edges: list[JsonValue] = [{"source": "raw.itm", "target": "prelabel.item"}]
    problems = call(api, "POST", path, line(api, edges=edges))
    assert [(one["code"], one["node"], one["port"]) for one in problems] == [("unknown_port", "raw", "itm")]
    cycle: list[JsonValue] = [
        {"source": "raw.item", "target": "prelabel.item"},
        {"source": "prelabel.item", "target": "raw.item"},
    ]
    assert [one["code"] for one in call(api, "POST", path, line(api, edges=cycle))] == ["cycle"]
    (malformed,) = call(api, "POST", path, {"name": "empty", "nodes": []})
    assert (malformed["code"], malformed["message"].startswith("nodes: ")) == ("malformed", True)


def test_apply__what_is_not_a_pipeline_says_why(api: Api) -> None:
    path = f"/projects/{api.ids['project_id']}/pipelines"
    assert call(api, "POST", path, {"nodes": []}, status=422)["code"] == "graph_error"
    broken = send_yaml(api, path, "nodes: [")
    assert (broken.status_code, "not YAML" in broken.json()["detail"]) == (422, True)
    bomb = send_yaml(api, path, "a: &a [x, x]\nb: [*a, *a]\n")
    assert (bomb.status_code, "aliases" in bomb.json()["detail"]) == (422, True)
    large = send_yaml(api, path, "#" * (2**20 + 1))
    assert (large.status_code, "allowed" in large.json()["detail"]) == (422, True)


def test_apply__what_it_names_must_be_of_its_project(api: Api) -> None:
    path = f"/projects/{api.ids['other_project_id']}/pipelines"
    assert call(api, "POST", path, line(api), who="foreign", status=404)["code"] == "not_found"
    (problem,) = call(api, "POST", f"{path}/validate", line(api), who="foreign")
    assert problem["code"] == "not_found"
    empty = call(api, "POST", path, PIPELINE, who="foreign")
    value = {"value": api.ids["dataset_id"]}
    call(api, "PUT", f"/pipelines/{empty['id']}/variables/pool", value, who="foreign", status=404)
    refs = {"refs": [api.ids["item_id"]]}
    call(api, "POST", f"/pipelines/{empty['id']}/runs", refs, who="foreign", status=404)


def test_variable__takes_values_of_its_type_only(api: Api) -> None:
    path = f"/pipelines/{api.ids['pipeline_id']}/variables"
    changed = call(api, "PUT", f"{path}/champion", {"value": api.ids["model_id"]})
    assert changed["variables"]["champion"] == api.ids["model_id"]
    assert call(api, "PUT", f"{path}/champion", {"value": 3}, status=422)["code"] == "invalid_input"
    assert "champion" in call(api, "PUT", f"{path}/champ", {"value": None}, status=404)["hint"]


def test_deploy__goes_through_the_pipelines_variable(api: Api) -> None:
    champion = call(api, "POST", f"/models/{api.ids['model_id']}/deploy")
    assert (champion["pipeline_name"], champion["variable"]) == ("line", "champion")
    found = call(api, "GET", f"/pipelines/{api.ids['pipeline_id']}")
    assert found["variables"]["champion"] == api.ids["model_id"]
    call(api, "POST", f"/projects/{api.ids['project_id']}/pipelines", line(api, name="other"))
    assert call(api, "POST", f"/models/{api.ids['model_id']}/deploy", status=422)["hint"].count("champion") == 2
    place = {"pipeline_id": api.ids["pipeline_id"]}
    assert call(api, "POST", f"/models/{api.ids['model_id']}/deploy", place)["pipeline_name"] == "line"


def test_pause__keeps_or_drops_triggers(api: Api) -> None:
    path = f"/pipelines/{api.ids['pipeline_id']}"

    def switches(verb: str, body: JsonValue = None) -> tuple[bool, bool]:
        found = call(api, "POST", f"{path}/{verb}", body)
        return found["is_paused"], found["is_active"]

    assert switches("pause") == (True, True)
    assert switches("pause", {"triggers": "drop"}) == (True, False)
    status = call(api, "GET", f"{path}/status")
    assert (status["is_paused"], status["is_active"]) == (True, False)
    assert switches("resume") == (False, True)
    assert switches("deactivate") == (False, False)
    assert switches("activate") == (False, True)
    assert call(api, "POST", f"{path}/pause", {"triggers": "some"}, status=422)["code"] == "invalid_input"


def test_runs__by_query_by_id_and_for_all(api: Api) -> None:
    path = f"/pipelines/{api.ids['pipeline_id']}"
    address = f"/api/v1/datasets/{api.ids['dataset_id']}/items"
    files = {"file": ("b.png", png(colour=7))}
    api.client.post(address, files=files, headers=api.headers("owner"))
    unset = call(api, "POST", f"{path}/runs", {}, status=422)
    assert "names no dataset" in unset["detail"]
    call(api, "PUT", f"{path}/variables/pool", {"value": api.ids["dataset_id"]})
    assert call(api, "POST", f"{path}/runs", {}, status=201)["started"] == 2
    some = call(api, "POST", f"{path}/runs", {"query": "name:b.png", "node": "prelabel"}, status=422)
    assert "names no dataset" in some["detail"]
    given = {"query": "name:b.png", "node": "prelabel", "dataset_id": api.ids["dataset_id"]}
    some = call(api, "POST", f"{path}/runs", given, status=201)
    assert (some["started"], some["target"], some["runs"][0]["state"]) == (1, "prelabel.item", "active")
    byid = call(api, "POST", f"{path}/runs", {"refs": [api.ids["item_id"]]}, status=201)
    assert [run["ref"] for run in byid["runs"]] == [api.ids["item_id"]]
    assert "raw" in call(api, "POST", f"{path}/runs", {"node": "nowhere"}, status=404)["hint"]
    assert call(api, "POST", f"{path}/runs", {"query": "nme:b"}, status=422)["code"] == "query_error"
    drain(api)
    status = call(api, "GET", f"{path}/status")
    assert status["runs"] == {"done": 5}
    assert (status["nodes"]["raw"]["done"], status["nodes"]["prelabel"]["done"]) == (4, 5)
    page = call(api, "GET", f"{path}/runs?limit=3")
    rest = call(api, "GET", f"{path}/runs?limit=3&cursor={page['next_cursor']}")
    assert (len(page["items"]), len(rest["items"])) == (3, 2)
    steps = call(api, "GET", f"/runs/{byid['runs'][0]['id']}/steps")
    assert [(step["node"], step["output"]) for step in steps] == [
        ("raw", {}),
        ("prelabel", {"skipped": "no model yet"}),
    ]


def test_runs__those_in_one_state(api: Api) -> None:
    path = f"/pipelines/{api.ids['pipeline_id']}/runs"
    assert [run["id"] for run in call(api, "GET", f"{path}?state=active")["items"]] == [api.ids["run_id"]]
    assert call(api, "GET", f"{path}?state=done")["items"] == []


def test_dead_letters__are_listed_and_tried_again(api: Api) -> None:
    path = f"/pipelines/{api.ids['pipeline_id']}"
    call(api, "PUT", f"{path}/variables/pool", {"value": api.ids["dataset_id"]})
    drain(api)
    buried = {
        "node": f"{api.ids['pipeline_id']}:1:prelabel",
        "run_key": 1,
        "ref": api.ids["item_id"],
        "epoch": 1,
        "attempts": 3,
        "payload": json.dumps({"port": "item", "values": {}}),
        "error_code": "model_error",
        "error": "the model raised",
        "at": NOW,
    }
    strange = {**buried, "node": "pip_other:1:prelabel", "epoch": 2}
    api.services.db.write(lambda conn: conn.execute(dead_letter.insert(), [buried, strange]).close())
    (found,) = call(api, "GET", f"{path}/dead-letters")["items"]
    assert (found["node"], found["version"], found["error"]) == ("prelabel", 1, "the model raised")
    assert call(api, "POST", f"{path}/dead-letters/retry", {"ids": [found["id"] + 1]}) == {"retried": 0}
    assert call(api, "POST", f"{path}/dead-letters/retry", {}) == {"retried": 1}
    assert call(api, "GET", f"{path}/dead-letters")["items"] == []


def test_apply__tokens_of_a_node_that_vanishes_are_moved_by_name(tmp_path: Path) -> None:
    with whorl.connect(home=tmp_path) as client:
        project = client.projects.create("moves")
        dataset = project.datasets.create("pool")
        item = dataset.items.upload_bytes(png(), "a.png")
        # By hand alone: whether the upload's own event begins a run, too, is a question of who comes first.
        other = project.datasets.create("other")
        before = chooser(dataset.id, "choose", new_of=other.id)
        made = project.pipelines.apply(before)
        made.run(node="choose.item", refs=[item.id])
        deadline = time.monotonic() + 90
        while made.status().nodes.get("choose", NodeCounts()).parked != 1:
            assert time.monotonic() < deadline, made.status()
            time.sleep(0.05)
        after = chooser(dataset.id, "pick", new_of=other.id)
        with pytest.raises(Conflict, match="choose"):
            project.pipelines.apply(after)
        assert project.pipelines.apply(after, migrate={"choose": "pick"}).info.version == 2
        assert made.status().nodes["pick"].parked == 1


def test_templates__load_and_apply_as_they_are(api: Api) -> None:
    listed = call(api, "GET", "/pipeline-templates", who="viewer")
    assert "active_learning" in [one["name"] for one in listed]
    definition = call(api, "GET", "/pipeline-templates/active_learning", who="viewer")
    made = call(api, "POST", f"/projects/{api.ids['project_id']}/pipelines", definition)
    assert (made["name"], made["version"]) == ("active_learning", 1)
    assert call(api, "GET", "/pipeline-templates/none", status=404)["hint"].startswith("There are: ")


@pytest.mark.parametrize("name", ["dataset", "predict", "compare"])
def test_node_types__have_ports_and_a_schema(api: Api, name: str) -> None:
    (found,) = [one for one in call(api, "GET", "/node-types", who="viewer") if one["name"] == name]
    assert found["params"]["type"] == "object"
    assert found["inputs"]
    assert found["outputs"]


def test_engine__beside_the_server_follows_triggers(tmp_path: Path) -> None:
    with whorl.connect(home=tmp_path) as client:
        project = client.projects.create("live")
        dataset = project.datasets.create("pool")
        definition = line_of(dataset.id)
        made = project.pipelines.apply(definition)
        for colour in (1, 2, 3):
            dataset.items.upload_bytes(png(colour=colour), f"{colour}.png")
        deadline = time.monotonic() + 90
        while made.status().runs != {"done": 3}:
            assert time.monotonic() < deadline, made.status()
            time.sleep(0.05)
        assert made.status().nodes["prelabel"].done == 3
