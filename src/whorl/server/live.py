"""Server-sent events from the outbox."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool

from whorl.access.rules import Action, is_allowed
from whorl.schemas.events import Event as WireEvent
from whorl.server.permits import Caller
from whorl.server.services import Services
from whorl.store.db.tables import event
from whorl.store.events import Event, read_events

HEARTBEAT_S = 15.0
POLL_S = 0.5
_BATCH = 200


async def stream_events(
    caller: Caller, project_id: str, after_id: int, is_gone: Callable[[], Awaitable[bool]]
) -> AsyncIterator[bytes]:
    """Give each event of a project after an id as an SSE message, then wait for more.

    Ends when the client leaves, the server stops, or the caller loses the right to listen (looked at with each
    heartbeat).
    """
    services = caller.services
    quiet_since = time.monotonic()
    yield b"retry: 2000\n\n"
    while not services.stopping.is_set() and not await is_gone():
        found = await run_in_threadpool(_read, services, project_id, after_id)
        for one in found:
            yield _message(one)
            after_id = one.id
        if found:
            quiet_since = time.monotonic()
            continue
        if time.monotonic() - quiet_since >= HEARTBEAT_S:
            if not await _may_listen(caller, project_id):
                return
            yield b": still here\n\n"
            quiet_since = time.monotonic()
        await asyncio.sleep(POLL_S)


def latest_event_id(services: Services, project_id: str) -> int:
    """The id of a project's last event, 0 when there is none."""
    with services.db.read() as conn:
        newest = conn.execute(select(func.max(event.c.id)).where(event.c.project_id == project_id)).scalar()
    return int(newest or 0)


def _read(services: Services, project_id: str, after_id: int) -> list[Event]:
    with services.db.read() as conn:
        return read_events(conn, after_id=after_id, limit=_BATCH, project_id=project_id)


async def _may_listen(caller: Caller, project_id: str) -> bool:
    if caller.secret is None:
        return False
    actor = await run_in_threadpool(caller.services.actors.find, caller.secret)
    return actor is not None and is_allowed(actor, Action.EVENT_READ, project_id)


def _message(one: Event) -> bytes:
    wire = WireEvent(
        id=str(one.id),
        kind=one.kind,
        subject_id=one.subject_id,
        actor_id=one.actor_id,
        cause=one.cause,
        payload=dict(one.payload),
        at=one.at,
    )
    return f"id: {one.id}\nevent: {one.kind}\ndata: {wire.model_dump_json()}\n\n".encode()
