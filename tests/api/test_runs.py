"""Runs over REST: steered, watched and tried out."""

from __future__ import annotations

from tests.api.conftest import PIPELINE, Api
from tests.api.test_pipelines import call

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
