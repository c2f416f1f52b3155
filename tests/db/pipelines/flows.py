"""Small flows in one line a node, for tests of journeys."""

from __future__ import annotations

from sqlalchemy import select
from tests.db.pipelines.conftest import Plant

from whorl.base.errors import JsonValue
from whorl.schemas.pipelines import Pipeline, PipelineDefinition
from whorl.store.db.tables import event

NEW: dict[str, JsonValue] = {"id": "new", "type": "event", "target": "raw.item", "event": "item.created"}


def make_flow(
    plant: Plant,
    nodes: dict[str, dict[str, JsonValue]],
    edges: list[str],
    *,
    variables: dict[str, JsonValue] | None = None,
    migrate: dict[str, str] | None = None,
    target: str = "raw.item",
    on: str = "item.created",
    name: str = "flow",
) -> Pipeline:
    """Nodes by id (``type`` among their parameters), and edges such as "raw.item > tell.signal if name:a"."""
    body = {
        "name": name,
        "nodes": [
            {"id": node, "type": params["type"], "params": {k: v for k, v in params.items() if k != "type"}}
            for node, params in nodes.items()
        ],
        "edges": [_edge(text) for text in edges],
        "variables": [{"name": name, "type": "text", "value": value} for name, value in (variables or {}).items()],
        "triggers": [{**NEW, "target": target, "event": on}],
    }
    return plant.apply(PipelineDefinition.model_validate(body), migrate)


def _edge(text: str) -> dict[str, JsonValue]:
    way, _, when = text.partition(" if ")
    source, _, target = way.partition(" > ")
    return {"source": source, "target": target, "when": when or None}


def raw(dataset: str) -> dict[str, JsonValue]:
    return {"type": "dataset", "dataset": dataset}


def tell(message: JsonValue = "look") -> dict[str, JsonValue]:
    return {"type": "notify", "message": message}


def list_told(plant: Plant) -> list[str]:
    with plant.db.read() as conn:
        found = select(event.c.payload).where(event.c.kind == "pipeline.notified").order_by(event.c.id)
        return [payload["message"] for payload in conn.execute(found).scalars()]
