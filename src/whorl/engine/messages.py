"""What travels through the inbox, and how a body answers for each item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import orjson

from whorl.base.errors import JsonValue

_NOTHING: Mapping[str, JsonValue] = {}


class Message(NamedTuple):
    """One item on its way to a node. Sending the same (node, run_key, ref, epoch) twice is sending it once.

    ``run_key`` says whose journey it is (0: none), ``ref`` what travels (a public id), ``epoch`` counts deliberate
    re-runs, ``payload`` holds references and never pixels, ``not_before`` is the earliest time (None: at once).
    """

    node: str
    run_key: int
    ref: str
    epoch: int = 0
    payload: Mapping[str, JsonValue] = _NOTHING
    not_before: datetime | None = None


class Work(NamedTuple):
    """A claimed row of the inbox. ``attempts`` counts this try, so it is 1 at the first."""

    id: int
    node: str
    run_key: int
    ref: str
    epoch: int
    attempts: int
    payload_json: str

    @property
    def payload(self) -> dict[str, JsonValue]:
        """The message's payload, parsed anew at each call."""
        # Any -> dict: only `send` writes this column, from a mapping.
        parsed: dict[str, JsonValue] = orjson.loads(self.payload_json)
        return parsed


@dataclass(frozen=True, slots=True)
class Failed:
    """The outcome of one item that went wrong; the others of its batch go through.

    Args:
        error: Why; its code and text are kept with the dead letter.
        is_final: Do not try again: dead-letter it now.
    """

    error: Exception
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Released:
    """The outcome of an item that was not worked on, because of a stop; it waits again and the try does not count."""


def encode_payload(payload: Mapping[str, JsonValue]) -> str:
    """Give the JSON text of a payload."""
    return orjson.dumps(payload).decode() if payload else "{}"
