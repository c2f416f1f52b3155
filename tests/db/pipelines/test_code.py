"""A function of the pipeline's author routes items and says things about them; its faults are single items' own."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from tests.db.pipelines.conftest import Plant
from tests.db.pipelines.flows import list_told, make_flow, raw, tell

from whorl.annotations.queries import list_annotations
from whorl.base.errors import GraphError, JsonValue
from whorl.datasets.actions import delete_items
from whorl.datasets.queries import get_item
from whorl.pipelines.logs import list_lines
from whorl.schemas.annotations import Annotation, AuthorKind, Box, Layer
from whorl.schemas.pipelines import Pipeline
from whorl.store.db.tables import event


def _flow(plant: Plant, pool: str, body: str, **params: JsonValue) -> Pipeline:
    source = "def run(item):\n" + "\n".join(f"    {line}" for line in body.splitlines())
    outputs = params.get("outputs", [])
    assert isinstance(outputs, list)
    limits: dict[str, JsonValue] = {"seconds": 60, "cpu_seconds": 60}
    return make_flow(
        plant,
        {
            "raw": raw(pool),
            "decide": {"type": "code", "source": source, **limits, **params},
            "item": tell("item"),
            "failed": tell("failed"),
            **{str(name): tell(str(name)) for name in outputs},
        },
        ["raw.item > decide.item", "decide.item > item.signal", "decide.failed > failed.signal"]
        + [f"decide.{name} > {name}.signal" for name in outputs],
    )


def _said(plant: Plant, item_id: str, layer: Layer) -> list[Annotation]:
    with plant.db.read() as conn:
        return list_annotations(conn, [item_id], layer=layer)


def _outputs(plant: Plant, pipeline: Pipeline) -> dict[str, dict[str, JsonValue]]:
    """What the node said of each item, by the item's name."""
    with plant.db.read() as conn:
        names = {one.ref: get_item(conn, one.ref).name for one in plant.runs(pipeline)}
    steps = [step for one in plant.runs(pipeline) for step in plant.journey(one)]
    return {names[step.ref]: dict(step.output) for step in steps if step.node == "decide"}


def test_code__routes_by_the_pixels(plant: Plant) -> None:
    pool = plant.dataset("pool")
    pipeline = _flow(plant, pool, "return 'light' if item.image().mean() > 100 else None", outputs=["light"])
    plant.add(pool, ["bright1", "bright2", "dark"])
    plant.settle()
    assert sorted(list_told(plant)) == ["item", "light", "light"]
    assert plant.states(pipeline) == {"done": 3}


def test_code__writes_metadata_and_predictions_never_truth(plant: Plant) -> None:
    pool = plant.dataset("pool")
    box = '{"type": "box", "x0": 1, "y0": 2, "x1": 99, "y1": 12}'
    pipeline = _flow(
        plant,
        pool,
        "return {'metadata': {'n': len(item['name'])}, 'annotations': "
        f"[{{'label': 'dark', 'geometry': {box}, 'confidence': 0.5}}]}}",
    )
    (item,) = plant.add(pool, ["abc"])
    plant.settle()
    with plant.db.read() as conn:
        assert get_item(conn, item.id).metadata == {"n": 3}
    (said,) = _said(plant, item.id, Layer.PREDICTION)
    assert (said.label, said.confidence, said.geometry) == ("dark", 0.5, Box(x0=1, y0=2, x1=24, y1=12))
    assert (said.author_kind, said.author_id) == (AuthorKind.MODEL, pipeline.id)
    assert _said(plant, item.id, Layer.TRUTH) == []
    # Its own change of the item starts nothing.
    assert plant.states(pipeline) == {"done": 1}


def test_code__faults_take_the_port_failed_one_by_one(plant: Plant) -> None:
    pool = plant.dataset("pool")
    body = (
        "name = item['name']\n"
        "print('at', name)\n"
        "if name == 'raises': 1 / 0\n"
        "if name == 'exits': __import__('os')._exit(7)\n"
        "if name == 'strange': return 'nowhere'\n"
        "if name == 'typed': return {'annotations': [{'label': '', 'geometry': {'type': 'class'}}]}\n"
        "far = {'type': 'points', 'points': [[1, 99]]}\n"
        "if name == 'outside': return {'annotations': [{'label': 'a', 'geometry': far}]}\n"
        "if name == 'nul': return {'metadata': {'a': 'x' + chr(0)}}\n"
        "if name == 'more': return {'truth': []}\n"
        "if name == 'number': return 5\n"
        "if name == 'chosen': return 'failed'"
    )
    pipeline = _flow(plant, pool, body)
    names = ["raises", "exits", "strange", "typed", "outside", "nul", "more", "number", "chosen", "fine"]
    items = plant.add(pool, names)
    plant.settle()
    told = {name: output.get("error") for name, output in _outputs(plant, pipeline).items()}
    assert told.pop("fine") is None
    assert told.pop("chosen") is None
    lines = {name: str(error).splitlines()[-1] for name, error in told.items()}
    assert lines == {
        "raises": "ZeroDivisionError: division by zero",
        "exits": "it ended its process with exit code 7",
        "strange": "run(item) gave the port 'nowhere'; the node's outputs: item, failed",
        "typed": "run(item) gave an annotation that does not fit: 0.label: String should have at least 1 character",
        "outside": lines["outside"],
        "nul": "metadata.a: the text has characters that cannot be stored: 'x\\x00'",
        "more": "run(item) gave 'truth'; allowed: port, metadata, annotations",
        "number": "run(item) gave int; allowed: None, a port's name, or a dictionary with some of "
        "port, metadata, annotations",
    }
    assert "outside" in lines["outside"]
    assert sorted(list_told(plant)) == ["failed"] * 9 + ["item"]
    assert _outputs(plant, pipeline)["raises"]["printed"] == "at raises\n"
    assert plant.states(pipeline) == {"done": len(items)}
    with plant.db.read() as conn:
        said = list_lines(conn, pipeline.id, node="decide").items
    assert sorted(line.level for line in said) == ["error"] * 8 + ["info"] * 9
    (raised,) = [line.message for line in said if "ZeroDivisionError" in line.message]
    assert raised.startswith(f'{items[0].id}: Traceback (most recent call last):\n  File "<code>", line 4, in run')


def test_code__gets_the_item_and_nothing_else(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    body = "return {'metadata': {'keys': sorted(item), 'truth': len(item['annotations'])}}"
    _flow(plant, pool, body)
    (item,) = plant.add(pool, ["a.PNG"])
    plant.settle()
    with plant.db.read() as conn:
        held = get_item(conn, item.id).metadata
    keys = ["annotations", "file", "height", "id", "media_type", "metadata", "name", "predictions", "subset", "width"]
    assert held == {"keys": keys, "truth": 0}


def test_code__a_deleted_item_ends_here(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    pipeline = _flow(plant, pool, "return {'metadata': {'seen': 1}}")
    gone, _ = plant.add(pool, ["gone", "kept"])
    plant.runtime.pump()
    plant.db.write(lambda conn: delete_items(conn, pool, [gone.id], actor_id="per_anna", now=plant.now()))
    plant.settle()
    assert (list_told(plant), plant.states(pipeline)) == (["item"], {"done": 2})


def test_code__a_broken_commit_writes_once(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    _flow(plant, pool, "return {'metadata': {'seen': 1}}")
    plant.broken_commits["decide"] = 1
    plant.add(pool, ["a"])
    plant.settle(patience_s=30)
    with plant.db.read() as conn:
        updates = conn.execute(select(event.c.id).where(event.c.kind == "item.updated")).all()
    assert (len(updates), list_told(plant)) == (1, ["item"])


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"source": "def run(item:"}, "parameter 'source': Value error, not Python at line 1"),
        ({"source": "x = 1"}, "parameter 'source': Value error, it defines no function `run`"),
        ({"outputs": ["item"]}, "parameter 'outputs': Value error, 'item' is an output already"),
        ({"outputs": ["a", "a"]}, "parameter 'outputs': Value error, a name is given twice"),
        ({"outputs": ["A b"]}, "parameter 'outputs.0'"),
        ({"seconds": 601}, "parameter 'seconds'"),
        ({"memory_mb": 1}, "parameter 'memory_mb'"),
        ({"sudo": True}, "parameter 'sudo'"),
    ],
)
def test_code__is_refused_when_it_is_saved(sqlite_plant: Plant, params: dict[str, JsonValue], told: str) -> None:
    given: dict[str, JsonValue] = {"source": "def run(item): pass", **params}
    with pytest.raises(GraphError, match=re.escape(f"decide: {told}")):
        make_flow(sqlite_plant, {"decide": {"type": "code", **given}}, [], target="decide.item")
