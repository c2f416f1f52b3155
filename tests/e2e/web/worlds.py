"""Small projects to test on, made through the SDK."""

from __future__ import annotations

import io
import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw
from tests.e2e.web.serving import Server

from whorl.schemas.ontology import Label, OntologyDraft
from whorl.schemas.records import Subset
from whorl.sdk.client import Project
from whorl.sdk.datasets import Dataset
from whorl.sdk.drawing import Box
from whorl.sdk.models import Model
from whorl.sdk.tasks import Task

SCRIPT_LABEL = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
LABELS = ("apple", "pear", "plum")
WIDTH, HEIGHT = 640, 480


@dataclass
class World:
    """A project with pictures and a task.

    Attributes:
        item_ids: In the order of their names.
    """

    server: Server
    project: Project
    dataset: Dataset
    task: Task
    item_ids: list[str] = field(default_factory=list)

    def path(self, rest: str = "") -> str:
        """An address inside the project."""
        return f"/p/{self.project.id}{rest}"

    @property
    def studio(self) -> str:
        """Where its task is labelled."""
        return self.path(f"/studio/{self.task.id}")

    def statuses(self) -> list[str]:
        """Where the items of the task stand, in the order of the pictures."""
        found = {one.item_id: one.status for one in self.task.items()}
        return [found[item_id] for item_id in self.item_ids]

    def truth(self, item_id: str) -> list[tuple[str, str]]:
        """Label and shape of what stands on an item."""
        found = self.dataset.items.get(item_id=item_id).annotations.list()
        return sorted((one.label, one.geometry.type) for one in found)


def make_world(
    server: Server,
    name: str,
    *,
    items: int = 4,
    labels: Sequence[str] = LABELS,
    tools: Sequence[str] = ("box", "polygon"),
    pictures: Sequence[bytes] = (),
    lease_seconds: int = 600,
) -> World:
    """A project with ``items`` pictures of coloured discs, or the given ones, all in one task with these tools."""
    project = server.client.projects.create(f"{name[:80]} {secrets.token_hex(4)}")
    project.set_ontology(OntologyDraft(labels=[Label(name=label) for label in labels]))
    dataset = project.datasets.create("pictures")
    contents = list(pictures) or [picture(seed) for seed in range(items)]
    made = [dataset.items.upload_bytes(content, picture_name(number)).id for number, content in enumerate(contents)]
    recipe = server.ask("POST", f"/projects/{project.id}/recipes", {"name": "way", "tools": list(tools)})
    wanted = {"name": "label them", "dataset_id": dataset.id, "recipe_id": recipe["id"]}
    wanted |= {"lease_seconds": lease_seconds}
    task = project.tasks.get(task_id=server.ask("POST", f"/projects/{project.id}/tasks", wanted)["id"])
    if made:
        task.add_items(made)
    return World(server, project, dataset, task, made)


def picture_name(number: int) -> str:
    """What the picture with a number is called."""
    return f"picture-{number:03d}.jpg"


def picture(seed: int, *, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """A JPEG with three discs, somewhere else for each seed."""
    image = Image.new("RGB", (width, height), (232, 228, 218))
    draw = ImageDraw.Draw(image)
    for number, colour in enumerate(((196, 60, 48), (94, 140, 60), (92, 62, 120))):
        angle = seed * 1.7 + number * 2.1
        x, y = width * (0.5 + 0.32 * math.cos(angle)), height * (0.5 + 0.3 * math.sin(angle))
        radius = height * (0.08 + 0.02 * number)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def propose(world: World) -> Model:
    """Train a model that sees three boxes on every image, and let it look at every picture."""
    for item_id, subset in zip(world.item_ids, (Subset.TRAIN, Subset.VALIDATION, Subset.TEST), strict=False):
        item = world.dataset.items.get(item_id=item_id)
        item.annotations.upload(item.annotations.builder().add(Box(10, 10, 60, 60, label=LABELS[0])))
        item.update(subset=subset)
    model = world.project.models.create("steady", architecture="steady_boxes:SteadyBoxes", dataset_id=world.dataset.id)
    model.train().wait(timeout_s=250)
    model.predict().wait(timeout_s=250)
    return model
