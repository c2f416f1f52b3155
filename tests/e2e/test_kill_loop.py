"""kill -9 of `whorl up` inside a whole active_learning loop: every thing once, none lost, none doubled."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import Engine, Select, create_engine, distinct, func, select

from whorl.base.errors import JsonValue, LeaseLost, Unavailable
from whorl.pipelines.templates import load_template
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.schemas.datasets import Item, ItemAnnotations
from whorl.schemas.pipelines import RunsStarted
from whorl.schemas.tasks import Lease, TaskItem
from whorl.sdk.client import Client
from whorl.sdk.transport import Call, Transport
from whorl.store.db.tables import (
    annotation,
    comparison,
    dataset,
    dead_letter,
    inbox,
    item,
    model,
    run_step,
    task,
    task_item,
)
from whorl.store.db.types import ALIVE

BUDGET, ROUNDS, POOL, TEST = 16, 2, 40, 8
LABELLED = BUDGET * ROUNDS
_PATIENCE_S = 150.0


@dataclass
class _House:
    """A home, the server on it that dies and is started again, and a look at the database from outside."""

    home: Path
    engine: Engine
    process: subprocess.Popen[str] | None = None
    starts: int = 0

    def start(self) -> Transport:
        self.stop()
        command = [sys.executable, "-m", "whorl.cli", "up", "--home", str(self.home), "--port", "0", "--json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout is not None
        assert json.loads(self.process.stdout.readline())["url"]
        told = json.loads((self.home / "server.json").read_text(encoding="utf-8"))
        self.starts += 1
        return Transport(told["url"], told["token"])

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()

    def number(self, query: Select[int]) -> int:
        with self.engine.connect() as conn:
            return int(conn.execute(query).scalar_one())

    def steps(self, node: str) -> int:
        return self.number(select(func.count()).where(run_step.c.node == node))


@dataclass
class _Killer:
    """Kills the server with -9 as soon as something is seen in the database, once for each thing."""

    house: _House
    moments: list[Callable[[], bool]]
    killed: int = 0
    _stopping: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        for is_now in self.moments:
            started = self.house.starts
            while not (self.house.starts > self.killed and is_now()):
                if self._stopping.wait(0.005):
                    return
            assert self.house.process is not None
            self.house.process.kill()
            self.killed += 1
            while self.house.starts == started:
                if self._stopping.wait(0.01):
                    return

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        thread = threading.Thread(target=self.watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            thread.join()


def _pictures(root: Path, count: int, *, by_class: bool) -> Path:
    random = np.random.default_rng(count)
    for number in range(count):
        label, middle = (("dark", 60), ("bright", 190))[number % 2]
        folder = root / label if by_class else root
        folder.mkdir(parents=True, exist_ok=True)
        pixels = random.normal(middle, 20, (24, 24, 3)).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{label}{number:03d}.png")
    return root


def _set_up(transport: Transport, pictures: Path) -> None:
    """A frozen test subset, a pool that waits to be chosen from, and the first round opened."""
    project = Client(transport).projects.create("shades")
    project.set_labels(["dark", "bright"])
    pool, truth = project.datasets.create("pool"), project.datasets.create("truth")
    truth.import_(_pictures(pictures / "test", TEST, by_class=True), format="folder_classes")
    truth.split(0, 0, 1)
    settings: dict[str, JsonValue] = {
        "pool": pool.id,
        "ground_truth": truth.id,
        "architecture": "whorl.testing.adapters:FakeClassifier",
        "strategy": "random",
        "budget": BUDGET,
        "retrain_every": BUDGET,
        "more_rounds": ROUNDS - 1,
    }
    definition = load_template("active_learning", rename=None, **settings).model_dump(mode="json")
    for node in definition["nodes"]:
        if node["type"] in ("label", "review"):
            # What was in somebody's hands when the server died comes back after ten seconds, not five minutes.
            node["params"]["lease_seconds"] = 10
    pipeline = project.pipelines.apply(definition)
    pool.import_(_pictures(pictures / "pool", POOL, by_class=False), format="folder")
    deadline = time.monotonic() + 30
    while (parked := pipeline.status().nodes.get("choose")) is None or parked.parked < POOL:
        assert time.monotonic() < deadline, pipeline.status()
        time.sleep(0.05)
    path = f"/pipelines/{pipeline.id}/runs"
    assert transport.call(RunsStarted, Call("POST", path, body={"node": "choose.start"})).started == 1


def _work(transport: Transport, task_id: str, *, is_review: bool, acknowledged: list[str]) -> int:
    """Finish some items of a task as a person would, one by one; what the server said yes to is noted."""
    leases = transport.call(list[Lease], Call("POST", f"/tasks/{task_id}/leases", body={"n": 4}))
    for lease in leases:
        path = f"/tasks/{task_id}/items/{lease.item_id}"
        if is_review:
            transport.call(TaskItem, Call("POST", f"{path}/approve", body={"lease_token": lease.lease_token}))
        else:
            held = transport.get(ItemAnnotations, f"/items/{lease.item_id}/annotations")
            name = transport.get(Item, f"/items/{lease.item_id}").name
            draft = AnnotationDraft(label="dark" if "dark" in name else "bright", geometry=ClassTag())
            body: dict[str, JsonValue] = {
                "lease_token": lease.lease_token,
                "annotations": [draft.model_dump(mode="json")],
                "base_revision": held.revision,
            }
            transport.call(TaskItem, Call("POST", f"{path}/submit", body=body))
        acknowledged.append(f"{task_id} {lease.item_id}")
    return len(leases)


def _play(house: _House, transport: Transport, acknowledged: list[str]) -> Transport:
    """Be the people until the last decision; start the server again whenever it has died."""
    deadline = time.monotonic() + _PATIENCE_S
    decided = select(func.count()).select_from(comparison)
    waiting = select(func.count()).select_from(inbox)
    while house.number(decided) < ROUNDS or house.number(waiting):
        assert time.monotonic() < deadline, "the loop does not come to its end"
        with house.engine.connect() as conn:
            tasks = [(str(row.id), row.kind == "review") for row in conn.execute(select(task.c.id, task.c.kind))]
        try:
            if not sum(_work(transport, one, is_review=it, acknowledged=acknowledged) for one, it in tasks):
                time.sleep(0.02)
        except LeaseLost:
            continue
        except Unavailable:
            transport.close()
            transport = house.start()
        if house.process is not None and house.process.poll() is not None:
            transport.close()
            transport = house.start()
    return transport


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_loop__killed_while_people_label_and_while_a_model_is_trained(tmp_path: Path) -> None:
    home = tmp_path / "home"
    house = _House(home, create_engine(f"sqlite:///{home / 'whorl.db'}"))
    acknowledged: list[str] = []
    transport = house.start()
    killer = _Killer(
        house,
        [
            lambda: house.steps("label") >= BUDGET // 2,
            lambda: house.steps("challenger") == 1 and house.steps("train") == 0,
        ],
    )
    try:
        _set_up(transport, tmp_path)
        with killer.running():
            transport = _play(house, transport, acknowledged)
        _check_everything_is_there_once(house, acknowledged)
    finally:
        transport.close()
        house.stop()
        house.engine.dispose()
    assert (killer.killed, house.starts) == (2, 3)


def _check_everything_is_there_once(house: _House, acknowledged: list[str]) -> None:
    with house.engine.connect() as conn:
        counted = select(run_step.c.node, func.count()).group_by(run_step.c.node)
        nodes = {str(node): int(count) for node, count in conn.execute(counted)}
        finished = {
            f"{row.task_id} {row.item_id}"
            for row in conn.execute(
                select(task.c.id.label("task_id"), item.c.id.label("item_id"))
                .select_from(task_item)
                .join(task, task.c.key == task_item.c.task_key)
                .join(item, item.c.key == task_item.c.item_key)
                .where(task_item.c.status.in_(["submitted", "approved"]))
            )
        }
        standing = (
            select(dataset.c.name, func.count(), func.count(distinct(item.c.name)))
            .join(item, item.c.dataset_key == dataset.c.key)
            .where(item.c.died_rev == ALIVE)
            .group_by(dataset.c.name)
        )
        items = {name: (count, names) for name, count, names in conn.execute(standing)}
        said = (
            select(dataset.c.name, func.count(), func.count(distinct(annotation.c.item_key)))
            .join(annotation, annotation.c.dataset_key == dataset.c.key)
            .where(annotation.c.died_rev == ALIVE, annotation.c.layer == "truth")
            .group_by(dataset.c.name)
        )
        labels = {name: (count, of) for name, count, of in conn.execute(said)}
        states = list(conn.execute(select(model.c.status)).scalars())
        buried = [tuple(row) for row in conn.execute(select(dead_letter.c.node, dead_letter.c.error))]
    assert buried == []
    # Nothing that was acknowledged is lost; nothing is there twice.
    assert set(acknowledged) <= finished
    assert len(finished) == 2 * LABELLED
    assert {node: nodes[node] for node in ("label", "review", "divide", "gather")} == dict.fromkeys(
        ("label", "review", "divide", "gather"), LABELLED
    )
    assert {node: nodes[node] for node in ("challenger", "train", "meet", "compare")} == dict.fromkeys(
        ("challenger", "train", "meet", "compare"), ROUNDS
    )
    assert items == {"pool": (POOL, POOL), "truth": (TEST + LABELLED, TEST + LABELLED)}
    assert labels == {"pool": (LABELLED, LABELLED), "truth": (TEST + LABELLED, TEST + LABELLED)}
    assert states == ["trained"] * ROUNDS
    assert len([path for path in (house.home / "models").iterdir() if path.name.startswith("mdl_")]) == ROUNDS
