"""What a pipeline's labels cost: seconds of people, as the tasks measured them, and of machines, as the nodes did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from whorl.base.errors import JsonValue
from whorl.pipelines.parameters import referenced_variable
from whorl.pipelines.queries import get_pipeline, read_variables
from whorl.pipelines.tallies import Tally, read_tallies
from whorl.schemas.annotations import Layer, Origin
from whorl.schemas.ledger import Ledger, LedgerGroup, LedgerPerson, LedgerRow
from whorl.schemas.tasks import Task
from whorl.store.db.tables import annotation, item, item_state, membership, person, run, task, task_item, task_person
from whorl.store.db.tables import token as token_table
from whorl.store.db.types import ALIVE
from whorl.tasks.narrowing import work_of
from whorl.tasks.queries import find_task

_NOTHING = Tally(0, 0, 0.0, 0.0, 0.0)


def read_ledger(conn: Connection, pipeline_id: str, *, now: datetime) -> Ledger:
    """Add up what each step cost so far and what came out of it.

    Human seconds are those of the steps' tasks, rework and what was left unfinished with them; a task that items were
    put into by hand counts with these. What came out are the items whose journeys ended, as they stand now.

    Raises:
        NotFound: There is no such pipeline.
    """
    held = get_pipeline(conn, pipeline_id)
    variables = read_variables(conn, pipeline_id)
    tallies = read_tallies(conn, pipeline_id, now=now)
    steps = [
        _Step(node.id, node.type, _task_of(conn, held.project_id, node.params, variables))
        for node in held.definition.nodes
    ]
    known = {one.node for one in steps}
    steps += [_Step(node, "", None) for node in sorted(tallies) if node not in known]
    counted: set[str] = set()
    rows = []
    for step in steps:
        # Two nodes may share a task: its people worked once.
        is_first = step.task is not None and step.task.id not in counted
        counted |= {step.task.id} if step.task is not None else set()
        rows.append(_row(conn, step, tallies.get(step.node, _NOTHING), is_first=is_first))
    people = _list_people(conn, held.project_id, counted)
    human, machine = sum(row.human_seconds for row in rows), sum(row.machine_seconds for row in rows)
    n_items, n_objects, n_missed = _count_outcome(conn, pipeline_id)
    return Ledger(
        pipeline_id=pipeline_id,
        rows=rows,
        n_items=n_items,
        n_objects=n_objects,
        n_missed=n_missed,
        human_seconds=round(human, 3),
        machine_seconds=round(machine, 3),
        human_seconds_per_object=_each(human, n_objects),
        groups=_groups(conn, rows),
        people=people,
    )


@dataclass(frozen=True, slots=True)
class _Step:
    """A node, and the task it puts items into."""

    node: str
    type: str
    task: Task | None


def _task_of(
    conn: Connection, project_id: str, params: Mapping[str, JsonValue], variables: Mapping[str, JsonValue]
) -> Task | None:
    value = params.get("task")
    name = variables.get(referenced_variable(value) or "") if isinstance(value, dict) else value
    return find_task(conn, project_id, name) if isinstance(name, str) else None


def _row(conn: Connection, step: _Step, tally: Tally, *, is_first: bool) -> LedgerRow:
    skills: list[str] = []
    n_objects, human = 0, 0.0
    if step.task is not None:
        work = work_of(step.task.settings)
        skills = work.skills
        if is_first:
            human = _task_seconds(conn, step.task.id)
            n_objects = _count_objects(conn, step.task.id, is_narrow=work.mode != "full")
    elif tally.human_seconds:
        human = tally.human_seconds
    return LedgerRow(
        node=step.node,
        type=step.type,
        task_id=None if step.task is None else step.task.id,
        n_items=tally.done,
        n_objects=n_objects,
        human_seconds=round(human, 3),
        machine_seconds=round(tally.machine_seconds, 3),
        skills=skills,
        human_seconds_per_object=_each(human, n_objects),
    )


def _task_seconds(conn: Connection, task_id: str) -> float:
    worked = select(func.sum(task_person.c.human_seconds)).join(task, task.c.key == task_person.c.task_key)
    return float(conn.execute(worked.where(task.c.id == task_id)).scalar() or 0.0)


def _count_objects(conn: Connection, task_id: str, *, is_narrow: bool) -> int:
    """How many annotations the people of a task added, changed or named there.

    What others, or the same people elsewhere, said of the items later does not count; in a narrow task neither does
    what they only let stand.
    """
    worker = select(task_person.c.person_id).where(task_person.c.task_key == task.c.key)
    mine: list[ColumnElement[bool]] = [
        task.c.id == task_id,
        annotation.c.layer == Layer.TRUTH.value,
        annotation.c.created_at <= task_item.c.updated_at,
        annotation.c.created_at >= task.c.created_at,
        or_(annotation.c.author_id.in_(worker), annotation.c.author_id == task.c.id),
    ]
    if is_narrow:
        mine.append(annotation.c.origin != Origin.ACCEPTED.value)
    found = (
        select(func.count(annotation.c.id.distinct()))
        .select_from(task)
        .join(task_item, task_item.c.task_key == task.c.key)
        .join(annotation, annotation.c.item_key == task_item.c.item_key)
        .where(*mine)
    )
    return int(conn.execute(found).scalar_one())


def _count_outcome(conn: Connection, pipeline_id: str) -> tuple[int, int, int]:
    """Items that came out with ground truth or checked empty, the annotations on them, and how many were missed."""
    ended = select(run.c.ref).where(run.c.pipeline_id == pipeline_id, run.c.state == "done")
    came = and_(item.c.id.in_(ended), item.c.died_rev == ALIVE)
    truth = and_(
        annotation.c.item_key == item.c.key,
        annotation.c.layer == Layer.TRUTH.value,
        annotation.c.died_rev == ALIVE,
    )
    objects = select(
        func.count(annotation.c.item_key.distinct()), func.count(annotation.c.key), func.count(annotation.c.missed_by)
    )
    with_truth, n_objects, n_missed = conn.execute(objects.select_from(item.join(annotation, truth)).where(came)).one()
    empty = (
        select(func.count(item.c.key.distinct()))
        .select_from(item.join(item_state, item_state.c.item_key == item.c.key))
        .where(came, item_state.c.died_rev == ALIVE, item_state.c.is_checked_empty.is_(True))
        .where(~select(annotation.c.key).where(truth).exists())
    )
    return int(with_truth) + int(conn.execute(empty).scalar_one()), int(n_objects), int(n_missed)


def _list_people(conn: Connection, project_id: str, task_ids: Iterable[str]) -> list[LedgerPerson]:
    worked = (
        select(
            task_person.c.person_id,
            func.sum(task_person.c.submitted).label("n_items"),
            func.sum(task_person.c.human_seconds).label("seconds"),
        )
        .join(task, task.c.key == task_person.c.task_key)
        .where(task.c.id.in_(list(task_ids)))
        .group_by(task_person.c.person_id)
    )
    rows = conn.execute(worked).all()
    ids = [row.person_id for row in rows]
    names = {
        row.id: row.name
        for table in (person, token_table)
        for row in conn.execute(select(table.c.id, table.c.name).where(table.c.id.in_(ids)))
    }
    members = select(membership.c.person_id, membership.c.skills).where(membership.c.project_id == project_id)
    skills = {row.person_id: row.skills or [] for row in conn.execute(members.where(membership.c.person_id.in_(ids)))}
    people = [
        LedgerPerson(
            person_id=row.person_id,
            name=names.get(row.person_id, row.person_id),
            skills=skills.get(row.person_id, []),
            n_items=int(row.n_items),
            human_seconds=round(float(row.seconds), 3),
        )
        for row in rows
    ]
    return sorted(people, key=lambda one: (-one.human_seconds, one.name))


def _groups(conn: Connection, rows: Sequence[LedgerRow]) -> list[LedgerGroup]:
    """The rows of people's tasks by the skills that they need: first what needs none."""
    by_skills: dict[tuple[str, ...], list[LedgerRow]] = {}
    for row in rows:
        if row.task_id is not None:
            by_skills.setdefault(tuple(sorted(row.skills)), []).append(row)
    groups = []
    for skills, some in sorted(by_skills.items()):
        human, n_objects = sum(row.human_seconds for row in some), sum(row.n_objects for row in some)
        groups.append(
            LedgerGroup(
                skills=list(skills),
                n_people=_count_people(conn, [row.task_id for row in some if row.task_id is not None]),
                n_items=sum(row.n_items for row in some),
                n_objects=n_objects,
                human_seconds=round(human, 3),
                human_seconds_per_object=_each(human, n_objects),
            )
        )
    return groups


def _count_people(conn: Connection, task_ids: Sequence[str]) -> int:
    worked = select(func.count(task_person.c.person_id.distinct())).join(task, task.c.key == task_person.c.task_key)
    return int(conn.execute(worked.where(task.c.id.in_(task_ids))).scalar_one())


def _each(seconds: float, n_objects: int) -> float | None:
    return round(seconds / n_objects, 3) if n_objects else None
