"""Features are there before they are asked for, and nothing of them travels."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from tests.db.pipelines.conftest import ANNA, Plant
from tests.db.pipelines.flows import list_told, make_flow, raw, tell

from whorl.datasets.actions import delete_items
from whorl.models.features import FeatureCache
from whorl.models.features.extract import HOG
from whorl.pipelines.nodes import embed
from whorl.schemas.pipelines import Pipeline
from whorl.store.db.tables import item


def _flow(plant: Plant, pool: str) -> Pipeline:
    nodes = {"raw": raw(pool), "embed": {"type": "embed"}, "tell": tell()}
    return make_flow(plant, nodes, ["raw.item > embed.item", "embed.item > tell.signal"])  # type: ignore[arg-type]


def _outputs(plant: Plant, pipeline: Pipeline) -> list[dict[str, object]]:
    steps = [step for one in plant.runs(pipeline) for step in plant.journey(one)]
    return [dict(step.output) for step in steps if step.node == "embed"]


def test_embed__keeps_features_by_content(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    pipeline = _flow(plant, pool)
    items = plant.add(pool, ["bright", "dark"])
    plant.settle()
    (width,) = {one["features"] for one in _outputs(plant, pipeline)}
    kept = FeatureCache(plant.services.features_path)

    def never(positions: object) -> object:
        raise AssertionError("computed again")

    rows = kept.fill([one.sha256 for one in items], HOG, never)  # type: ignore[arg-type]
    assert isinstance(width, int)
    assert rows.shape[0] == 2
    assert 0 < rows.shape[1] <= width
    assert (list_told(plant), plant.states(pipeline)) == (["look", "look"], {"done": 2})


def test_embed__lets_others_pass_and_ends_the_deleted(sqlite_plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    pipeline = _flow(plant, pool)
    sound, gone = plant.add(pool, ["sound", "gone"])
    plant.db.write(
        lambda conn: conn.execute(update(item).where(item.c.id == sound.id).values(media_type="audio/wav")) and None
    )
    plant.runtime.pump()
    plant.db.write(lambda conn: delete_items(conn, pool, [gone.id], actor_id=ANNA, now=plant.now()))
    monkeypatch.setattr(embed, "fill_cache", None)
    plant.settle()
    told = sorted(str(one) for one in _outputs(plant, pipeline))
    assert told == ["{'ended': 'the item was deleted'}", "{'skipped': 'not an image'}"]
    assert list_told(plant) == ["look"]
