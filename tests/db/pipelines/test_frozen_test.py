"""Once models were compared on a test subset, nothing enters or leaves it, and what would has a way out."""

from __future__ import annotations

import numpy as np
import pytest
from tests.db.pipelines.conftest import ANNA, Plant

from whorl.base.errors import Conflict
from whorl.datasets.actions import freeze_test, update_items
from whorl.datasets.queries import find_frozen_test, list_items
from whorl.datasets.revisions import load_dataset
from whorl.models import actions as model_actions
from whorl.models.comparison import ClassificationCase, compare_models
from whorl.models.deciding import Compared
from whorl.pipelines.nodes.base import NodeContext
from whorl.pipelines.nodes.compare import CompareNode, CompareParams
from whorl.pipelines.tokens import Emission, Passed, Token
from whorl.schemas.datasets import ItemPatch
from whorl.schemas.pipelines import PipelineDefinition
from whorl.schemas.records import Subset


def test_compare__freezes_the_test_subset_it_was_made_on(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    truth = plant.dataset("truth")
    [item] = plant.add(truth, ["bright.png"], subset=Subset.TEST)
    context = NodeContext(
        plant.services, "pip_1", "loop", plant.project_id, 1, "compare", CompareParams(), lambda: None
    )
    compared = _compared(plant, truth)
    token, result = Token(1, compared.challenger_id, 0, "both"), Passed((Emission("tie", "mdl_1"),), effect=compared)
    plant.db.write(lambda conn: CompareNode().commit(conn, [token], [result], context))
    with plant.db.read() as conn:
        frozen = find_frozen_test(conn, truth)
    assert frozen is not None
    assert frozen.reason.startswith("models were compared on it: cmp_")
    with pytest.raises(Conflict, match="frozen"):
        plant.add(truth, ["another.png"], subset=Subset.TEST)
    leave = {item.id: ItemPatch(subset=Subset.TRAIN)}
    with pytest.raises(Conflict, match="frozen"):
        plant.db.write(lambda conn: update_items(conn, truth, leave, actor_id=ANNA, now=plant.now()))


def test_collect__an_item_for_a_frozen_test_subset_leaves_by_held(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool, truth = plant.dataset("pool"), plant.dataset("truth")
    plant.db.write(lambda conn: freeze_test(conn, truth, reason="compared", actor_id=ANNA, now=plant.now()))
    pipeline = plant.apply(
        PipelineDefinition.model_validate(
            {
                "name": "gather",
                "nodes": [
                    {"id": "raw", "type": "dataset", "params": {"dataset": pool}},
                    {"id": "gather", "type": "collect", "params": {"dataset": truth}},
                    {"id": "tell", "type": "notify", "params": {"message": "held back"}},
                ],
                "edges": [
                    {"source": "raw.item", "target": "gather.item"},
                    {"source": "gather.held", "target": "tell.signal"},
                ],
                "triggers": [
                    {"id": "new", "type": "event", "target": "raw.item", "event": "item.created", "dataset": pool}
                ],
            }
        )
    )
    plant.add(pool, ["late.png"], subset=Subset.TEST)
    plant.add(pool, ["fine.png"], subset=Subset.TRAIN)
    plant.settle()
    assert plant.states(pipeline) == {"done": 2}
    assert plant.steps(pipeline) == {"raw": 2, "gather": 2, "tell": 1}
    with plant.db.read() as conn:
        assert [item.name for item in list_items(conn, truth).items] == ["fine.png"]


def _compared(plant: Plant, dataset_id: str) -> Compared:
    labels = np.array([0, 1, 0, 1])
    case = ClassificationCase(labels, None, np.eye(2)[labels] * 0.9 + 0.05, ["dark", "bright"])
    with plant.db.read() as conn:
        row = load_dataset(conn, dataset_id)
    new = model_actions.NewModel(
        name="m",
        task="classification",
        architecture="builtin:linear",
        labels=["dark", "bright"],
        params={},
        dataset_key=row.key,
        revision=row.revision,
        query={},
    )
    model_id = plant.db.write(
        lambda conn: model_actions.create_model(conn, new, project_id=plant.project_id, actor_id=ANNA, now=plant.now())
    )
    return Compared(compare_models(case, seed=0), None, model_id, dataset_id, row.revision, "0" * 64)
