"""Many items submitted at once, as from a grid of thumbnails."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from whorl.base.errors import WhorlError
from whorl.schemas.tasks import BulkItem, TaskItem
from whorl.tasks.work import submit_item

PIECE = 25
"""How many items go into one transaction: more would keep other people's writes waiting."""


def submit_items(
    conn: Connection, task_id: str, items: Sequence[BulkItem], *, actor_id: str, now: datetime
) -> list[TaskItem | WhorlError]:
    """Finish each item by itself; give what became of each, in order: the item, or the error that kept it."""
    return [_submit(conn, task_id, one, actor_id=actor_id, now=now) for one in items]


def _submit(conn: Connection, task_id: str, given: BulkItem, *, actor_id: str, now: datetime) -> TaskItem | WhorlError:
    try:
        with conn.begin_nested():
            return submit_item(
                conn,
                task_id,
                given.item_id,
                lease_token=given.lease_token,
                annotations=given.annotations,
                removed_ids=given.removed_ids,
                rejected_ids=given.rejected_ids,
                base_revision=given.base_revision,
                draft_version=given.draft_version,
                answer=given.answer,
                active_seconds=given.active_seconds,
                actor_id=actor_id,
                now=now,
            )
    except WhorlError as error:
        return error
