"""Runs started by hand: where they enter, and for what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from whorl.base.errors import InvalidInput, JsonValue, NotFound
from whorl.datasets.dql import Query
from whorl.datasets.queries import list_item_keys, list_items, list_items_by_key
from whorl.pipelines.actions import start_run
from whorl.pipelines.graph import Graph, resolve_params
from whorl.pipelines.queries import read_variables
from whorl.schemas.pipelines import PortType

MOST_ITEMS = 100_000


@dataclass(frozen=True)
class Door:
    """An input that a run can begin at."""

    node: str
    port: str
    type: PortType

    @property
    def target(self) -> str:
        """node.port, as triggers write it."""
        return f"{self.node}.{self.port}"


def find_door(graph: Graph, wanted: str | None) -> Door:
    """Where a run begins.

    Args:
        wanted: ``node``, ``node.port``, or None for the first node in the order of the flow.

    Raises:
        NotFound: There is no such node or port; the hint lists what there is.
    """
    node, _, port = (wanted or "").partition(".")
    node = node or next(iter(reversed(graph.sinks_first())))
    if node not in graph.nodes:
        raise NotFound(
            f"pipeline {graph.definition.name!r} has no node {node!r}", hint=f"It has: {', '.join(graph.nodes)}."
        )
    inputs = graph.types[node].inputs
    port = port or next(iter(inputs), "")
    if port not in inputs:
        raise NotFound(f"node {node!r} has no input {port!r}", hint=f"It has: {', '.join(inputs) or 'none'}.")
    return Door(node, port, inputs[port])


def list_refs(
    conn: Connection, graph: Graph, pipeline_id: str, door: Door, *, query: Query | None, dataset_id: str | None
) -> list[str]:
    """The items that a query finds in the dataset that the door's node names; every item without a query.

    Args:
        dataset_id: Where to look instead.

    Raises:
        InvalidInput: The door takes no items, its node names no dataset, or more than a hundred thousand match.
    """
    where = _find_dataset(graph, door, read_variables(conn, pipeline_id), dataset_id=dataset_id)
    keys = list_item_keys(conn, where, query=query)
    if len(keys) > MOST_ITEMS:
        raise InvalidInput(
            f"{len(keys):,} items match; allowed at once: {MOST_ITEMS:,}", hint="Narrow the query and start several."
        )
    items = list_items_by_key(conn, keys)
    return [items[key].id for key in keys if key in items]


def list_first_refs(
    conn: Connection,
    graph: Graph,
    door: Door,
    *,
    variables: Mapping[str, JsonValue],
    query: Query | None,
    dataset_id: str | None,
    limit: int,
) -> list[str]:
    """The first items that a query finds in the dataset that the door's node names.

    Raises:
        InvalidInput: The door takes no items, or its node names no dataset.
    """
    where = _find_dataset(graph, door, variables, dataset_id=dataset_id)
    return [item.id for item in list_items(conn, where, query=query, limit=limit).items]


def _find_dataset(graph: Graph, door: Door, variables: Mapping[str, JsonValue], *, dataset_id: str | None) -> str:
    if door.type is not PortType.ITEM:
        raise InvalidInput(
            f"{door.target} takes a {door.type.value}, so that a query means nothing", hint="Give refs, or nothing."
        )
    where = dataset_id or resolve_params(graph.nodes[door.node].params, variables).get("dataset")
    if not isinstance(where, str):
        raise InvalidInput(
            f"node {door.node!r} names no dataset, or its variable is not set", hint="Give dataset_id, or refs."
        )
    return where


def start_runs(
    conn: Connection,
    graph: Graph,
    *,
    pipeline_id: str,
    version: int,
    door: Door,
    cause: str,
    refs: Sequence[str],
    now: datetime,
) -> int:
    """Begin a run for each reference and give how many began; one that began from this cause before does not again."""
    return sum(
        start_run(
            conn,
            graph=graph,
            pipeline_id=pipeline_id,
            version=version,
            target=door.target,
            cause=f"{cause}:{ref}" if ref else cause,
            ref=ref,
            now=now,
        )
        for ref in refs
    )
