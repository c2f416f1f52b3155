"""A node for tests of the engine: it writes one result row per item and passes it on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from whorl.engine import BodyContext, Failed, Message, Work
from whorl.store.db.tables import run_step

_AT = datetime(2026, 1, 1, tzinfo=UTC)


def _double(work: Work) -> object:
    return {"v": work.run_key * 2}


@dataclass(frozen=True)
class StepHandler:
    """Implements ``whorl.engine.Handler``: the body is ``per_item``, the effect a row of run_step for each item.

    A second result for one item breaks the table's unique key, so a doubled effect cannot go unseen.

    Args:
        next_node: Where items go from here; None at the sink.
        per_item: The body for one item; what it raises becomes that item's ``Failed``.
        per_batch: Called first with all items; what it raises fails the batch.
    """

    next_node: str | None = None
    per_item: Callable[[Work], object] = _double
    per_batch: Callable[[Sequence[Work], BodyContext], None] | None = None
    batch_size: int = 256
    lease_s: float = 30.0
    max_attempts: int = 4
    backoff_s: float = 0.0
    priority: int = 0
    max_in_flight: int = 0

    def run(self, works: Sequence[Work], context: BodyContext) -> Sequence[object]:
        if self.per_batch is not None:
            self.per_batch(works, context)
        return [self._run_one(work) for work in works]

    def _run_one(self, work: Work) -> object:
        try:
            return self.per_item(work)
        except ValueError as error:
            return Failed(error)

    def commit(self, conn: Connection, works: Sequence[Work], outcomes: Sequence[object]) -> Iterable[Message]:
        rows = [
            {
                "run_key": work.run_key,
                "node": work.node,
                "ref": work.ref,
                "epoch": work.epoch,
                "port": "out",
                "output": outcome,
                "machine_seconds": 0.0,
                "at": _AT,
            }
            for work, outcome in zip(works, outcomes, strict=True)
        ]
        conn.execute(run_step.insert(), rows)
        if self.next_node is None:
            return []
        return [Message(self.next_node, work.run_key, work.ref, work.epoch) for work in works]


def chain_of(nodes: Sequence[str]) -> dict[str, StepHandler]:
    """Give handlers that pass items along ``nodes``, in order."""
    return {node: StepHandler(next_node) for node, next_node in zip(nodes, [*nodes[1:], None], strict=True)}
