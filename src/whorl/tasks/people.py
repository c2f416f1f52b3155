"""Who does what in a task, and how fast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from whorl.access.rules import POLICY, Action, Role
from whorl.base.errors import NotFound
from whorl.schemas.tasks import TaskPerson
from whorl.store.db.tables import membership, person, task, task_item, task_person, token
from whorl.tasks.rules import ItemStatus

_HOUR_S = 3600.0


def list_people(conn: Connection, task_id: str) -> list[TaskPerson]:
    """Everybody who works or worked in a task, the busiest first.

    Raises:
        NotFound: There is no such task.
    """
    found = conn.execute(select(task.c.key, task.c.assignee_ids).where(task.c.id == task_id)).one_or_none()
    if found is None:
        raise NotFound(f"no such task: {task_id}")
    done = {row.person_id: row for row in conn.execute(select(task_person).where(task_person.c.task_key == found.key))}
    leased = _count_leased(conn, found.key)
    ids = list(dict.fromkeys([*done, *leased, *(found.assignee_ids or ())]))
    names = _names(conn, ids)
    people = [_person(one, names.get(one, one), done.get(one), leased.get(one, 0)) for one in ids]
    return sorted(people, key=lambda one: (-one.submitted, -one.leased, one.name))


def count_workers(
    conn: Connection, project_id: str, assignee_ids: Sequence[str] | None, *, skills: Sequence[str] = ()
) -> int:
    """How many people may work on a task: those it is assigned to, else all members whose role works on tasks.

    Args:
        skills: Who lacks one of these does not count.
    """
    if assignee_ids is not None and not skills:
        return len(set(assignee_ids))
    query = select(membership.c.person_id, membership.c.role, membership.c.skills)
    members = conn.execute(query.where(membership.c.project_id == project_id)).all()
    workers = {row.person_id for row in members if Action.TASK_WORK in POLICY[Role(row.role)]}
    workers |= set(conn.execute(select(person.c.id).where(person.c.is_admin.is_(True))).scalars())
    if assignee_ids is not None:
        workers &= set(assignee_ids)
    if skills:
        workers &= {row.person_id for row in members if not set(skills) - set(row.skills or ())}
    return len(workers)


def _count_leased(conn: Connection, task_key: int) -> dict[str, int]:
    query = (
        select(task_item.c.assignee_id, func.count().label("n"))
        .where(task_item.c.task_key == task_key, task_item.c.status == ItemStatus.LEASED)
        .group_by(task_item.c.assignee_id)
    )
    return {row.assignee_id: row.n for row in conn.execute(query)}


def _names(conn: Connection, ids: list[str]) -> dict[str, str]:
    """Names of people and of service tokens, by id."""
    return {
        row.id: row.name
        for table in (person, token)
        for row in conn.execute(select(table.c.id, table.c.name).where(table.c.id.in_(ids)))
    }


# Any: a row of `task_person`; its columns are typed by the table.
def _person(person_id: str, name: str, done: Row[*tuple[Any, ...]] | None, leased: int) -> TaskPerson:
    if done is None:
        return TaskPerson(
            person_id=person_id,
            name=name,
            leased=leased,
            submitted=0,
            approved=0,
            sent_back=0,
            human_seconds=0.0,
            items_per_hour=None,
            last_active_at=None,
            approved_untouched_share=None,
        )
    is_timed = done.human_seconds > 0 and done.submitted > 0
    return TaskPerson(
        person_id=person_id,
        name=name,
        leased=leased,
        submitted=done.submitted,
        approved=done.approved,
        sent_back=done.sent_back,
        human_seconds=round(done.human_seconds, 3),
        items_per_hour=round(done.submitted / done.human_seconds * _HOUR_S, 1) if is_timed else None,
        last_active_at=done.last_active_at,
        approved_untouched_share=done.untouched / done.approved if done.approved else None,
    )
