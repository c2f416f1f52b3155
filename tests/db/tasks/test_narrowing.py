"""Tasks that ask one narrow thing, and whom they ask."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from whorl.access.actions import create_person, set_member
from whorl.access.queries import list_members
from whorl.access.rules import Actor, ActorKind, Role
from whorl.base.errors import Forbidden, InvalidInput, JsonValue, NotFound, UnknownLabel
from whorl.ontology.actions import create_recipe
from whorl.schemas.ontology import RecipeDraft, Tool
from whorl.schemas.tasks import TaskWork
from whorl.tasks import queries
from whorl.tasks.actions import create_task, set_work
from whorl.tasks.recall import lease_items
from whorl.tasks.rules import TaskKind
from whorl.tasks.work import heartbeat, lease_next

from .conftest import NOW, Bench, at

BOSS = Actor(id="per_a", kind=ActorKind.PERSON, name="a", is_admin=True)


def ask(bench: Bench, work: TaskWork, **settings: JsonValue) -> None:
    """Let the bench's task ask this."""

    def change(conn: Connection) -> None:
        held = queries.get_task(conn, bench.task.id)
        set_work(conn, held, recipe_id=None, settings=settings, work=work, actor_id="per_a", now=NOW)

    bench.database.write(change)


def add_member(bench: Bench, name: str, *skills: str) -> str:
    """A person who labels here and has these skills."""

    def add(conn: Connection) -> str:
        made = create_person(conn, email=f"{name}@example.org", name=name, actor_id="per_a", now=NOW)
        set_member(conn, bench.project_id, made.id, Role.ANNOTATOR, skills=skills, actor=BOSS, now=NOW)
        return made.id

    return bench.database.write(add)


def test_lease__only_who_has_all_skills_of_the_task(bench: Bench) -> None:
    ask(bench, TaskWork(skills=["cars", " aerial "]))
    expert, half = add_member(bench, "ann", "cars", "aerial", "more"), add_member(bench, "bo", "cars")
    task_id, item_id = bench.task.id, bench.item_ids[0]
    held = bench.database.write(lambda conn: lease_next(conn, task_id, actor_id=expert, now=NOW))
    assert [one.item_id for one in held] == [item_id]
    for take in (
        lambda conn: lease_next(conn, task_id, actor_id=half, now=NOW),
        lambda conn: lease_items(conn, task_id, [bench.item_ids[1]], actor_id=half, now=NOW),
        lambda conn: lease_next(conn, task_id, actor_id="tok_robot", now=NOW),
    ):
        with pytest.raises(Forbidden, match=r"skills .*aerial"):
            bench.database.write(take)

    def told(person_id: str) -> tuple[bool, list[str]]:
        with bench.database.read() as conn:
            one = queries.get_task_summary(conn, task_id, actor_id=person_id)
        return one.may_take, one.missing_skills

    assert (told(expert), told(half)) == ((True, []), (False, ["aerial"]))


def test_lease__what_is_in_hand_stays_when_the_skill_goes(bench: Bench) -> None:
    ask(bench, TaskWork(skills=["cars"]))
    expert = add_member(bench, "ann", "cars")
    held = bench.database.write(lambda conn: lease_next(conn, bench.task.id, actor_id=expert, now=NOW))[0]

    def take_away(conn: Connection) -> None:
        set_member(conn, bench.project_id, expert, Role.ANNOTATOR, skills=[], actor=BOSS, now=NOW)
        heartbeat(conn, bench.task.id, held.item_id, lease_token=held.lease_token, actor_id=expert, now=at(5))

    bench.database.write(take_away)
    with pytest.raises(Forbidden):
        bench.database.write(lambda conn: lease_next(conn, bench.task.id, actor_id=expert, now=at(6)))


def test_set_member__skills_stay_unless_they_are_given(bench: Bench) -> None:
    person_id = add_member(bench, "ann", "cars", "cars ")

    def promote(conn: Connection) -> list[str]:
        set_member(conn, bench.project_id, person_id, Role.REVIEWER, actor=BOSS, now=NOW)
        return next(one.skills for one in list_members(conn, bench.project_id) if one.person_id == person_id)

    assert bench.database.write(promote) == ["cars"]


def test_people__counts_only_those_with_the_skills(bench: Bench) -> None:
    add_member(bench, "ann", "cars"), add_member(bench, "bo")
    ask(bench, TaskWork(skills=["cars"]), answers=2)
    with bench.database.read() as conn:
        assert queries.get_task_summary(conn, bench.task.id).people == 1


@pytest.mark.parametrize(
    ("work", "error", "says"),
    [
        (TaskWork(labels=["cow"]), UnknownLabel, "unknown label 'cow'"),
        (TaskWork(model_id="mdl_none"), NotFound, "no such model in this project: mdl_none"),
    ],
)
def test_work__names_what_there_is(bench: Bench, work: TaskWork, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        ask(bench, work)


def test_work__a_mode_is_for_label_tasks_with_one_answer(bench: Bench) -> None:
    work = TaskWork(mode="find_missed")
    with pytest.raises(InvalidInput, match="takes one answer for each item, not 3"):
        ask(bench, work, answers=3)
    ask(bench, work)
    with pytest.raises(InvalidInput, match="takes one answer"):
        ask(bench, work, answers=2)

    def make(conn: Connection) -> None:
        create_task(conn, bench.dataset_id, name="t", kind=TaskKind.CLASSIFY, work=work, actor_id="per_a", now=NOW)

    with pytest.raises(InvalidInput, match="a classify task has no mode find_missed"):
        bench.database.write(make)


def test_work__settings_from_outside_are_read_as_the_field(bench: Bench) -> None:
    with pytest.raises(InvalidInput, match=r"settings\.work\.mode"):
        bench.database.write(
            lambda conn: create_task(
                conn,
                bench.dataset_id,
                name="t",
                kind=TaskKind.LABEL,
                settings={"work": {"mode": "dream"}},
                actor_id="per_a",
                now=NOW,
            )
        )


def test_recipe__labels_are_of_the_ontology_and_meet_those_of_the_task(bench: Bench) -> None:
    def recipe(conn: Connection, *labels: str) -> str:
        draft = RecipeDraft(name=f"r {labels}", tools=[Tool.BOX], labels=[*labels])
        return create_recipe(conn, bench.project_id, draft, actor_id="per_a", now=NOW).id

    for labels, error in ((["cow"], UnknownLabel), ([], InvalidInput)):
        with pytest.raises(error):
            bench.database.write(lambda conn, some=labels: recipe(conn, *some))
    recipe_id = bench.database.write(lambda conn: recipe(conn, "cat"))
    with pytest.raises(InvalidInput, match="none of the labels of this task is one of its recipe's: cat"):
        bench.database.write(
            lambda conn: create_task(
                conn,
                bench.dataset_id,
                name="t",
                kind=TaskKind.LABEL,
                recipe_id=recipe_id,
                work=TaskWork(labels=["dog"]),
                actor_id="per_a",
                now=NOW,
            )
        )
