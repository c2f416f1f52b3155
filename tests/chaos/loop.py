"""The `active_learning` loop on a few small pictures, with people played through REST, and what it leaves behind."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image
from sqlalchemy import Connection, Engine, Select, func, select
from sqlalchemy.exc import DBAPIError
from tests.chaos.house import House

from whorl.base.errors import (
    Conflict,
    DatabaseBusy,
    InternalError,
    JsonValue,
    LeaseLost,
    RequestInFlight,
    Unavailable,
)
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
    evaluation,
    inbox,
    item,
    model,
    run,
    run_step,
    task,
    task_item,
)
from whorl.store.db.types import ALIVE

BUDGET, ROUNDS, TEST = 10, 2, 6
POOL = BUDGET * ROUNDS
_AGAIN = (Unavailable, LeaseLost, Conflict, DatabaseBusy, InternalError, RequestInFlight, DBAPIError)


@dataclass(frozen=True)
class Ending:
    """What must not depend on what broke meanwhile. Two endings are compared whole.

    Attributes:
        items: Dataset to item to the labels that stand, one for each annotation.
        steps: Node to how many tokens passed it.
        runs: Flow's first node and state to how many.
        work: Kind of task and status to how many items.
    """

    items: dict[str, dict[str, list[str]]]
    steps: dict[str, int]
    runs: dict[str, int]
    work: dict[str, int]
    models: list[str]
    comparisons: int
    evaluations: int
    dead: list[str]


@dataclass
class People:
    """Annotators and reviewers who try again after whatever goes wrong, and note what they were told is done.

    Args:
        patience_s: Longest time without any step forward.
    """

    house: House
    engine: Engine
    patience_s: float = 240.0
    acknowledged: list[str] = field(default_factory=list)
    _next: int = 0
    _transport: Transport | None = None

    def play(self) -> None:
        """Work until the last decision."""
        moved, since = -1, time.monotonic()
        while not self._is_over():
            assert time.monotonic() < since + self.patience_s, self._complaint()
            try:
                if not self._round():
                    time.sleep(0.05)
            except _AGAIN:
                self.reconnect()
                time.sleep(0.05)
            self.house.start()
            if len(self.acknowledged) + self._decided() != moved:
                moved, since = len(self.acknowledged) + self._decided(), time.monotonic()

    def reconnect(self) -> Transport:
        """Go to the next server."""
        if self._transport is not None:
            self._transport.close()
        self._transport = self.house.connect(self._next % self.house.servers)
        self._next += 1
        return self._transport

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def _round(self) -> int:
        transport = self._transport or self.reconnect()
        with self.engine.connect() as conn:
            tasks = [(str(row.id), row.kind == "review") for row in conn.execute(select(task.c.id, task.c.kind))]
        return sum(_work(transport, one, is_review=it, acknowledged=self.acknowledged) for one, it in tasks)

    def _decided(self) -> int:
        with contextlib.suppress(DBAPIError), self.engine.connect() as conn:
            return int(conn.execute(select(func.count()).select_from(comparison)).scalar_one())
        return 0

    def _is_over(self) -> bool:
        try:
            with self.engine.connect() as conn:
                decided = conn.execute(select(func.count()).select_from(comparison)).scalar_one()
                waiting = conn.execute(select(func.count()).select_from(inbox)).scalar_one()
                active = conn.execute(select(func.count()).where(run.c.state == "active")).scalar_one()
                dead = conn.execute(select(func.count()).select_from(dead_letter)).scalar_one()
        except DBAPIError:
            return False
        # What became a dead letter does not come back by itself: who compares the endings sees why.
        return dead > 0 or (decided == ROUNDS and waiting == 0 and active == 0)

    def _complaint(self) -> str:
        words = "\n".join(self.house.last_words(name) for name in self.house.processes)
        state: object = "the database is away"
        with contextlib.suppress(DBAPIError), self.engine.connect() as conn:
            state = look(conn)
        return f"the loop does not come to its end: {state}\n{words}"


def prepare(house: House, engine: Engine, pictures: Path) -> None:
    """A frozen test subset, a pool that waits to be chosen from, and the first round opened. Nothing breaks yet."""
    house.start()
    transport = house.connect(0)
    with contextlib.closing(transport):
        project = Client(transport).projects.create("shades")
        project.set_labels(["dark", "bright"])
        pool, truth = project.datasets.create("pool"), project.datasets.create("truth")
        truth.import_(_draw(pictures / "test", TEST, by_class=True), format="folder_classes")
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
                # What was in somebody's hands when a server died comes back after ten seconds, not five minutes.
                node["params"]["lease_seconds"] = 10
        pipeline = project.pipelines.apply(definition)
        pool.import_(_draw(pictures / "pool", POOL, by_class=False), format="folder")
        deadline = time.monotonic() + 240
        while (parked := pipeline.status().nodes.get("choose")) is None or parked.parked < POOL:
            assert time.monotonic() < deadline, pipeline.status()
            time.sleep(0.1)
        path = f"/pipelines/{pipeline.id}/runs"
        assert transport.call(RunsStarted, Call("POST", path, body={"node": "choose.start"})).started == 1


def look(conn: Connection) -> Ending:
    """What is there now."""
    items: dict[str, dict[str, list[str]]] = {}
    standing = select(dataset.c.name, item.c.name, item.c.key).join(item, item.c.dataset_key == dataset.c.key)
    said = select(annotation.c.item_key, annotation.c.label).where(
        annotation.c.died_rev == ALIVE, annotation.c.layer == "truth"
    )
    labels: dict[int, list[str]] = {}
    for row in conn.execute(said):
        labels.setdefault(row.item_key, []).append(row.label)
    for name, item_name, key in conn.execute(standing.where(item.c.died_rev == ALIVE)):
        items.setdefault(name, {})[item_name] = sorted(labels.get(key, []))
    return Ending(
        items=items,
        steps=_counted(conn, select(run_step.c.node, func.count()).group_by(run_step.c.node)),
        runs=_counted(
            conn, select(run.c.start_node + " " + run.c.state, func.count()).group_by(run.c.start_node, run.c.state)
        ),
        work=_counted(
            conn,
            select(task.c.kind + " " + task_item.c.status, func.count())
            .join(task_item, task_item.c.task_key == task.c.key)
            .group_by(task.c.kind, task_item.c.status),
        ),
        models=sorted(conn.execute(select(model.c.status)).scalars()),
        comparisons=int(conn.execute(select(func.count()).select_from(comparison)).scalar_one()),
        evaluations=int(conn.execute(select(func.count()).select_from(evaluation)).scalar_one()),
        dead=[f"{row.node}: {row.error}" for row in conn.execute(select(dead_letter.c.node, dead_letter.c.error))],
    )


def _counted(conn: Connection, query: Select[tuple[str, int]]) -> dict[str, int]:
    return {str(name): int(count) for name, count in conn.execute(query)}


def _draw(root: Path, count: int, *, by_class: bool) -> Path:
    random = np.random.default_rng(count)
    for number in range(count):
        label, middle = (("dark", 60), ("bright", 190))[number % 2]
        folder = root / label if by_class else root
        folder.mkdir(parents=True, exist_ok=True)
        pixels = random.normal(middle, 20, (24, 24, 3)).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{label}{number:03d}.png")
    return root


def _work(transport: Transport, task_id: str, *, is_review: bool, acknowledged: list[str]) -> int:
    """Finish some items of a task as a person would; what the server said yes to is noted."""
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
