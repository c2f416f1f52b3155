"""Handwritten digits of scikit-learn in a plant, and people who know what they are."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image
from sqlalchemy import Connection
from tests.db.pipelines.conftest import ANNA, Plant

from whorl.annotations.actions import save_annotations
from whorl.annotations.queries import list_annotations, read_item_annotations
from whorl.datasets.actions import add_items
from whorl.datasets.queries import get_item, list_items
from whorl.models.actions import NewModel, create_model, mark_trained
from whorl.models.folder import ModelCard, write_card
from whorl.models.queries import list_models
from whorl.models.types import Task
from whorl.ontology.actions import save_ontology
from whorl.schemas.annotations import Annotation, AnnotationDraft, Box, ClassTag, Layer
from whorl.schemas.datasets import Item, NewItem
from whorl.schemas.ontology import Label, OntologyDraft
from whorl.schemas.records import Subset
from whorl.sdk.pipeline_builder import PipelineBuilder
from whorl.store.blobs import put_content
from whorl.tasks import queries as task_queries
from whorl.tasks import reviews, work

Say = Callable[[Item], Sequence[AnnotationDraft]]


def write_labels(plant: Plant, names: Sequence[str]) -> None:
    """Give the plant's project these labels."""
    draft = OntologyDraft(labels=[Label(name=name) for name in names])
    plant.db.write(lambda conn: save_ontology(conn, plant.project_id, draft, actor_id=ANNA, now=plant.now()))


def add_digits(plant: Plant, dataset_id: str, count: int, *, skip: int = 0, subset: Subset | None = None) -> list[Item]:
    """Add real digits, named ``<digit>-<number>.png``: 8×8 pixels enlarged to 32×32."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    pairs = list(zip(digits.images, digits.target, strict=True))[skip : skip + count]
    new = [
        _digit(plant, f"{digit}-{skip + number:04d}.png", pixels, subset)
        for number, (pixels, digit) in enumerate(pairs)
    ]
    return plant.db.write(lambda conn: add_items(conn, dataset_id, new, actor_id=ANNA, now=plant.now()))


def _digit(plant: Plant, name: str, pixels: np.ndarray, subset: Subset | None) -> NewItem:
    grey = np.clip(pixels / 16 * 255, 0, 255).astype(np.uint8)
    return _image(plant, name, Image.fromarray(grey).resize((32, 32), Image.Resampling.BICUBIC), subset)


def _image(plant: Plant, name: str, picture: Image.Image, subset: Subset | None = None) -> NewItem:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    data = buffer.getvalue()
    return NewItem(
        name=name,
        sha256=put_content(plant.services.blobs, data),
        media_type="image/png",
        width=picture.width,
        height=picture.height,
        bytes=len(data),
        subset=subset,
    )


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

    def answer(self, task: str, say: Callable[[Item], str]) -> list[Item]:
        """Answer each item of a yes/no task; gives the items."""
        return [
            self.plant.db.write(lambda conn, lease=lease: self._answer(conn, lease, say))  # type: ignore[misc]
            for lease in self._lease(task, 1000)
        ]

    def _answer(self, conn: Connection, lease: work.Lease, say: Callable[[Item], str]) -> Item:
        item = get_item(conn, lease.item_id)
        work.submit_item(
            conn,
            lease.task_id,
            lease.item_id,
            lease_token=lease.lease_token,
            actor_id=self.name,
            now=self.plant.now(),
            base_revision=read_item_annotations(conn, lease.item_id).revision,
            answer=say(item),
        )
        return item

    def decide(self, task: str, say: Say) -> list[Item]:
        """Approve each item that waits with labels of one's own in place of those there; gives the items."""
        return [
            self.plant.db.write(lambda conn, lease=lease: self._decide(conn, lease, say))  # type: ignore[misc]
            for lease in self._lease(task, 1000)
        ]

    def _decide(self, conn: Connection, lease: work.Lease, say: Say) -> Item:
        item = get_item(conn, lease.item_id)
        held = read_item_annotations(conn, lease.item_id)
        reviews.approve_item(
            conn,
            lease.task_id,
            lease.item_id,
            actor_id=self.name,
            now=self.plant.now(),
            lease_token=lease.lease_token,
            annotations=list(say(item)),
            removed_ids=[one.id for one in held.annotations],
            base_revision=held.revision,
        )
        return item

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
            active_seconds=1.0,
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
    return _list_layer(plant, dataset_id, Layer.TRUTH)


def list_said(plant: Plant, dataset_id: str) -> list[tuple[Item, list[Annotation]]]:
    """Each item of a dataset with what models said of it."""
    return _list_layer(plant, dataset_id, Layer.PREDICTION)


def list_said_of(plant: Plant, item: Item) -> list[tuple[str, Box]]:
    """The boxes that models found in an item, by the id of the prediction."""
    with plant.db.read() as conn:
        said = list_annotations(conn, [item.id], layer=Layer.PREDICTION)
    return [(one.id, one.geometry) for one in said if isinstance(one.geometry, Box)]


def _list_layer(plant: Plant, dataset_id: str, layer: Layer) -> list[tuple[Item, list[Annotation]]]:
    with plant.db.read() as conn:
        items = list_items(conn, dataset_id, limit=1000).items
        said = list_annotations(conn, [item.id for item in items], layer=layer)
    return [(item, [one for one in said if one.item_id == item.id]) for item in items]


def train_linear(plant: Plant, *, count: int) -> str:
    """Train a linear classifier on the first so many digits, by a pipeline of its own; gives the model's id."""
    truth = plant.dataset("lessons")
    items = add_digits(plant, truth, count, subset=Subset.TRAIN)
    for item in items:
        plant.db.write(lambda conn, item=item: _save(plant, conn, item))  # type: ignore[misc]
    flow = PipelineBuilder("school")
    create = flow.add(
        "create", "create_model", dataset=truth, architecture="builtin:linear", task="classification",
        training={"features": "hog"},
    )  # fmt: skip
    create["model"] >> flow.add("train", "train")["model"]
    flow.cron("0 0 1 1 *", to=create["start"])
    school = plant.apply(flow.definition())
    plant.start(school, "create.start")
    plant.settle()
    with plant.db.read() as conn:
        (model,) = list_models(conn, project_id=plant.project_id).items
    assert model.status == "trained", model
    return model.id


def _save(plant: Plant, conn: Connection, item: Item) -> None:
    at = read_item_annotations(conn, item.id).revision
    drafts = say_class(digit_of(item))
    save_annotations(conn, item.id, drafts=drafts, base_revision=at, actor_id=ANNA, now=plant.now())


def write_bright_finder(plant: Plant) -> str:
    """A detector that boxes what is bright, as a trained model; gives its id."""
    new = NewModel(
        name="bright",
        task="detection",
        architecture="whorl.testing.adapters:FakeDetector",
        labels=["thing"],
        params={},
        dataset_key=None,
        revision=None,
        query={},
        parent_id=None,
    )

    def write(conn: Connection) -> str:
        model_id = create_model(conn, new, project_id=plant.project_id, actor_id=ANNA, now=plant.now())
        mark_trained(
            conn, model_id, folder=model_id, items_digest="", n_items=0, metrics={}, seconds=0,
            actor_id=ANNA, now=plant.now(),
        )  # fmt: skip
        return model_id

    model_id = plant.db.write(write)
    folder = plant.services.models_path / model_id
    folder.mkdir(parents=True)
    write_card(folder, ModelCard(architecture=new.architecture, task=Task.DETECTION, labels=("thing",)))
    return model_id


def add_scenes(plant: Plant, dataset_id: str, *, count: int, digits: int = 4) -> list[tuple[Item, dict[Box, str]]]:
    """Add dark scenes of 160×160 with real digits near the corners, the last dim; with the boxes of their ink."""
    from sklearn.datasets import load_digits

    known = load_digits()
    found = []
    for scene in range(count):
        canvas = np.zeros((160, 160), np.float64)
        places: dict[Box, str] = {}
        for corner in range(digits):
            number = scene * 4 + corner
            x, y = (8, 108)[corner % 2], (8, 108)[corner // 2]
            picture = Image.fromarray((known.images[number] / 16 * 255).astype(np.uint8)).resize((40, 40))
            ink = np.asarray(picture, np.float64) * (0.4 if corner == 3 else 1.0)
            canvas[y : y + 40, x : x + 40] = ink
            rows, columns = np.nonzero(ink > ink.max() / 2)
            box = Box(
                x0=float(x + columns.min()), y0=float(y + rows.min()),
                x1=float(x + columns.max() + 1), y1=float(y + rows.max() + 1),
            )  # fmt: skip
            places[box] = str(known.target[number])
        name = f"scene-{digits}-{scene}.png"
        new = _image(plant, name, Image.fromarray(canvas.astype(np.uint8)))
        item = plant.db.write(lambda conn, new=new: add_items(conn, dataset_id, [new], actor_id=ANNA, now=plant.now()))  # type: ignore[misc]
        found.append((item[0], places))
    return found
