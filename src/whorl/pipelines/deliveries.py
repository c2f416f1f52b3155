"""Webhook calls as rows: written with the work that causes them, sent afterwards, kept to be seen."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from whorl.base.errors import Conflict, InvalidInput, JsonValue, NotFound
from whorl.base.ids import new_id
from whorl.engine import Message, send
from whorl.schemas.deliveries import Delivery, DeliveryState
from whorl.schemas.wire import Page
from whorl.store.db.tables import delivery, inbox, pipeline

ADDRESS = "webhooks"
"""The inbox name of what sends."""

WAITING, DELIVERED, FAILED = "waiting", "delivered", "failed"
DELAYS_S = (10, 60, 300, 1800, 7200, 21_600, 57_600)
"""Seconds between one try and the next: eight tries in about a day."""

MOST_BODY_BYTES = 2**20
RESPONSE_CHARACTERS = 2000
KEPT = 10_000
"""Delivered calls of a pipeline that are kept, nearly: it is trimmed now and then."""

_TRIM_EVERY = 200


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A call to be made; its id goes into the body as ``id``."""

    ref: str
    url: str
    body: dict[str, JsonValue]


def add_deliveries(
    conn: Connection,
    new: Sequence[NewDelivery],
    *,
    project_id: str,
    pipeline_id: str,
    node: str,
    now: datetime,
) -> list[str]:
    """Write calls and hand them to the sender, in the caller's transaction; gives their ids."""
    if not new:
        return []
    find_or_make_secret(conn, pipeline_id)
    rows = []
    for one in new:
        delivery_id = new_id("delivery", at=now.timestamp())
        rows.append(
            {
                "id": delivery_id,
                "project_id": project_id,
                "pipeline_id": pipeline_id,
                "node": node,
                "ref": one.ref,
                "url": one.url,
                "body": orjson.dumps({"id": delivery_id, **one.body}).decode(),
                "state": WAITING,
                "attempts": 0,
                "created_at": now,
                "next_at": now,
            }
        )
    conn.execute(insert(delivery), rows)
    ids = [str(row["id"]) for row in rows]
    send(conn, [Message(ADDRESS, 0, one) for one in ids])
    if any(zlib.crc32(one.encode()) % _TRIM_EVERY == 0 for one in ids):
        trim_deliveries(conn, pipeline_id, kept=KEPT)
    return ids


def trim_deliveries(conn: Connection, pipeline_id: str, *, kept: int) -> None:
    """Forget delivered calls but the newest; what waits or failed stays."""
    mine = delivery.c.pipeline_id == pipeline_id
    newest = select(delivery.c.id).where(mine).order_by(delivery.c.id.desc()).offset(kept).limit(1)
    last = conn.execute(newest).scalar_one_or_none()
    if last is not None:
        conn.execute(delete(delivery).where(mine, delivery.c.id <= last, delivery.c.state == DELIVERED))


def list_deliveries(
    conn: Connection,
    pipeline_id: str,
    *,
    state: DeliveryState | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> Page[Delivery]:
    """A pipeline's calls, newest first."""
    found = select(delivery).where(delivery.c.pipeline_id == pipeline_id).order_by(delivery.c.id.desc())
    if state is not None:
        found = found.where(delivery.c.state == state)
    if cursor is not None:
        if not (cursor.isascii() and cursor.startswith("dlv_") and cursor[4:].isalnum()):
            raise InvalidInput(f"not a cursor: {cursor[:60]!a}", hint="Pass next_cursor of the page before.")
        found = found.where(delivery.c.id < cursor)
    rows = list(conn.execute(found.limit(limit + 1)).mappings())
    return Page(
        items=[delivery_of(row) for row in rows[:limit]],
        next_cursor=rows[limit - 1]["id"] if len(rows) > limit else None,
    )


def get_delivery(conn: Connection, delivery_id: str) -> Delivery:
    """One call.

    Raises:
        NotFound: There is none with this id.
    """
    row = conn.execute(select(delivery).where(delivery.c.id == delivery_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no such delivery: {delivery_id}")
    return delivery_of(row)


def retry_delivery(conn: Connection, delivery_id: str, *, now: datetime) -> Delivery:
    """Send a call again now, with all its tries, whatever came of it before. It keeps its id.

    Raises:
        NotFound: There is none with this id.
        Conflict: It is being sent at this moment.
    """
    get_delivery(conn, delivery_id)
    mine = (inbox.c.node == ADDRESS) & (inbox.c.run_key == 0) & (inbox.c.ref == delivery_id)
    conn.execute(delete(inbox).where(mine, inbox.c.token.is_(None)))
    if conn.execute(select(inbox.c.id).where(mine)).first() is not None:
        raise Conflict(f"delivery {delivery_id} is being sent now", hint="Look again in a few seconds.")
    values = {"state": WAITING, "attempts": 0, "next_at": now}
    conn.execute(update(delivery).where(delivery.c.id == delivery_id).values(**values))
    send(conn, [Message(ADDRESS, 0, delivery_id)])
    return get_delivery(conn, delivery_id)


def find_or_make_secret(conn: Connection, pipeline_id: str, *, renew: bool = False) -> str:
    """The secret that a pipeline's calls are signed with; made at first use.

    Args:
        renew: Make another in its place.

    Raises:
        NotFound: There is no such pipeline.
    """
    mine = pipeline.c.id == pipeline_id
    # Two first uses at a time must find the same one.
    found = conn.execute(select(pipeline.c.webhook_secret).where(mine).with_for_update(key_share=True)).one_or_none()
    if found is None:
        raise NotFound(f"no such pipeline: {pipeline_id}")
    if found.webhook_secret is not None and not renew:
        return str(found.webhook_secret)
    secret = f"whs_{secrets.token_hex(24)}"
    conn.execute(update(pipeline).where(mine).values(webhook_secret=secret))
    return secret


def sign(secret: str, body: bytes, *, at: int) -> str:
    """The value of the header ``Whorl-Signature``: the time, and HMAC-SHA256 over ``<time>.<body>``.

    Args:
        at: Seconds since 1970.

    >>> sign("whs_1", b"{}", at=1700000000)[:24]
    't=1700000000,v1=d3065760'
    """
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def delay_after(attempts: int) -> int | None:
    """Seconds until the next try after so many that failed; None when it is given up."""
    return DELAYS_S[attempts - 1] if attempts <= len(DELAYS_S) else None


def delivery_of(row: RowMapping) -> Delivery:
    """The call that a row holds."""
    names = Delivery.model_fields
    return Delivery(**{name: row[name] for name in names})
