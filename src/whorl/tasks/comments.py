"""What people say about items and in reply to issues. A comment changes nobody's work; an issue does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from whorl.base.errors import NotFound
from whorl.base.ids import new_id
from whorl.schemas.tasks import Comment, CommentCreate
from whorl.store.db.tables import annotation, comment, dataset, issue, item, person, task
from whorl.store.events import emit

_EVENT = "comment.added"


def list_comments(conn: Connection, item_id: str) -> list[Comment]:
    """What people said about an item, oldest first; replies to issues come with the issues."""
    query = _comments().where(item.c.id == item_id, comment.c.issue_id.is_(None)).order_by(comment.c.id)
    return [_comment(row) for row in conn.execute(query).mappings()]


def list_replies(conn: Connection, issue_ids: Sequence[str]) -> dict[str, list[Comment]]:
    """The replies to issues, by issue, oldest first."""
    found: dict[str, list[Comment]] = {one: [] for one in issue_ids}
    if not issue_ids:
        return found
    query = _comments().where(comment.c.issue_id.in_(issue_ids)).order_by(comment.c.id)
    for row in conn.execute(query).mappings():
        found[row["issue_id"]].append(_comment(row))
    return found


def add_comment(conn: Connection, item_id: str, said: CommentCreate, *, actor_id: str, now: datetime) -> Comment:
    """Say something about an item: at a place in pixels of the upright image, on an annotation, or in general.

    Raises:
        NotFound: There is no such item, or the annotation is not one of its.
    """
    home = conn.execute(
        select(item.c.key, dataset.c.project_id)
        .join(dataset, dataset.c.key == item.c.dataset_key)
        .where(item.c.id == item_id)
    ).one_or_none()
    if home is None:
        raise NotFound(f"no item with id {item_id}")
    if said.annotation_id is not None:
        mine = select(annotation.c.key).where(annotation.c.id == said.annotation_id, annotation.c.item_key == home.key)
        if conn.execute(mine).first() is None:
            raise NotFound(f"no such annotation on this item: {said.annotation_id}")
    made = _insert(conn, home.key, said, issue_id=None, actor_id=actor_id, now=now)
    payload = {"comment_id": made.id, "item_id": item_id}
    emit(conn, _EVENT, project_id=home.project_id, subject_id=item_id, actor_id=actor_id, now=now, payload=payload)
    return made


def reply_to_issue(conn: Connection, issue_id: str, body: str, *, actor_id: str, now: datetime) -> Comment:
    """Answer an issue; its state stays what it is.

    Raises:
        NotFound: There is no such issue.
    """
    home = conn.execute(
        select(issue.c.item_key, task.c.id.label("task_id"), task.c.project_id, item.c.id.label("item_id"))
        .join(task, task.c.key == issue.c.task_key)
        .join(item, item.c.key == issue.c.item_key)
        .where(issue.c.id == issue_id)
    ).one_or_none()
    if home is None:
        raise NotFound(f"no such issue: {issue_id}")
    made = _insert(conn, home.item_key, CommentCreate(body=body), issue_id=issue_id, actor_id=actor_id, now=now)
    payload = {"comment_id": made.id, "item_id": home.item_id, "issue_id": issue_id, "task_id": home.task_id}
    emit(conn, _EVENT, project_id=home.project_id, subject_id=home.item_id, actor_id=actor_id, now=now, payload=payload)
    return made


def _insert(
    conn: Connection, item_key: int, said: CommentCreate, *, issue_id: str | None, actor_id: str, now: datetime
) -> Comment:
    comment_id = new_id("comment", at=now.timestamp())
    values = {"id": comment_id, "item_key": item_key, "issue_id": issue_id, "author_id": actor_id, "created_at": now}
    conn.execute(insert(comment).values(**values, **said.model_dump()))
    return _comment(conn.execute(_comments().where(comment.c.id == comment_id)).mappings().one())


# Any: columns of different types, and a row's values, which Pydantic checks again.
def _comments() -> Select[Any]:
    name = func.coalesce(person.c.name, comment.c.author_id).label("author_name")
    return (
        select(comment, item.c.id.label("item_id"), name)
        .join(item, item.c.key == comment.c.item_key)
        .outerjoin(person, person.c.id == comment.c.author_id)
    )


def _comment(row: Any) -> Comment:
    return Comment(**{name: row[name] for name in Comment.model_fields})
