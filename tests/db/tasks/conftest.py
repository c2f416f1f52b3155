"""A project with a dataset of items, made through the real actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from whorl.access.actions import create_project
from whorl.datasets.actions import add_items, create_dataset
from whorl.ontology.actions import save_ontology
from whorl.schemas.datasets import NewItem
from whorl.schemas.ontology import Label, OntologyDraft
from whorl.schemas.tasks import Task
from whorl.store.db import Database
from whorl.tasks.actions import add_task_items, create_task
from whorl.tasks.rules import TaskKind

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """A moment some seconds into the test."""
    return NOW + timedelta(seconds=seconds)


@dataclass(frozen=True)
class Bench:
    """A database with one labelling task over a few items."""

    database: Database
    project_id: str
    dataset_id: str
    item_ids: list[str]
    task: Task


def make_bench(database: Database, *, n_items: int, kind: TaskKind = TaskKind.LABEL) -> Bench:
    """Fill a database with a project, ``n_items`` items and a task over all of them."""

    def setup(conn: Connection) -> Bench:
        project = create_project(conn, "home", actor_id="per_a", now=NOW)
        draft = OntologyDraft(labels=[Label(name="cat"), Label(name="dog")])
        save_ontology(conn, project.id, draft, actor_id="per_a", now=NOW)
        dataset = create_dataset(conn, project.id, name="pets", actor_id="per_a", now=NOW)
        new = [
            NewItem(name=f"{i}.png", sha256=f"{i:064x}", media_type="image/png", width=100, height=80, bytes=10)
            for i in range(n_items)
        ]
        ids = [one.id for one in add_items(conn, dataset.id, new, actor_id="per_a", now=NOW)]
        task = create_task(conn, dataset.id, name="label", kind=kind, actor_id="per_a", now=NOW)
        add_task_items(conn, task.id, ids, actor_id="per_a", now=NOW)
        return Bench(database, project.id, dataset.id, ids, task)

    return database.write(setup)


@pytest.fixture
def bench(database: Database) -> Bench:
    """Three items to label."""
    return make_bench(database, n_items=3)
