"""Model folders that are quick to make and to load, for tests of endpoints, and images to ask them about."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from sqlalchemy import Connection, insert

from whorl.base.ids import new_id
from whorl.models.folder import ModelCard, write_card
from whorl.models.types import Task
from whorl.store.db.tables import model

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LABELS = ("bright", "dark")
MODULE = "strange_models"
SLOW, HANGS = 33, 35
"""Heights of images over which the models below sleep for a moment, or for ever."""
SOURCE = f"""
import time

def _behave(image):
    if image.shape[0] == {SLOW}: time.sleep(0.3)
    if image.shape[0] == {HANGS}: time.sleep(3600)

def bright(image):
    _behave(image)
    share = float(image.mean()) / 255
    return {{"bright": share, "dark": 1 - share}}

def dark(image):
    share = float(image.mean()) / 255
    return {{"bright": 1 - share, "dark": share}}

class Broken:
    def load(self, folder):
        raise RuntimeError("these weights are of another model")
    def predict(self, images):
        return []
"""


def write_module(folder: Path) -> None:
    """Write the module that the models below are functions of."""
    folder.joinpath(f"{MODULE}.py").write_text(SOURCE, encoding="utf-8")


def write_model(models: Path, model_id: str, function: str) -> None:
    """Write the folder of a model that calls a function of the module."""
    folder = models / model_id
    folder.mkdir(parents=True)
    write_card(folder, ModelCard(f"{MODULE}:{function}", Task.CLASSIFICATION, LABELS))


def add_model(
    conn: Connection, project_id: str, function: str, *, status: str = "trained", variant: str | None = None
) -> str:
    """Add a row for a model that calls a function of the module; its folder has its id."""
    made = new_id("model")
    conn.execute(
        insert(model).values(
            id=made,
            project_id=project_id,
            name=function,
            task="classification",
            architecture=f"{MODULE}:{function}",
            params={},
            labels=list(LABELS),
            status=status,
            folder=made if status == "trained" else None,
            query={},
            variant=variant,
            metrics={},
            created_at=NOW,
        )
    )
    return made


def picture(*, height: int = 32, width: int = 32, level: int = 200, kind: str = "JPEG") -> bytes:
    """The bytes of a plain gray image."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (level, level, level)).save(out, kind)
    return out.getvalue()
