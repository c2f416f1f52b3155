"""The separate worker on PostgreSQL: pipelines' nodes, triggers and models' jobs in one process."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from whorl.access.actions import create_project
from whorl.annotations.actions import save_annotations
from whorl.base.settings import Settings
from whorl.datasets.actions import add_items, create_dataset
from whorl.engine.jobs import create_job, get_job
from whorl.models.queries import get_model
from whorl.models.registration import register_model
from whorl.ontology.actions import save_ontology
from whorl.pipelines.actions import apply_pipeline
from whorl.pipelines.nodes import node_types
from whorl.pipelines.queries import get_status
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.schemas.datasets import NewItem
from whorl.schemas.models import ModelCreate
from whorl.schemas.ontology import Label, OntologyDraft
from whorl.schemas.pipelines import PipelineDefinition
from whorl.schemas.records import Subset
from whorl.store.blobs import open_blobs, put_content
from whorl.store.db import Database, open_database
from whorl.worker.run import work

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ACTOR = "per_x"


@pytest.fixture
def settings(postgres_url: str, tmp_path: Path) -> Settings:
    """Settings of a worker that needs no further process."""
    return Settings(home=tmp_path, db=postgres_url, executor="inline")


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The worker's database, seen from outside."""
    with open_database(settings.database_url) as opened:
        yield opened


@pytest.fixture
def worker(settings: Settings) -> Iterator[None]:
    """A worker, in a thread, until the test is over."""
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(settings,), kwargs={"until": stop})
    thread.start()
    yield
    stop.set()
    thread.join(timeout=30)
    assert not thread.is_alive()


def wait_until(is_so: Callable[[], bool]) -> None:
    """Look until something holds; fail after twenty seconds."""
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def pictures(settings: Settings, count: int) -> list[NewItem]:
    """Small grey images, dark and bright in turn, with their bytes in the worker's blob store."""
    store, made = open_blobs(settings.blobs_url), []
    for number in range(count):
        out = io.BytesIO()
        Image.new("RGB", (16, 16), (number + (number % 2) * 180,) * 3).save(out, "PNG")
        data = out.getvalue()
        made.append(
            NewItem(
                name=f"{number}.png",
                sha256=put_content(store, data),
                media_type="image/png",
                width=16,
                height=16,
                bytes=len(data),
                subset=Subset.TRAIN,
            )
        )
    return made


def test_work__follows_a_pipelines_trigger(worker: None, database: Database, settings: Settings) -> None:
    project = database.write(lambda conn: create_project(conn, "p", actor_id=ACTOR, now=NOW))
    pool = database.write(lambda conn: create_dataset(conn, project.id, name="pool", actor_id=ACTOR, now=NOW))
    definition = PipelineDefinition.model_validate(
        {
            "name": "line",
            "nodes": [
                {"id": "raw", "type": "dataset", "params": {"dataset": pool.id}},
                {"id": "prelabel", "type": "predict", "params": {}},
            ],
            "edges": [{"source": "raw.item", "target": "prelabel.item"}],
            "triggers": [{"type": "event", "id": "new", "target": "raw.item", "event": "item.created"}],
        }
    )
    line = database.write(
        lambda conn: apply_pipeline(
            conn, definition, types=node_types(), project_id=project.id, actor_id=ACTOR, now=NOW
        )
    )
    new = pictures(settings, 3)
    database.write(lambda conn: add_items(conn, pool.id, new, actor_id=ACTOR, now=NOW))

    def is_done() -> bool:
        with database.read() as conn:
            return get_status(conn, line.id).runs == {"done": 3}

    wait_until(is_done)


def test_work__trains_a_model(worker: None, database: Database, settings: Settings) -> None:
    project = database.write(lambda conn: create_project(conn, "p", actor_id=ACTOR, now=NOW))
    dataset = database.write(lambda conn: create_dataset(conn, project.id, name="d", actor_id=ACTOR, now=NOW))
    draft = OntologyDraft(labels=[Label(name="dark"), Label(name="bright")])
    database.write(lambda conn: save_ontology(conn, project.id, draft, actor_id=ACTOR, now=NOW))
    new = pictures(settings, 12)
    items = database.write(lambda conn: add_items(conn, dataset.id, new, actor_id=ACTOR, now=NOW))
    for number, item in enumerate(items):
        tag = AnnotationDraft(label=("dark", "bright")[number % 2], geometry=ClassTag())
        database.write(
            lambda conn, item=item, tag=tag: save_annotations(  # type: ignore[misc]
                conn, item.id, drafts=[tag], base_revision=item.born_rev, actor_id=ACTOR, now=NOW
            )
        )
    wanted = ModelCreate(name="m", architecture="builtin:linear", dataset_id=dataset.id, params={"features": "hog"})
    model_id = database.write(lambda conn: register_model(conn, wanted, project_id=project.id, actor_id=ACTOR, now=NOW))
    job_id = database.write(
        lambda conn: create_job(
            conn, "train", project_id=project.id, params={"model_id": model_id}, actor_id=ACTOR, now=NOW
        )
    )

    def is_over() -> bool:
        with database.read() as conn:
            return get_job(conn, job_id).state in ("done", "failed")

    wait_until(is_over)
    with database.read() as conn:
        assert (get_job(conn, job_id).error, get_model(conn, model_id).status) == (None, "trained")
    assert (settings.models_path / model_id / "model.onnx").is_file()
