"""Where tokens are, over all versions of a pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select

from whorl.pipelines.queries import get_definition
from whorl.store.db.tables import pipeline, round_item, run, run_step


def list_current(conn: Connection) -> list[tuple[str, int]]:
    """Id and current version of every pipeline that is not paused, in the order of their making."""
    found = select(pipeline.c.id, pipeline.c.version).where(pipeline.c.is_paused.is_(False)).order_by(pipeline.c.id)
    return [(row.id, row.version) for row in conn.execute(found)]


def has_node(conn: Connection, *, pipeline_id: str, node: str) -> bool:
    """Whether the pipeline's current version has this node."""
    version = conn.execute(select(pipeline.c.version).where(pipeline.c.id == pipeline_id)).scalar_one()
    definition = get_definition(conn, pipeline_id=pipeline_id, version=version)
    return any(one.id == node for one in definition.nodes)


def find_run_id(conn: Connection, run_key: int) -> str | None:
    """The public id of a run, or None for the key of none."""
    found: str | None = conn.execute(select(run.c.id).where(run.c.key == run_key)).scalar_one_or_none()
    return found


def read_run_ids(conn: Connection, run_keys: Iterable[int]) -> dict[int, str]:
    """The public ids of runs by their keys; a batch's worth of them."""
    found = select(run.c.key, run.c.id).where(run.c.key.in_(list(run_keys)))
    return {row.key: row.id for row in conn.execute(found)}


def has_open_run(conn: Connection, run_key: int, *, pipeline_id: str) -> bool:
    """Whether the pipeline has this run and it still has tokens."""
    found = select(run.c.key).where(run.c.key == run_key, run.c.pipeline_id == pipeline_id, run.c.open_tokens > 0)
    return conn.execute(found).first() is not None


def has_active_run(conn: Connection, pipeline_id: str, *, start_nodes: Sequence[str]) -> bool:
    """Whether a run that began at one of these nodes is under way."""
    found = select(run.c.key).where(
        run.c.pipeline_id == pipeline_id, run.c.state == "active", run.c.start_node.in_(start_nodes)
    )
    return conn.execute(found.limit(1)).first() is not None


def count_collected(conn: Connection, round_id: str, *, nodes: Sequence[str]) -> int:
    """How many of a round's items one of these collecting nodes took in as new."""
    found = (
        select(run_step.c.run_key, run_step.c.output)
        .join(round_item, round_item.c.run_key == run_step.c.run_key)
        .join(run, run.c.key == round_item.c.round_key)
        .where(run.c.id == round_id, run_step.c.node.in_(nodes), run_step.c.port == "item")
    )
    return len({run_key for run_key, output in conn.execute(found) if not output.get("was_there")})
