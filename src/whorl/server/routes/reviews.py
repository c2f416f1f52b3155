"""Review: approve, issues, and what people say about items."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter

from whorl.access.rules import Action
from whorl.schemas import tasks as wire
from whorl.server.permits import CallerDep, needs
from whorl.tasks import comments, queries, reviews

router = APIRouter(prefix="/api/v1", tags=["tasks"])


@router.post("/tasks/{task_id}/items/{item_id}/approve", **needs(Action.TASK_REVIEW))
def approve_item(caller: CallerDep, task_id: str, item_id: str, body: wire.Approve) -> wire.TaskItem:
    """Accept an item's work, with own corrections when given; open issues block it."""
    return caller.write(
        lambda conn: reviews.approve_item(
            conn,
            task_id,
            item_id,
            lease_token=body.lease_token,
            annotations=body.annotations,
            removed_ids=body.removed_ids,
            rejected_ids=body.rejected_ids,
            base_revision=body.base_revision,
            active_seconds=body.active_seconds,
            actor_id=caller.actor.id,
            now=caller.now,
        )
    )


@router.post("/tasks/{task_id}/items/{item_id}/issues", status_code=201, **needs(Action.TASK_REVIEW))
def raise_issue(caller: CallerDep, task_id: str, item_id: str, body: wire.IssueCreate) -> wire.Issue:
    """Say what needs mending; the author gets the item again."""
    return caller.write(
        lambda conn: reviews.raise_issue(
            conn,
            task_id,
            item_id,
            body.body,
            annotation_id=body.annotation_id,
            x=body.x,
            y=body.y,
            lease_token=body.lease_token,
            active_seconds=body.active_seconds,
            actor_id=caller.actor.id,
            now=caller.now,
        )
    )


@router.get("/tasks/{task_id}/issues", **needs(Action.TASK_READ))
def list_issues(
    caller: CallerDep, task_id: str, item_id: str | None = None, state: Literal["open", "resolved"] | None = None
) -> list[wire.Issue]:
    """The issues of a task and of the reviews that look after it, oldest first."""
    return caller.read(lambda conn: queries.list_issues(conn, task_id, item_id=item_id, state=state))


@router.post("/issues/{issue_id}/resolve", **needs(Action.TASK_WORK))
def resolve_issue(caller: CallerDep, issue_id: str) -> wire.Issue:
    """Say that an issue is mended."""
    return caller.write(lambda conn: reviews.resolve_issue(conn, issue_id, actor_id=caller.actor.id, now=caller.now))


@router.post("/issues/{issue_id}/comments", status_code=201, **needs(Action.TASK_WORK))
def reply_to_issue(caller: CallerDep, issue_id: str, body: wire.ReplyCreate) -> wire.Comment:
    """Answer an issue; its state stays what it is."""
    return caller.write(
        lambda conn: comments.reply_to_issue(conn, issue_id, body.body, actor_id=caller.actor.id, now=caller.now)
    )


@router.get("/items/{item_id}/comments", **needs(Action.TASK_READ))
def list_comments(caller: CallerDep, item_id: str) -> list[wire.Comment]:
    """What people said about the item, oldest first."""
    return caller.read(lambda conn: comments.list_comments(conn, item_id))


@router.post("/items/{item_id}/comments", status_code=201, **needs(Action.TASK_WORK))
def add_comment(caller: CallerDep, item_id: str, body: wire.CommentCreate) -> wire.Comment:
    """Say something about the item: at a place, on an annotation, or in general."""
    return caller.write(
        lambda conn: comments.add_comment(conn, item_id, body, actor_id=caller.actor.id, now=caller.now)
    )
