"""Writes on tasks: make them, fill them, pause them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, null, select, update
from sqlalchemy.dialects import postgresql, sqlite

from whorl.access.rules import POLICY, Action, Role
from whorl.base.errors import InvalidInput, JsonValue, NotFound
from whorl.base.ids import new_id
from whorl.ontology.queries import check_labels, get_recipe
from whorl.schemas.tasks import Task, TaskWork
from whorl.store.db.tables import dataset, item, membership, model, person, recipe, task, task_item
from whorl.store.db.types import ALIVE
from whorl.store.events import emit
from whorl.tasks import queries
from whorl.tasks.answers import fuse_ripe
from whorl.tasks.moves import new_task_item
from whorl.tasks.narrowing import WORK, allowed_labels, check_possible, read_work
from whorl.tasks.rules import ItemStatus, TaskKind, TaskStatus, wanted_answers
from whorl.tasks.tally import count_added, open_tally
from whorl.tasks.withdrawing import WAS_HERE

_CHUNK = 500
_FINISHED = frozenset({ItemStatus.SUBMITTED, ItemStatus.APPROVED, ItemStatus.DISCARDED})
DEFAULT_LEASE_SECONDS = 600


def create_task(
    conn: Connection,
    dataset_id: str,
    *,
    name: str,
    kind: TaskKind,
    actor_id: str,
    now: datetime,
    recipe_id: str | None = None,
    reviews_task_id: str | None = None,
    takes_submitted: bool = False,
    lease_seconds: int = DEFAULT_LEASE_SECONDS,
    settings: Mapping[str, JsonValue] | None = None,
    work: TaskWork | None = None,
) -> Task:
    """Make a task on a dataset, empty and active.

    Args:
        work: What is asked; None: what the settings say under ``work``, else everything.
        reviews_task_id: For a review: the labelling task whose work an issue reopens.
        takes_submitted: For a review: each item submitted there comes here by itself.

    Raises:
        NotFound: The dataset, the recipe or the reviewed task is not in the same project.
        InvalidInput: A task that is no review names one that it reviews, or what is asked does not fit.
        UnknownLabel: The ontology lacks a label of the work.
    """
    home = conn.execute(select(dataset.c.key, dataset.c.project_id).where(dataset.c.id == dataset_id)).one_or_none()
    if home is None:
        raise NotFound(f"no such dataset: {dataset_id}")
    if reviews_task_id is not None and kind is not TaskKind.REVIEW:
        raise InvalidInput(f"a {kind} task reviews no other task", hint="Make it a review, or leave the field out.")
    if takes_submitted and reviews_task_id is None:
        raise InvalidInput("takes_submitted needs reviews_task_id", hint="Name the labelling task to take from.")
    if recipe_id is not None:
        _check_recipe(conn, recipe_id, project_id=home.project_id)
    told = _with_work(settings or {}, work)
    check_possible(read_work(told), kind=kind, settings=told)
    _check_asked(conn, told, project_id=home.project_id, recipe_id=recipe_id)
    reviewed_key = None
    if reviews_task_id is not None:
        reviewed_key = _reviewed_key(conn, reviews_task_id, dataset_key=home.key)
    task_id = new_id("task")
    task_key = conn.execute(
        insert(task)
        .values(
            id=task_id,
            project_id=home.project_id,
            dataset_key=home.key,
            name=name,
            kind=kind,
            status=TaskStatus.ACTIVE,
            recipe_id=recipe_id,
            reviews_task_key=reviewed_key,
            lease_seconds=lease_seconds,
            settings={**told, **({"takes_submitted": True} if takes_submitted else {})},
            assignee_ids=null(),
            created_at=now,
        )
        .returning(task.c.key)
    ).scalar_one()
    open_tally(conn, task_key)
    emit(conn, "task.changed", project_id=home.project_id, subject_id=task_id, actor_id=actor_id, now=now)
    return queries.get_task(conn, task_id)


def update_task(
    conn: Connection,
    task_id: str,
    *,
    actor_id: str,
    now: datetime,
    name: str | None = None,
    status: TaskStatus | None = None,
) -> Task:
    """Rename, pause, resume or end a task. Leases that people hold stay good.

    Raises:
        NotFound: There is no such task.
    """
    before = queries.get_task(conn, task_id)
    values = {"name": name or before.name, "status": status or before.status}
    conn.execute(update(task).where(task.c.id == task_id).values(**values))
    emit(conn, "task.changed", project_id=before.project_id, subject_id=task_id, actor_id=actor_id, now=now)
    return queries.get_task(conn, task_id)


def set_work(
    conn: Connection,
    held: Task,
    *,
    recipe_id: str | None,
    settings: Mapping[str, JsonValue],
    actor_id: str,
    now: datetime,
    work: TaskWork | None = None,
) -> None:
    """Give a task another recipe, other settings or other work where they differ; those that are not named stay.

    Where fewer answers are wanted than before, items that have enough of them are done.

    Args:
        recipe_id: None leaves the recipe as it is.
        work: None leaves what is asked as it is.

    Raises:
        NotFound: The recipe is not in the task's project.
        InvalidInput: What is asked does not fit the task.
        UnknownLabel: The ontology lacks a label of the work.
    """
    is_other_recipe = recipe_id is not None and recipe_id != held.recipe_id
    merged = _with_work({**held.settings, **settings}, work)
    if not is_other_recipe and merged == held.settings:
        return
    if recipe_id is not None:
        _check_recipe(conn, recipe_id, project_id=held.project_id)
    chosen = recipe_id or held.recipe_id
    check_possible(read_work(merged), kind=TaskKind(held.kind), settings=merged)
    if is_other_recipe or merged.get(WORK) != held.settings.get(WORK):
        _check_asked(conn, merged, project_id=held.project_id, recipe_id=chosen)
    values = {"recipe_id": chosen, "settings": merged}
    conn.execute(update(task).where(task.c.id == held.id).values(**values))
    if wanted_answers(merged) < wanted_answers(held.settings):
        fuse_ripe(conn, held.id, now=now)
    emit(conn, "task.changed", project_id=held.project_id, subject_id=held.id, actor_id=actor_id, now=now)


def assign_task(
    conn: Connection, task_id: str, person_ids: Sequence[str] | None, *, actor_id: str, now: datetime
) -> Task:
    """Let only these people lease from a task, or everyone with None. Leases that others hold stay good.

    Raises:
        NotFound: There is no such task.
        InvalidInput: Somebody is not a member of the project, or has a role that does not work on tasks.
    """
    before = queries.get_task(conn, task_id)
    if person_ids is not None:
        _check_workers(conn, before.project_id, person_ids)
    chosen = null() if person_ids is None else list(dict.fromkeys(person_ids))
    conn.execute(update(task).where(task.c.id == task_id).values(assignee_ids=chosen))
    emit(conn, "task.changed", project_id=before.project_id, subject_id=task_id, actor_id=actor_id, now=now)
    return queries.get_task(conn, task_id)


def add_task_items(
    conn: Connection,
    task_id: str,
    item_ids: Sequence[str],
    *,
    actor_id: str,
    now: datetime,
    return_to: Mapping[str, JsonValue] | Mapping[str, Mapping[str, JsonValue]] | None = None,
    rank: int = 0,
) -> int:
    """Put items into a task's queue and give how many were new; those already there are left alone.

    Args:
        return_to: Where a pipeline's token goes on when an item is finished: one for all, or one by item id.
        rank: Smaller is served first.

    Raises:
        NotFound: The task does not exist, or an item is not in the task's dataset.
    """
    home = conn.execute(select(task).where(task.c.id == task_id)).one_or_none()
    if home is None:
        raise NotFound(f"no such task: {task_id}")
    per_item = return_to is not None and any(one in return_to for one in item_ids)
    added = 0
    for chunk in _chunks(list(dict.fromkeys(item_ids))):
        keys = _item_keys(conn, chunk, dataset_key=home.dataset_key)
        rows = [
            new_task_item(
                home.key,
                keys[one],
                now=now,
                rank=rank,
                return_to=return_to.get(one) if per_item and return_to is not None else return_to,
            )
            for one in chunk
        ]
        added += _insert_new(conn, home.key, rows)
    if added:
        payload: dict[str, JsonValue] = {"added": added}
        emit(
            conn,
            "task.changed",
            project_id=home.project_id,
            subject_id=task_id,
            actor_id=actor_id,
            now=now,
            payload=payload,
        )
    return added


@dataclass(frozen=True)
class StandingItem:
    """An item that a task has already: its status, whose token waits for it, and whether that is the one given."""

    status: ItemStatus
    return_to: Mapping[str, JsonValue]
    is_attached: bool
    answer: str | None = None

    @property
    def is_finished(self) -> bool:
        return self.status in _FINISHED


def attach_task_items(
    conn: Connection, task_id: str, ways: Mapping[str, Mapping[str, JsonValue]]
) -> dict[str, StandingItem]:
    """Give the items that the task has already, and each of them that nobody waits for its way back.

    Args:
        ways: Where a pipeline's token goes on when an item is finished, by item id.
    """
    standing: dict[str, StandingItem] = {}
    for chunk in _chunks(list(ways)):
        found = (
            select(item.c.id, task_item.c.key, task_item.c.status, task_item.c.return_to, task_item.c.answer)
            .join(item, item.c.key == task_item.c.item_key)
            .join(task, task.c.key == task_item.c.task_key)
            .where(task.c.id == task_id, item.c.id.in_(chunk))
            .with_for_update(of=task_item)
        )
        for row in conn.execute(found).all():
            status = ItemStatus(row.status)
            is_free = row.return_to is None and status not in _FINISHED
            if is_free:
                way = {**ways[row.id], WAS_HERE: True}
                conn.execute(update(task_item).where(task_item.c.key == row.key).values(return_to=way))
            standing[row.id] = StandingItem(status, row.return_to or {}, is_attached=is_free, answer=row.answer)
    return standing


def _insert_new(conn: Connection, task_key: int, rows: Sequence[Mapping[str, object]]) -> int:
    count = select(func.count()).where(
        task_item.c.task_key == task_key, task_item.c.item_key.in_([row["item_key"] for row in rows])
    )
    before = conn.execute(count).scalar_one()
    dialect_insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = dialect_insert(task_item).on_conflict_do_nothing(index_elements=["task_key", "item_key"])
    conn.execute(statement, rows)
    added: int = conn.execute(count).scalar_one() - before
    count_added(conn, task_key, n=added)
    return added


def _item_keys(conn: Connection, item_ids: Sequence[str], *, dataset_key: int) -> dict[str, int]:
    query = select(item.c.id, item.c.key).where(
        item.c.id.in_(item_ids), item.c.dataset_key == dataset_key, item.c.died_rev == ALIVE
    )
    keys = {row.id: row.key for row in conn.execute(query)}
    missing = [one for one in item_ids if one not in keys]
    if missing:
        raise NotFound(
            f"not in the task's dataset: {', '.join(missing[:5])}" + (" and more" if len(missing) > 5 else ""),
            details={"item_ids": list(missing[:100])},
        )
    return keys


def _reviewed_key(conn: Connection, task_id: str, *, dataset_key: int) -> int:
    key = conn.execute(
        select(task.c.key).where(task.c.id == task_id, task.c.dataset_key == dataset_key)
    ).scalar_one_or_none()
    if key is None:
        raise NotFound(f"no such task on this dataset: {task_id}")
    return int(key)


def _check_workers(conn: Connection, project_id: str, person_ids: Sequence[str]) -> None:
    query = select(membership.c.person_id, membership.c.role).where(membership.c.project_id == project_id)
    roles = {row.person_id: Role(row.role) for row in conn.execute(query)}
    admins = set(conn.execute(select(person.c.id).where(person.c.is_admin.is_(True))).scalars())
    for one in person_ids:
        is_worker = one in admins or (one in roles and Action.TASK_WORK in POLICY[roles[one]])
        if not is_worker:
            raise InvalidInput(
                f"{one} does not work on tasks in this project", hint="Make them a member who may annotate first."
            )


def _with_work(settings: Mapping[str, JsonValue], work: TaskWork | None) -> dict[str, JsonValue]:
    if work is None or (work == TaskWork() and WORK not in settings):
        return dict(settings)
    stored = work.model_copy(update={"skills": list(dict.fromkeys(one.strip() for one in work.skills))})
    told = {**settings, WORK: stored.model_dump(mode="json")}
    if "labels" in settings:
        # Of a classify task: the classes to choose from have been there before the work had labels.
        told["labels"] = [*work.labels]
    return told


def _check_asked(
    conn: Connection,
    settings: Mapping[str, JsonValue],
    *,
    project_id: str,
    recipe_id: str | None,
) -> None:
    work = read_work(settings)
    if work.labels:
        check_labels(conn, project_id, work.labels)
        of_recipe = None if recipe_id is None else get_recipe(conn, recipe_id).labels
        if not allowed_labels(work, of_recipe):
            raise InvalidInput(
                f"none of the labels of this task is one of its recipe's: {', '.join(of_recipe or ())}",
                hint="Give the task labels that the recipe has, or another recipe.",
            )
    if work.model_id is not None:
        mine = select(model.c.id).where(model.c.id == work.model_id, model.c.project_id == project_id)
        if conn.execute(mine).first() is None:
            raise NotFound(f"no such model in this project: {work.model_id}")


def _check_recipe(conn: Connection, recipe_id: str, *, project_id: str) -> None:
    query = select(recipe.c.id).where(recipe.c.id == recipe_id, recipe.c.project_id == project_id)
    if conn.execute(query).one_or_none() is None:
        raise NotFound(f"no such recipe in this project: {recipe_id}")


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
