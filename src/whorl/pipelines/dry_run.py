"""Tries a definition on a few items: bodies run, every write is undone, and nothing is saved."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert

from whorl.base.clock import to_datetime
from whorl.base.errors import Cancelled, JsonValue
from whorl.base.ids import kind_of, new_id
from whorl.base.log import get_logger
from whorl.datasets.subset_counts import SubsetMemory
from whorl.engine.rules import describe_error
from whorl.pipelines.conditions import find_matching
from whorl.pipelines.dry_guards import DryBlobs, DryDatabase
from whorl.pipelines.graph import Graph
from whorl.pipelines.handler import NodeHandler
from whorl.pipelines.items import find_items
from whorl.pipelines.logs import Said
from whorl.pipelines.nodes import known_nodes
from whorl.pipelines.nodes.base import Committed, DryRuns, NodeContext, PipelineServices
from whorl.pipelines.starting import Door
from whorl.pipelines.tokens import Emission, Merged, Parked, Passed, Result, Token
from whorl.schemas.pipeline_runs import DryRun, DryRunNode, DryRunStep
from whorl.schemas.pipelines import NodeFamily, PortType
from whorl.store.db.tables import pipeline, pipeline_variable, pipeline_version, run

MOST_SECONDS: Final = 30.0
MOST_TOKENS: Final = 500
"""At one node: a node may make many items of one."""

_VERSION = 1
_log = get_logger("pipelines")


def dry_run(
    services: PipelineServices,
    graph: Graph,
    door: Door,
    refs: Sequence[str],
    *,
    project_id: str,
    variables: Mapping[str, JsonValue],
    seconds: float = MOST_SECONDS,
) -> DryRun:
    """Send tokens through a graph, node by node, as far as it goes.

    What a node writes is undone before the next one runs, which therefore does not see it: conditions on the edges that
    leave the node do. Items that would be new are stood for by what they were made of. Where tokens would wait for
    people, they go on as if a person had let them; models are not made, trained, tested or compared.

    Args:
        door: Where the tokens enter.
        variables: Their values for this try.
        seconds: Nodes that have not begun by then do not.
    """
    trial = _Trial(services, graph, project_id, dict(variables), time.monotonic() + seconds)
    trial.arrive(door.node, [Token(0, ref, 0, door.port) for ref in refs])
    for node in reversed(graph.sinks_first()):
        if trial.waiting.get(node):
            trial.pass_node(node)
    return DryRun(items=len(refs), nodes=trial.nodes, steps=trial.steps, notes=list(dict.fromkeys(trial.notes)))


@dataclass
class _Trial:
    services: PipelineServices
    graph: Graph
    project_id: str
    variables: dict[str, JsonValue]
    deadline: float
    waiting: dict[str, list[Token]] = field(default_factory=dict)
    nodes: list[DryRunNode] = field(default_factory=list)
    steps: list[DryRunStep] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.db = DryDatabase(self.services.db)
        self.dry = replace(self.services, db=self.db, blobs=DryBlobs(self.services.blobs), subsets=SubsetMemory())
        self.pipeline_id = new_id("pipeline", at=self.services.clock.now())
        self.runs = 0

    def arrive(self, node: str, tokens: Sequence[Token]) -> None:
        """Put tokens at a node's door, each with a journey of its own, one of a kind once."""
        held = self.waiting.setdefault(node, [])
        known = {(token.ref, token.port) for token in held}
        for token in tokens:
            if (token.ref, token.port) in known:
                continue
            if len(held) == MOST_TOKENS:
                self.notes.append(f"{node}: only {MOST_TOKENS} tokens were tried")
                return
            known.add((token.ref, token.port))
            self.runs += 1
            held.append(replace(token, run_key=-self.runs))

    def pass_node(self, node: str) -> None:
        """Let a node handle what waits at its door, and send on what it gives."""
        tokens = self.waiting[node]
        started = time.monotonic()
        went: Counter[str] = Counter()
        waits, error = 0, None
        reason = self._why_not(node)
        if reason is None:
            try:
                results, goes_on = self._handle(node, tokens)
            except Exception as problem:  # noqa: BLE001 - the node's border: what it raises is what the try is for
                _log.info("a dry run met an error at %s: %s", node, problem)
                error = describe_error(problem)[1]
            else:
                waits = sum(isinstance(result, Parked) for result in results)
                went.update(port for port, _ in goes_on)
        else:
            self.notes.append(f"{node}: {reason}")
        self.nodes.append(
            DryRunNode(
                node=node,
                came=len(tokens),
                went=dict(went),
                waits=waits,
                seconds=round(time.monotonic() - started, 3),
                error=error,
            )
        )

    def _why_not(self, node: str) -> str | None:
        kind = self.graph.types[node]
        if kind.family is NodeFamily.MODEL and PortType.ITEM not in kind.inputs.values():
            return "not run: models are not made, trained, tested or changed in a dry run"
        if kind.is_reserved:
            return "not run: it comes with a later version"
        return "not run: the time was up" if time.monotonic() > self.deadline else None

    def _handle(self, node: str, tokens: Sequence[Token]) -> tuple[list[Result], list[tuple[str, str]]]:
        """Run both halves of a node; gives its results, and what went on by which port."""
        handler = self._handler(node)
        context = handler.make_context(self.variables, self._beat, lines=[])
        body = handler.node
        if isinstance(body, DryRuns):
            results: list[Result] = list(body.dry_run(tokens, context))
            answered = self.db.write_and_undo(lambda conn: self._send_on(conn, node, tokens, results))
        else:
            outcomes = list(body.run(tokens, context))
            results, answered = self.db.write_and_undo(
                lambda conn: self._commit(conn, handler, tokens, outcomes, context)
            )
        self._tell(node, tokens, results, context.lines)
        self._stand_in(answered, tokens)
        return results, [(one.port, one.ref) for result in results for one in _emissions(result)]

    def _commit(
        self,
        conn: Connection,
        handler: NodeHandler,
        tokens: Sequence[Token],
        outcomes: Sequence[Result],
        context: NodeContext,
    ) -> tuple[list[Result], list[tuple[str, str, Token]]]:
        self._pretend(conn, tokens)
        committed: Committed = handler.node.commit(conn, tokens, outcomes, context)
        results = [
            self._let_go(handler.node_id, token, one) for token, one in zip(tokens, committed.results, strict=True)
        ]
        return results, self._send_on(conn, handler.node_id, tokens, results)

    def _let_go(self, node: str, token: Token, result: Result) -> Result:
        """A token that would wait goes on by the first way out, so that what follows is tried too."""
        if not isinstance(result, Parked):
            return result
        outputs = self.graph.types[node].list_outputs(self.graph.nodes[node].params)
        port = next(iter(outputs), None)
        is_people = self.graph.types[node].family is NodeFamily.PEOPLE
        self.notes.append(
            f"{node}: tokens would wait here"
            + (" for a person" if is_people else "")
            + (f"; the dry run goes on by {port!r}" if port else "")
        )
        effect = (Emission(port, token.ref),) if port else ()
        return Parked(effect=effect)

    def _send_on(
        self, conn: Connection, node: str, tokens: Sequence[Token], results: Sequence[Result]
    ) -> list[tuple[str, str, Token]]:
        """Where each token goes: target node, its input and the token; conditions see what the node has written."""
        refs = [one.ref for result in results for one in _emissions(result)]
        matching: dict[str, set[str]] = {}
        found: list[tuple[str, str, Token]] = []
        for token, result in zip(tokens, results, strict=True):
            for emission in _emissions(result):
                for edge in self.graph.edges_from(node, emission.port):
                    if edge.when is not None and edge.when not in matching:
                        matching[edge.when] = find_matching(conn, edge.when, refs)
                    if edge.when is None or emission.ref in matching[edge.when]:
                        carried = replace(token, ref=emission.ref, values={**token.values, **emission.values})
                        found.append((edge.target_node, edge.target_port, carried))
        return found

    def _stand_in(self, sent: Sequence[tuple[str, str, Token]], tokens: Sequence[Token]) -> None:
        """Send tokens to their doors; an item that was only just made is gone: what it was made of stands for it."""
        origins = {token.run_key: token.ref for token in tokens}
        items = [token.ref for _, _, token in sent if kind_of(token.ref) == "item"]
        with self.db.read() as conn:
            gone = set(items) - set(find_items(conn, items))
        for target, port, token in sent:
            if token.ref in gone and origins[token.run_key] != token.ref:
                self.notes.append("items that would be new are stood for by what they were made of")
                token = replace(token, ref=origins[token.run_key])
            self.arrive(target, [replace(token, port=port)])

    def _tell(self, node: str, tokens: Sequence[Token], results: Sequence[Result], lines: Sequence[Said]) -> None:
        said = {line.run_key: line.message for line in lines}
        self.notes += [f"{node}: {line.message}" for line in lines if line.run_key is None]
        for token, result in zip(tokens, results, strict=True):
            if isinstance(result, Merged):
                continue
            leaves = _emissions(result)
            self.steps.append(
                DryRunStep(
                    ref=token.ref,
                    node=node,
                    port=leaves[0].port if leaves else "",
                    output=dict(result.output) if isinstance(result, Passed) else {},
                    note="would wait here" if isinstance(result, Parked) else said.get(token.run_key),
                )
            )

    def _handler(self, node: str) -> NodeHandler:
        return NodeHandler(
            services=self.dry,
            graph=self.graph,
            node=known_nodes()[self.graph.nodes[node].type],
            node_id=node,
            pipeline_id=self.pipeline_id,
            project_id=self.project_id,
            version=_VERSION,
        )

    def _beat(self) -> None:
        if time.monotonic() > self.deadline:
            raise Cancelled("the time of the dry run was up")

    def _pretend(self, conn: Connection, tokens: Sequence[Token]) -> None:
        """Write the rows that a node's own rows refer to; they go with the transaction."""
        now: datetime = to_datetime(self.services.clock.now())
        base = {"id": self.pipeline_id, "project_id": self.project_id, "name": self.pipeline_id, "created_at": now}
        conn.execute(insert(pipeline).values(**base, version=_VERSION, is_active=False, is_paused=True))
        version = {"pipeline_id": self.pipeline_id, "version": _VERSION, "author_id": self.pipeline_id}
        definition = self.graph.definition.model_dump(mode="json")
        conn.execute(insert(pipeline_version).values(**version, definition=definition, created_at=now))
        types = {one.name: one.type.value for one in self.graph.definition.variables}
        written = {"pipeline_id": self.pipeline_id, "updated_by": self.pipeline_id, "updated_at": now}
        held = [
            {**written, "name": name, "type": types[name], "value": value}
            for name, value in self.variables.items()
            if name in types
        ]
        if held:
            conn.execute(insert(pipeline_variable), held)
        common = {"pipeline_id": self.pipeline_id, "version": _VERSION, "start_node": "dry", "state": "active"}
        rows = [
            {
                **common,
                "key": token.run_key,
                "id": new_id("run"),
                "cause": str(token.run_key),
                "ref": token.ref,
                "open_tokens": 1,
                "created_at": now,
                "depth": 0,
            }
            for token in tokens
        ]
        conn.execute(insert(run), rows)


def _emissions(result: Result) -> Sequence[Emission]:
    """What leaves: what was emitted, or what a token that waits would be let go with."""
    if isinstance(result, Passed):
        return result.emissions
    if isinstance(result, Parked) and isinstance(result.effect, tuple):
        return [one for one in result.effect if isinstance(one, Emission)]
    return ()
