"""The jobs that predict and evaluate, in tiles and at once, by a model that sees little of a large image."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage
from tests.db.conftest import ANNA, House, box_draft, make_house

from whorl.annotations.queries import list_annotations
from whorl.base.clock import SystemClock
from whorl.base.errors import JsonValue
from whorl.engine import Dispatcher, InlineExecutor
from whorl.engine.handlers import StaticHandlers
from whorl.engine.jobs import create_job, get_job
from whorl.models import actions
from whorl.models.jobs import model_job_handlers
from whorl.models.queries import list_evaluations
from whorl.models.training import TrainingRequest, train_inline
from whorl.models.types import Task, TrainingData, TrainingSample
from whorl.schemas.annotations import Box, Layer
from whorl.schemas.datasets import Item
from whorl.schemas.records import Subset
from whorl.store.blobs import BlobStore, open_blobs, put_content
from whorl.store.db import Database

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CORNERS = [(20, 20), (250, 30), (120, 244), (300, 300)]
TILES: dict[str, JsonValue] = {"size": 64, "overlap": 0.25, "whole": False}


@dataclass
class Bench:
    """One large test image with four small white squares, and a model."""

    house: House
    home: Path
    blobs: BlobStore
    item: Item
    model_id: str

    def run(self, kind: str, **params: JsonValue) -> dict[str, JsonValue]:
        whole: dict[str, JsonValue] = {"model_id": self.model_id, "dataset_id": self.house.dataset_id, **params}
        made = self.house.db.write(
            lambda conn: create_job(
                conn, kind, project_id=self.house.project_id, params=whole, actor_id=ANNA, now=self.house.now()
            )
        )
        handlers = StaticHandlers(model_job_handlers(self.house.db, self.blobs, self.home, SystemClock()))
        dispatcher = Dispatcher(self.house.db, handlers, executor=InlineExecutor(), clock=SystemClock())
        assert dispatcher.run_until_idle(60)
        with self.house.db.read() as conn:
            job = get_job(conn, made)
        assert job.error is None
        return dict(job.result)

    def found(self) -> list[tuple[float, float, float, float]]:
        with self.house.db.read() as conn:
            said = list_annotations(conn, [self.item.id], layer=Layer.PREDICTION)
        shapes = [one.geometry for one in said]
        return sorted((one.x0, one.y0, one.x1, one.y1) for one in shapes if isinstance(one, Box))


@pytest.fixture
def bench(sqlite: Database, tmp_path: Path) -> Bench:
    pixels = np.zeros((360, 360, 3), np.uint8)
    for x, y in CORNERS:
        pixels[y : y + 10, x : x + 10] = 255
    data = io.BytesIO()
    PilImage.fromarray(pixels).save(data, "PNG")
    blobs, house = open_blobs("memory://"), make_house(sqlite)
    (item,) = house.add(
        "street.png", sha256=put_content(blobs, data.getvalue()), width=360, height=360, subset=Subset.TEST
    )
    drafts = [box_draft(geometry=Box(x0=x, y0=y, x1=x + 10, y1=y + 10)) for x, y in CORNERS]
    house.save(item, *drafts)
    model = actions.NewModel("small", "detection", "tests.db.models.shrinkers:Shrinking", ["car"], {}, 1, 1, {})
    model_id = sqlite.write(
        lambda conn: actions.create_model(conn, model, project_id=house.project_id, actor_id=ANNA, now=NOW)
    )
    (tmp_path / "street.png").write_bytes(data.getvalue())
    sample = TrainingSample(tmp_path / "street.png", ("car",), np.array([[20, 20, 30, 30]], np.float32))
    request = TrainingRequest("tests.db.models.shrinkers:Shrinking", TrainingData(Task.DETECTION, ("car",), (sample,)))
    train_inline(request, tmp_path / "models" / model_id)
    sqlite.write(
        lambda conn: actions.mark_trained(
            conn,
            model_id,
            folder=model_id,
            items_digest="0" * 64,
            n_items=1,
            metrics={},
            seconds=1.0,
            actor_id=ANNA,
            now=NOW,
        )
    )
    return Bench(house, tmp_path, blobs, item, model_id)


def test_predict__small_objects_are_found_in_tiles_alone(bench: Bench) -> None:
    assert bench.run("predict")["predictions"] == 0
    assert bench.found() == []
    assert bench.run("predict", tiling=TILES)["predictions"] == len(CORNERS)
    assert bench.found() == sorted((x, y, x + 10, y + 10) for x, y in CORNERS)


def test_evaluate__tiled_and_whole_are_two_scores(bench: Bench) -> None:
    bench.run("evaluate")
    bench.run("evaluate", tiling=TILES)
    with bench.house.db.read() as conn:
        scored = list_evaluations(conn, model_id=bench.model_id)
    assert [("tiling" in one.query, one.metric) for one in scored] == [(False, 0.0), (True, 1.0)]
