"""What a node brings: a body that runs outside any transaction, and a commit that runs inside the fence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar, runtime_checkable

from sqlalchemy import Connection

from whorl.base.clock import Clock
from whorl.engine.executors import Executor
from whorl.engine.messages import Message, Work

O = TypeVar("O")  # noqa: E741 - the outcome of one item, whatever the handler makes of it


class BodyContext(Protocol):
    """What a running body may use."""

    @property
    def executor(self) -> Executor:
        """Where to run heavy work."""
        ...

    @property
    def clock(self) -> Clock:
        """The engine's clock."""
        ...

    def heartbeat(self) -> bool:
        """Extend the lease now; False when it was lost, so the work is in vain. The engine also does it by itself."""
        ...

    def should_stop(self) -> bool:
        """Whether to give up soon: the engine stops, or the lease was lost."""
        ...


class Handler(Protocol[O]):
    """The work of one node."""

    @property
    def batch_size(self) -> int:
        """Most items per call; 256 suits cheap bodies, 1 long ones."""
        ...

    @property
    def lease_s(self) -> float:
        """Seconds until another worker may take over from one that died."""
        ...

    @property
    def max_attempts(self) -> int:
        """Tries before an item is dead-lettered."""
        ...

    @property
    def backoff_s(self) -> float:
        """Delay after the first failure; doubles with each further one, at most 15 minutes."""
        ...

    @property
    def priority(self) -> int:
        """Higher goes first; among equals the order of ``HandlerSource.list_nodes``."""
        ...

    @property
    def max_in_flight(self) -> int:
        """Most batches of this node at a time in this process; 0 means no limit."""
        ...

    def run(self, works: Sequence[Work], context: BodyContext) -> Sequence[O]:
        """Do the work, outside any transaction; give an outcome, ``Failed`` or ``Released`` for each item, in order.

        It may run more than once for an item and with others each time. An exception fails the whole batch.
        """
        ...

    def commit(self, conn: Connection, works: Sequence[Work], outcomes: Sequence[O]) -> Iterable[Message]:
        """Write what the body found, in the transaction that takes the items out of the inbox; give what comes next.

        Called exactly once with effect for each item, and never with one that failed or whose lease was lost. After
        a deadlock the transaction is rolled back and this is called again, so it must touch nothing but ``conn``.
        """
        ...


# Any: the engine carries outcomes from `run` to `commit` of the same handler and never looks at them.
AnyHandler = Handler[Any]


@runtime_checkable
class Buries(Protocol):
    """A handler that wants to know, in the same transaction, which of its items became dead letters."""

    def buried(
        self, conn: Connection, works: Sequence[Work], errors: Sequence[Exception], *, now: datetime
    ) -> Iterable[Message]:
        """Write what follows from the loss of these items; give what comes next."""
        ...


class HandlerSource(Protocol):
    """The nodes there are. Both calls are made often and may answer differently each time."""

    def list_nodes(self) -> Sequence[str]:
        """Give the nodes in the order of the flow, sources first; work near the sink is done first."""
        ...

    def get_handler(self, node: str) -> AnyHandler | None:
        """Give the handler of a node; None when it is gone, which leaves its rows waiting."""
        ...


class StaticHandlers:
    """A ``HandlerSource`` that never changes.

    Args:
        handlers: Node to handler, sources first.
    """

    def __init__(self, handlers: Mapping[str, AnyHandler]) -> None:
        self._handlers = dict(handlers)

    def list_nodes(self) -> Sequence[str]:
        return list(self._handlers)

    def get_handler(self, node: str) -> AnyHandler | None:
        return self._handlers.get(node)
