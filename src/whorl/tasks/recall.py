"""Taking particular items: one that was opened by its address, one whose lease was lost, one's own finished work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from whorl.schemas.tasks import Lease
from whorl.store.db.tables import task, task_item
from whorl.tasks.moves import ItemRow
from whorl.tasks.queries import lock_task_item, to_ms
from whorl.tasks.rules import ItemStatus, Move, next_status, wanted_answers
from whorl.tasks.tally import count_moved
from whorl.tasks.work import REWORK_GRACE_SECONDS, open_queue, take


def lease_items(
    conn: Connection,
    task_id: str,
    item_ids: Sequence[str],
    *,
    actor_id: str,
    now: datetime,
    lease_s: int | None = None,
) -> list[Lease]:
    """Give somebody these very items, as far as they can be had; the others are left out.

    To be had are items that wait, leases that ran out, items one holds already (under a new token: another window lets
    go), and one's own submitted or discarded work, unless a reviewer has it in hand or approved it.

    Raises:
        NotFound: There is no such task, or an item is not in it.
        Conflict: The task is paused or done.
        Forbidden: It is for other people.
    """
    found = open_queue(conn, task_id, actor_id=actor_id)
    leases: list[Lease] = []
    for item_id in dict.fromkeys(item_ids):
        row = lock_task_item(conn, task_id, item_id)
        if not _is_to_be_had(row, actor_id, now_ms=to_ms(now)):
            continue
        if row.status in {ItemStatus.SUBMITTED, ItemStatus.DISCARDED}:
            if not _hold_reviews(conn, row, now=now):
                continue
            next_status(ItemStatus(row.status), Move.RECALL)
        leases.append(
            take(
                conn,
                row.key,
                task_id,
                actor_id=actor_id,
                now=now,
                lease_s=lease_s or found.lease_seconds,
                is_shared=wanted_answers(found.settings) > 1,
            )
        )
        count_moved(conn, row.task_key, row.status, ItemStatus.LEASED)
    return leases


def _is_to_be_had(row: ItemRow, actor_id: str, *, now_ms: int) -> bool:
    status = ItemStatus(row.status)
    if status is ItemStatus.QUEUED:
        return True
    if status is ItemStatus.LEASED:
        return bool(row.assignee_id == actor_id or row.lease_until_ms <= now_ms)
    if status is ItemStatus.REWORK:
        is_abandoned = row.lease_until_ms <= now_ms - REWORK_GRACE_SECONDS * 1000
        return bool(row.assignee_id in {actor_id, None} or is_abandoned)
    if status is ItemStatus.SUBMITTED and wanted_answers(row.task_settings) > 1:
        # Fused with what others said: it is nobody's own any more.
        return False
    if status is ItemStatus.SUBMITTED:
        return bool(row.submitted_by == actor_id)
    return status is ItemStatus.DISCARDED and row.assignee_id == actor_id


def _hold_reviews(conn: Connection, row: ItemRow, *, now: datetime) -> bool:
    """Make reviews of an item wait until it is handed in again; False when a reviewer is at it."""
    mine = (
        select(task_item.c.key, task_item.c.task_key, task_item.c.status)
        .join(task, task.c.key == task_item.c.task_key)
        .where(task.c.reviews_task_key == row.task_key, task_item.c.item_key == row.item_key)
        .with_for_update(of=task_item)
    )
    reviews = conn.execute(mine).all()
    if any(review.status == ItemStatus.LEASED for review in reviews):
        return False
    for review in reviews:
        if review.status == ItemStatus.QUEUED:
            count_moved(conn, review.task_key, review.status, ItemStatus.WAITING)
            conn.execute(
                update(task_item)
                .where(task_item.c.key == review.key)
                .values(status=ItemStatus.WAITING.value, version=task_item.c.version + 1, updated_at=now)
            )
    return True
