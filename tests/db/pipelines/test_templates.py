"""The templates that can run, from the first image to the ground truth, on real digits."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection
from tests.db.pipelines.conftest import ANNA, RUTH, Plant
from tests.db.pipelines.digits import (
    Person,
    add_digits,
    add_scenes,
    digit_of,
    list_said,
    list_said_of,
    list_truth,
    read_truth,
    say_class,
    train_linear,
    write_bright_finder,
    write_labels,
)

from whorl.access.actions import create_person, set_member
from whorl.access.rules import Actor, ActorKind, Role
from whorl.annotations.queries import annotation_history
from whorl.base.errors import Forbidden
from whorl.pipelines.graph import find_problems
from whorl.pipelines.ledger import read_ledger
from whorl.pipelines.nodes import node_types
from whorl.pipelines.templates import list_templates, load_template
from whorl.pipelines.templates.gallery import describe_templates
from whorl.schemas.annotations import Annotation, AnnotationDraft, Box
from whorl.schemas.datasets import Item
from whorl.schemas.pipelines import Pipeline

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

    # Somebody who takes every second digit for a one, until told otherwise: many, so that a share of them is drawn.
    high = {"5", "6", "7", "8", "9"}
    anna, ruth = Person(plant, ANNA), Person(plant, RUTH)
    assert len(anna.label("label", lambda item: say_class("1" if digit_of(item) in high else digit_of(item)))) == 60
    plant.settle()
    checked = ruth.check("check", is_right)
    assert 8 <= len(checked) <= 30
    plant.settle()
    wrong = sorted(item.name for item in checked if digit_of(item) in high)
    assert wrong != []
    assert sorted(item.name for item in anna.label("label", lambda item: say_class(digit_of(item)))) == wrong
    plant.settle()
    assert sorted(item.name for item in ruth.check("check", is_right)) == wrong
    plant.settle()
    names = {item.name for item in checked}
    expected = {
        item.name: ["1" if digit_of(item) in high and item.name not in names else digit_of(item)] for item in items
    }
    assert read_truth(plant, truth) == expected
    assert plant.states(pipeline) == {"done": 60}
    assert plant.steps(pipeline)["check"] == len(checked)


def test_consensus__the_majority_holds_and_disputes_are_decided(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    write_labels(plant, DIGITS)
    pool, truth = plant.dataset("pool"), plant.dataset("truth")
    pipeline = plant.apply(load_template("consensus", pool=pool, ground_truth=truth))
    items = add_digits(plant, pool, 30)
    plant.settle()
    # Three people; one of them takes threes for eights, and nobody agrees about fours.
    slips = {"per_1": {"4": "0"}, "per_2": {"4": "1"}, "per_3": {"4": "2", "3": "8"}}
    for name, slip in slips.items():
        said = Person(plant, name).label(
            "answer",
            lambda item, slip=slip: say_class(slip.get(digit_of(item), digit_of(item))),  # type: ignore[misc]
        )
        assert len(said) == 30
        plant.settle()
    assert Person(plant, "per_4").label("answer", lambda item: say_class("0")) == []
    disputed = [item for item in items if digit_of(item) in ("3", "4")]
    assert plant.states(pipeline) == {"done": 30 - len(disputed), "active": len(disputed)}
    decided = Person(plant, RUTH).decide("decide", lambda item: say_class(digit_of(item)))
    assert sorted(item.name for item in decided) == sorted(item.name for item in disputed)
    plant.settle()
    assert read_truth(plant, truth) == {item.name: [digit_of(item)] for item in items}
    assert plant.states(pipeline) == {"done": 30}


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_weak_and_full__yes_or_no_for_all_and_labels_where_they_teach(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    write_labels(plant, DIGITS)
    pool, truth = plant.dataset("pool"), plant.dataset("truth")
    model = train_linear(plant, count=150)
    pipeline = plant.apply(
        load_template("weak_and_full", pool=pool, ground_truth=truth, champion=model, full_share=0.3)
    )
    items = add_digits(plant, pool, 60, skip=150)
    plant.settle()
    saw = {item.name: [one.label for one in said] for item, said in list_said(plant, pool)}

    def is_right(item: Item) -> str:
        return "yes" if saw[item.name] == [digit_of(item)] else "no"

    judged = Person(plant, ANNA).answer("yes or no", is_right)
    assert sorted(item.name for item in judged) == sorted(item.name for item in items)
    wrong = {item.name for item in items if is_right(item) == "no"}
    assert 0 < len(wrong) < 40
    plant.settle()
    weak = {item.name: item.metadata["weak"] for item, _ in list_truth(plant, pool)}
    assert {name for name, said in weak.items() if not said["is_right"]} == wrong  # type: ignore[index,call-overload]
    full = {item.name for item in Person(plant, RUTH).label("label", lambda item: say_class(digit_of(item)))}
    assert wrong < full
    assert 5 <= len(full - wrong) <= 30
    plant.settle()
    assert read_truth(plant, truth) == {name: [name.partition("-")[0]] for name in full}
    assert plant.states(pipeline) == {"done": 60}


def test_micro_tasks__tiles_and_objects_come_back_to_the_image(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    write_labels(plant, ["thing", *DIGITS])
    names = ("pool", "tiles", "crops", "ground_truth")
    datasets = {name: plant.dataset(name) for name in names}
    model = write_bright_finder(plant)
    values = {"tile_size": 96, "object_label": "thing", "expert_skill": "digits"}
    pipeline = plant.apply(load_template("micro_tasks", champion=model, **values, **datasets))
    scenes = {item.name: places for item, places in add_scenes(plant, datasets["pool"], count=2)}
    empty = add_scenes(plant, datasets["pool"], count=1, digits=0)[0][0]
    plant.settle()
    # Of each scene the model finds the three bright digits, each in a tile of its own, and misses the dim one.
    found = {item.name: len(said) for item, said in list_said(plant, datasets["pool"])}
    assert found == dict.fromkeys(scenes, 3) | {empty.name: 0}

    def complete(item: Item) -> list[AnnotationDraft]:
        proposed = dict(list_said_of(plant, item))
        boxes = scenes.get(item.name, {})
        return [AnnotationDraft(label="thing", geometry=box) for box in boxes if _covering(proposed, box) is None]

    assert len(Person(plant, ANNA).label("boxes", complete)) == 3
    plant.settle()
    crops = [item for item, _ in list_truth(plant, datasets["crops"])]
    assert len(crops) == 8

    def name_of(crop: Item) -> str:
        part = crop.metadata["part"]
        assert isinstance(part, dict)
        scene = crop.name.partition(".crops/")[0]
        middle = (float(part["x"]) + float(part["width"]) / 2, float(part["y"]) + float(part["height"]) / 2)  # type: ignore[arg-type]
        return next(digit for box, digit in scenes[scene].items() if _holds(box, middle))

    with pytest.raises(Forbidden, match="needs skills that you do not have here: digits"):
        Person(plant, ANNA).label("names", lambda crop: say_class(name_of(crop)))
    ruth = _add_expert(plant, "digits")
    assert len(Person(plant, ruth).label("names", lambda crop: say_class(name_of(crop)))) == 8
    plant.settle()
    for item, said in list_truth(plant, datasets["ground_truth"]):
        named = {next(box for box in scenes[item.name] if _holds(box, _middle(one))): one.label for one in said}
        assert named == scenes.get(item.name, {})
        # Who drew, who named, which model found it and which missed it: all of it goes along.
        assert {one.author_id for one in said} <= {ruth}
        assert [one.missed_by for one in said if one.from_prediction is None] == [model] * len(named and [1])
        assert sum(one.from_prediction is not None for one in said) == max(0, len(named) - 1)
    assert plant.states(pipeline) == {"done": 3}
    _check_history(plant, datasets["pool"], ruth)
    _check_ledger(plant, pipeline, ruth)


def _check_history(plant: Plant, pool: str, namer: str) -> None:
    """Each object of the pool was said by the one who drew or accepted it, and then by the one who named it."""
    with plant.db.read() as conn:
        for _, said in list_truth(plant, pool):
            for one in said:
                history = annotation_history(conn, one.id)
                assert [(past.author_id, past.label == "thing") for past in history] == [(ANNA, True), (namer, False)]
                assert {past.missed_by for past in history} == {one.missed_by}


def _check_ledger(plant: Plant, pipeline: Pipeline, namer: str) -> None:
    with plant.db.read() as conn:
        ledger = read_ledger(conn, pipeline.id, now=plant.now())
    people = {row.node: (row.n_items, row.n_objects, row.human_seconds) for row in ledger.rows if row.task_id}
    # Two missed boxes were drawn; all eight objects were named. A second an item is what this person takes.
    assert people == {"complete": (3, 2, 3.0), "name": (8, 8, 8.0)}
    assert (ledger.n_items, ledger.n_objects, ledger.n_missed) == (3, 8, 2)
    assert (ledger.human_seconds, ledger.human_seconds_per_object) == (11.0, 1.375)
    assert ledger.machine_seconds > 0
    assert [(one.skills, one.n_people, one.human_seconds) for one in ledger.groups] == [
        ([], 1, 3.0),
        (["digits"], 1, 8.0),
    ]
    assert [(one.person_id, one.skills) for one in ledger.people] == [(namer, ["digits"]), (ANNA, [])]


def _add_expert(plant: Plant, skill: str) -> str:
    boss = Actor(id=ANNA, kind=ActorKind.PERSON, name="anna", is_admin=True)

    def add(conn: Connection) -> str:
        made = create_person(conn, email="ruth@example.org", name="Ruth", actor_id=ANNA, now=plant.now())
        set_member(conn, plant.project_id, made.id, Role.ANNOTATOR, skills=[skill], actor=boss, now=plant.now())
        return made.id

    return plant.db.write(add)


def _middle(one: Annotation) -> tuple[float, float]:
    assert isinstance(one.geometry, Box)
    return (one.geometry.x0 + one.geometry.x1) / 2, (one.geometry.y0 + one.geometry.y1) / 2


def _covering(proposed: dict[str, Box], box: Box) -> str | None:
    """The proposal whose middle is in the box, or None."""
    middles = {one: ((b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2) for one, b in proposed.items()}
    return next((one for one, middle in middles.items() if _holds(box, middle)), None)


def _holds(box: Box, point: tuple[float, float]) -> bool:
    return box.x0 <= point[0] <= box.x1 and box.y0 <= point[1] <= box.y1
