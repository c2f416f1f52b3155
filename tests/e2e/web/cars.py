"""Cars seen from above: small pieces of real photographs, what stands on them, and a model that misses some."""

from __future__ import annotations

import io
import secrets
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from tests.e2e.web.serving import Server

from whorl.schemas.ontology import Label, OntologyDraft
from whorl.schemas.records import Subset
from whorl.sdk.client import Project
from whorl.sdk.drawing import Box
from whorl.sdk.models import Model

SIZE = (640, 480)
PIECES = (("DJI_0005-0185", 1040, 280), ("DJI_0013-0036", 200, 280), ("DJI_0005-0166", 640, 480))
"""Photo and left top of a piece on which no car is cut."""
VEHICLE, KINDS = "vehicle", ("car", "truck")

Place = tuple[float, float, float, float]


@dataclass(frozen=True)
class Piece:
    """A piece of a photograph and the cars on it, in its pixels; the model never saw the last one."""

    content: bytes
    cars: list[Place]


def cut_pieces(shared: Path) -> list[Piece]:
    """The pieces, as PNG."""
    return [_cut(shared / "data" / "aerial_cars", *piece) for piece in PIECES]


def _cut(folder: Path, name: str, left: int, top: int) -> Piece:
    width, height = SIZE
    with Image.open(folder / "images" / f"{name}.jpg") as photo:
        whole = photo.size
        piece = photo.convert("RGB").crop((left, top, left + width, top + height))
    out = io.BytesIO()
    piece.save(out, "PNG")
    cars = []
    for line in (folder / "labels" / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        _, x, y, w, h = (float(word) for word in line.split())
        x0, y0 = (x - w / 2) * whole[0] - left, (y - h / 2) * whole[1] - top
        box = (x0, y0, x0 + w * whole[0], y0 + h * whole[1])
        if box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height:
            cars.append(box)
    return Piece(out.getvalue(), cars)


def make_project(server: Server, name: str) -> Project:
    """A project with the vehicle of the boxes and the kinds that an expert tells apart."""
    project = server.client.projects.create(f"{name[:80]} {secrets.token_hex(4)}")
    project.set_ontology(OntologyDraft(labels=[Label(name=one) for one in (VEHICLE, *KINDS)]))
    return project


def train_finder(project: Project, pieces: list[Piece]) -> Model:
    """A model that was shown every car but the last one of each piece."""
    dataset = project.datasets.create("shown")
    for number, piece in enumerate(pieces):
        item = dataset.items.upload_bytes(piece.content, f"shown-{number}.png")
        annotations = item.annotations.builder()
        for x0, y0, x1, y1 in piece.cars[:-1]:
            annotations = annotations.add(Box(x0, y0, x1, y1, label=VEHICLE))
        item.annotations.upload(annotations)
        item.update(subset=Subset.VALIDATION if number == len(pieces) - 1 else Subset.TRAIN)
    model = project.models.create("finder", architecture="patch_finder:PatchFinder", dataset_id=dataset.id)
    model.train().wait(timeout_s=250)
    return model
