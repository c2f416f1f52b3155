"""The running pipelines: handlers for the engine, and a thread that pumps events and crons."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from whorl.base.clock import to_datetime
from whorl.base.errors import GraphError, InvalidInput, NotFound
from whorl.base.log import get_logger
from whorl.engine.queries import list_inbox_nodes
from whorl.pipelines import queries
from whorl.pipelines.graph import Graph, read_graph
from whorl.pipelines.handler import NodeHandler
from whorl.pipelines.nodes import known_nodes, node_types
from whorl.pipelines.nodes.base import PipelineServices
from whorl.pipelines.places import list_current
from whorl.pipelines.releasing import ReadyWait, list_ready_waits, release_waits
from whorl.pipelines.tallies import compact_tallies
from whorl.pipelines.tokens import node_address, parse_address
from whorl.pipelines.triggers.pump import PUMPED_AT_ONCE, fire_crons, pump_events
from whorl.store.db import Priority

_log = get_logger("pipelines")
_CRON_EVERY_S = 5.0
_COMPACT_EVERY_S = 3600.0
_GATHER_S = 0.02
_AFTER_TROUBLE_S = 1.0


class PipelineRuntime:
    """The engine's source of handlers for pipelines' nodes, and the pump that feeds them.

    Args:
        services: Database, blobs, executor, home and clock.
        poll_s: Longest time until an event is noticed that no commit of this process announced.
    """

    def __init__(self, services: PipelineServices, *, poll_s: float = 1.0) -> None:
        self.services = services
        self._poll_s = poll_s
        self._graphs: dict[tuple[str, int], Graph] = {}
        self._handlers: dict[str, NodeHandler] = {}
        self._broken: set[tuple[str, int]] = set()
        self._compacted_at = services.clock.now()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        services.db.on_commit(self._wake.set)

    def list_nodes(self) -> Sequence[str]:
        """Every node of the current versions, sources first, before that what older versions still have under way.

        Nodes of paused pipelines take no work, so they are not among them.
        """
        with self.services.db.read() as conn:
            versions = list_current(conn)
            in_use = list_inbox_nodes(conn)
            current = [
                node_address(pipeline_id, version, node)
                for pipeline_id, version in versions
                for node in self._list_of(pipeline_id, version, conn)
            ]
        known = {pipeline_id for pipeline_id, _ in versions}
        older = [address for address in in_use if address.split(":")[0] in known and address not in set(current)]
        return [*older, *current]

    def _list_of(self, pipeline_id: str, version: int, conn: Connection) -> Sequence[str]:
        try:
            return list(reversed(self.graph_of(pipeline_id, version, conn).sinks_first()))
        except GraphError as error:
            # One pipeline that cannot be read must not stop all others.
            if (pipeline_id, version) not in self._broken:
                self._broken.add((pipeline_id, version))
                _log.error("%s", error)
            return []

    def get_handler(self, node: str) -> NodeHandler | None:
        """The handler of an address; None when its pipeline or node is gone."""
        if node not in self._handlers:
            try:
                pipeline_id, version, node_id = parse_address(node)
                with self.services.db.read() as conn:
                    graph = self.graph_of(pipeline_id, version, conn)
                    project_id = queries.get_pipeline(conn, pipeline_id).project_id
            except (InvalidInput, NotFound, GraphError):
                return None
            if node_id not in graph.nodes:
                return None
            self._handlers[node] = NodeHandler(
                services=self.services,
                graph=graph,
                node=known_nodes()[graph.nodes[node_id].type],
                node_id=node_id,
                pipeline_id=pipeline_id,
                project_id=project_id,
                version=version,
            )
        return self._handlers[node]

    def graph_of(self, pipeline_id: str, version: int, conn: Connection) -> Graph:
        """The checked graph of one version; versions never change, so it is kept."""
        key = (pipeline_id, version)
        if key not in self._graphs:
            definition = queries.get_definition(conn, pipeline_id=pipeline_id, version=version)
            self._graphs[key] = read_graph(definition, node_types())
        return self._graphs[key]

    def pump(self) -> int:
        """Handle all events there are and due crons now; gives how many things were handled."""
        total = 0
        while handled := self._pump_events():
            total += handled
        return total + self._fire_crons() + self._release_waits()

    def start(self) -> None:
        """Pump in a thread until ``stop``."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._loop, name="whorl-pump", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread after what it does now."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _pump_events(self) -> int:
        return self.services.db.write(
            lambda conn: pump_events(conn, graph_of=self.graph_of, now=self._now()), priority=Priority.ENGINE
        )

    def _fire_crons(self) -> int:
        return self.services.db.write(
            lambda conn: fire_crons(conn, graph_of=self.graph_of, now=self._now()), priority=Priority.ENGINE
        )

    def _release_waits(self) -> int:
        total, released = 0, 1
        while released:
            # A look costs a read, and mostly nothing is due.
            with self.services.db.read() as conn:
                ready = list_ready_waits(conn, graph_of=self.graph_of, now=self._now())
            released = self._release(ready) if ready else 0
            total += released
        return total

    def _release(self, ready: list[ReadyWait]) -> int:
        return self.services.db.write(
            lambda conn: release_waits(conn, ready, now=self._now()), priority=Priority.ENGINE
        )

    def _now(self) -> datetime:
        return to_datetime(self.services.clock.now())

    def _loop(self) -> None:
        last_cron = 0.0
        while not self._stopping.is_set():
            try:
                self._pump_once(last_cron)
                if self._has_passed(_CRON_EVERY_S, since=last_cron):
                    last_cron = self.services.clock.now()
            except Exception:
                # The border of the pump: whatever went wrong was rolled back whole, and is tried again.
                _log.exception("the pump stumbled")
                self._stopping.wait(_AFTER_TROUBLE_S)

    def _pump_once(self, last_cron: float) -> None:
        self._wake.wait(self._poll_s)
        # People commit by the hundred a second: one look serves all of the next moment.
        self._stopping.wait(_GATHER_S)
        self._wake.clear()
        if self._stopping.is_set():
            return
        # What the events themselves bring about wakes this thread again.
        while self._has_news() and self._pump_events() == PUMPED_AT_ONCE:
            pass
        if self._has_passed(_CRON_EVERY_S, since=last_cron):
            self._fire_crons()
            self._release_waits()
        self._compact_hourly()

    def _compact_hourly(self) -> None:
        if self._has_passed(_COMPACT_EVERY_S, since=self._compacted_at):
            self._compacted_at = self.services.clock.now()
            self.services.db.write(lambda conn: compact_tallies(conn, now=self._now()), priority=Priority.ENGINE)

    def _has_passed(self, seconds: float, *, since: float) -> bool:
        # A clock that was set back has passed it, too: nothing may sleep until the old time comes again.
        return abs(self.services.clock.now() - since) >= seconds

    def _has_news(self) -> bool:
        # A look costs a read; a write for every commit would double the writer's work.
        with self.services.db.read() as conn:
            return queries.has_events_after_cursor(conn)
