"""filter: items go different ways, by query."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from whorl.pipelines.conditions import find_matching
from whorl.pipelines.graph import NodeType
from whorl.pipelines.items import find_items
from whorl.pipelines.nodes.base import NodeContext, Params, PlainNode
from whorl.pipelines.nodes.fields import QueryText
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.pipelines import NodeFamily, PortType

REST = "rest"
_PORT = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")


class FilterParams(Params):
    """Which items go which way."""

    routes: dict[str, QueryText] = Field(
        min_length=1, max_length=20, description="Output port by output port, the query of the items that leave by it."
    )
    mode: Literal["first", "all"] = Field(
        default="first", description="first: by the first route that matches. all: by every route that matches."
    )

    @field_validator("routes")
    @classmethod
    def _are_ports(cls, routes: dict[str, str]) -> dict[str, str]:
        for port in routes:
            if not _PORT.match(port):
                raise PydanticCustomError(
                    "bad_port", "not a port's name: {port}; use a to z, 0 to 9 and _", {"port": repr(port)}
                )
        if REST in routes:
            raise PydanticCustomError("taken_port", "no route may be called 'rest': what matches nothing leaves there")
        return routes


class FilterNode(PlainNode):
    """Asks each route's query once for the whole batch; an item that was deleted meanwhile ends here."""

    type = NodeType(
        name="filter",
        family=NodeFamily.DATA,
        summary="Routes items by query.",
        inputs={"item": PortType.ITEM},
        outputs={REST: PortType.ITEM},
        params=FilterParams,
        outputs_from="routes",
        description="Each route is an output port with a query. An item leaves by the first route that it matches, in "
        "the order written, or by all of them when `mode` is `all`; what matches none leaves by `rest`. The item is "
        "judged as it stands when it arrives: its metadata, subset, annotations and predictions.",
    )

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Look up which items match which route."""
        params = context.params
        assert isinstance(params, FilterParams)
        refs = list(dict.fromkeys(token.ref for token in tokens))
        with context.services.db.read() as conn:
            standing = find_items(conn, refs)
            matching = {port: find_matching(conn, query, list(standing)) for port, query in params.routes.items()}
        return [
            _route(token, matching, mode=params.mode) if token.ref in standing else ended_as_deleted()
            for token in tokens
        ]


def ended_as_deleted() -> Passed:
    """The end of a token whose item was deleted while it was on its way."""
    return Passed((), output={"ended": "the item was deleted"})


def _route(token: Token, matching: Mapping[str, set[str]], *, mode: str) -> Passed:
    ports = [port for port, refs in matching.items() if token.ref in refs] or [REST]
    taken = ports if mode == "all" else ports[:1]
    return Passed(tuple(Emission(port, token.ref) for port in taken), output={"routes": [port for port in taken]})
