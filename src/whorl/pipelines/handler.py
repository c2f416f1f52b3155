"""Between the engine and a node: turns claimed rows into tokens, and what the node says into rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import Connection, select

from whorl.base.clock import to_datetime
from whorl.base.errors import Cancelled, InvalidInput, JsonValue, LeaseLost
from whorl.engine import BodyContext, Failed, Message, Placing, Work
from whorl.engine import Released as GivenBack
from whorl.engine.rules import describe_error
from whorl.pipelines import actions, queries
from whorl.pipelines.graph import Graph, resolve_params
from whorl.pipelines.logs import Said, add_lines
from whorl.pipelines.merging import give_up_barriers, open_stalled_parts
from whorl.pipelines.nodes.base import Node, NodeContext, Params, PipelineServices, PlainNode
from whorl.pipelines.run_ends import fail_runs, reopen_runs, settle_runs
from whorl.pipelines.tallies import add_tally
from whorl.pipelines.tokens import Merged, Parked, Passed, Result, Token, token_of
from whorl.store.db import Priority
from whorl.store.db.tables import run

# A commit costs more there than on SQLite, and people wait for no writer.
_CHEAP_ON_POSTGRES = 1024


@dataclass(frozen=True)
class NodeHandler:
    """The engine's handler of one node of one pipeline version."""

    services: PipelineServices
    graph: Graph
    node: Node
    node_id: str
    pipeline_id: str
    project_id: str
    version: int
    max_attempts: int = 3
    backoff_s: float = 1.0
    priority: int = 0

    @property
    def batch_size(self) -> int:
        is_cheap = self.node.batch_size == PlainNode.batch_size
        return _CHEAP_ON_POSTGRES if is_cheap and not self.services.db.is_sqlite else self.node.batch_size

    @property
    def lease_s(self) -> float:
        return self.node.lease_s

    @property
    def max_in_flight(self) -> int:
        """One, unless bodies run on several machines: a node of one machine then has its turn like the others."""
        if isinstance(self.services.executor, Placing):
            return int(getattr(self.node, "max_in_flight", 1))
        return 1

    def run(self, works: Sequence[Work], context: BodyContext) -> Sequence[Result | GivenBack]:
        """Run the node's body with the variables' present values."""
        tokens = [token_of(work) for work in works]
        with self.services.db.read() as conn:
            variables = queries.read_variables(conn, self.pipeline_id)
        said: list[Said] = []
        try:
            surroundings = self.make_context(variables, _heartbeat(context), lines=said)
            outcomes = self.node.run(tokens, surroundings)
        except Cancelled:
            if not context.should_stop():
                raise
            # The engine stops: the tokens go back as they came, and the try does not count.
            return [GivenBack()] * len(works)
        except LeaseLost:
            raise
        except Exception as error:
            said += self._failures(works, [error] * len(works))
            raise
        else:
            said += self._failed_items(works, outcomes)
            return outcomes
        finally:
            if said:
                self.services.db.write(lambda conn: self._say(conn, said), priority=Priority.ENGINE)

    def commit(self, conn: Connection, works: Sequence[Work], outcomes: Sequence[Result]) -> Iterable[Message]:
        """Write the node's effects, the journey's steps and the messages that carry the tokens on.

        Tokens of runs that were cancelled meanwhile end here without a trace.
        """
        cancelled, depth = _look_at_runs(conn, [work.run_key for work in works])
        if cancelled:
            kept = [(work, one) for work, one in zip(works, outcomes, strict=True) if work.run_key not in cancelled]
            works, outcomes = [work for work, _ in kept], [one for _, one in kept]
        if not works:
            return []
        tokens = [token_of(work) for work in works]
        context = self.make_context(queries.read_variables(conn, self.pipeline_id), lambda: None, depth=depth)
        messages = self._move(conn, tokens, outcomes, context)
        self._say(conn, context.lines)
        return messages

    def _move(
        self, conn: Connection, tokens: Sequence[Token], outcomes: Sequence[Result], context: NodeContext
    ) -> list[Message]:
        committed = self.node.commit(conn, tokens, outcomes, context)
        passed = [
            (token, result)
            for token, result in zip(tokens, committed.results, strict=True)
            if isinstance(result, Passed)
        ]
        held = [
            token.run_key for token, result in zip(tokens, committed.results, strict=True) if isinstance(result, Parked)
        ]
        merged = Counter(
            token.run_key for token, result in zip(tokens, committed.results, strict=True) if isinstance(result, Merged)
        )
        place = actions.Place(self.graph, self.pipeline_id, self.version, self.node_id)
        messages = actions.move_tokens(conn, place, passed, now=context.now())
        if committed.released:
            messages += actions.release_tokens(conn, place, committed.released, now=context.now())
        settle_runs(conn, {key: -count for key, count in merged.items()}, now=context.now())
        reopen_runs(conn, held)
        run_keys = [token.run_key for token in tokens]
        messages += open_stalled_parts(conn, self.graph, pipeline_id=self.pipeline_id, run_keys=run_keys)
        ended = give_up_barriers(conn, self.graph, pipeline_id=self.pipeline_id, run_keys=run_keys, now=context.now())
        settle_runs(conn, ended, now=context.now())
        return messages

    def buried(
        self, conn: Connection, works: Sequence[Work], errors: Sequence[Exception], *, now: datetime
    ) -> Iterable[Message]:
        """Mark the runs whose token became a dead letter, and say so."""
        self._say(conn, self._failures(works, errors, is_final=True))
        add_tally(conn, pipeline_id=self.pipeline_id, node=self.node_id, now=now, failed=len(works))
        fail_runs(
            conn,
            [work.run_key for work in works],
            pipeline_id=self.pipeline_id,
            project_id=self.project_id,
            node=self.node_id,
            now=now,
        )
        run_keys = [work.run_key for work in works]
        return open_stalled_parts(conn, self.graph, pipeline_id=self.pipeline_id, run_keys=run_keys)

    def _failed_items(self, works: Sequence[Work], outcomes: Sequence[object]) -> list[Said]:
        """A body may also fail single items."""
        failed = [(work, one.error) for work, one in zip(works, outcomes, strict=False) if isinstance(one, Failed)]
        return self._failures([work for work, _ in failed], [error for _, error in failed])

    def _failures(self, works: Sequence[Work], errors: Sequence[Exception], *, is_final: bool = False) -> list[Said]:
        """What went wrong, in the pipeline's log: each item when it is given up, else each kind of trouble once."""
        if is_final:
            return [
                Said(f"given up after {work.attempts} tries: {_told(error)}", "error", work.run_key)
                for work, error in zip(works, errors, strict=True)
            ]
        found: dict[str, list[Work]] = {}
        for work, error in zip(works, errors, strict=True):
            found.setdefault(_told(error), []).append(work)
        return [
            Said(
                f"try {some[0].attempts} of {self.max_attempts}: {told}"
                + (f" ({len(some)} tokens)" if len(some) > 1 else ""),
                "warning",
                some[0].run_key if len(some) == 1 else None,
            )
            for told, some in found.items()
        ]

    def _say(self, conn: Connection, said: Sequence[Said]) -> None:
        now = to_datetime(self.services.clock.now())
        add_lines(conn, said, pipeline_id=self.pipeline_id, node=self.node_id, now=now)

    def make_context(
        self,
        variables: dict[str, JsonValue],
        heartbeat: Callable[[], None],
        *,
        depth: int = 0,
        lines: list[Said] | None = None,
    ) -> NodeContext:
        """What the node is given for one batch.

        Raises:
            InvalidInput: A parameter or the variable that it names does not fit.
        """
        resolved = resolve_params(self.graph.nodes[self.node_id].params, variables)
        try:
            params = self.node.type.params.model_validate(resolved)
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            raise InvalidInput(
                f"node {self.node_id!r} cannot run with {name} = {first['input']!r}: {first['msg']}",
                hint="Set the parameter, or the variable that it names.",
            ) from error
        assert isinstance(params, Params)
        return NodeContext(
            services=self.services,
            pipeline_id=self.pipeline_id,
            pipeline_name=self.graph.definition.name,
            project_id=self.project_id,
            version=self.version,
            node=self.node_id,
            params=params,
            heartbeat=heartbeat,
            resources=self.node.resources,
            depth=depth,
            lines=[] if lines is None else lines,
        )


def _look_at_runs(conn: Connection, run_keys: Sequence[int]) -> tuple[set[int], int]:
    """Which of the runs were cancelled, and how long the longest chain is that led to them."""
    is_special = (run.c.state == "cancelled") | (run.c.depth > 0)
    found = select(run.c.key, run.c.state, run.c.depth).where(run.c.key.in_(set(run_keys)), is_special)
    rows = conn.execute(found).all()
    cancelled = {row.key for row in rows if row.state == "cancelled"}
    return cancelled, max((row.depth for row in rows), default=0)


def _told(error: Exception) -> str:
    return describe_error(error)[1]


def _heartbeat(context: BodyContext) -> Callable[[], None]:
    def beat() -> None:
        if context.should_stop():
            raise Cancelled("the engine stops; the work is taken up again later")
        if not context.heartbeat():
            raise LeaseLost("another worker took over this batch")

    return beat
