"""What the handles of models and pipelines ask of the server. No server: a transport of httpx answers."""

from __future__ import annotations

import json

import httpx
import pytest

from whorl.base.errors import NotFound
from whorl.schemas.pipelines import NodeSpec, PipelineDefinition
from whorl.sdk.models import Models
from whorl.sdk.pipelines import Pipelines
from whorl.sdk.transport import Transport

CREATED = "2026-01-02T03:04:05Z"
MODEL: dict[str, object] = {
    "id": "mdl_1",
    "project_id": "prj_1",
    "name": "dots",
    "task": "detection",
    "architecture": "builtin:tinydet",
    "params": {},
    "labels": ["car"],
    "status": "created",
    "dataset_id": "dst_1",
    "revision": None,
    "query": {},
    "items_digest": None,
    "n_items": None,
    "parent_id": None,
    "metrics": {},
    "error": None,
    "seconds": None,
    "created_at": CREATED,
    "trained_at": None,
}
JOB = {
    "id": "job_1",
    "project_id": "prj_1",
    "kind": "train",
    "state": "queued",
    "progress": 0,
    "message": "",
    "actor_id": "per_1",
    "created_at": CREATED,
}


class Server:
    """Gives one answer after the other and keeps what was asked."""

    def __init__(self, *answers: object) -> None:
        self.asked: list[tuple[str, str, object]] = []
        self._answers = list(answers)
        self.transport = Transport("http://server", http=httpx.Client(transport=httpx.MockTransport(self._answer)))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        self.asked.append((request.method, request.url.path.removeprefix("/api/v1"), body))
        return httpx.Response(200, json=self._answers.pop(0))


def test_models__create_train_evaluate_predict() -> None:
    server = Server(MODEL, JOB, JOB, JOB)
    model = Models(server.transport, "prj_1").create(
        "dots", architecture="builtin:tinydet", dataset_id="dst_1", filters="label:car", params={"epochs": 2}
    )
    model.train()
    model.evaluate(filters="subset:test")
    model.predict(dataset_id="dst_2")
    created = {
        "name": "dots",
        "architecture": "builtin:tinydet",
        "dataset_id": "dst_1",
        "task": None,
        "snapshot": None,
        "query": "label:car",
        "queries": {"train": None, "validation": None},
        "preset": None,
        "params": {"epochs": 2},
        "sampling": None,
        "augment": None,
        "parent_id": None,
    }
    assert server.asked == [
        ("POST", "/projects/prj_1/models", created),
        ("POST", "/models/mdl_1/train", None),
        ("POST", "/models/mdl_1/evaluations", {"dataset_id": None, "query": "subset:test", "tiling": None}),
        (
            "POST",
            "/models/mdl_1/predictions",
            {"dataset_id": "dst_2", "query": None, "min_confidence": 0.05, "tiling": None},
        ),
    ]


def test_models__the_newest_of_a_name_is_found() -> None:
    page = {"items": [MODEL | {"id": "mdl_1"}, MODEL | {"id": "mdl_3"}, MODEL | {"id": "mdl_2"}], "next_cursor": None}
    assert Models(Server(page).transport, "prj_1").get("dots").id == "mdl_3"
    with pytest.raises(NotFound, match="no model 'lines'"):
        Models(Server(page).transport, "prj_1").get("lines")


@pytest.mark.parametrize("verb", ["deploy", "rollback"])
def test_model__deploy_and_rollback(verb: str) -> None:
    server = Server(MODEL, {"pipeline_id": None, "pipeline_name": None, "variable": "champion", "model_id": "mdl_1"})
    model = Models(server.transport, "prj_1").get(model_id="mdl_1")
    getattr(model, verb)()
    assert server.asked[-1] == ("POST", f"/models/mdl_1/{verb}", {"pipeline_id": None, "variable": None})


def test_pipelines__apply_run_status() -> None:
    definition = PipelineDefinition(name="loop", nodes=[NodeSpec(id="start", type="dataset")])
    pipeline = {
        "id": "pip_1",
        "project_id": "prj_1",
        "name": "loop",
        "version": 1,
        "is_active": True,
        "definition": definition.model_dump(mode="json"),
        "variables": {},
        "created_at": CREATED,
    }
    started = {"target": "start.in", "cause": "manual:1", "started": 0, "runs": []}
    server = Server(pipeline, started, {"pipeline_id": "pip_1", "runs": {}, "nodes": {}}, pipeline)
    saved = Pipelines(server.transport, "prj_1").apply(definition)
    saved.run(node="start", query="subset:train")
    saved.status()
    saved.set_variable("best", "mdl_1")
    assert [(method, path) for method, path, _ in server.asked] == [
        ("POST", "/projects/prj_1/pipelines"),
        ("POST", "/pipelines/pip_1/runs"),
        ("GET", "/pipelines/pip_1/status"),
        ("PUT", "/pipelines/pip_1/variables/best"),
    ]
    assert server.asked[0][2] == definition.model_dump(mode="json")
    assert server.asked[1][2] == {"node": "start", "refs": [], "query": "subset:train", "dataset_id": None}
