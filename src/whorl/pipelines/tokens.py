"""What travels, and what a node says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from whorl.base.errors import InvalidInput, JsonValue
from whorl.engine import Work


@dataclass(frozen=True, slots=True)
class Token:
    """One thing at the door of a node.

    Args:
        run_key: Its journey.
        ref: The public id of what it carries, such as an item's or a model's.
        epoch: Grows by one with each deliberate re-run.
        port: The input it came in by.
        values: What nodes before this one said, by name; references only, never pixels.
    """

    run_key: int
    ref: str
    epoch: int
    port: str
    values: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Emission:
    """A thing that leaves by an output port; ``values`` are added to those it came with."""

    port: str
    ref: str
    values: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Passed:
    """The node is done with a token.

    Args:
        emissions: What leaves; nothing ends the journey here.
        output: Facts for the journey's record.
        effect: What ``commit`` needs to write; never leaves the process.
        machine_seconds: Time the node's body took for this token.
    """

    emissions: tuple[Emission, ...]
    output: Mapping[str, JsonValue] = field(default_factory=dict)
    effect: object = None
    machine_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Parked:
    """The node keeps the token until somebody else lets it go on: a person, or the next round."""

    effect: object = None


@dataclass(frozen=True, slots=True)
class Merged:
    """The token met another of its journey here and ends without a trace: the other one stands for both."""

    effect: object = None


Result = Passed | Parked | Merged


@dataclass(frozen=True, slots=True)
class Released:
    """A token that was parked earlier and now goes on by ``port``."""

    token: Token
    port: str
    values: Mapping[str, JsonValue] = field(default_factory=dict)
    output: Mapping[str, JsonValue] = field(default_factory=dict)


def encode_payload(port: str, values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Write a token's port and values as the payload the inbox keeps."""
    return {"port": port, "values": dict(values)}


def token_of(work: Work) -> Token:
    """Read a token from a claimed row of the inbox.

    Raises:
        InvalidInput: The row was not written by ``encode_payload``.
    """
    payload = work.payload
    port, values = payload.get("port"), payload.get("values")
    if not isinstance(port, str) or not isinstance(values, dict):
        raise InvalidInput(f"not a token of a pipeline: {work.payload_json[:80]}")
    return Token(work.run_key, work.ref, work.epoch, port, values)


def node_address(pipeline_id: str, version: int, node: str) -> str:
    """The inbox name of a node: a run is pinned to its version by it."""
    return f"{pipeline_id}:{version}:{node}"


def parse_address(address: str) -> tuple[str, int, str]:
    """Take an inbox name apart.

    Raises:
        InvalidInput: It is not the address of a pipeline's node.
    """
    parts = address.split(":")
    if len(parts) != 3 or not parts[1].isdigit():
        raise InvalidInput(f"not the address of a pipeline's node: {address}")
    return parts[0], int(parts[1]), parts[2]
