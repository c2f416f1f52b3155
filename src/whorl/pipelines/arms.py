"""Which lines of rounds a project runs: per pipeline its pool, its ground truth, and whether it chooses at random."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from whorl.base.errors import JsonValue
from whorl.pipelines import queries
from whorl.schemas.pipelines import NodeSpec, Pipeline

_RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Arm:
    """One line of rounds. A control arm chooses at random, beside one that does not, to measure what choosing saves."""

    pipeline_id: str
    name: str
    pool_id: str | None
    ground_truth_id: str
    strategy: str | None
    is_control: bool


def list_arms(conn: Connection, project_id: str) -> list[Arm]:
    """The lines of rounds of a project: pipelines that gather items into a ground-truth dataset."""
    found = [arm for one in queries.list_pipelines(conn, project_id=project_id) if (arm := _arm(one)) is not None]
    has_choice = any(arm.strategy not in (None, _RANDOM) for arm in found)
    return [
        Arm(
            arm.pipeline_id,
            arm.name,
            arm.pool_id,
            arm.ground_truth_id,
            arm.strategy,
            is_control=has_choice and arm.strategy == _RANDOM,
        )
        for arm in found
    ]


def _arm(pipeline: Pipeline) -> Arm | None:
    nodes = pipeline.definition.nodes
    truth = _parameter(nodes, "collect", "dataset", pipeline.variables)
    if not isinstance(truth, str):
        return None
    pool = _parameter(nodes, "dataset", "dataset", pipeline.variables)
    strategy = _parameter(nodes, "select", "strategy", pipeline.variables)
    return Arm(
        pipeline.id,
        pipeline.name,
        pool if isinstance(pool, str) else None,
        truth,
        strategy if isinstance(strategy, str) else None,
        is_control=False,
    )


def _parameter(nodes: list[NodeSpec], node_type: str, name: str, variables: Mapping[str, JsonValue]) -> JsonValue:
    """What the first node of a type has as a parameter, its variable read."""
    value = next((node.params.get(name) for node in nodes if node.type == node_type), None)
    if isinstance(value, dict) and isinstance(value.get("$var"), str):
        return variables.get(str(value["$var"]))
    return value
