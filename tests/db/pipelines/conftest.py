"""A small house with pipelines: datasets of tiny images, people, an engine that runs on the test's own thread."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import Connection, func, select

from whorl.access.actions import create_project
from whorl.annotations.queries import read_item_annotations
from whorl.base.clock import FakeClock, to_datetime
from whorl.base.errors import JsonValue
from whorl.datasets.actions import add_items, create_dataset
from whorl.datasets.queries import get_item
from whorl.engine import Dispatcher, InlineExecutor, Message
from whorl.engine.messages import Work
from whorl.ontology.actions import save_ontology
from whorl.pipelines import actions, queries
from whorl.pipelines.handler import NodeHandler
from whorl.pipelines.nodes import node_types
from whorl.pipelines.nodes.base import PipelineServices
from whorl.pipelines.runtime import PipelineRuntime
from whorl.pipelines.tokens import Result
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.schemas.datasets import Item, NewItem
from whorl.schemas.ontology import Label, OntologyDraft
from whorl.schemas.pipelines import Pipeline, PipelineDefinition, Run, RunStep
from whorl.schemas.records import Subset
from whorl.store.blobs import open_blobs, put_content
from whorl.store.db import Database
from whorl.store.db.tables import comparison, run, run_step
from whorl.tasks import queries as task_queries
from whorl.tasks import reviews, work

ANNA, RUTH = "per_anna", "per_ruth"
CLASSES = ("dark", "bright")


@dataclass
class Plant:
    """A project with two labels, blobs in memory, and a runtime; shorthand for what the tests do all the time."""

    db: Database
    services: PipelineServices
    runtime: PipelineRuntime
    clock: FakeClock
    project_id: str
    broken_commits: dict[str, int] = field(default_factory=dict)
    broken_runs: dict[str, int] = field(default_factory=dict)

    def now(self) -> datetime:
        self.clock.advance(1)
        return to_datetime(self.clock.now())

    def dataset(self, name: str) -> str:
        return self.db.write(
            lambda conn: create_dataset(conn, self.project_id, name=name, actor_id=ANNA, now=self.now()).id
        )

    def add(self, dataset_id: str, names: Iterable[str], *, subset: Subset | None = None) -> list[Item]:
        """Add images; names that start with "bright" are bright, all others dark."""
        new = [self._image(name, subset) for name in names]
        return self.db.write(lambda conn: add_items(conn, dataset_id, new, actor_id=ANNA, now=self.now()))

    def apply(self, definition: PipelineDefinition, migrate: Mapping[str, str] | None = None) -> Pipeline:
        return self.db.write(
            lambda conn: actions.apply_pipeline(
                conn,
                definition,
                types=node_types(),
                project_id=self.project_id,
                actor_id=ANNA,
                now=self.now(),
                migrate=migrate,
            )
        )

    def start(self, pipeline: Pipeline, target: str, ref: str = "", cause: str = "hand") -> bool:
        def begin(conn: Connection) -> bool:
            return actions.start_run(
                conn,
                graph=self.runtime.graph_of(pipeline.id, pipeline.version, conn),
                pipeline_id=pipeline.id,
                version=pipeline.version,
                target=target,
                cause=cause,
                ref=ref,
                now=self.now(),
            )

        return self.db.write(begin)

    def settle(self, *, patience_s: float = 0) -> None:
        """Let everything move until nothing does; ``patience_s`` of the engine's time pass between tries."""
        engine = Dispatcher(self.db, _Breakable(self), executor=InlineExecutor(), clock=self.clock)
        for _ in range(200):
            pumped = self.runtime.pump()
            assert engine.run_until_idle(timeout_s=60)
            if not pumped and not self.runtime.pump():
                if patience_s <= 0:
                    return
                self.clock.advance(10)
                patience_s -= 10
        raise AssertionError("the pipeline does not come to rest")

    def label(self, task: str, *, as_class: str | None = None, discard: Sequence[str] = (), who: str = ANNA) -> int:
        """Label every item that waits; discard those named."""
        leases = self._lease(task, who)
        for lease in leases:
            self.db.write(lambda conn, lease=lease: self._label_one(conn, lease, as_class, discard, who))  # type: ignore[misc]
        return len(leases)

    def approve(self, task: str, *, who: str = RUTH) -> int:
        """Approve every item that waits."""
        leases = self._lease(task, who)
        for lease in leases:
            self.db.write(
                lambda conn, lease=lease: reviews.approve_item(  # type: ignore[misc]
                    conn, lease.task_id, lease.item_id, actor_id=who, now=self.now(), lease_token=lease.lease_token
                )
            )
        return len(leases)

    def runs(self, pipeline: Pipeline) -> list[Run]:
        with self.db.read() as conn:
            return queries.list_runs(conn, pipeline_id=pipeline.id, limit=1000).items[::-1]

    def states(self, pipeline: Pipeline) -> dict[str, int]:
        """Runs by state."""
        with self.db.read() as conn:
            return queries.get_status(conn, pipeline.id).runs

    def open_tokens(self, pipeline: Pipeline) -> int:
        with self.db.read() as conn:
            found = select(func.sum(run.c.open_tokens)).where(run.c.pipeline_id == pipeline.id)
            return int(conn.execute(found).scalar_one() or 0)

    def steps(self, pipeline: Pipeline) -> dict[str, int]:
        """Steps by node."""
        with self.db.read() as conn:
            found = (
                select(run_step.c.node, func.count())
                .join(run, run.c.key == run_step.c.run_key)
                .where(run.c.pipeline_id == pipeline.id)
                .group_by(run_step.c.node)
            )
            return {node: count for node, count in conn.execute(found)}

    def journey(self, one: Run) -> list[RunStep]:
        with self.db.read() as conn:
            return queries.list_steps(conn, one.id)

    def variables(self, pipeline: Pipeline) -> dict[str, JsonValue]:
        with self.db.read() as conn:
            return queries.read_variables(conn, pipeline.id)

    def set(self, pipeline: Pipeline, name: str, value: JsonValue) -> None:
        self.db.write(
            lambda conn: actions.set_variable(conn, pipeline.id, name=name, value=value, actor_id=ANNA, now=self.now())
        )

    def parked(self, pipeline: Pipeline) -> dict[str, int]:
        with self.db.read() as conn:
            return queries.count_parked(conn, pipeline_id=pipeline.id)

    def count_comparisons(self) -> int:
        with self.db.read() as conn:
            return int(conn.execute(select(func.count()).select_from(comparison)).scalar_one())

    def _image(self, name: str, subset: Subset | None) -> NewItem:
        shade = 200 if name.startswith("bright") else 40
        pixels = np.full((24, 24, 3), shade, np.uint8)
        # A few pixels from the name make each image's bytes its own.
        noise = np.frombuffer(name.encode().ljust(24, b".")[:24], np.uint8)
        pixels[0, :, 0] = noise
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "PNG")
        data = buffer.getvalue()
        return NewItem(
            name=name,
            sha256=put_content(self.services.blobs, data),
            media_type="image/png",
            width=24,
            height=24,
            bytes=len(data),
            subset=subset,
        )

    def _lease(self, task: str, who: str) -> list[work.Lease]:
        with self.db.read() as conn:
            found = task_queries.find_task(conn, self.project_id, task)
        if found is None:
            return []
        return self.db.write(lambda conn: work.lease_next(conn, found.id, actor_id=who, now=self.now(), n=1000))

    def _label_one(
        self, conn: Connection, lease: work.Lease, as_class: str | None, discard: Sequence[str], who: str
    ) -> None:
        name = get_item(conn, lease.item_id).name
        common = {"lease_token": lease.lease_token, "actor_id": who, "now": self.now()}
        if name in discard:
            work.discard_item(conn, lease.task_id, lease.item_id, reason="unreadable", **common)
            return
        held = read_item_annotations(conn, lease.item_id)
        said = as_class or ("bright" if name.startswith("bright") else "dark")
        work.submit_item(
            conn,
            lease.task_id,
            lease.item_id,
            annotations=[AnnotationDraft(label=said, geometry=ClassTag())],
            removed_ids=[one.id for one in held.annotations],
            base_revision=held.revision,
            active_seconds=1.0,
            **common,
        )


@dataclass(frozen=True)
class _Breakable:
    """The runtime's handlers, each of which fails as often as the test has asked for."""

    plant: Plant

    def list_nodes(self) -> Sequence[str]:
        return self.plant.runtime.list_nodes()

    def get_handler(self, node: str) -> BreakableHandler | None:
        handler = self.plant.runtime.get_handler(node)
        return None if handler is None else BreakableHandler(handler, self.plant)


@dataclass(frozen=True)
class BreakableHandler:
    """A node's handler that raises in ``run`` or after all of ``commit`` while its node has failures left."""

    handler: NodeHandler
    plant: Plant
    max_attempts: int = 3
    backoff_s: float = 1.0
    priority: int = 0
    max_in_flight: int = 1

    @property
    def batch_size(self) -> int:
        return self.handler.batch_size

    @property
    def lease_s(self) -> float:
        return self.handler.lease_s

    def run(self, works: Sequence[Work], context: object) -> Sequence[Result]:
        self._break(self.plant.broken_runs)
        return self.handler.run(works, context)  # type: ignore[arg-type]

    def commit(self, conn: Connection, works: Sequence[Work], outcomes: Sequence[Result]) -> Iterable[Message]:
        messages = list(self.handler.commit(conn, works, outcomes))
        self._break(self.plant.broken_commits)
        return messages

    def buried(
        self, conn: Connection, works: Sequence[Work], errors: Sequence[Exception], *, now: datetime
    ) -> Iterable[Message]:
        return self.handler.buried(conn, works, errors, now=now)

    def _break(self, left: dict[str, int]) -> None:
        node = self.handler.node_id
        if left.get(node, 0) > 0:
            left[node] -= 1
            raise RuntimeError(f"{node} broke, as the test wished")


def make_plant(database: Database, home: Path) -> Plant:
    clock = FakeClock()

    def setup(conn: Connection) -> str:
        now = to_datetime(clock.now())
        made = create_project(conn, "lamps", actor_id=ANNA, now=now)
        draft = OntologyDraft(labels=[Label(name=name) for name in CLASSES])
        save_ontology(conn, made.id, draft, actor_id=ANNA, now=now)
        return made.id

    services = PipelineServices(
        db=database, blobs=open_blobs("memory://"), executor=InlineExecutor(), home=home, clock=clock
    )
    return Plant(database, services, PipelineRuntime(services), clock, database.write(setup))


@pytest.fixture
def plant(database: Database, tmp_path: Path) -> Plant:
    """A plant on each kind of database."""
    return make_plant(database, tmp_path / "home")


@pytest.fixture
def sqlite_plant(sqlite: Database, tmp_path: Path) -> Plant:
    """A plant on SQLite, for what does not depend on the kind."""
    return make_plant(sqlite, tmp_path / "home")
