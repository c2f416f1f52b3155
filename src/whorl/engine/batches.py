"""One batch: run its body, then settle every item of it in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from sqlalchemy import Connection

from whorl.base.errors import WorkerLost
from whorl.base.log import get_logger
from whorl.engine.handlers import AnyHandler, BodyContext, Buries
from whorl.engine.inbox import bury, finish, release, retry_later, send
from whorl.engine.messages import Failed, Released, Work
from whorl.engine.rules import backoff_ms, is_exhausted

_log = get_logger("engine")


@dataclass(frozen=True, slots=True)
class Batch:
    """Items of one node, leased together under one token."""

    node: str
    handler: AnyHandler
    token: str
    works: list[Work]
    is_lost: Event = field(default_factory=Event)

    @property
    def ids(self) -> list[int]:
        """The rows' ids, in order."""
        return [work.id for work in self.works]

    @property
    def lease_ms(self) -> int:
        """How long the lease is, in milliseconds."""
        return int(self.handler.lease_s * 1000)


def run_batch(batch: Batch, context: BodyContext) -> list[object]:
    """Run the body and give an outcome for each item; whatever it raises becomes ``Failed``. Never raises."""
    limit = batch.handler.max_attempts
    fresh = [work for work in batch.works if not is_exhausted(work, max_attempts=limit)]
    outcomes = dict(zip((work.id for work in fresh), _run_body(batch, fresh, context), strict=True))
    lost = Failed(WorkerLost(f"the process died at each of {limit} tries"), is_final=True)
    return [outcomes.get(work.id, lost) for work in batch.works]


def _run_body(batch: Batch, works: Sequence[Work], context: BodyContext) -> Sequence[object]:
    if not works:
        return []
    try:
        outcomes: Sequence[object] = batch.handler.run(works, context)
        if len(outcomes) != len(works):
            raise RuntimeError(f"the body of {batch.node} gave {len(outcomes)} outcomes for {len(works)} items")
    except SystemExit as error:
        # It would end the engine's thread without a word.
        _log.error("node %s called exit(%s)", batch.node, error.code)
        return [Failed(RuntimeError("the body called exit"))] * len(works)
    except Exception as error:  # noqa: BLE001 - the node's border: what a body raises becomes its items' state
        _log.exception("node %s failed on %d items", batch.node, len(works))
        return [Failed(error)] * len(works)
    return outcomes


def settle_batch(
    conn: Connection,
    batch: Batch,
    outcomes: Sequence[object],
    *,
    now: datetime,
    now_ms: int,
    seed: str,
    tells_handler: bool = True,
) -> None:
    """Give each item its end in the caller's transaction: gone with its effects, waiting again, or dead-lettered.

    Items whose lease was lost meanwhile are left to whoever holds them now.

    Args:
        tells_handler: Tell a handler that wants to know which of its items became dead letters.
    """
    done: dict[int, tuple[Work, object]] = {}
    final: list[tuple[Work, Exception]] = []
    delays_ms: dict[int, int] = {}
    released: list[int] = []
    for work, outcome in zip(batch.works, outcomes, strict=True):
        if isinstance(outcome, Released):
            released.append(work.id)
        elif not isinstance(outcome, Failed):
            done[work.id] = (work, outcome)
        elif outcome.is_final or work.attempts >= batch.handler.max_attempts:
            final.append((work, outcome.error))
        else:
            delays_ms[work.id] = backoff_ms(
                work.attempts, base_s=batch.handler.backoff_s, seed=f"{seed}:{work.node}:{work.ref}"
            )
    _commit_done(conn, batch, done)
    _bury_final(conn, batch, final, now=now, tells_handler=tells_handler)
    retry_later(conn, batch.token, delays_ms, now_ms=now_ms)
    release(conn, batch.token, released)


def _commit_done(conn: Connection, batch: Batch, done: dict[int, tuple[Work, object]]) -> None:
    held = finish(conn, batch.token, list(done))
    if not held:
        return
    kept = list(done.values()) if len(held) == len(done) else [pair for key, pair in done.items() if key in held]
    works, outcomes = zip(*kept, strict=True)
    send(conn, list(batch.handler.commit(conn, works, outcomes)))


def _bury_final(
    conn: Connection,
    batch: Batch,
    failures: Sequence[tuple[Work, Exception]],
    *,
    now: datetime,
    tells_handler: bool,
) -> None:
    buried = bury(conn, batch.token, failures, now=now)
    if not buried:
        return
    _log.warning("node %s: %d items became dead letters, first: %s", batch.node, len(buried), buried[0][1])
    if tells_handler and isinstance(batch.handler, Buries):
        works = [work for work, _ in buried]
        errors = [error for _, error in buried]
        send(conn, list(batch.handler.buried(conn, works, errors, now=now)))
