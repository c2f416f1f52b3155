"""Decide, from an event and a rule, whether a run begins. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, assert_never

from cronsim import CronSim

from whorl.base.errors import JsonValue
from whorl.pipelines.chains import is_caused_by
from whorl.pipelines.parameters import referenced_variable
from whorl.schemas.pipelines import CountTrigger, EventSource, EventTrigger
from whorl.store.events import Event

UNLIMITED: Final = 2**31


def matches_event(
    trigger: EventTrigger | CountTrigger,
    event: Event,
    *,
    pipeline_id: str,
    variables: Mapping[str, JsonValue],
    dataset_of: Callable[[Event], JsonValue] = lambda event: event.payload.get("dataset_id"),
) -> bool:
    """Whether an event is one that the trigger waits for.

    ``by`` is the loop guard: an event trigger leaves out what its own pipeline caused unless it says otherwise, or a
    pipeline that writes what starts it would never end.

    Args:
        dataset_of: The dataset that an event is about; asked only when the trigger wants one.
    """
    if event.kind != trigger.event:
        return False
    if isinstance(trigger, EventTrigger) and trigger.node not in (None, event.payload.get("node")):
        return False
    wanted = resolve(trigger.dataset, variables)
    if wanted is not None and dataset_of(event) != wanted:
        return False
    is_own = is_caused_by(event.cause, pipeline_id)
    match trigger.by:
        case EventSource.ANY:
            return True
        case EventSource.OWN:
            return is_own
        case EventSource.OTHERS:
            return not is_own
        case _:
            assert_never(trigger.by)


def cause_of_event(trigger: EventTrigger, event: Event) -> str:
    """The name of the cause: the subject for ``once``, the event itself for ``always``."""
    return f"{trigger.id}:{event.subject_id if trigger.mode == 'once' else event.id}"


def count_step(before: int, *, every: int) -> tuple[int, bool]:
    """The counter after one more event, and whether it is full, which empties it."""
    after = before + 1
    return (0, True) if after >= every else (after, False)


def closes_round(trigger: CountTrigger, event: Event, *, pipeline_id: str) -> bool:
    """Whether the event says that a round has closed whose items the trigger counts."""
    is_own = event.kind == "round.closed" and is_caused_by(event.cause, pipeline_id)
    return is_own and trigger.rounds_of is not None and event.payload.get("node") == trigger.rounds_of


def round_step(before: int, *, every: int, selected: int, collected: int, is_pool_empty: bool) -> tuple[int, bool]:
    """The counter after a round has closed, and whether it is full, which empties it.

    What was collected has been counted already. What was lost counts too, or a round would end just short of a
    training; but a round that lost everything brings nothing to train on.

    Args:
        selected: Items that the round let go.
        collected: Those of them that were counted.
        is_pool_empty: Nothing is left to choose: what there is, is all there will be.
    """
    after = before + (selected - collected if collected else 0)
    is_full = after >= every or (is_pool_empty and after > 0)
    return (0, True) if is_full else (after, False)


def resolve(value: JsonValue, variables: Mapping[str, JsonValue]) -> JsonValue:
    """A plain value, or the present value of the variable it names."""
    name = referenced_variable(value)
    return value if name is None else variables.get(name)


def item_of(event: Event) -> str | None:
    """The item that an event is about, or None."""
    told = event.payload.get("item_id")
    found = event.subject_id if event.subject_id.startswith("itm_") else told
    return found if isinstance(found, str) else None


def due_time(cron: str, planned: datetime | None, *, now: datetime) -> tuple[datetime | None, datetime]:
    """The scheduled time that has come, or None, and the next one after now.

    A planned time is forgotten when it is none of the expression's (which was changed), or lies beyond the next
    regular one (the clock was set back): then the times from now on count.
    """
    following = next(CronSim(cron, now))
    is_known = planned is not None and next(CronSim(cron, planned - timedelta(seconds=1))) == planned
    if planned is None or not is_known or planned > now:
        return None, following
    return planned, following


def as_limit(value: JsonValue) -> int:
    """A limit on fires as a number; none means no limit."""
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else UNLIMITED
