"""What most tests with a database need: a project with labels and a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert

from whorl.annotations.actions import save_annotations
from whorl.datasets.actions import add_items, create_dataset
from whorl.datasets.queries import get_dataset
from whorl.ontology.actions import save_ontology
from whorl.schemas.annotations import AnnotationDraft, Box
from whorl.schemas.datasets import Item, ItemAnnotations, NewItem
from whorl.schemas.ontology import Label, OntologyDraft
from whorl.store.db import Database
from whorl.store.db.tables import project

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ANNA = "per_anna"


@dataclass
class House:
    """A project with the labels car and truck, and an empty dataset; shorthand for what tests do all the time."""

    db: Database
    project_id: str
    dataset_id: str
    _ticks: int = 0

    def now(self) -> datetime:
        """A second later at each call."""
        self._ticks += 1
        return START + timedelta(seconds=self._ticks)

    def revision(self) -> int:
        with self.db.read() as conn:
            return get_dataset(conn, self.dataset_id).revision

    def add(self, *names: str, **fields: object) -> list[Item]:
        """Add items of 100 × 80 pixels under these names."""
        items = [new_item(name, **fields) for name in names]
        return self.db.write(lambda conn: add_items(conn, self.dataset_id, items, actor_id=ANNA, now=self.now()))

    def save(
        self, item: Item, *drafts: AnnotationDraft, removed: tuple[str, ...] = (), base: int | None = None
    ) -> ItemAnnotations:
        """Save drafts on an item, based on the present revision unless told otherwise."""
        at = self.revision() if base is None else base
        return self.db.write(
            lambda conn: save_annotations(
                conn,
                item.id,
                drafts=list(drafts),
                removed_ids=removed,
                base_revision=at,
                actor_id=ANNA,
                now=self.now(),
            )
        )


def new_item(name: str, **fields: object) -> NewItem:
    base = {
        "name": name,
        "sha256": (name.encode().hex() + "0" * 64)[:64],
        "media_type": "image/png",
        "width": 100,
        "height": 80,
        "bytes": 1234,
    }
    return NewItem.model_validate(base | fields)


def box_draft(label: str = "car", x0: float = 1, **fields: object) -> AnnotationDraft:
    """A draft of a 10 × 10 box at (x0, 2)."""
    box = Box(x0=x0, y0=2, x1=x0 + 10, y1=12)
    return AnnotationDraft.model_validate({"label": label, "geometry": box, **fields})


@pytest.fixture
def house(database: Database) -> House:
    """A project with two labels and a dataset, on each kind of database."""
    return make_house(database)


@pytest.fixture
def sqlite_house(sqlite: Database) -> House:
    """The same on SQLite only."""
    return make_house(sqlite)


def make_house(database: Database) -> House:
    def work(conn: Connection) -> str:
        conn.execute(insert(project).values(id="prj_1", name="cars", settings={}, created_at=START))
        draft = OntologyDraft(labels=[Label(name="car"), Label(name="truck")])
        save_ontology(conn, "prj_1", draft, actor_id=ANNA, now=START)
        return create_dataset(conn, "prj_1", name="street", actor_id=ANNA, now=START).id

    return House(database, "prj_1", database.write(work))
