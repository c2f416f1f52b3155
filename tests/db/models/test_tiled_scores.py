"""A score in tiles is kept as one, and never stands for a score of images at once."""

from __future__ import annotations

from typing import Any

from tests.db.conftest import ANNA, House

from whorl.base.errors import JsonValue
from whorl.datasets.revisions import load_dataset
from whorl.models import actions
from whorl.models.queries import find_whole_evaluation


def test_find_whole_evaluation__passes_over_tiles(house: House) -> None:
    def add(conn: Any) -> tuple[str, list[str]]:
        row = load_dataset(conn, house.dataset_id)
        model = actions.NewModel("n", "detection", "builtin:tinydet", ["car"], {}, row.key, row.revision, {})
        model_id = actions.create_model(conn, model, project_id=house.project_id, actor_id=ANNA, now=house.now())
        made = []
        queries: list[dict[str, JsonValue]] = [{"subsets": ["test"]}, {"subsets": ["test"], "tiling": {"size": 320}}]
        for query in queries:
            new = actions.NewEvaluation(
                model_id=model_id,
                dataset_key=row.key,
                revision=row.revision,
                items_digest="1" * 64,
                n_items=1,
                metric_name="ap50",
                metric=0.5,
                metrics={},
                outputs_sha256="0" * 64,
                query=query,
            )
            made.append(actions.add_evaluation(conn, new, actor_id=ANNA, now=house.now()))
        return model_id, made

    model_id, (plain, _) = house.db.write(add)
    with house.db.read() as conn:
        at = load_dataset(conn, house.dataset_id).revision
        found = find_whole_evaluation(conn, model_id=model_id, dataset_id=house.dataset_id, revision=at)
    assert found is not None
    assert found.id == plain
