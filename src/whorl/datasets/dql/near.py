"""Conditions over similarity: which items are most like one, as somebody above this room finds out.

This room knows nothing of vectors. Whoever does hands a resolver to the database (``provide_near``); a query is
resolved where it meets a connection, and what it found is the same for the whole of that read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection

from whorl.base.errors import QueryError
from whorl.datasets.dql.ast import And, Condition, NearMatch, Not, Or, Query
from whorl.store.db import Database

Resolver = Callable[[NearMatch, int], Sequence[int]]
"""Gives the keys of the items that a condition means, in the dataset of an integer key."""
_OPTION: Final = "whorl_near"


def provide_near(db: Database, *, reading: Resolver, writing: Resolver) -> None:
    """Let queries on this database ask for what is near.

    Args:
        writing: For queries inside a write, which must not take long.
    """
    db.provide(_OPTION, reading=reading, writing=writing)


def has_near(db: Database) -> bool:
    """Whether a resolver was handed in."""
    return db.provides(_OPTION)


def resolve_near(conn: Connection, query: Query, dataset_key: int) -> Query:
    """The query with the items that each of its conditions over similarity means; as it is when it has none.

    Raises:
        QueryError: Nobody can tell here, or the item, space or words cannot be asked about.
    """
    if not _asks(query.where):
        return query
    # The engine's: the writer's connection is older than most resolvers.
    resolver: Resolver | None = conn.engine.get_execution_options().get(_OPTION)
    if resolver is None:
        raise QueryError("near: similarity is not known here", hint="Ask a server: whorl similar.")
    return replace(query, where=_resolved(query.where, resolver, dataset_key))


def _asks(node: Condition) -> bool:
    match node:
        case And(parts=parts) | Or(parts=parts):
            return any(_asks(part) for part in parts)
        case Not(part=part):
            return _asks(part)
        case NearMatch():
            return node.keys is None
        case _:
            return False


def _resolved(node: Condition, resolver: Resolver, dataset_key: int) -> Condition:
    match node:
        case And(parts=parts):
            return And(tuple(_resolved(part, resolver, dataset_key) for part in parts))
        case Or(parts=parts):
            return Or(tuple(_resolved(part, resolver, dataset_key) for part in parts))
        case Not(part=part):
            return Not(_resolved(part, resolver, dataset_key))
        case NearMatch(keys=None):
            return replace(node, keys=tuple(sorted(set(resolver(node, dataset_key)))))
        case _:
            return node
