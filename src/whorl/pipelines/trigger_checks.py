"""Whether triggers can do what they say, and whether they could begin one another for ever. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cronsim import CronSim, CronSimError

from whorl.base.clock import to_datetime
from whorl.base.errors import QueryError
from whorl.datasets.dql import parse_text
from whorl.pipelines.parameters import referenced_variable
from whorl.pipelines.triggers.kinds import PORT_OF_SUBJECT, TRIGGER_EVENTS
from whorl.schemas.pipelines import (
    CountTrigger,
    CronTrigger,
    EventSource,
    EventTrigger,
    GraphProblem,
    PipelineDefinition,
    PortType,
    Trigger,
)

ENDS = frozenset({"run.ended", "round.closed"})
"""Events that every run of a flow brings about by ending."""

Inputs = Mapping[str, Mapping[str, PortType]]


def find_trigger_problems(definition: PipelineDefinition, inputs: Inputs) -> Iterator[GraphProblem]:
    """Every reason why a trigger could not fire as it says.

    Args:
        inputs: The input ports of each node whose type is known.
    """
    nodes = {node.id for node in definition.nodes}
    for trigger in definition.triggers:
        node, _, port = trigger.target.partition(".")
        if node not in nodes:
            yield _problem("unknown_node", trigger, "enters no node here")
        elif node in inputs and port not in inputs[node]:
            yield _problem("unknown_port", trigger, "enters no such input", port=port)
        elif node in inputs:
            yield from _find_misfits(trigger, inputs[node][port])
        if isinstance(trigger, CronTrigger):
            yield from _find_cron_problems(trigger)
        else:
            yield from _find_name_problems(definition, trigger, nodes)
            yield from _find_filter_problems(trigger)
    yield from _find_loops(definition)


def _find_cron_problems(trigger: CronTrigger) -> Iterator[GraphProblem]:
    try:
        next(CronSim(trigger.cron, to_datetime(0)))
    except CronSimError as error:
        yield _problem("bad_cron", trigger, f"{trigger.cron!r} is not cron: {error}")
    except StopIteration:
        yield _problem("bad_cron", trigger, f"{trigger.cron!r} names no time there ever is")


def _find_misfits(trigger: Trigger, port: PortType) -> Iterator[GraphProblem]:
    """What the trigger brings must be what the port takes; only a signal port takes anything."""
    if port is PortType.SIGNAL:
        return
    brings = "a signal"
    if isinstance(trigger, EventTrigger):
        known = TRIGGER_EVENTS.get(trigger.event)
        if known is None or PORT_OF_SUBJECT[known.subject] is port:
            return
        brings = f"{trigger.event}, which is about: {known.subject}"
    yield _problem(
        "type_mismatch",
        trigger,
        f"brings {brings}; {trigger.target} takes: {port.value}",
        port=trigger.target.partition(".")[2],
    )


def _find_name_problems(
    definition: PipelineDefinition, trigger: EventTrigger | CountTrigger, nodes: set[str]
) -> Iterator[GraphProblem]:
    if trigger.event not in TRIGGER_EVENTS:
        known = ", ".join(TRIGGER_EVENTS)
        yield _problem("unknown_event", trigger, f"waits for {trigger.event!r}; events there are: {known}")
    about = TRIGGER_EVENTS.get(trigger.event)
    if trigger.dataset is not None and about is not None and about.subject != "item":
        yield _problem("bad_dataset", trigger, f"{trigger.event} is about: {about.subject}; only items have a dataset")
    named = [trigger.node, *trigger.unless_active] if isinstance(trigger, EventTrigger) else [trigger.rounds_of]
    for other in named:
        if other is not None and other not in nodes:
            yield GraphProblem(
                code="unknown_node", node=other, message=f"trigger {trigger.id!r} names a node that is not there"
            )
    variables = {variable.name for variable in definition.variables}
    number = trigger.max_fires if isinstance(trigger, EventTrigger) else trigger.every
    for value in (trigger.dataset, number):
        name = referenced_variable(value)
        if name is not None and name not in variables:
            yield _problem("missing_variable", trigger, f"names the variable {name!r}, which is not declared")
    if isinstance(trigger, CountTrigger) and isinstance(trigger.every, int | float) and trigger.every < 1:
        yield _problem("bad_count", trigger, f"every must be 1 or more: {trigger.every}")


def _find_filter_problems(trigger: EventTrigger | CountTrigger) -> Iterator[GraphProblem]:
    if trigger.filter is None:
        return
    known = TRIGGER_EVENTS.get(trigger.event)
    if known is not None and known.subject != "item":
        yield _problem("bad_filter", trigger, f"{trigger.event} is about: {known.subject}; only items can be filtered")
        return
    try:
        parse_text(trigger.filter)
    except QueryError as error:
        yield _problem("bad_filter", trigger, f"{trigger.filter!r}: {error.message}")


def _find_loops(definition: PipelineDefinition) -> Iterator[GraphProblem]:
    """A cycle of triggers that wait for the end of what the next one begins never ends unless one has a limit.

    What an ending run is not about (a node other than ``node``) breaks the cycle; ``unless_active`` only delays it.
    """
    links = [one for one in definition.triggers if isinstance(one, EventTrigger) and _waits_for_own_end(one)]
    for trigger in links:
        way = _find_way_back(links, trigger)
        if way:
            yield _problem(
                "would_loop",
                trigger,
                f"waits for an end that it brings about itself ({' -> '.join(one.id for one in [*way, trigger])}), so "
                "it would begin runs for ever; give max_fires, or name a node in `node` where none of these runs begin",
            )
            return


def _waits_for_own_end(trigger: EventTrigger) -> bool:
    return trigger.event in ENDS and trigger.by is not EventSource.OTHERS and trigger.max_fires is None


def _find_way_back(links: Sequence[EventTrigger], start: EventTrigger) -> list[EventTrigger]:
    """The shortest chain of triggers from the start back to it; empty when there is none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        begins = way[-1].target.partition(".")[0]
        for other in links:
            if other.node is not None and other.node != begins:
                continue
            if other is start:
                return way
            if other.id not in seen:
                seen.add(other.id)
                ways.append([*way, other])
    return []


def _problem(code: str, trigger: Trigger, what: str, *, port: str | None = None) -> GraphProblem:
    node = trigger.target.partition(".")[0]
    return GraphProblem(code=code, node=node, port=port, message=f"trigger {trigger.id!r} {what}")
