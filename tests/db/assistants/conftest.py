"""A task on red and green pictures, a person who labels them, and an engine that runs the assistants' jobs."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as PilImage
from tests.db.conftest import ANNA, House, make_house

from whorl.annotations.queries import list_annotations
from whorl.assistants import actions, queries
from whorl.assistants.jobs import assistant_job_handlers
from whorl.assistants.watching import AssistantWatch
from whorl.engine import Dispatcher, InlineExecutor
from whorl.engine.handlers import StaticHandlers
from whorl.engine.jobs import Job, list_jobs
from whorl.models.folder import read_card
from whorl.models.training import TrainingRequest, train_inline
from whorl.models.training_runs import Trained
from whorl.models.workshop import Workshop
from whorl.schemas.annotations import Annotation, AnnotationDraft, Box, ClassTag, Layer
from whorl.schemas.assistants import Assistant, AssistantCreate, AssistantUpdate
from whorl.schemas.datasets import Item
from whorl.schemas.tasks import Lease
from whorl.store.blobs import BlobStore, open_blobs, put_content
from whorl.store.db import Database
from whorl.tasks.actions import add_task_items, create_task
from whorl.tasks.rules import TaskKind
from whorl.tasks.work import lease_next, submit_item

WIDTH, HEIGHT = 60, 40
LEARNERS = "tests.db.assistants.learners"


def picture(is_red: bool, seed: int) -> bytes:
    """A PNG with red upright stripes, or green ones that lie; noisy so that no two are alike."""
    pixels = np.random.default_rng(seed).integers(0, 20, (HEIGHT, WIDTH, 3))
    if is_red:
        pixels[:, ::4, 0] += 200
    else:
        pixels[::4, :, 1] += 200
    data = io.BytesIO()
    PilImage.fromarray(pixels.astype(np.uint8)).save(data, "PNG")
    return data.getvalue()


@dataclass
class Clock:
    """A second later at each look."""

    at: float = datetime(2026, 2, 1, tzinfo=UTC).timestamp()

    def now(self) -> float:
        self.at += 1
        return self.at


@dataclass
class Desk:
    """A labelling task, its person and its engine."""

    house: House
    home: Path
    blobs: BlobStore = field(default_factory=lambda: open_blobs("memory://"))
    clock: Clock = field(default_factory=Clock)
    task_id: str = ""
    red: dict[str, bool] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    @property
    def db(self) -> Database:
        return self.house.db

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now(), tz=UTC)

    def fill(self, n: int, *, reds: Sequence[bool] | None = None) -> list[Item]:
        """Put pictures into the task, red and green in turn unless said otherwise."""
        start, made = len(self.names), []
        for at in range(n):
            is_red = (at % 2 == 0) if reds is None else reds[at]
            sha256 = put_content(self.blobs, picture(is_red, start + at))
            name = f"{start + at}.png"
            (item,) = self.house.add(name, sha256=sha256, width=WIDTH, height=HEIGHT)
            self.red[item.id] = is_red
            self.names.append(item.id)
            made.append(item)
        if not self.task_id:
            made_task = self.db.write(
                lambda conn: create_task(
                    conn, self.house.dataset_id, name="look", kind=TaskKind.LABEL, actor_id=ANNA, now=self.now()
                )
            )
            self.task_id = made_task.id
        ids = [one.id for one in made]
        self.db.write(lambda conn: add_task_items(conn, self.task_id, ids, actor_id=ANNA, now=self.now()))
        return made

    def start(self, **wish: Any) -> str:
        given = AssistantCreate.model_validate({"kind": "class", "first_items": 6} | wish)
        return self.db.write(
            lambda conn: actions.create_assistant(conn, self.task_id, given, actor_id=ANNA, now=self.now())
        )

    def change(self, assistant_id: str, **values: Any) -> None:
        given = AssistantUpdate.model_validate(values)
        self.db.write(lambda conn: actions.update_assistant(conn, assistant_id, given, actor_id=ANNA, now=self.now()))

    def get(self, assistant_id: str) -> Assistant:
        with self.db.read() as conn:
            return queries.get_assistant(conn, assistant_id)

    def lease(self, n: int = 1) -> list[Lease]:
        return self.db.write(lambda conn: lease_next(conn, self.task_id, actor_id=ANNA, now=self.now(), n=n))

    def submit(self, lease: Lease, drafts: Sequence[AnnotationDraft], rejected: Sequence[str] = ()) -> None:
        base = self.house.revision()
        self.db.write(
            lambda conn: submit_item(
                conn,
                self.task_id,
                lease.item_id,
                lease_token=lease.lease_token,
                actor_id=ANNA,
                now=self.now(),
                annotations=list(drafts),
                rejected_ids=list(rejected),
                base_revision=base,
            )
        )

    def label(self, n: int, *, kind: str = "class", label: str | None = None) -> list[str]:
        """Finish the next items as they are: car is red, truck green; proposals that say so are accepted."""
        done = []
        for _ in range(n):
            (lease,) = self.lease()
            truth = label or ("car" if self.red[lease.item_id] else "truck")
            said = self.proposals(lease.item_id)
            right = next((one for one in said if one.label == truth), None)
            shape = ClassTag() if kind == "class" else Box(x0=5, y0=5, x1=25, y1=25)
            draft = AnnotationDraft(
                label=truth,
                geometry=shape if right is None else right.geometry,
                from_prediction=None if right is None else right.id,
            )
            self.submit(lease, [draft], [one.id for one in said if one is not right])
            done.append(lease.item_id)
        return done

    def proposals(self, item_id: str) -> list[Annotation]:
        with self.db.read() as conn:
            return list_annotations(conn, [item_id], layer=Layer.PREDICTION)

    def look(self) -> int:
        return AssistantWatch(self.db, self.clock).look()

    def work(self) -> None:
        """Look for what is due and do it, until nothing is."""
        handlers = assistant_job_handlers(self.db, self.blobs, self.home, self.clock)
        dispatcher = Dispatcher(self.db, StaticHandlers(handlers), executor=InlineExecutor(), clock=self.clock)
        while True:
            found = self.look()
            assert dispatcher.run_until_idle(120)
            if not found:
                return

    def jobs(self, kind: str) -> list[Job]:
        with self.db.read() as conn:
            return list_jobs(conn, kind=kind)


@pytest.fixture
def desk(sqlite: Database, tmp_path: Path) -> Desk:
    return Desk(make_house(sqlite), tmp_path)


@pytest.fixture
def both_desk(database: Database, tmp_path: Path) -> Desk:
    """The same on each kind of database."""
    return Desk(make_house(database), tmp_path)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings run in this process; that they run in one of their own is shown elsewhere."""

    def train(workshop: Workshop, model_id: str, *, read: Any, **_: Any) -> Trained:
        from whorl.models.queries import get_model

        with workshop.db.read() as conn:
            model = get_model(conn, model_id)
            found = read(conn, model)
        workshop.heartbeat()
        request = TrainingRequest(model.architecture, found.data, params=model.params)
        folder = train_inline(request, workshop.models_path / model_id)
        metrics: Mapping[str, Any] = read_card(folder).metrics
        return Trained(model_id, found.items_digest, found.n_items, dict(metrics), 0.1)

    monkeypatch.setattr("whorl.assistants.jobs.train_model", train)
