"""wait: items stay until enough of them are there, or for a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import AwareDatetime, Field
from sqlalchemy import Connection

from whorl.base.errors import JsonValue
from whorl.pipelines import actions
from whorl.pipelines.graph import NodeType, resolve_params
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode, park_all
from whorl.pipelines.tokens import Emission, Parked, Passed, Released, Result, Token
from whorl.pipelines.waiting import find_current_node, take_ready
from whorl.schemas.pipelines import NodeFamily, NodeSpec, PortType

YEAR_S = 366 * 86_400


class WaitParams(Params):
    """What is waited for: the first of what is given. With nothing given, items pass at once."""

    count: int | None = Field(
        default=None, ge=1, le=1_000_000, description="So many items go on together, the oldest first."
    )
    seconds: float | None = Field(
        default=None, gt=0, le=YEAR_S, description="Each item waits for at least this long, in seconds."
    )
    until: AwareDatetime | None = Field(
        default=None, description="Everything goes on from this time, such as 2026-01-31T08:00:00+01:00."
    )


def read_wait_params(spec: NodeSpec, variables: Mapping[str, JsonValue]) -> WaitParams:
    """A wait node's parameters with its variables' present values.

    Raises:
        ValidationError: A variable has a value that does not fit.
    """
    return WaitParams.model_validate(resolve_params(spec.params, variables))


class WaitNode(PlainNode):
    """Parks items; arrivals let a full number go, and the pump those whose time has come."""

    type = NodeType(
        name="wait",
        family=NodeFamily.CONTROL,
        summary="Holds items until enough of them wait, for a time, or until a date.",
        inputs={"item": PortType.ITEM},
        outputs={"item": PortType.ITEM},
        params=WaitParams,
        description="With `count`, so many items go on together as soon as they are there, oldest first; the rest "
        "wait for the next group. With `seconds` each item waits that long, with `until` all wait for that date; of "
        "several given, the first lets an item go. A waiting item costs one row, survives restarts, and follows a "
        "variable's new value within seconds.",
    )

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Nothing to compute: park."""
        del context
        return park_all(tokens)

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Park what arrives and let go what need not wait.

        Tokens of an older version wait with the others and go on in the current one, which alone lets go; where that
        has no such node, they pass.
        """
        del results
        params = context.params
        assert isinstance(params, WaitParams)
        place = {"pipeline_id": context.pipeline_id, "node": context.node}
        version, spec = find_current_node(conn, **place)
        if spec is None or spec.type != self.type.name:
            return Committed([_pass(token, "the present version waits for nothing here") for token in tokens])
        parked = actions.park_tokens(conn, tokens=tokens, now=context.now(), **place)
        if version != context.version:
            return Committed(parked)
        ready = {
            (one.token.run_key, one.token.ref, one.token.epoch, one.token.port): one
            for one in take_ready(conn, params, now=context.now(), **place)
        }
        final: list[Result] = []
        for token, result in zip(tokens, parked, strict=True):
            mine = ready.pop((token.run_key, token.ref, token.epoch, token.port), None) if result == Parked() else None
            final.append(result if mine is None else _pass(token, mine.reason))
        released = [
            Released(
                Token(one.token.run_key, one.token.ref, one.token.epoch, one.token.port, one.token.payload),
                "item",
                output={"let_go_by": one.reason},
            )
            for one in ready.values()
        ]
        return Committed(final, released)


def _pass(token: Token, reason: str) -> Passed:
    return Passed((Emission("item", token.ref),), output={"let_go_by": reason})
