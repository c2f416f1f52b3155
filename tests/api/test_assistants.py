"""An assistant through the real server: the watch, a training in a process of its own, the SDK and the command."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api.conftest import Api
from tests.db.assistants.conftest import picture

import whorl
from whorl.base.errors import Conflict, NotFound
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.sdk.client import Client


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with whorl.connect(home=tmp_path_factory.mktemp("home")) as connected:
        yield connected


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_assistant__learns_while_people_label(client: Client, tmp_path: Path) -> None:
    project = client.projects.create("stripes")
    project.set_labels(["red", "green"])
    dataset = project.datasets.create("photos")
    for at in range(14):
        (tmp_path / f"{at:02}.png").write_bytes(picture(at % 2 == 0, at))
    dataset.items.upload(tmp_path)
    task = project.tasks.create("look", dataset_id=dataset.id)
    task.add_items([one.id for one in dataset.items.list()])
    helper = task.assistants.start(kind="class", first_items=6, min_confidence=0.0)
    with pytest.raises(Conflict, match="not learnt anything yet"):
        helper.preview_rest()
    for _ in range(6):
        (lease,) = task.lease()
        label = "red" if int(dataset.items.get(item_id=lease.item_id).name[:2]) % 2 == 0 else "green"
        base = dataset.refresh().revision
        task.submit(lease, [AnnotationDraft(label=label, geometry=ClassTag())], base_revision=base)
    for _ in range(3000):
        held = helper.refresh().info
        if held.rounds and held.rounds[-1].n_proposed == 8:
            break
        assert held.status in ("waiting", "training", "ready"), held
        time.sleep(0.1)
    assert held.rounds, held
    assert (held.status, held.n_finished, held.rounds[0].n_items) == ("ready", 6, 6)
    assert [one.id for one in project.models.list()] == []
    told = helper.preview_rest()
    assert (told.n_items, told.n_looked_at) == (8, 8)
    done = helper.label_rest(0.0, dry_run=True).info.result
    assert (done["n_items"], done["n_objects"]) == (8, 8)
    assert task.assistants.get("class").id == helper.id
    assert helper.stop().info.status == "stopped"
    assert helper.resume().info.status == "ready"
    helper.delete()
    with pytest.raises(NotFound, match="the task has no assistant"):
        task.assistants.get()


def test_routes__say_what_is_wrong(api: Api) -> None:
    task, headers = f"/api/v1/tasks/{api.ids['task_id']}/assistants", api.headers("owner")
    (there,) = api.client.get(task, headers=headers).json()
    assert (there["status"], there["kind"], there["n_needed"]) == ("waiting", "class", 20)
    assert api.client.post(task, json={"kind": "class"}, headers=headers).status_code == 409
    for wrong in ({"kind": "line"}, {"kind": "box", "labels": ["horse"]}, {"kind": "box", "again_after": 0}):
        assert api.client.post(task, json=wrong, headers=headers).status_code == 422, wrong
    mine = f"/api/v1/assistants/{there['id']}"
    assert api.client.get(f"{mine}/rest", headers=headers).status_code == 409
    assert api.client.post(f"{mine}/label-rest", json={"threshold": 0.5}, headers=headers).status_code == 409
    assert api.client.post(f"{mine}/label-rest", json={"threshold": 2}, headers=headers).status_code == 422
    changed = api.client.patch(mine, json={"is_stopped": True, "min_confidence": 0.6}, headers=headers).json()
    assert (changed["status"], changed["settings"]["min_confidence"]) == ("stopped", 0.6)
    assert api.client.delete(mine, headers=headers).status_code == 204
    assert api.client.get(mine, headers=headers).status_code == 404
