"""The life of an item in a task: which status follows which move. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import assert_never

from whorl.base.errors import Conflict, JsonValue


class TaskKind(StrEnum):
    """What people are asked to do."""

    LABEL = "label"
    REVIEW = "review"
    VALIDATE = "validate"
    CLASSIFY = "classify"


class TaskStatus(StrEnum):
    """Whether a task gives out work."""

    ACTIVE = "active"
    PAUSED = "paused"
    DONE = "done"


class ItemStatus(StrEnum):
    """Where an item stands in a task."""

    QUEUED = "queued"
    LEASED = "leased"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REWORK = "rework"
    WAITING = "waiting"
    DISCARDED = "discarded"


class Move(StrEnum):
    """What can happen to an item in a task.

    ``return`` gives a lease back (released or expired), ``reopen`` asks the author again, ``hold`` parks a review until
    the author is done and ``requeue`` ends that wait; ``recall`` takes back one's own finished work, to mend it.
    """

    LEASE = "lease"
    RETURN = "return"
    SUBMIT = "submit"
    APPROVE = "approve"
    DISCARD = "discard"
    REOPEN = "reopen"
    HOLD = "hold"
    REQUEUE = "requeue"
    RECALL = "recall"


TRANSITIONS: Mapping[Move, frozenset[ItemStatus]] = MappingProxyType(
    {
        Move.LEASE: frozenset({ItemStatus.QUEUED, ItemStatus.REWORK, ItemStatus.LEASED}),
        Move.RETURN: frozenset({ItemStatus.LEASED}),
        Move.SUBMIT: frozenset({ItemStatus.LEASED}),
        Move.APPROVE: frozenset({ItemStatus.LEASED, ItemStatus.SUBMITTED}),
        Move.DISCARD: frozenset({ItemStatus.LEASED}),
        Move.REOPEN: frozenset({ItemStatus.SUBMITTED, ItemStatus.APPROVED}),
        Move.HOLD: frozenset({ItemStatus.LEASED}),
        Move.REQUEUE: frozenset({ItemStatus.WAITING}),
        Move.RECALL: frozenset({ItemStatus.SUBMITTED, ItemStatus.DISCARDED}),
    }
)
"""From which statuses each move is allowed; a lease over a lease only once that one expired."""

FINISHED = frozenset({ItemStatus.SUBMITTED, ItemStatus.APPROVED, ItemStatus.DISCARDED})


def next_status(status: ItemStatus, move: Move, *, was_submitted: bool = False) -> ItemStatus:
    """Give the status after a move.

    Args:
        was_submitted: The item had been submitted in this task before, so a returned lease is rework again.

    Raises:
        Conflict: The move is not possible from this status.
    """
    if status not in TRANSITIONS[move]:
        allowed = ", ".join(sorted(TRANSITIONS[move]))
        raise Conflict(
            f"cannot {move} an item that is {status}; possible when it is: {allowed}",
            hint="Load the item again: somebody else has moved it on.",
            details={"status": status.value},
        )
    match move:
        case Move.LEASE | Move.RECALL:
            return ItemStatus.LEASED
        case Move.RETURN:
            return ItemStatus.REWORK if was_submitted else ItemStatus.QUEUED
        case Move.SUBMIT:
            return ItemStatus.SUBMITTED
        case Move.APPROVE:
            return ItemStatus.APPROVED
        case Move.DISCARD:
            return ItemStatus.DISCARDED
        case Move.REOPEN:
            return ItemStatus.REWORK
        case Move.HOLD:
            return ItemStatus.WAITING
        case Move.REQUEUE:
            return ItemStatus.QUEUED
        case _:
            assert_never(move)


MOST_ANSWERS = 20
DEFAULT_MIN_AGREEMENT = 0.6
DEFAULT_MIN_IOU = 0.5


def wanted_answers(settings: Mapping[str, JsonValue]) -> int:
    """How many people answer each item of a task with these settings: 1 unless ``answers`` says more, at most 20."""
    wanted = settings.get("answers")
    is_number = isinstance(wanted, int) and not isinstance(wanted, bool)
    return min(wanted, MOST_ANSWERS) if is_number and isinstance(wanted, int) and wanted > 1 else 1


def share_of(settings: Mapping[str, JsonValue], name: str, default: float) -> float:
    """A setting that is a share in (0, 1], or the default where it is none."""
    value = settings.get(name)
    is_share = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1
    return float(value) if is_share and isinstance(value, int | float) else default


def counted_seconds(active_seconds: float, *, since_ms: int, now_ms: int) -> float:
    """How much of the time a client calls active is believed: never more than went by on our clock, never negative."""
    return max(0.0, min(active_seconds, (now_ms - since_ms) / 1000))
