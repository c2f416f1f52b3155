"""The active_learning template from the first image to the second decision."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from tests.db.pipelines.conftest import ANNA, Plant

from whorl.annotations.actions import save_annotations
from whorl.annotations.queries import annotation_history, list_annotations, read_item_annotations
from whorl.base.errors import JsonValue
from whorl.datasets.actions import freeze_test
from whorl.datasets.queries import list_items
from whorl.models.queries import get_evaluation, get_model, list_comparisons, list_evaluations, list_models
from whorl.pipelines.templates import load_template
from whorl.schemas.annotations import AnnotationDraft, ClassTag, Layer
from whorl.schemas.pipelines import Pipeline
from whorl.schemas.records import Subset
from whorl.store.db.tables import model as model_table
from whorl.store.db.tables import run

POOL = [f"{kind}{number:02d}.png" for kind in ("bright", "dark") for number in range(15)]
TEST = [f"{kind}-test{number}.png" for kind in ("bright", "dark") for number in range(5)]


@pytest.mark.timeout(120)
@pytest.mark.slow
def test_template__two_rounds(plant: Plant) -> None:
    pipeline, pool, truth = _prepare(plant)
    assert plant.parked(pipeline) == {"choose": 30}
    plant.start(pipeline, "choose.start", cause="round:1")
    plant.settle()
    for number in (1, 2):
        assert plant.label("label") == 8, f"round {number}"
        plant.settle()
        assert plant.approve("review") == 8
        plant.settle()
    _check_decisions(plant, pipeline)
    _check_layers(plant, pool, truth, str(plant.variables(pipeline)["champion"]))
    # 30 items came in; 16 of them went all the way. One run per round of choosing, and one per training.
    assert plant.steps(pipeline) == {
        "raw": 30, "choose": 16 + 2, "prelabel": 16, "label": 16, "review": 16, "divide": 16, "gather": 16,
        "challenger": 2, "train": 2, "test_challenger": 2, "test_champion": 2, "meet": 2, "compare": 2,
        "promote": 1, "tell_kept": 1,
    }  # fmt: skip
    assert plant.states(pipeline) == {"active": 14, "done": 20}
    assert plant.open_tokens(pipeline) == 14
    assert plant.parked(pipeline) == {"choose": 14}
    causes = [one.cause.split(":")[0] for one in plant.runs(pipeline) if one.start_node == "choose"]
    assert causes == ["round", "next_round"]
    _check_lineage(plant, pool, truth)


def _prepare(plant: Plant) -> tuple[Pipeline, str, str]:
    pool, truth = plant.dataset("pool"), plant.dataset("truth")
    for item in plant.add(truth, TEST, subset=Subset.TEST):
        _save_class(plant, item.id, item.name.split("-")[0])
    plant.db.write(lambda conn: freeze_test(conn, truth, reason="models meet on it", actor_id=ANNA, now=plant.now()))
    settings: dict[str, JsonValue] = {
        "pool": pool,
        "ground_truth": truth,
        "architecture": "whorl.testing.adapters:FakeClassifier",
        "strategy": "random",
        "random_share": 0.0,
        "budget": 8,
        "retrain_every": 8,
        "more_rounds": 1,
        "validation_share": 0.25,
    }
    pipeline = plant.apply(load_template("active_learning", **settings))
    plant.add(pool, POOL)
    plant.settle()
    return pipeline, pool, truth


def _save_class(plant: Plant, item_id: str, label: str) -> None:
    with plant.db.read() as conn:
        at = read_item_annotations(conn, item_id).revision
    draft = AnnotationDraft(label=label, geometry=ClassTag())
    plant.db.write(
        lambda conn: save_annotations(conn, item_id, drafts=[draft], base_revision=at, actor_id=ANNA, now=plant.now())
    )


def _check_decisions(plant: Plant, pipeline: Pipeline) -> None:
    with plant.db.read() as conn:
        decided = list_comparisons(conn, project_id=plant.project_id)
        models = list_models(conn, project_id=plant.project_id).items[::-1]
    # The second challenger is the same model on the same test items: a tie, which keeps the champion.
    assert [(one.champion_id, one.challenger_id, one.decision) for one in decided] == [
        (None, models[0].id, "promote"),
        (models[0].id, models[1].id, "tie"),
    ]
    assert [one.status for one in models] == ["trained", "trained"]
    # Each decision names the run it was made in: the one that registered its challenger.
    trainings = [one for one in plant.runs(pipeline) if one.start_node == "challenger"]
    assert [one.run_id for one in decided] == [one.id for one in trainings]
    assert models[1].parent_id == models[0].id
    assert plant.variables(pipeline)["champion"] == models[0].id


def _check_layers(plant: Plant, pool: str, truth: str, champion: str) -> None:
    with plant.db.read() as conn:
        pooled = list_items(conn, pool).items
        gathered = [one for one in list_items(conn, truth).items if one.subset is not Subset.TEST]
        said = list_annotations(conn, [one.id for one in pooled], layer=Layer.TRUTH)
        guessed = list_annotations(conn, [one.id for one in pooled], layer=Layer.PREDICTION)
        copied = list_annotations(conn, [one.id for one in gathered], layer=Layer.TRUTH)
        copied_guesses = list_annotations(conn, [one.id for one in gathered], layer=Layer.PREDICTION)
    assert len(said) == 16
    assert {one.author_id for one in said} == {ANNA}
    # Only the second round had a champion to pre-label with; what it said stays what it said.
    assert [one.author_id for one in guessed] == [champion] * 8
    assert copied_guesses == []
    names = {one.id: one.name for one in gathered}
    assert {(names[one.item_id].rstrip("0123456789.png"), one.label) for one in copied} == {
        ("bright", "bright"),
        ("dark", "dark"),
    }
    subsets = sorted(one.subset.value for one in gathered if one.subset is not None)
    assert subsets == ["train"] * 12 + ["validation"] * 4


def _check_lineage(plant: Plant, pool: str, truth: str) -> None:
    """From a prediction to the people whose labels its model learnt from, by ids alone."""
    with plant.db.read() as conn:
        items = [one.id for one in list_items(conn, pool).items]
        prediction = list_annotations(conn, items, layer=Layer.PREDICTION)[0]
        assert prediction.author_kind == "model"
        model = get_model(conn, prediction.author_id)
        assert model.dataset_id == truth
        run_id = conn.execute(select(model_table.c.run_id).where(model_table.c.id == model.id)).scalar_one()
        run_of_model = conn.execute(select(run.c.start_node).where(run.c.id == run_id)).scalar_one()
        learnt = list_items(conn, model.dataset_id, as_of=model.revision).items
        versions = [
            version
            for one in list_annotations(conn, [item.id for item in learnt], layer=Layer.TRUTH, as_of=model.revision)
            for version in annotation_history(conn, one.id)
        ]
        tested = list_evaluations(conn, model_id=model.id)
        assert get_evaluation(conn, tested[0].id).model_id == model.id
    assert run_of_model == "challenger"
    assert len(learnt) == 18
    assert {one.author_id for one in versions} == {ANNA}
    assert [one.revision for one in tested] == [model.revision, tested[-1].revision]
