"""Runs over REST: steered, watched and tried out."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image
from tests.api.conftest import PIPELINE, Api
from tests.api.test_pipelines import call

import whorl
from whorl.base.errors import JsonValue
from whorl.pipelines.triggers.kinds import TRIGGER_EVENTS


def test_trigger_events__are_listed(api: Api) -> None:
    found = call(api, "GET", "/trigger-events")
    assert [one["kind"] for one in found] == list(TRIGGER_EVENTS)
    assert found[0]["subject"] == "item"


def test_cancel__ends_a_run_once_and_its_tokens_go(api: Api) -> None:
    run_id, pipeline_id = api.ids["run_id"], api.ids["pipeline_id"]
    tokens = f"/pipelines/{pipeline_id}/nodes/raw/tokens"
    (waiting,) = call(api, "GET", tokens)["items"]
    assert (waiting["run_id"], waiting["ref"], waiting["state"], waiting["port"]) == (
        run_id,
        api.ids["item_id"],
        "waiting",
        "item",
    )
    for _ in range(2):
        assert call(api, "POST", f"/runs/{run_id}/cancel")["state"] == "cancelled"
    assert call(api, "GET", tokens)["items"] == []
    again = call(api, "POST", f"/runs/{run_id}/rerun", {"start": "start"})
    assert again["state"] == "active"
    assert [one["ref"] for one in call(api, "GET", tokens)["items"]] == [api.ids["item_id"]]


def test_rerun__refuses_what_makes_no_sense(api: Api) -> None:
    path = f"/runs/{api.ids['run_id']}/rerun"
    assert "under way" in call(api, "POST", path, {"start": "start"}, status=409)["detail"]
    assert "nothing of run" in call(api, "POST", path, {"start": "failed"}, status=409)["detail"]
    assert "needs the node" in call(api, "POST", path, {"start": "node"}, status=422)["detail"]
    call(api, "POST", f"/runs/{api.ids['run_id']}/cancel")
    never = call(api, "POST", path, {"start": "node", "node": "prelabel"}, status=409)
    assert "never passed node" in never["detail"]
    assert "raw, prelabel" in call(api, "POST", path, {"start": "node", "node": "gone"}, status=409)["hint"]
    assert call(api, "POST", f"/pipelines/{api.ids['pipeline_id']}/rerun", {}) == {"restarted": 0}


def test_logs_and_tokens__refuse_a_cursor_that_is_none(api: Api) -> None:
    path = f"/pipelines/{api.ids['pipeline_id']}"
    assert call(api, "GET", f"{path}/logs") == {"items": [], "next_cursor": None}
    for address in (f"{path}/logs", f"{path}/nodes/raw/tokens", f"{path}/runs"):
        assert "not a cursor" in call(api, "GET", f"{address}?cursor=%C2%B2", status=422)["detail"]


def test_dry_run__needs_items_of_the_project_and_saves_nothing(api: Api) -> None:
    path = f"/projects/{api.ids['project_id']}/pipelines/dry-run"
    pool = {"name": "pool", "type": "dataset", "value": api.ids["dataset_id"]}
    draft = {**PIPELINE, "name": "draft", "variables": [pool, {"name": "champion", "type": "model"}]}
    body: dict[str, JsonValue] = {"definition": draft, "refs": [api.ids["item_id"]]}
    came_and_went = [("raw", 1, {"item": 1}), ("prelabel", 1, {"item": 1})]
    for given in (body, {"definition": draft}):
        tried = call(api, "POST", path, given)
        assert [(one["node"], one["came"], one["went"]) for one in tried["nodes"]] == came_and_went
    unset = call(api, "POST", path, body | {"definition": {**PIPELINE, "name": "draft"}})
    assert "dataset" in unset["nodes"][0]["error"]
    names = [one["name"] for one in call(api, "GET", f"/projects/{api.ids['project_id']}/pipelines")["items"]]
    assert names == ["line"]
    call(api, "POST", path, body | {"refs": ["itm_nowhere"]}, status=404)
    call(api, "POST", path, body | {"refs": ["per_x"]}, status=422)
    call(api, "POST", path, body, who="viewer", status=403)
    foreign = f"/projects/{api.ids['other_project_id']}/pipelines/dry-run"
    call(api, "POST", foreign, body, who="foreign", status=404)
    unfit = {**PIPELINE, "nodes": [{"id": "raw", "type": "nothing"}]}
    call(api, "POST", path, {"definition": unfit}, status=422)


def test_sdk__steers_watches_and_tries_out(tmp_path: Path) -> None:
    with whorl.connect(home=tmp_path) as client:
        project = client.projects.create("steered")
        project.set_labels(["car"])
        pool = project.datasets.create("pool")
        image = BytesIO()
        Image.new("L", (8, 8)).save(image, "PNG")
        item = pool.items.upload_bytes(image.getvalue(), "a.png")
        definition: dict[str, JsonValue] = {
            "name": "line",
            "nodes": [
                {"id": "raw", "type": "dataset", "params": {"dataset": pool.id}},
                {"id": "tell", "type": "notify", "params": {"message": "look"}},
            ],
            "edges": [{"source": "raw.item", "target": "tell.signal"}],
        }
        tried = project.pipelines.dry_run(definition, limit=5)
        assert [(one.node, one.came, one.error) for one in tried.nodes] == [("raw", 1, None), ("tell", 1, None)]
        warned = project.pipelines.validate(definition)
        assert [(one.code, one.severity) for one in warned if one.severity == "error"] == [("unfed_input", "error")]
        triggers: list[JsonValue] = [{"id": "new", "type": "event", "target": "raw.item", "event": "item.created"}]
        line = project.pipelines.apply({**definition, "triggers": triggers})
        assert line.pause().info.is_paused
        run = line.run(refs=[item.id]).runs[0]
        assert [token.ref for token in line.tokens("raw")] == [item.id]
        assert line.cancel_run(run.id).state == "cancelled"
        assert line.rerun(run.id).state == "active"
        assert not line.resume().info.is_paused
        wait_for(lambda: [one.state for one in line.runs(state="done")] == ["done"])
        assert [step.node for step in line.steps(run.id)] == ["raw", "tell"]
        assert [token.ref for token in line.tokens("tell", state="done")] == [item.id]
        assert (list(line.logs()), line.rerun_failed(node="tell")) == ([], 0)
        assert line.status().nodes["tell"].done == 1
        ledger = line.ledger()
        assert [(row.node, row.n_items, row.human_seconds) for row in ledger.rows] == [
            ("raw", 1, 0.0),
            ("tell", 1, 0.0),
        ]
        assert (ledger.n_items, ledger.human_seconds_per_object, ledger.people) == (0, None, [])
        assert not line.deactivate().info.is_active
        assert [one.kind for one in project.pipelines.trigger_events()] == list(TRIGGER_EVENTS)


def wait_for(is_so: Callable[[], bool], *, seconds: float = 60.0) -> None:
    """Look until it is so."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)
