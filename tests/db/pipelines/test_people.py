"""What people's nodes make of their parameters."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection
from tests.db.pipelines.conftest import ANNA, Plant
from tests.db.pipelines.flows import NEW, list_told, make_flow, raw, tell

from whorl.annotations.queries import read_item_annotations
from whorl.base.errors import GraphError, InvalidInput, JsonValue
from whorl.engine.queries import list_dead_letters
from whorl.ontology.actions import create_recipe
from whorl.pipelines.nodes import node_types
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.schemas.ontology import RecipeDraft, Tool
from whorl.schemas.pipelines import Pipeline, PipelineDefinition
from whorl.schemas.tasks import Lease, Task
from whorl.tasks import queries as task_queries
from whorl.tasks import work


def make_recipe(plant: Plant, name: str, tool: Tool = Tool.CLASS) -> str:
    draft = RecipeDraft(name=name, tools=[tool])
    return plant.db.write(lambda conn: create_recipe(conn, plant.project_id, draft, actor_id=ANNA, now=plant.now())).id


def find_task(plant: Plant, name: str) -> Task:
    with plant.db.read() as conn:
        found = task_queries.find_task(conn, plant.project_id, name)
    assert found is not None
    return found


@pytest.mark.parametrize("kind", ["label", "review"])
def test_recipe__the_task_gets_it(plant: Plant, kind: str) -> None:
    pool, recipe = plant.dataset("pool"), make_recipe(plant, "classes")
    more = {"label_task": "people before"} if kind == "review" else {}
    make_flow(
        plant,
        {"raw": raw(pool), "people": {"type": kind, "dataset": pool, "task": "people", "recipe": recipe, **more}},
        ["raw.item > people.item"],
    )
    plant.add(pool, ["a"])
    plant.settle()
    assert find_task(plant, "people").recipe_id == recipe


def test_recipe__a_variable_that_changes_changes_the_task_with_the_next_item(plant: Plant) -> None:
    pool, recipe = plant.dataset("pool"), make_recipe(plant, "classes")
    people = {"type": "label", "dataset": pool, "task": "people", "recipe": {"$var": "recipe"}}
    pipeline = make_flow(
        plant,
        {"raw": raw(pool), "people": people},  # type: ignore[dict-item]
        ["raw.item > people.item"],
        variables={"recipe": None},
    )
    plant.add(pool, ["a"])
    plant.settle()
    assert find_task(plant, "people").recipe_id is None
    plant.set(pipeline, "recipe", recipe)
    plant.add(pool, ["b"])
    plant.settle()
    assert find_task(plant, "people").recipe_id == recipe
    # Without a value again, what the task has stays.
    plant.set(pipeline, "recipe", None)
    plant.add(pool, ["c"])
    plant.settle()
    assert find_task(plant, "people").recipe_id == recipe


def test_recipe__that_is_not_there_is_a_dead_letter_which_says_so(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    make_flow(
        plant,
        {"raw": raw(pool), "people": {"type": "label", "dataset": pool, "task": "people", "recipe": "rcp_gone"}},
        ["raw.item > people.item"],
    )
    plant.add(pool, ["a"])
    plant.settle(patience_s=120)
    with plant.db.read() as conn:
        (letter,) = list_dead_letters(conn)
    assert "no such recipe in this project: rcp_gone" in letter.error


def _ask(plant: Plant, **params: JsonValue) -> tuple[str, Pipeline]:
    pool = plant.dataset("pool")
    people: dict[str, JsonValue] = {"dataset": pool, "task": "people", **params}
    ports = node_types()[str(params["type"])].outputs
    ends = {port: tell(port) for port in ports}
    edges = ["raw.item > people.item", *(f"people.{port} > {port}.signal" for port in ports)]
    return pool, make_flow(plant, {"raw": raw(pool), "people": people, **ends}, edges)


def _lease(plant: Plant, who: str = ANNA, n: int = 1) -> list[Lease]:
    task = find_task(plant, "people")
    return plant.db.write(lambda conn: work.lease_next(conn, task.id, actor_id=who, now=plant.now(), n=n))


def _hand_in(plant: Plant, lease: Lease, who: str = ANNA, *labels: str, answer: str | None = None) -> None:
    def submit(conn: Connection) -> None:
        held = read_item_annotations(conn, lease.item_id)
        work.submit_item(
            conn,
            lease.task_id,
            lease.item_id,
            lease_token=lease.lease_token,
            annotations=[AnnotationDraft(label=one, geometry=ClassTag()) for one in labels] if labels else None,
            base_revision=held.revision,
            answer=answer,
            active_seconds=1.0,
            actor_id=who,
            now=plant.now(),
        )

    plant.db.write(submit)


def _throw_away(plant: Plant, lease: Lease, who: str = ANNA) -> None:
    plant.db.write(
        lambda conn: work.discard_item(
            conn,
            lease.task_id,
            lease.item_id,
            reason="blurred",
            lease_token=lease.lease_token,
            actor_id=who,
            now=plant.now(),
        )
    )


def _output(plant: Plant, pipeline: Pipeline, ref: str) -> dict[str, JsonValue]:
    (found,) = [one for one in plant.runs(pipeline) if one.ref == ref]
    (step,) = [one for one in plant.journey(found) if one.node == "people"]
    return dict(step.output)


def test_validate__the_answer_is_the_port_and_in_the_journey(plant: Plant) -> None:
    pool, pipeline = _ask(plant, type="validate", question="Is it dark?")
    plant.add(pool, ["a", "b", "c"])
    plant.settle()
    assert find_task(plant, "people").settings["question"] == "Is it dark?"
    yes, no, bad = _lease(plant, n=3)
    _hand_in(plant, yes, answer="yes")
    _hand_in(plant, no, answer="no")
    _throw_away(plant, bad)
    plant.settle()
    assert sorted(list_told(plant)) == ["discarded", "no", "yes"]
    assert plant.states(pipeline) == {"done": 3}
    said = _output(plant, pipeline, yes.item_id)
    assert (said["answer"], said["port"], said["human_seconds"], said["by"]) == ("yes", "yes", 1.0, ANNA)


def test_validate__an_item_that_was_answered_leaves_by_its_answer_again(plant: Plant) -> None:
    pool, pipeline = _ask(plant, type="validate")
    (item,) = plant.add(pool, ["a"])
    plant.settle()
    (lease,) = _lease(plant)
    _hand_in(plant, lease, answer="no")
    plant.settle()
    plant.start(pipeline, "raw.item", ref=item.id, cause="again")
    plant.settle()
    assert list_told(plant) == ["no", "no"]


def test_classify__labels_of_the_parameters_are_those_of_the_task(plant: Plant) -> None:
    pool, _ = _ask(plant, type="classify", labels=["dark"])
    plant.add(pool, ["a", "b"])
    plant.settle()
    one, other = _lease(plant, n=2)
    with pytest.raises(InvalidInput, match="not among those of this task"):
        _hand_in(plant, one, ANNA, "bright")
    _hand_in(plant, one, ANNA, "dark")
    _throw_away(plant, other)
    plant.settle()
    assert sorted(list_told(plant)) == ["discarded", "submitted"]


def test_consensus__agreed_disputed_and_discarded(plant: Plant) -> None:
    pool, pipeline = _ask(plant, type="consensus", answers=3)
    first, second, third = plant.add(pool, ["a", "b", "c"])
    plant.settle()
    votes = {first.id: ("dark", "dark", "bright"), second.id: ("dark", "bright", ""), third.id: ("", "", "dark")}
    for turn, who in enumerate(("per_1", "per_2", "per_3")):
        assert list_told(plant) == []
        for lease in _lease(plant, who, n=9):
            said = votes[lease.item_id][turn]
            if said:
                _hand_in(plant, lease, who, said)
            else:
                _throw_away(plant, lease, who)
        plant.settle()
    assert sorted(list_told(plant)) == ["agreed", "discarded", "disputed"]
    assert plant.states(pipeline) == {"done": 3}
    said = _output(plant, pipeline, first.id)
    assert (said["agreement"], said["answers"], said["authors"], said["human_seconds"]) == (
        0.6667,
        3,
        ["per_1", "per_2", "per_3"],
        3.0,
    )
    assert _output(plant, pipeline, third.id)["reasons"] == ["blurred", "blurred"]


def test_consensus__fewer_answers_by_a_variable_let_go_what_has_enough(plant: Plant) -> None:
    pool = plant.dataset("pool")
    people: dict[str, JsonValue] = {"type": "consensus", "dataset": pool, "task": "people", "answers": {"$var": "n"}}
    body = {
        "name": "flow",
        "variables": [{"name": "n", "type": "number", "value": 3}],
        "nodes": [
            {"id": "raw", "type": "dataset", "params": {"dataset": pool}},
            {"id": "people", "type": "consensus", "params": {k: v for k, v in people.items() if k != "type"}},
            {"id": "told", "type": "notify", "params": {"message": "agreed"}},
        ],
        "edges": [
            {"source": "raw.item", "target": "people.item"},
            {"source": "people.agreed", "target": "told.signal"},
        ],
        "triggers": [NEW],
    }
    pipeline = plant.apply(PipelineDefinition.model_validate(body))
    plant.add(pool, ["a"])
    plant.settle()
    for who in ("per_1", "per_2"):
        (lease,) = _lease(plant, who)
        _hand_in(plant, lease, who, "dark")
    plant.settle()
    assert list_told(plant) == []
    plant.set(pipeline, "n", 2)
    plant.add(pool, ["b"])
    plant.settle()
    assert list_told(plant) == ["agreed"]


def test_label__on_a_task_that_wants_several_answers_is_refused(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool, _ = _ask(plant, type="consensus")
    plant.add(pool, ["a"])
    plant.settle()
    other = plant.dataset("other")
    label: dict[str, JsonValue] = {"type": "label", "dataset": pool, "task": "people"}
    make_flow(plant, {"raw": raw(other), "label": label}, ["raw.item > label.item"], name="second")
    plant.add(other, ["b"])
    plant.settle(patience_s=120)
    with plant.db.read() as conn:
        errors = [one.error for one in list_dead_letters(conn)]
    assert any("wants several answers for each item" in error for error in errors)


@pytest.mark.parametrize(
    ("kind", "params", "said"),
    [
        ("consensus", {"answers": 1}, "answers"),
        ("consensus", {"answers": 21}, "answers"),
        ("consensus", {"min_agreement": 0}, "min_agreement"),
        ("consensus", {"min_iou": 1.5}, "min_iou"),
        ("validate", {"question": ""}, "question"),
        ("validate", {"model": "dst_1"}, "model"),
        ("validate", {"accept": "perhaps"}, "accept"),
        ("classify", {"labels": [""]}, "labels.0"),
        ("classify", {"labels": "cat"}, "labels"),
        ("label", {"recipe": "tsk_1"}, "recipe"),
        ("label", {"lease_seconds": 1}, "lease_seconds"),
        ("label", {"answers": 3}, "answers"),
    ],
)
def test_parameters__that_cannot_be_are_refused_by_name(
    sqlite_plant: Plant, kind: str, params: dict[str, JsonValue], said: str
) -> None:
    with pytest.raises(GraphError, match=f"people: parameter '{said}'"):
        _ask(sqlite_plant, type=kind, **params)
