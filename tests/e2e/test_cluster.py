"""Two servers and two workers, each with a home of its own, on one PostgreSQL and one S3."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.e2e.replicas import Replicas, bucket, replicas

from whorl.base.errors import JsonValue
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.schemas.datasets import Item, ItemAnnotations
from whorl.schemas.jobs import Job
from whorl.schemas.models import Model, PredictedImage
from whorl.schemas.tasks import Lease, Task, TaskItem, TaskSummary
from whorl.schemas.wire import Page
from whorl.sdk.client import Client
from whorl.sdk.transport import Call, Transport

N_ITEMS, N_PEOPLE = 60, 3
_PATIENCE_S = 60.0


@pytest.fixture
def cluster(postgres_url: str, tmp_path: Path) -> Iterator[Replicas]:
    """The two databases of everything; no process yet."""
    with bucket() as url, replicas(tmp_path, postgres_url, url) as made:
        yield made


def wait_until(is_so: Callable[[], bool], why: Callable[[], object]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, why()
        time.sleep(0.05)


def pictures(root: Path, count: int) -> Path:
    """Dark and bright noise, in a folder per class."""
    random = np.random.default_rng(count)
    for number in range(count):
        label, middle = (("dark", 60), ("bright", 190))[number % 2]
        (root / label).mkdir(parents=True, exist_ok=True)
        pixels = random.normal(middle, 20, (24, 24, 3)).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(root / label / f"{label}{number:03d}.png")
    return root


class People:
    """Annotators of one server: they take items until there are none, and note what they were given."""

    def __init__(self, transport: Transport, task_id: str) -> None:
        self._transport = transport
        self._task_id = task_id
        self.given: list[str] = []
        self.errors: list[Exception] = []

    def work(self) -> None:
        try:
            while self._work_on_some():
                continue
        except Exception as error:  # told by the test, which a thread cannot fail
            self.errors.append(error)

    def _work_on_some(self) -> int:
        path = f"/tasks/{self._task_id}"
        leases = self._transport.call(list[Lease], Call("POST", f"{path}/leases", body={"n": 3}))
        for lease in leases:
            self.given.append(lease.item_id)
            held = self._transport.get(ItemAnnotations, f"/items/{lease.item_id}/annotations")
            draft = AnnotationDraft(label="dark", geometry=ClassTag())
            body: dict[str, JsonValue] = {
                "lease_token": lease.lease_token,
                "annotations": [draft.model_dump(mode="json")],
                "base_revision": held.revision,
            }
            self._transport.call(TaskItem, Call("POST", f"{path}/items/{lease.item_id}/submit", body=body))
        return len(leases)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_cluster__people_at_two_servers_and_work_by_two_workers(cluster: Replicas, tmp_path: Path) -> None:
    first, second = cluster.start_server("a"), cluster.start_server("b")
    cluster.start_worker("wa")
    cluster.start_worker("wb")
    project = Client(first).projects.create("shades")
    project.set_labels(["dark", "bright"])
    truth, pool = project.datasets.create("truth"), project.datasets.create("pool")
    # Imports are jobs: whichever worker takes one reads the folder and fills the bucket.
    truth.import_(pictures(tmp_path / "truth", 16), format="folder_classes")
    truth.split(1, 0, 0)
    pool.import_(pictures(tmp_path / "pool", N_ITEMS), format="folder")
    _label_everything(first, second, project.id, pool.id)
    _train_and_predict(cluster, first, second, project.id, truth.id)


def _label_everything(first: Transport, second: Transport, project_id: str, dataset_id: str) -> None:
    wanted: dict[str, JsonValue] = {"name": "t", "dataset_id": dataset_id}
    task = first.call(Task, Call("POST", f"/projects/{project_id}/tasks", body=wanted))
    first.send(Call("POST", f"/tasks/{task.id}/items", body={"query": {}}))
    people = [People(transport, task.id) for transport in (first, second) for _ in range(N_PEOPLE)]
    threads = [threading.Thread(target=one.work) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_PATIENCE_S)
    assert [error for one in people for error in one.errors] == []
    given = Counter(item_id for one in people for item_id in one.given)
    assert (len(given), set(given.values())) == (N_ITEMS, {1})
    # Both servers had a share, and either one counts them all.
    assert all(any(one.given for one in some) for some in (people[:N_PEOPLE], people[N_PEOPLE:]))
    for transport in (first, second):
        assert transport.get(TaskSummary, f"/tasks/{task.id}").counts.submitted == N_ITEMS


def _train_and_predict(
    cluster: Replicas, first: Transport, second: Transport, project_id: str, dataset_id: str
) -> None:
    wanted: dict[str, JsonValue] = {
        "name": "m",
        "architecture": "builtin:linear",
        "dataset_id": dataset_id,
        "params": {"features": "hog"},
    }
    model = first.call(Model, Call("POST", f"/projects/{project_id}/models", body=wanted))
    job = first.call(Job, Call("POST", f"/models/{model.id}/train"))
    wait_until(
        lambda: second.get(Job, f"/jobs/{job.id}").state in ("done", "failed"),
        lambda: cluster.log("wa") + cluster.log("wb"),
    )
    assert second.get(Job, f"/jobs/{job.id}").error is None
    homes = [name for name in ("a", "b", "wa", "wb") if (cluster.home(name) / "models" / model.id).is_dir()]
    assert len(homes) == 1, "one worker trained it"
    items = second.get(Page[Item], f"/datasets/{dataset_id}/items", limit=4).items
    asked: dict[str, JsonValue] = {"item_ids": [item.id for item in items]}
    said = [
        transport.call(list[PredictedImage], Call("POST", f"/models/{model.id}/predict/items", body=asked))
        for transport in (first, second)
    ]
    assert said[0] == said[1]
    assert {one.label for image in said[0] for one in image.annotations} <= {"dark", "bright"}
    assert (cluster.home("b") / "models" / model.id / "model.onnx").is_file()
