"""Images, their pieces and what is said of them: what tests of tiles and crops share."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from tests.db.pipelines.conftest import ANNA, Plant

from whorl.annotations.actions import add_predictions
from whorl.annotations.queries import list_annotations
from whorl.base.errors import JsonValue
from whorl.datasets.actions import add_items, update_items
from whorl.datasets.queries import list_items
from whorl.schemas.annotations import Annotation, Box, Layer
from whorl.schemas.datasets import Item, ItemPatch, NewItem
from whorl.schemas.pipelines import Pipeline
from whorl.schemas.records import AnnotationRecord, Subset
from whorl.store.blobs import put_content

MODEL = "mdl_finder"
# Two columns and one row of tiles, at x 0 and 40.
WIDTH, HEIGHT, SIDE = 104, 64, 64
FLOW = ["raw.item > cut.item", "cut.item > look.item", "look.submitted > merge.item", "merge.item > done.signal"]


def add_image(plant: Plant, dataset: str, name: str, *, width: int = WIDTH, height: int = HEIGHT) -> Item:
    """Add a picture of noise."""
    pixels = np.random.default_rng(len(name)).integers(0, 255, (height, width, 3)).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return add_bytes(plant, dataset, name, buffer.getvalue(), width, height)


def add_bytes(plant: Plant, dataset: str, name: str, data: bytes, width: int, height: int) -> Item:
    """Add an item with these bytes."""
    new = NewItem(
        name=name,
        sha256=put_content(plant.services.blobs, data),
        media_type="image/png",
        width=width,
        height=height,
        bytes=len(data),
        subset=Subset.TRAIN,
        metadata={"site": "north"},
    )
    return plant.db.write(lambda conn: add_items(conn, dataset, [new], actor_id=ANNA, now=plant.now()))[0]


def list_pieces(plant: Plant, dataset: str) -> list[Item]:
    """The items of a dataset."""
    with plant.db.read() as conn:
        return list_items(conn, dataset).items


def predict(plant: Plant, dataset: str, said: dict[str, list[tuple[str, float, Box]]]) -> None:
    """Predictions by the name of their item."""
    ids = {item.name: item.id for item in list_pieces(plant, dataset)}
    records = {
        ids[name]: [AnnotationRecord(label, box, confidence) for label, confidence, box in found]
        for name, found in said.items()
    }
    plant.db.write(lambda conn: add_predictions(conn, dataset, records, model_id=MODEL, actor_id=ANNA, now=plant.now()))


def box(x0: float, y0: float, x1: float, y1: float) -> Box:
    """A box."""
    return Box(x0=x0, y0=y0, x1=x1, y1=y1)


def said_of(plant: Plant, item: Item, layer: Layer = Layer.PREDICTION) -> list[Annotation]:
    """What stands on an item."""
    with plant.db.read() as conn:
        return list_annotations(conn, [item.id], layer=layer)


def step(plant: Plant, pipeline: Pipeline, node: str) -> list[dict[str, JsonValue]]:
    """What a node told of each item."""
    return [dict(step.output) for run in plant.runs(pipeline) for step in plant.journey(run) if step.node == node]


def touch(plant: Plant, item: Item) -> None:
    """Change an item, so that its event starts a run."""
    touched = {item.id: ItemPatch(metadata={"touched": True})}
    plant.db.write(lambda conn: update_items(conn, item.dataset_id, touched, actor_id=ANNA, now=plant.now()))
