"""Takes items back out of people's queues when what put them there no longer waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, delete, exists, null, select, update

from whorl.base.errors import JsonValue
from whorl.store.db.tables import task_answer, task_item
from whorl.tasks.rules import ItemStatus
from whorl.tasks.tally import count_added

WAS_HERE = "was_here"
"""In a way back: the task had the item before the pipeline came to wait for it."""

_CHUNK = 500


def withdraw_task_items(conn: Connection, keys: Sequence[int], *, now: datetime) -> int:
    """Take items out of their tasks and give how many went.

    An item that somebody holds, has worked on, or has put there by hand stays; nobody waits for it any more.

    Args:
        keys: Keys of rows of ``task_item``.
    """
    gone = 0
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        has_answer = exists().where(task_answer.c.task_item_key == task_item.c.key)
        found = select(task_item, has_answer.label("has_answer")).where(task_item.c.key.in_(chunk))
        rows = conn.execute(found.order_by(task_item.c.key).with_for_update(of=task_item)).all()
        for row in rows:
            if _is_untouched(row, now_ms=int(now.timestamp() * 1000)):
                conn.execute(delete(task_item).where(task_item.c.key == row.key))
                count_added(conn, row.task_key, n=-1, status=ItemStatus(row.status))
                gone += 1
            else:
                conn.execute(update(task_item).where(task_item.c.key == row.key).values(return_to=null()))
    return gone


# Any: a row's type is that of its query.
def _is_untouched(row: Row[tuple[object, ...]], *, now_ms: int) -> bool:
    held = row.status == ItemStatus.LEASED and row.lease_until_ms > now_ms
    is_open = row.status in (ItemStatus.QUEUED, ItemStatus.LEASED) and not held
    way: JsonValue = row.return_to
    was_here = isinstance(way, dict) and bool(way.get(WAS_HERE))
    has_work = row.submitted_by is not None or row.human_seconds > 0 or row.draft is not None or row.has_answer
    return is_open and not was_here and not has_work
