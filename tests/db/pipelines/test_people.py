"""What people's nodes make of their parameters."""

from __future__ import annotations

import pytest
from tests.db.pipelines.conftest import ANNA, Plant
from tests.db.pipelines.flows import make_flow, raw

from whorl.engine.queries import list_dead_letters
from whorl.ontology.actions import create_recipe
from whorl.schemas.ontology import RecipeDraft, Tool
from whorl.schemas.tasks import Task
from whorl.tasks import queries as task_queries


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
