"""What the database says for monitoring: the same whichever server is asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from whorl.engine.queries import count_by_node
from whorl.store.db.tables import job, node_tally, parked, pipeline, pipeline_version, run

OTHER = "other"


@dataclass(frozen=True, slots=True)
class NodeTotals:
    """What all nodes of one type did."""

    done: int
    failed: int
    machine_s: float
    human_s: float


@dataclass(frozen=True, slots=True)
class Stock:
    """Counts. Nodes of pipelines go by their type, such as ``predict``, jobs by their kind, such as ``job:import``.

    Attributes:
        inbox: (Node, ``waiting`` or ``leased``) to items.
    """

    inbox: dict[tuple[str, str], int]
    dead: dict[str, int]
    nodes: dict[str, NodeTotals]
    parked: int
    runs: dict[str, int]
    jobs: dict[tuple[str, str], int]


def take_stock(conn: Connection) -> Stock:
    """Count everything; some 0.1 s for a million waiting items."""
    types = _types(conn)
    inbox: Counter[tuple[str, str]] = Counter()
    dead: Counter[str] = Counter()
    for address, counts in count_by_node(conn).items():
        name = _name(address, types)
        inbox[name, "waiting"] += counts.waiting
        inbox[name, "leased"] += counts.leased
        dead[name] += counts.dead
    runs = select(run.c.state, func.count()).group_by(run.c.state)
    jobs = select(job.c.kind, job.c.state, func.count()).group_by(job.c.kind, job.c.state)
    return Stock(
        inbox=dict(inbox),
        dead=dict(dead),
        nodes=_totals(conn, types),
        parked=int(conn.execute(select(func.count()).select_from(parked)).scalar_one()),
        runs={str(state): int(count) for state, count in conn.execute(runs)},
        jobs={(str(kind), str(state)): int(count) for kind, state, count in conn.execute(jobs)},
    )


def _types(conn: Connection) -> dict[tuple[str, str], str]:
    """(Pipeline, node) to the node's type in the present version."""
    newest = select(pipeline.c.id, pipeline_version.c.definition).join(
        pipeline_version,
        (pipeline_version.c.pipeline_id == pipeline.c.id) & (pipeline_version.c.version == pipeline.c.version),
    )
    return {
        (str(pipeline_id), str(node["id"])): str(node["type"])
        for pipeline_id, definition in conn.execute(newest)
        for node in definition["nodes"]
    }


def _name(address: str, types: dict[tuple[str, str], str]) -> str:
    if address.startswith("job:"):
        return address
    pipeline_id, _, rest = address.partition(":")
    return types.get((pipeline_id, rest.rpartition(":")[2]), OTHER)


def _totals(conn: Connection, types: dict[tuple[str, str], str]) -> dict[str, NodeTotals]:
    sums = [func.sum(node_tally.c[name]) for name in ("done", "failed", "machine_seconds", "human_seconds")]
    query = select(node_tally.c.pipeline_id, node_tally.c.node, *sums)
    found: dict[str, NodeTotals] = {}
    for pipeline_id, node, done, failed, machine_s, human_s in conn.execute(
        query.group_by(node_tally.c.pipeline_id, node_tally.c.node)
    ):
        name = types.get((pipeline_id, node), OTHER)
        so_far = found.get(name, NodeTotals(0, 0, 0.0, 0.0))
        found[name] = NodeTotals(
            so_far.done + int(done),
            so_far.failed + int(failed),
            so_far.machine_s + float(machine_s),
            so_far.human_s + float(human_s),
        )
    return found
