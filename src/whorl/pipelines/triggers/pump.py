"""Reads the outbox: lets people's finished items go on, and fires triggers, each exactly once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from whorl.base.errors import GraphError, JsonValue, NotFound
from whorl.base.log import get_logger
from whorl.engine import send
from whorl.pipelines import actions, queries
from whorl.pipelines.chains import MOST_LINKS, depth_after
from whorl.pipelines.conditions import find_matching
from whorl.pipelines.graph import Graph
from whorl.pipelines.logs import Said, add_lines
from whorl.pipelines.places import count_collected, has_active_run, has_open_run
from whorl.pipelines.tokens import Released, Token
from whorl.pipelines.triggers import rules
from whorl.pipelines.triggers.state import add_fire, read_count, read_next_time, write_count, write_next_time
from whorl.schemas.pipelines import CountTrigger, CronTrigger, EventTrigger, Pipeline
from whorl.store.db.tables import dataset, item, trigger_fire
from whorl.store.events import Event, advance_cursor, lock_cursor, read_events

_log = get_logger("pipelines")
READER = "pipelines"
PUMPED_AT_ONCE = 500

GraphOf = Callable[[str, int, Connection], Graph]


def pump_events(conn: Connection, *, graph_of: GraphOf, now: datetime) -> int:
    """Handle the next events and give how many there were; call until it gives 0.

    Args:
        graph_of: The checked graph of a pipeline version.
    """
    after = lock_cursor(conn, READER)
    events = read_events(conn, after_id=after, limit=PUMPED_AT_ONCE)
    if not events:
        return 0
    pipelines = [one for one in queries.list_pipelines(conn) if one.is_active]
    filters = _Filters(conn, events)
    for event in events:
        if event.kind == "task.item_finished":
            _resume(conn, event, graph_of=graph_of, now=now)
        for pipeline in pipelines:
            if pipeline.project_id == event.project_id and _is_readable(conn, pipeline, graph_of):
                _fire_on_event(conn, pipeline, event, filters, graph_of=graph_of, now=now)
    advance_cursor(conn, READER, event_id=events[-1].id)
    return len(events)


def fire_crons(conn: Connection, *, graph_of: GraphOf, now: datetime) -> int:
    """Fire the cron triggers whose time has come; gives how many runs began."""
    begun = 0
    for pipeline in queries.list_pipelines(conn):
        for trigger in pipeline.definition.triggers:
            if isinstance(trigger, CronTrigger) and pipeline.is_active and _is_readable(conn, pipeline, graph_of):
                begun += _fire_cron(conn, pipeline, trigger, graph_of=graph_of, now=now)
    return begun


def _is_readable(conn: Connection, pipeline: Pipeline, graph_of: GraphOf) -> bool:
    """Whether all its kinds of nodes are there; triggers of one that is not must not hold up the others'."""
    try:
        graph_of(pipeline.id, pipeline.version, conn)
    except GraphError:
        return False
    return True


def _resume(conn: Connection, event: Event, *, graph_of: GraphOf, now: datetime) -> None:
    way = _read_way(event)
    if way is None:
        return
    pipeline_id, version, node, token = way
    outcome = str(event.payload.get("outcome"))
    try:
        graph = graph_of(pipeline_id, version, conn)
    except (NotFound, GraphError) as error:
        # One event must not hold up all that come after it.
        _log.warning("event %s leads to no pipeline: %s", event.id, error)
        return
    if node not in graph.nodes or not has_open_run(conn, token.run_key, pipeline_id=pipeline_id):
        return
    seconds: JsonValue = event.payload.get("human_seconds")
    output: dict[str, JsonValue] = {"outcome": outcome, "human_seconds": seconds, "by": event.actor_id}
    said = event.payload.get("output")
    if isinstance(said, dict):
        output |= said
    port = str(event.payload.get("port", outcome))
    place = actions.Place(graph, pipeline_id, version, node)
    if queries.has_step(conn, run_key=token.run_key, node=node, ref=token.ref, epoch=token.epoch):
        return
    send(conn, actions.release_tokens(conn, place, [Released(token, port, output=output)], now=now))


def _read_way(event: Event) -> tuple[str, int, str, Token] | None:
    """Where a finished item's token stands; None when it has none, or what is written there is not a way back."""
    way = event.payload.get("return_to")
    if not isinstance(way, Mapping) or "pipeline" not in way:
        return None
    values = way.get("values")
    try:
        token = Token(
            int(str(way["run_key"])),
            str(way["ref"]),
            int(str(way["epoch"])),
            str(way["port"]),
            values if isinstance(values, dict) else {},
        )
        return str(way["pipeline"]), int(str(way["version"])), str(way["node"]), token
    except (KeyError, ValueError) as error:
        _log.warning("event %s has a return_to that names no token: %r", event.id, error)
        return None


class _Filters:
    """What a batch of events is about: matches of a trigger's query, and datasets. Each is asked for once."""

    def __init__(self, conn: Connection, events: Sequence[Event]) -> None:
        self._conn = conn
        self._items = sorted({item for event in events if (item := rules.item_of(event)) is not None})
        self._matching: dict[str, set[str]] = {}
        self._datasets: dict[str, str] | None = None

    def let_through(self, query: str | None, event: Event) -> bool:
        if query is None:
            return True
        if query not in self._matching:
            self._matching[query] = find_matching(self._conn, query, self._items)
        return rules.item_of(event) in self._matching[query]

    def dataset_of(self, event: Event) -> JsonValue:
        """The dataset that an event is about, as it says itself or by its item."""
        said = event.payload.get("dataset_id")
        if said is not None:
            return said
        if self._datasets is None:
            found = select(item.c.id, dataset.c.id).join(dataset, dataset.c.key == item.c.dataset_key)
            self._datasets = {
                item_id: dataset_id
                for item_id, dataset_id in self._conn.execute(found.where(item.c.id.in_(self._items)))
            }
        return self._datasets.get(rules.item_of(event) or "")


def _fire_on_event(
    conn: Connection, pipeline: Pipeline, event: Event, filters: _Filters, *, graph_of: GraphOf, now: datetime
) -> None:
    for trigger in pipeline.definition.triggers:
        if isinstance(trigger, CronTrigger):
            continue
        if isinstance(trigger, CountTrigger) and rules.closes_round(trigger, event, pipeline_id=pipeline.id):
            _count_round(conn, pipeline, trigger, event, graph_of=graph_of, now=now)
        if not rules.matches_event(
            trigger, event, pipeline_id=pipeline.id, variables=pipeline.variables, dataset_of=filters.dataset_of
        ):
            continue
        if not filters.let_through(trigger.filter, event):
            continue
        if isinstance(trigger, EventTrigger):
            _fire_event(conn, pipeline, trigger, event, graph_of=graph_of, now=now)
        else:
            _fire_count(conn, pipeline, trigger, event, graph_of=graph_of, now=now)


def _fire_event(
    conn: Connection,
    pipeline: Pipeline,
    trigger: EventTrigger,
    event: Event,
    *,
    graph_of: GraphOf,
    now: datetime,
) -> None:
    limit = rules.as_limit(rules.resolve(trigger.max_fires, pipeline.variables))
    if limit < rules.UNLIMITED and _count_fires(conn, pipeline, target=trigger.target) >= limit:
        return
    if trigger.unless_active and has_active_run(conn, pipeline.id, start_nodes=trigger.unless_active):
        return
    cause = rules.cause_of_event(trigger, event)
    if limit == rules.UNLIMITED and _is_endless(conn, pipeline, trigger, event, now=now):
        return
    if trigger.max_fires is not None and not add_fire(conn, pipeline.id, trigger.id, cause, now=now):
        return
    depth = depth_after(event.cause, pipeline.id)
    _begin(conn, pipeline, trigger.target, cause, event.subject_id, graph_of=graph_of, now=now, depth=depth)


def _fire_count(
    conn: Connection,
    pipeline: Pipeline,
    trigger: CountTrigger,
    event: Event,
    *,
    graph_of: GraphOf,
    now: datetime,
) -> None:
    every = rules.resolve(trigger.every, pipeline.variables)
    if not isinstance(every, int | float) or every < 1:
        return
    if _is_endless(conn, pipeline, trigger, event, now=now):
        return
    count, is_full = rules.count_step(read_count(conn, pipeline.id, trigger.id), every=int(every))
    write_count(conn, pipeline.id, trigger.id, count=count, event_id=event.id)
    if is_full:
        cause, depth = f"{trigger.id}:{event.id}", depth_after(event.cause, pipeline.id)
        _begin(conn, pipeline, trigger.target, cause, "", graph_of=graph_of, now=now, depth=depth)


def _is_endless(
    conn: Connection, pipeline: Pipeline, trigger: EventTrigger | CountTrigger, event: Event, *, now: datetime
) -> bool:
    """Whether this would be one more of a long chain of runs that each began the next: then say so and begin none."""
    if depth_after(event.cause, pipeline.id) <= MOST_LINKS:
        return False
    node = trigger.target.partition(".")[0]
    text = f"trigger {trigger.id!r} stopped: {MOST_LINKS} runs began one another; give it a limit, or another event"
    add_lines(conn, [Said(text, "warning")], pipeline_id=pipeline.id, node=node, now=now)
    return True


def _count_round(
    conn: Connection,
    pipeline: Pipeline,
    trigger: CountTrigger,
    event: Event,
    *,
    graph_of: GraphOf,
    now: datetime,
) -> None:
    """A round has closed: count what it lost, and begin with what there is when the pool is empty."""
    every, selected = rules.resolve(trigger.every, pipeline.variables), event.payload.get("selected")
    if not isinstance(every, int | float) or every < 1 or not isinstance(selected, int) or trigger.rounds_of is None:
        return
    collecting = [node.id for node in pipeline.definition.nodes if node.type == "collect"]
    count, is_full = rules.round_step(
        read_count(conn, pipeline.id, trigger.id),
        every=int(every),
        selected=selected,
        collected=count_collected(conn, event.subject_id, nodes=collecting),
        is_pool_empty=not queries.count_parked(conn, pipeline_id=pipeline.id).get(trigger.rounds_of),
    )
    write_count(conn, pipeline.id, trigger.id, count=count, event_id=event.id)
    if is_full:
        cause, depth = f"{trigger.id}:{event.id}", depth_after(event.cause, pipeline.id)
        _begin(conn, pipeline, trigger.target, cause, "", graph_of=graph_of, now=now, depth=depth)


def _fire_cron(conn: Connection, pipeline: Pipeline, trigger: CronTrigger, *, graph_of: GraphOf, now: datetime) -> int:
    planned = read_next_time(conn, pipeline.id, trigger.id)
    due, following = rules.due_time(trigger.cron, planned, now=now)
    if planned != following:
        write_next_time(conn, pipeline.id, trigger.id, next_at=following)
    # A first look only learns the next time; a late one fires once or not at all, never once per time missed.
    is_late = due is not None and (now - due).total_seconds() > 60
    if due is None or (is_late and trigger.missed == "skip"):
        return 0
    cause = f"{trigger.id}:{due.isoformat()}"
    if not add_fire(conn, pipeline.id, trigger.id, cause, now=now):
        return 0
    return int(_begin(conn, pipeline, trigger.target, cause, "", graph_of=graph_of, now=now))


def _begin(
    conn: Connection,
    pipeline: Pipeline,
    target: str,
    cause: str,
    ref: str,
    *,
    graph_of: GraphOf,
    now: datetime,
    depth: int = 0,
) -> bool:
    return actions.start_run(
        conn,
        graph=graph_of(pipeline.id, pipeline.version, conn),
        pipeline_id=pipeline.id,
        version=pipeline.version,
        target=target,
        cause=cause,
        ref=ref,
        now=now,
        depth=depth,
    )


def _count_fires(conn: Connection, pipeline: Pipeline, *, target: str) -> int:
    """How often the limited triggers of one target have fired; they share one limit, or it would hold for none."""
    names = [
        one.id
        for one in pipeline.definition.triggers
        if isinstance(one, EventTrigger) and one.target == target and one.max_fires is not None
    ]
    found = select(func.count()).where(trigger_fire.c.pipeline_id == pipeline.id, trigger_fire.c.trigger.in_(names))
    return int(conn.execute(found).scalar_one())
