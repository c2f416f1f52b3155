"""Sends webhook calls: signed, through the one way out, until they are delivered or given up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

from sqlalchemy import Connection, RowMapping, select, update

from whorl.base.clock import Clock, to_datetime
from whorl.base.errors import EgressRefused, WhorlError
from whorl.engine import BodyContext, Message, Released, Work
from whorl.pipelines.deliveries import (
    ADDRESS,
    DELIVERED,
    FAILED,
    RESPONSE_CHARACTERS,
    WAITING,
    delay_after,
    sign,
)
from whorl.pipelines.logs import Said, add_lines
from whorl.store.db import Database
from whorl.store.db.tables import delivery, pipeline

if TYPE_CHECKING:
    from whorl.base.egress import Egress

_AT_A_TIME = 8


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one call.

    Args:
        error: None when it was delivered.
        is_final: Another try cannot help.
    """

    at: datetime
    status_code: int | None = None
    response: str | None = None
    error: str | None = None
    is_final: bool = False


@dataclass(frozen=True)
class DeliveryHandler:
    """The engine's handler of webhook calls. A call may go out twice after a crash; its id is the same.

    Args:
        open_egress: Gives the way out, when the first call is made.
    """

    db: Database
    open_egress: Callable[[], Egress]
    clock: Clock
    batch_size: int = 32
    lease_s: float = 180.0
    max_attempts: int = 5
    backoff_s: float = 5.0
    priority: int = 0
    max_in_flight: int = 2

    def run(self, works: Sequence[Work], context: BodyContext) -> Sequence[Tried | Released | None]:
        """Make the calls; None for one that needs none any more."""
        with self.db.read() as conn:
            rows = _read(conn, [work.ref for work in works])
        egress = self.open_egress()

        def one(work: Work) -> Tried | Released | None:
            row = rows.get(work.ref)
            if row is None or row["state"] != WAITING:
                return None
            return Released() if context.should_stop() else self._call(row, egress)

        with ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="whorl-webhook") as pool:
            return list(pool.map(one, works))

    def commit(
        self, conn: Connection, works: Sequence[Work], outcomes: Sequence[Tried | Released | None]
    ) -> Iterable[Message]:
        """Keep what came of the calls, and plan the next try of those that failed."""
        rows = _read(conn, [work.ref for work in works])
        messages = []
        for work, outcome in zip(works, outcomes, strict=True):
            row = rows.get(work.ref)
            if row is None or not isinstance(outcome, Tried):
                continue
            attempts = row["attempts"] + 1
            delay_s = None if outcome.error is None or outcome.is_final else delay_after(attempts)
            next_at = None if delay_s is None else outcome.at + timedelta(seconds=delay_s)
            state = DELIVERED if outcome.error is None else FAILED if next_at is None else WAITING
            conn.execute(
                update(delivery)
                .where(delivery.c.id == work.ref)
                .values(
                    state=state,
                    attempts=attempts,
                    status_code=outcome.status_code,
                    response=outcome.response,
                    error=outcome.error,
                    tried_at=outcome.at,
                    next_at=next_at,
                )
            )
            if next_at is not None:
                messages.append(Message(ADDRESS, 0, work.ref, not_before=next_at))
            if state == FAILED:
                said = Said(f"webhook {work.ref} was given up after {attempts} tries: {outcome.error}", "error")
                add_lines(conn, [said], pipeline_id=row["pipeline_id"], node=row["node"], now=outcome.at)
        return messages

    def _call(self, row: RowMapping, egress: Egress) -> Tried:
        body = str(row["body"]).encode()
        now = self.clock.now()
        headers = {
            "content-type": "application/json",
            "user-agent": f"whorl/{version('whorl')}",
            "whorl-delivery": str(row["id"]),
            "whorl-signature": sign(str(row["webhook_secret"]), body, at=int(now)),
        }
        try:
            answer = egress.send("POST", str(row["url"]), body=body, headers=headers)
        except WhorlError as error:
            return Tried(to_datetime(now), error=error.message, is_final=isinstance(error, EgressRefused))
        text = answer.body.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")[:RESPONSE_CHARACTERS]
        is_good = 200 <= answer.status < 300
        return Tried(
            to_datetime(now), answer.status, text, None if is_good else f"the receiver answered {answer.status}"
        )


def _read(conn: Connection, ids: Sequence[str]) -> dict[str, RowMapping]:
    found = (
        select(delivery, pipeline.c.webhook_secret)
        .join(pipeline, pipeline.c.id == delivery.c.pipeline_id)
        .where(delivery.c.id.in_(ids))
    )
    return {row["id"]: row for row in conn.execute(found).mappings()}
