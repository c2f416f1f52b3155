"""Handwritten digits of scikit-learn in a plant, and people who know what they are."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image
from sqlalchemy import Connection
from tests.db.pipelines.conftest import ANNA, Plant

from whorl.annotations.queries import list_annotations, read_item_annotations
from whorl.datasets.actions import add_items
from whorl.datasets.queries import get_item, list_items
from whorl.ontology.actions import save_ontology
from whorl.schemas.annotations import Annotation, AnnotationDraft, ClassTag, Layer
from whorl.schemas.datasets import Item, NewItem
from whorl.schemas.ontology import Label, OntologyDraft
from whorl.store.blobs import put_content
from whorl.tasks import queries as task_queries
from whorl.tasks import reviews, work

Say = Callable[[Item], Sequence[AnnotationDraft]]


def write_labels(plant: Plant, names: Sequence[str]) -> None:
    """Give the plant's project these labels."""
    draft = OntologyDraft(labels=[Label(name=name) for name in names])
    plant.db.write(lambda conn: save_ontology(conn, plant.project_id, draft, actor_id=ANNA, now=plant.now()))


def add_digits(plant: Plant, dataset_id: str, count: int, *, skip: int = 0) -> list[Item]:
    """Add real digits, named ``<digit>-<number>.png``: 8×8 pixels enlarged to 32×32."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    pairs = list(zip(digits.images, digits.target, strict=True))[skip : skip + count]
    new = [_digit(plant, f"{digit}-{skip + number:04d}.png", pixels) for number, (pixels, digit) in enumerate(pairs)]
    return plant.db.write(lambda conn: add_items(conn, dataset_id, new, actor_id=ANNA, now=plant.now()))


def _digit(plant: Plant, name: str, pixels: np.ndarray) -> NewItem:
    grey = np.clip(pixels / 16 * 255, 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(grey).resize((32, 32), Image.Resampling.BICUBIC).save(buffer, "PNG")
    data = buffer.getvalue()
    sha = put_content(plant.services.blobs, data)
    return NewItem(name=name, sha256=sha, media_type="image/png", width=32, height=32, bytes=len(data))


def digit_of(item: Item) -> str:
    """What the digit is."""
    return item.name.partition("-")[0]


def say_class(label: str) -> list[AnnotationDraft]:
    """The answer that names a class."""
    return [AnnotationDraft(label=label, geometry=ClassTag())]


@dataclass(frozen=True)
class Person:
    """Somebody who works through a task."""

    plant: Plant
    name: str

    def label(self, task: str, say: Say, *, n: int = 1000) -> list[Item]:
        """Submit what is said of each item that waits, in place of what is there; gives the items."""
        leases = self._lease(task, n)
        return [self.plant.db.write(lambda conn, lease=lease: self._submit(conn, lease, say)) for lease in leases]  # type: ignore[misc]

    def check(self, task: str, is_right: Callable[[Item, list[str]], bool]) -> list[Item]:
        """Approve each item that waits and whose labels are right, and send the others back; gives the items."""
        return [
            self.plant.db.write(lambda conn, lease=lease: self._review(conn, lease, is_right))  # type: ignore[misc]
            for lease in self._lease(task, 1000)
        ]

    def _review(self, conn: Connection, lease: work.Lease, is_right: Callable[[Item, list[str]], bool]) -> Item:
        item = get_item(conn, lease.item_id)
        said = [one.label for one in read_item_annotations(conn, lease.item_id).annotations]
        now = self.plant.now()
        key = {"actor_id": self.name, "now": now, "lease_token": lease.lease_token}
        if is_right(item, said):
            reviews.approve_item(conn, lease.task_id, lease.item_id, **key)
        else:
            reviews.raise_issue(conn, lease.task_id, lease.item_id, "Look again.", **key)
        return item

    def _lease(self, task: str, n: int) -> list[work.Lease]:
        with self.plant.db.read() as conn:
            found = task_queries.find_task(conn, self.plant.project_id, task)
        if found is None:
            return []
        now = self.plant.now()
        return self.plant.db.write(lambda conn: work.lease_next(conn, found.id, actor_id=self.name, now=now, n=n))

    def _submit(self, conn: Connection, lease: work.Lease, say: Say) -> Item:
        item = get_item(conn, lease.item_id)
        held = read_item_annotations(conn, lease.item_id)
        for issue in task_queries.list_issues(conn, lease.task_id, item_id=lease.item_id, state="open"):
            reviews.resolve_issue(conn, issue.id, actor_id=self.name, now=self.plant.now())
        work.submit_item(
            conn,
            lease.task_id,
            lease.item_id,
            lease_token=lease.lease_token,
            actor_id=self.name,
            now=self.plant.now(),
            annotations=list(say(item)),
            removed_ids=[one.id for one in held.annotations],
            base_revision=held.revision,
        )
        return item


def read_truth(plant: Plant, dataset_id: str) -> dict[str, list[str]]:
    """The labels of each item of a dataset, by the item's name."""
    found: dict[str, list[str]] = {}
    for item, said in list_truth(plant, dataset_id):
        found[item.name] = sorted(one.label for one in said)
    return found


def list_truth(plant: Plant, dataset_id: str) -> list[tuple[Item, list[Annotation]]]:
    """Each item of a dataset with its ground truth."""
    with plant.db.read() as conn:
        items = list_items(conn, dataset_id, limit=1000).items
        said = list_annotations(conn, [item.id for item in items], layer=Layer.TRUTH)
    return [(item, [one for one in said if one.item_id == item.id]) for item in items]
