"""Connections as edges and start nodes as triggers, past nodes that were not mapped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from cronsim import CronSim, CronSimError

from whorl.base.clock import to_datetime
from whorl.base.errors import JsonValue, QueryError
from whorl.datasets.dql import Query, format_text, parse_query
from whorl.datasets.dql.ast import EVERYTHING, And, Condition, Or, all_of
from whorl.pipelines.dataloop.draft import Body, Draft, free, slug
from whorl.pipelines.dataloop.nodes import AGREEMENT, nearest_dataset
from whorl.pipelines.dataloop.reading import Connection, Start, as_list, as_mapping, as_text, read_condition

_DONE = {"", "complete", "completed", "approve", "approved", "consensus_done"}
_MOST_ORS = 8
_CONSENSUS = {
    **dict.fromkeys(_DONE, ("agreed", "disputed")),
    "consensus passed": ("agreed",),
    "consensus failed": ("disputed",),
}
_SUBSETS = ("train", "validation", "test")
_EVENTS = {("item", "created"): "item.created", ("item", "updated"): "item.updated"}
_ENTRANCE = {"train": "model", "evaluate": "model", "update_variable": "model", "create_model": "start"}
_PORTS = {"create_model": {"new_model": "model", "base_model": "base"}}


class Unmapped(Exception):
    """Why a connection or trigger has no like here."""


@dataclass(frozen=True)
class _Way:
    """Where a connection leads in the end, with the conditions on the way."""

    target: str
    where: Condition
    action: str
    is_direct: bool


def map_ways(draft: Draft) -> None:
    """Add the edges and triggers, and tell what became of each connection and start node."""
    for connection in draft.source.connections:
        name, was = _name(draft, connection), f"connection ({connection.action})" if connection.action else "connection"
        try:
            became, note = _map_connection(draft, connection)
        except Unmapped as reason:
            draft.tell("connection", name, was, None, str(reason))
        else:
            draft.tell("connection", name, was, became, note)
    for start in draft.source.starts:
        node = draft.source.nodes.get(start.node)
        name = node.name if node is not None else start.node
        kind = as_text(start.trigger.get("type")) or "by hand"
        try:
            became, note = _map_start(draft, start)
        except Unmapped as reason:
            draft.tell("trigger", name, kind, None, str(reason))
        else:
            draft.tell("trigger", name, kind, became, note)


def _name(draft: Draft, connection: Connection) -> str:
    ends = [draft.source.nodes.get(one) for one in (connection.source, connection.target)]
    return " -> ".join(node.name if node is not None else "nothing" for node in ends)


def _map_connection(draft: Draft, connection: Connection) -> tuple[str, str]:
    node = draft.source.nodes.get(connection.source)
    if node is None or connection.target not in draft.source.nodes:
        raise Unmapped("One of its ends names no node of the document.")
    if node.id not in draft.ids:
        raise Unmapped("Its source was not mapped; the ways that led there go on to where this one led, if they can.")
    source = draft.ids[node.id]
    kind = as_text(draft.nodes[source]["type"])
    target = draft.ids.get(connection.target)
    if target is not None and draft.nodes[target]["type"] == "compare":
        if kind == "evaluate":
            return f"by way of {_meeting(draft, target)}", ""
        raise Unmapped("A comparison takes evaluations only; they come by the join.")
    port = node.output_by_id(connection.source_port)
    made = []
    ways = list(_ways(draft, connection, EVERYTHING, frozenset()))
    if not ways:
        raise Unmapped("Its target was not mapped, and nothing behind it was.")
    for way in ways:
        for output in _outputs(kind, port.name if port is not None else "", way.action or _action(draft, connection)):
            # Between two ports a token goes once, however many edges let it: an edge for each side of an or.
            for where in _alternatives(way.where):
                made.append(draft.connect(f"{source}.{output}", _entrance(draft, way.target), _text(where)))
    return ", ".join(dict.fromkeys(made)), "" if all(way.is_direct for way in ways) else "Past what was not mapped."


def _meeting(draft: Draft, compare: str) -> str:
    return next(as_text(one["source"]).partition(".")[0] for one in draft.edges if one["target"] == f"{compare}.both")


def _action(draft: Draft, connection: Connection) -> str:
    port = draft.source.nodes[connection.source].output_by_id(connection.source_port)
    own = port.actions if port is not None else ()
    return connection.action or (own[0] if len(own) == 1 else "")


def _outputs(kind: str, port: str, action: str) -> list[str]:
    """The outputs here that a way of an output there stands for."""
    if kind in ("label", "review") and action in _DONE:
        return ["submitted" if kind == "label" else "approved"]
    if kind in ("label", "review", "consensus") and action == "discard":
        return ["discarded"]
    if kind == "consensus" and action in _CONSENSUS:
        return list(_CONSENSUS[action])
    if kind == "split":
        return [action] if action in _SUBSETS else list(_SUBSETS) if not action else _refuse(action)
    if kind == "compare":
        known = {"update model": "promote", "": "promote", "discard": "discard"}
        return [known[action]] if action in known else _refuse(action)
    if kind == "create_model":
        return [_PORTS[kind].get(port, "model")]
    if kind in ("train", "update_variable"):
        return ["model"]
    if kind == "evaluate":
        raise Unmapped("An evaluation gives scores here, which only a comparison takes.")
    if port == "annotations":
        raise Unmapped("Annotations do not travel: they are stored with the item.")
    return ["item"] if not action or kind not in ("label", "review", "consensus") else _refuse(action)


def _refuse(action: str) -> list[str]:
    raise Unmapped(f"There is no output for the action {action[:60]!r}.")


def _entrance(draft: Draft, node: str) -> str:
    kind = as_text(draft.nodes[node]["type"])
    return f"{node}.{_ENTRANCE.get(kind, 'item')}"


def _ways(draft: Draft, connection: Connection, where: Condition, seen: frozenset[str]) -> Iterator[_Way]:
    """Where a connection leads; past nodes that were not mapped and that items go straight through."""
    where = all_of([where, _where(connection.condition)])
    target = draft.source.nodes.get(connection.target)
    if target is None or target.id in seen:
        return
    if target.id in draft.ids:
        yield _Way(draft.ids[target.id], where, "", is_direct=not seen)
    elif target.passes_items() or target.function == AGREEMENT:
        for following in draft.source.connections:
            if following.source == target.id:
                found = _ways(draft, following, where, seen | {target.id})
                # What the agreement decided is decided by the consensus node here.
                action = following.action if target.function == AGREEMENT else ""
                yield from (replace(one, action=one.action or action) for one in found)


def _where(condition: JsonValue) -> Condition:
    try:
        read = read_condition(condition)
        if read is None:
            return EVERYTHING
        body = as_mapping(read)
        return parse_query(body if "filter" in body else {"filter": read}).where
    except (ValueError, QueryError) as error:
        reason = error.message if isinstance(error, QueryError) else str(error)
        raise Unmapped(f"Its condition does not translate: {reason[:200]}") from error


def _alternatives(where: Condition) -> list[Condition]:
    """Conditions of which one must hold; the text form has no or between different fields."""
    if isinstance(where, Or) and where.parts:
        return [found for part in where.parts for found in _alternatives(part)]
    place = (
        next((n for n, one in enumerate(where.parts) if isinstance(one, Or)), None) if isinstance(where, And) else None
    )
    if not isinstance(where, And) or place is None or len(where.parts) > _MOST_ORS:
        return [where]
    rest = [one for n, one in enumerate(where.parts) if n != place]
    return [found for part in _alternatives(where.parts[place]) for found in _alternatives(all_of([*rest, part]))]


def _text(where: Condition) -> str | None:
    try:
        return None if where == EVERYTHING else format_text(Query(where=where))
    except QueryError as error:
        raise Unmapped(f"Its condition does not translate: {error.message}") from error


def _map_start(draft: Draft, start: Start) -> tuple[str, str]:
    targets = list(dict.fromkeys(_doors(draft, start.node, frozenset())))
    if not targets:
        raise Unmapped("Its node was not mapped, and nothing behind it was.")
    kind, spec = as_text(start.trigger.get("type")).lower(), as_mapping(start.trigger.get("spec"))
    if kind == "cron":
        bodies, note = _cron(spec)
    elif kind == "event":
        bodies, note = _events(draft, start.node, spec)
    elif not kind:
        bodies, note = [_by_hand()], "Never fires by itself: start runs with `whorl pipeline run`."
    else:
        raise Unmapped(f"There are no triggers of the kind {kind[:60]!r}.")
    ids = [_add_trigger(draft, body, target) for target in targets for body in bodies]
    return ", ".join(ids), note


def _by_hand() -> Body:
    return {"type": "event", "event": "item.created", "max_fires": 0}


def _add_trigger(draft: Draft, body: Body, target: str) -> str:
    known = {as_text(one["id"]): one for one in draft.triggers}
    trigger_id = free(slug(as_text(body.get("event")) or "cron"), known)
    draft.triggers.append({"id": trigger_id, "target": target, **body})
    return trigger_id


def _doors(draft: Draft, node_id: str, seen: frozenset[str]) -> Iterator[str]:
    node = draft.source.nodes.get(node_id)
    if node is None or node_id in seen:
        return
    if node_id in draft.ids:
        if draft.nodes[draft.ids[node_id]]["type"] != "compare":
            yield _entrance(draft, draft.ids[node_id])
    elif node.passes_items():
        for following in draft.source.connections:
            if following.source == node_id:
                yield from _doors(draft, following.target, seen | {node_id})


def _cron(spec: Mapping[str, JsonValue]) -> tuple[list[Body], str]:
    written = as_text(spec.get("cron"))
    try:
        CronSim(written, to_datetime(0))
    except CronSimError as error:
        raise Unmapped(f"{written[:80]!r} is not a cron expression: {error}") from error
    has_end = any(spec.get(key) for key in ("startAt", "endAt"))
    note = "In UTC; a time slept through is made up for once." + (" Its first and last day are not kept." * has_end)
    return [{"type": "cron", "cron": written}], note


def _events(draft: Draft, node_id: str, spec: Mapping[str, JsonValue]) -> tuple[list[Body], str]:
    resource = as_text(spec.get("resource")) or "Item"
    actions = [as_text(one) for one in as_list(spec.get("actions"))]
    events = [_EVENTS.get((resource.lower(), action.lower())) for action in actions]
    found = [event for event in events if event is not None]
    if not found:
        raise Unmapped(f"There is no event here for {resource[:40]}: {', '.join(actions)[:80] or 'nothing'}.")
    lost = [action for action, event in zip(actions, events, strict=True) if event is None]
    where = _text(_where(spec.get("filter")))
    body: Body = {"type": "event", "dataset": _dataset_at(draft, node_id)}
    if as_text(spec.get("executionMode")).lower() == "always":
        body["mode"] = "always"
    if where is not None:
        body["filter"] = where
    return [body | {"event": event} for event in found], f"Not for {', '.join(lost)[:80]}." if lost else ""


def _dataset_at(draft: Draft, node_id: str) -> JsonValue:
    here = draft.ids.get(node_id)
    params = as_mapping(draft.nodes[here].get("params")) if here is not None else {}
    return params["dataset"] if "dataset" in params else nearest_dataset(draft, draft.source.nodes[node_id])
