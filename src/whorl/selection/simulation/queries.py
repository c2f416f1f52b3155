"""Reads of simulations."""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping, select

from whorl.base.errors import NotFound
from whorl.datasets.rules import check_limit, decode_cursor, encode_cursor
from whorl.schemas.selecting import Simulation
from whorl.schemas.wire import Page
from whorl.store.db.tables import simulation


def get_simulation(conn: Connection, simulation_id: str) -> Simulation:
    """One simulation.

    Raises:
        NotFound: There is none with this id.
    """
    row = conn.execute(select(simulation).where(simulation.c.id == simulation_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no such simulation: {simulation_id[:60]}")
    return _wire(row)


def list_simulations(
    conn: Connection, project_id: str, *, cursor: str | None = None, limit: int = 100
) -> Page[Simulation]:
    """The simulations of a project, newest first."""
    check_limit(limit)
    found = select(simulation).where(simulation.c.project_id == project_id)
    if cursor is not None:
        found = found.where(simulation.c.id < str(decode_cursor(cursor)))
    rows = list(conn.execute(found.order_by(simulation.c.id.desc()).limit(limit + 1)).mappings())
    more = encode_cursor(rows[limit - 1]["id"]) if len(rows) > limit else None
    return Page[Simulation](items=[_wire(row) for row in rows[:limit]], next_cursor=more)


def _wire(row: RowMapping) -> Simulation:
    known = {name: row[name] for name in ("id", "project_id", "name", "spec", "author_id", "created_at")}
    return Simulation.model_validate({**row["result"], **known})
