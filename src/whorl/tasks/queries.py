"""Reads: tasks, the items in them, leases and issues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Label, Row, Select, and_, bindparam, func, or_, select

from whorl.access.queries import list_skills
from whorl.base.errors import InvalidInput, JsonValue, NotFound
from whorl.schemas.tasks import Draft, Issue, Lease, Task, TaskCounts, TaskItem, TaskSummary, TaskWork
from whorl.schemas.wire import Page
from whorl.store.db.tables import dataset, issue, item, recipe, task, task_answer, task_count, task_item, task_person
from whorl.tasks.comments import list_replies
from whorl.tasks.narrowing import may_take, missing_skills, work_of
from whorl.tasks.people import count_workers
from whorl.tasks.rules import ItemStatus, wanted_answers

_REVIEWED = task.alias("reviewed")


def get_task(conn: Connection, task_id: str) -> Task:
    """Give a task.

    Raises:
        NotFound: There is none with this id.
    """
    row = conn.execute(_tasks().where(task.c.id == task_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no such task: {task_id}")
    return Task(**row)


def find_task(conn: Connection, project_id: str, name: str) -> Task | None:
    """Give the newest task of a name in a project, or None."""
    query = _tasks().where(task.c.project_id == project_id, task.c.name == name).order_by(task.c.key.desc()).limit(1)
    row = conn.execute(query).mappings().one_or_none()
    return None if row is None else Task(**row)


def list_tasks(
    conn: Connection,
    project_id: str,
    *,
    actor_id: str | None = None,
    status: str | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> Page[TaskSummary]:
    """One page of a project's tasks with their counts, newest first.

    Args:
        actor_id: Who asks, to say of which tasks they get items.
    """
    query = _tasks().where(task.c.project_id == project_id).order_by(task.c.id.desc()).limit(limit + 1)
    if status is not None:
        query = query.where(task.c.status == status)
    if cursor:
        query = query.where(task.c.id < cursor)
    tasks = [Task(**row) for row in conn.execute(query).mappings()]
    found = _summaries(conn, tasks[:limit], actor_id) if tasks else []
    return Page(items=found, next_cursor=tasks[limit - 1].id if len(tasks) > limit else None)


def get_task_summary(conn: Connection, task_id: str, *, actor_id: str | None = None) -> TaskSummary:
    """Give a task with its counts.

    Args:
        actor_id: Who asks, to say whether they get items of it.

    Raises:
        NotFound: There is none with this id.
    """
    return _summaries(conn, [get_task(conn, task_id)], actor_id)[0]


def list_task_items(
    conn: Connection, task_id: str, *, status: str | None = None, cursor: str | None = None, limit: int = 100
) -> Page[TaskItem]:
    """One page of the items of a task, in the order they were added.

    Raises:
        InvalidInput: ``status`` or ``cursor`` cannot be understood.
    """
    query = (
        select(task_item.c.key, *_task_item_columns())
        .join(task, task.c.key == task_item.c.task_key)
        .join(item, item.c.key == task_item.c.item_key)
        .where(task.c.id == task_id)
        .order_by(task_item.c.key)
        .limit(limit + 1)
    )
    if status is not None:
        if status not in set(ItemStatus):
            raise InvalidInput(f"unknown status: {status}; allowed: {', '.join(ItemStatus)}")
        query = query.where(task_item.c.status == status)
    if cursor:
        if not cursor.isdigit():
            raise InvalidInput(f"not a cursor: {cursor}", hint="Pass `next_cursor` of the page before.")
        query = query.where(task_item.c.key > int(cursor))
    rows = conn.execute(query).mappings().all()
    items = [_to_task_item(row) for row in rows[:limit]]
    return Page(items=items, next_cursor=str(rows[limit - 1]["key"]) if len(rows) > limit else None)


def get_task_item(conn: Connection, task_id: str, item_id: str) -> TaskItem:
    """Give where an item stands in a task.

    Raises:
        NotFound: The item is not in the task.
    """
    query = (
        select(*_task_item_columns())
        .join(task, task.c.key == task_item.c.task_key)
        .join(item, item.c.key == task_item.c.item_key)
        .where(task.c.id == task_id, item.c.id == item_id)
    )
    row = conn.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"item {item_id} is not in task {task_id}")
    return _to_task_item(row)


def count_items(conn: Connection, task_id: str) -> TaskCounts:
    """How many items of a task stand where."""
    return get_task_summary(conn, task_id).counts


def list_leases(conn: Connection, task_id: str, actor_id: str, *, now: datetime) -> list[Lease]:
    """The leases that somebody holds in a task, to go on after a reload."""
    query = (
        select(
            task.c.id.label("task_id"),
            item.c.id.label("item_id"),
            task_item.c.lease_token,
            task_item.c.lease_until_ms,
            task_item.c.submitted_by,
            task_item.c.draft,
        )
        .join(task, task.c.key == task_item.c.task_key)
        .join(item, item.c.key == task_item.c.item_key)
        .where(
            task.c.id == task_id,
            task_item.c.assignee_id == actor_id,
            task_item.c.status == ItemStatus.LEASED,
            task_item.c.lease_until_ms > to_ms(now),
        )
        .order_by(task_item.c.rank, task_item.c.key)
    )
    return [to_lease(row, task_id=row.task_id, item_id=row.item_id) for row in conn.execute(query)]


def list_issues(conn: Connection, task_id: str, *, item_id: str | None = None, state: str | None = None) -> list[Issue]:
    """The issues raised in a task or in the reviews of it, oldest first."""
    mine = select(task.c.key).where(task.c.id == task_id).scalar_subquery()
    query = (
        select(issue, task.c.id.label("task_id"), item.c.id.label("item_id"))
        .join(task, task.c.key == issue.c.task_key)
        .join(item, item.c.key == issue.c.item_key)
        .where(or_(issue.c.task_key == mine, task.c.reviews_task_key == mine))
        .order_by(issue.c.id)
    )
    if item_id is not None:
        query = query.where(item.c.id == item_id)
    if state is not None:
        query = query.where(issue.c.state == state)
    return _to_issues(conn, conn.execute(query).mappings().all())


def get_issue(conn: Connection, issue_id: str) -> Issue:
    """Give an issue.

    Raises:
        NotFound: There is none with this id.
    """
    query = (
        select(issue, task.c.id.label("task_id"), item.c.id.label("item_id"))
        .join(task, task.c.key == issue.c.task_key)
        .join(item, item.c.key == issue.c.item_key)
        .where(issue.c.id == issue_id)
    )
    row = conn.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no such issue: {issue_id}")
    return _to_issues(conn, [row])[0]


def count_open_issues(conn: Connection, *, task_keys: Sequence[int], item_key: int) -> int:
    """How many open issues an item has in some tasks."""
    query = select(func.count()).where(
        issue.c.item_key == item_key, issue.c.state == "open", issue.c.task_key.in_(task_keys)
    )
    return conn.execute(query).scalar_one()


# Any: columns of different types, here and below.
def pick_candidates(
    conn: Connection, queue: Row[*tuple[Any, ...]], actor_id: str, *, n: int, now_ms: int, grace_ms: int
) -> list[tuple[int, str]]:
    """Keys and statuses of up to ``n`` items to lease next, locked so that nobody else picks them in this moment.

    Own rework first, then leases that expired, then the queue, then rework that its author left lying for longer than
    ``grace_ms``; in each group by rank. Where several people answer, nobody gets what they have answered.

    Args:
        queue: The task, as ``find_queue`` gives it.
    """
    given = {"of_task": queue.key, "who": actor_id, "now_ms": now_ms, "left_ms": now_ms - grace_ms}
    picked: list[tuple[int, str]] = []
    for statement, counted in _SHARED_CANDIDATES if wanted_answers(queue.settings) > 1 else _CANDIDATES:
        if getattr(queue, counted):
            picked += [(row.key, row.status) for row in conn.execute(statement, {**given, "n": n - len(picked)})]
        if len(picked) == n:
            break
    return picked


def find_queue(conn: Connection, task_id: str) -> Row[*tuple[Any, ...]]:
    """Give what leasing needs to know of a task.

    That is key, project_id, kind, status, lease_seconds, assignee_ids, settings, and how many are queued, leased and
    to be done again.

    Raises:
        NotFound: There is none with this id.
    """
    row = conn.execute(_QUEUE, {"task_id": task_id}).one_or_none()
    if row is None:
        raise NotFound(f"no such task: {task_id}")
    return row


def lock_task_item(conn: Connection, task_id: str, item_id: str) -> Row[*tuple[Any, ...]]:
    """Give everything about an item in a task, locked until the transaction ends.

    Raises:
        NotFound: The item is not in the task.
    """
    row = conn.execute(_LOCK, {"task_id": task_id, "item_id": item_id}).one_or_none()
    if row is None:
        raise NotFound(f"item {item_id} is not in task {task_id}")
    return row


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970, as leases count."""
    return int(moment.timestamp() * 1000)


def to_lease(row: Row[*tuple[Any, ...]], *, task_id: str, item_id: str) -> Lease:
    """Make a lease of a row with its columns."""
    return Lease(
        task_id=task_id,
        item_id=item_id,
        lease_token=row.lease_token,
        expires_at=datetime.fromtimestamp(row.lease_until_ms / 1000, tz=UTC),
        status_before="queued" if row.submitted_by is None else "rework",
        draft=None if row.draft is None else Draft.model_validate(row.draft),
    )


def read_draft(stored: Mapping[str, JsonValue]) -> Draft:
    """A draft as it is kept."""
    return Draft.model_validate(stored)


def _candidates(condition: ColumnElement[bool]) -> Select[tuple[int, str]]:
    return (
        select(task_item.c.key, task_item.c.status)
        .where(task_item.c.task_key == bindparam("of_task"), condition)
        .order_by(task_item.c.rank, task_item.c.key)
        .limit(bindparam("n"))
        .with_for_update(skip_locked=True)
    )


def _is(status: ItemStatus) -> ColumnElement[bool]:
    return task_item.c.status == status.value


# Made once: building a statement costs more than running it, and every item that is worked on runs these.
_MINE = and_(_is(ItemStatus.REWORK), task_item.c.assignee_id == bindparam("who"))
_EXPIRED = and_(_is(ItemStatus.LEASED), task_item.c.lease_until_ms <= bindparam("now_ms"))
_ABANDONED = and_(
    _is(ItemStatus.REWORK),
    task_item.c.assignee_id != bindparam("who"),
    task_item.c.lease_until_ms <= bindparam("left_ms"),
)
# Each with the count that says whether it is worth asking.
_CANDIDATES = (
    (_candidates(_MINE), "n_rework"),
    (_candidates(_EXPIRED), "n_leased"),
    (_candidates(_is(ItemStatus.QUEUED)), "n_queued"),
    (_candidates(_ABANDONED), "n_rework"),
)

# Once the answers are fused somebody may well get the item again, to mend what came of them.
_UNANSWERED = or_(
    task_item.c.submitted_by.is_not(None),
    ~select(task_answer.c.person_id)
    .where(
        task_answer.c.task_item_key == task_item.c.key,
        task_answer.c.person_id == bindparam("who"),
        task_answer.c.outcome != "draft",
    )
    .exists(),
)
_SHARED_CANDIDATES = (
    (_candidates(_MINE), "n_rework"),
    (_candidates(and_(_EXPIRED, _UNANSWERED)), "n_leased"),
    (_candidates(and_(_is(ItemStatus.QUEUED), _UNANSWERED)), "n_queued"),
    (_candidates(_ABANDONED), "n_rework"),
)


def _counted(status: ItemStatus) -> Label[int]:
    mine = and_(task_count.c.task_key == task.c.key, task_count.c.status == status.value)
    return select(task_count.c.n_items).where(mine).scalar_subquery().label(f"n_{status.value}")


_QUEUE = select(
    task.c.key,
    task.c.project_id,
    task.c.kind,
    task.c.status,
    task.c.lease_seconds,
    task.c.assignee_ids,
    task.c.settings,
    _counted(ItemStatus.QUEUED),
    _counted(ItemStatus.LEASED),
    _counted(ItemStatus.REWORK),
).where(task.c.id == bindparam("task_id"))
_LOCK = (
    select(
        task_item,
        task.c.id.label("task_id"),
        task.c.project_id,
        task.c.kind.label("task_kind"),
        task.c.reviews_task_key,
        task.c.lease_seconds,
        task.c.settings.label("task_settings"),
        recipe.c.labels.label("recipe_labels"),
        task.c.dataset_key,
        item.c.id.label("item_id"),
        select(_REVIEWED.c.key).where(_REVIEWED.c.reviews_task_key == task.c.key).exists().label("is_reviewed"),
    )
    .join(task, task.c.key == task_item.c.task_key)
    .join(item, item.c.key == task_item.c.item_key)
    .outerjoin(recipe, recipe.c.id == task.c.recipe_id)
    .where(task.c.id == bindparam("task_id"), item.c.id == bindparam("item_id"))
    .with_for_update(of=task_item)
)


def _tasks() -> Select[Any]:
    return (
        select(
            task.c.id,
            task.c.project_id,
            dataset.c.id.label("dataset_id"),
            task.c.name,
            task.c.kind,
            task.c.status,
            task.c.recipe_id,
            _REVIEWED.c.id.label("reviews_task_id"),
            task.c.lease_seconds,
            task.c.settings,
            task.c.assignee_ids,
            task.c.created_at,
        )
        .join(dataset, dataset.c.key == task.c.dataset_key)
        .outerjoin(_REVIEWED, _REVIEWED.c.key == task.c.reviews_task_key)
    )


def _summaries(conn: Connection, tasks: Sequence[Task], actor_id: str | None) -> list[TaskSummary]:
    works = [work_of(one.settings) for one in tasks]
    skills = _skills(conn, tasks, actor_id) if any(work.skills for work in works) else []
    ids = [one.id for one in tasks]
    counts: dict[str, dict[str, int]] = {one: {} for one in ids}
    seconds = dict.fromkeys(ids, 0.0)
    by_status = (
        select(task.c.id, task_count.c.status, task_count.c.n_items)
        .join(task, task.c.key == task_count.c.task_key)
        .where(task.c.id.in_(ids))
    )
    for row in conn.execute(by_status):
        counts[row.id][row.status] = row.n_items
    by_task = (
        select(task.c.id, func.sum(task_person.c.human_seconds).label("s"))
        .join(task, task.c.key == task_person.c.task_key)
        .where(task.c.id.in_(ids))
        .group_by(task.c.id)
    )
    seconds |= {row.id: row.s for row in conn.execute(by_task)}
    open_issues = (
        select(task.c.id, func.count().label("n"))
        .join(task, task.c.key == issue.c.task_key)
        .where(task.c.id.in_(ids), issue.c.state == "open")
        .group_by(task.c.id)
    )
    issues = {row.id: row.n for row in conn.execute(open_issues)}
    return [
        TaskSummary(
            **one.model_dump(),
            counts=TaskCounts(**counts[one.id]),
            human_seconds=round(seconds[one.id], 3),
            open_issues=issues.get(one.id, 0),
            answers=wanted_answers(one.settings),
            people=_count_workers(conn, one, work) if wanted_answers(one.settings) > 1 else None,
            work=work,
            may_take=actor_id is None
            or may_take(work, assignee_ids=one.assignee_ids, person_id=actor_id, skills=skills),
            missing_skills=[] if actor_id is None else missing_skills(work, skills),
        )
        for one, work in zip(tasks, works, strict=True)
    ]


def _skills(conn: Connection, tasks: Sequence[Task], actor_id: str | None) -> list[str]:
    """All tasks that are summed up together are of one project."""
    return [] if actor_id is None else list_skills(conn, tasks[0].project_id, actor_id)


def _count_workers(conn: Connection, one: Task, work: TaskWork) -> int:
    return count_workers(conn, one.project_id, one.assignee_ids, skills=work.skills)


# Any: columns of different types.
def _task_item_columns() -> tuple[Any, ...]:
    return (
        task.c.id.label("task_id"),
        item.c.id.label("item_id"),
        task_item.c.status,
        task_item.c.assignee_id,
        task_item.c.submitted_by,
        task_item.c.reviewed_by,
        task_item.c.human_seconds,
        task_item.c.answer,
        task_item.c.updated_at,
    )


# Any: a row's values have the types of their columns, which Pydantic checks again.
def _to_task_item(row: Mapping[Any, Any]) -> TaskItem:
    return TaskItem(**{name: row[name] for name in TaskItem.model_fields})


def _to_issues(conn: Connection, rows: Sequence[Mapping[Any, Any]]) -> list[Issue]:
    replies = list_replies(conn, [row["id"] for row in rows])
    fields = [name for name in Issue.model_fields if name != "comments"]
    return [Issue(**{name: row[name] for name in fields}, comments=replies[row["id"]]) for row in rows]
