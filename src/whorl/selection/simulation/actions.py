"""Writes of simulations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from whorl.base.errors import JsonValue, NotFound
from whorl.store.db.tables import simulation


@dataclass(frozen=True, slots=True)
class NewSimulation:
    """A simulation to be written; ``result`` holds the other fields of ``schemas.selecting.Simulation``."""

    id: str
    project_id: str
    name: str
    spec: Mapping[str, JsonValue]
    result: Mapping[str, JsonValue]


def save_simulation(conn: Connection, made: NewSimulation, *, actor_id: str, now: datetime) -> None:
    """Write a simulation down; one with an id that is there changes nothing, so a job that runs twice writes once."""
    if conn.execute(select(simulation.c.id).where(simulation.c.id == made.id)).one_or_none() is not None:
        return
    conn.execute(
        insert(simulation).values(
            id=made.id,
            project_id=made.project_id,
            name=made.name,
            spec=dict(made.spec),
            result=dict(made.result),
            author_id=actor_id,
            created_at=now,
        )
    )


def delete_simulation(conn: Connection, simulation_id: str) -> None:
    """Forget a simulation.

    Raises:
        NotFound: There is none with this id.
    """
    if not conn.execute(delete(simulation).where(simulation.c.id == simulation_id)).rowcount:
        raise NotFound(f"no such simulation: {simulation_id[:60]}")
