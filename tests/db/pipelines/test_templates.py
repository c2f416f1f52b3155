"""The templates that can run, from the first image to the ground truth, on real digits."""

from __future__ import annotations

import pytest
from tests.db.pipelines.conftest import ANNA, RUTH, Plant
from tests.db.pipelines.digits import Person, add_digits, digit_of, read_truth, say_class, write_labels

from whorl.pipelines.graph import find_problems
from whorl.pipelines.nodes import node_types
from whorl.pipelines.templates import list_templates, load_template
from whorl.pipelines.templates.gallery import describe_templates
from whorl.schemas.datasets import Item

DIGITS = [str(digit) for digit in range(10)]


@pytest.mark.parametrize("name", list_templates())
def test_gallery__a_template_is_complete_when_nothing_keeps_it_from_running(name: str) -> None:
    info = next(one for one in describe_templates() if one.name == name)
    found = find_problems(load_template(name), node_types())
    problems = {problem.code for problem in found if problem.severity == "error"}
    assert problems == (set() if info.is_complete else {"reserved_type"})
    assert info.is_complete == (not info.missing)
    assert [one.name for one in info.variables if not one.description] == []


def test_gallery__knows_every_template() -> None:
    assert sorted(one.name for one in describe_templates()) == list_templates()


def test_qa_sampling__a_share_is_checked_and_all_of_it_arrives(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    write_labels(plant, DIGITS)
    pool, truth = plant.dataset("pool"), plant.dataset("truth")
    pipeline = plant.apply(load_template("qa_sampling", pool=pool, ground_truth=truth, checked_share=0.3))
    items = add_digits(plant, pool, 60)
    plant.settle()

    def is_right(item: Item, said: list[str]) -> bool:
        return said == [digit_of(item)]

    # Somebody who takes every seven for a one, until told otherwise.
    anna, ruth = Person(plant, ANNA), Person(plant, RUTH)
    assert len(anna.label("label", lambda item: say_class("1" if digit_of(item) == "7" else digit_of(item)))) == 60
    plant.settle()
    checked = ruth.check("check", is_right)
    assert 8 <= len(checked) <= 30
    plant.settle()
    wrong = sorted(item.name for item in checked if digit_of(item) == "7")
    assert wrong != []
    assert sorted(item.name for item in anna.label("label", lambda item: say_class(digit_of(item)))) == wrong
    plant.settle()
    assert sorted(item.name for item in ruth.check("check", is_right)) == wrong
    plant.settle()
    names = {item.name for item in checked}
    expected = {
        item.name: ["1" if digit_of(item) == "7" and item.name not in names else digit_of(item)] for item in items
    }
    assert read_truth(plant, truth) == expected
    assert plant.states(pipeline) == {"done": 60}
    assert plant.steps(pipeline)["check"] == len(checked)
