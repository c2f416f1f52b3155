"""The published contract of pipeline nodes, as one call, and a bench to try one on.

    def test_my_node():
        with node_bench() as bench:
            check_node(MyNode(), bench, params={"dataset": bench.dataset_id})

Whorl's own nodes run through the same check.
"""

from __future__ import annotations

import io
import json
import pickle
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from pydantic import ValidationError
from sqlalchemy import Connection, func, insert, select, update

from whorl.access.actions import create_project
from whorl.base.clock import FakeClock, to_datetime
from whorl.base.errors import JsonValue
from whorl.base.ids import new_id
from whorl.datasets.actions import add_items, create_dataset
from whorl.engine import InlineExecutor
from whorl.ontology.actions import save_ontology
from whorl.pipelines.nodes import is_node
from whorl.pipelines.nodes.base import Node, NodeContext, Params, PipelineServices
from whorl.pipelines.tokens import Merged, Parked, Passed, Result, Token
from whorl.schemas.datasets import NewItem
from whorl.schemas.ontology import Label, OntologyDraft
from whorl.schemas.pipelines import PortType
from whorl.store.blobs import open_blobs, put_content
from whorl.store.db import open_database
from whorl.store.db.migrate import upgrade
from whorl.store.db.tables import metadata, pipeline, pipeline_version, run

P = ParamSpec("P")
T = TypeVar("T")
ACTOR = "per_check"
LABELS = ("dark", "bright")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_RESOURCES = frozenset({"cpu", "gpu", "memory"})
_UNKNOWN = "surely_no_parameter"


@dataclass(frozen=True)
class NodeBench:
    """A house for one node: a database and blobs of its own, a project with two labels, a dataset of small images.

    Args:
        item_ids: The images, of which each has a run whose key is its place, from 1 on.
    """

    services: PipelineServices
    project_id: str
    dataset_id: str
    pipeline_id: str
    item_ids: Sequence[str]

    def place(self, node: Node, params: Mapping[str, JsonValue]) -> None:
        """Make the node the only one of the bench's pipeline, called ``it``."""
        spec = {"id": "it", "type": node.type.name, "params": dict(params)}
        definition = {"name": "bench", "nodes": [spec], "edges": [], "variables": [], "triggers": []}
        where = pipeline_version.c.pipeline_id == self.pipeline_id
        statement = update(pipeline_version).where(where).values(definition=definition)
        self.services.db.write(lambda conn: conn.execute(statement) and None)

    def context(self, params: Params) -> NodeContext:
        """What a batch of the node is given."""
        return NodeContext(
            services=self.services,
            pipeline_id=self.pipeline_id,
            pipeline_name="bench",
            project_id=self.project_id,
            version=1,
            node="it",
            params=params,
            heartbeat=lambda: None,
        )

    def tokens(self, node: Node, refs: Sequence[str] | None = None) -> list[Token]:
        """A token for each ref at the node's first input: the images at an item's, one of nothing at others'."""
        port, kind = next(iter(node.type.inputs.items()))
        named = list(refs) if refs is not None else list(self.item_ids) if kind is PortType.ITEM else [""]
        return [Token(place, ref, 0, port, {"said": "before"}) for place, ref in enumerate(named, start=1)]


class PicklingExecutor(InlineExecutor):
    """Runs calls at once, but sends function, arguments and result through pickle as a worker process would."""

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        call = pickle.loads(pickle.dumps((function, args, kwargs)))
        future = super().submit(call[0], *call[1], **call[2])
        if future.exception() is None:
            pickle.loads(pickle.dumps(future.result()))
        return future


@contextmanager
def node_bench(*, images: int = 3) -> Iterator[NodeBench]:
    """A bench on SQLite in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="whorl-bench-") as folder:
        home = Path(folder)
        with open_database(f"sqlite:///{home / 'bench.db'}", synchronous="NORMAL") as db:
            upgrade(db)
            services = PipelineServices(db, open_blobs("memory://"), PicklingExecutor(), home, FakeClock())
            yield db.write(lambda conn: _furnish(conn, services, images))


def check_node(
    node: Node,
    bench: NodeBench,
    *,
    params: Mapping[str, JsonValue] | None = None,
    refs: Sequence[str] | None = None,
    is_tried: bool = True,
) -> None:
    """Check what the engine relies on, in the order in which it would break.

    The type says what the node is: names, a summary, a description, ports, what it asks of a machine. Parameters are a
    Pydantic model that refuses unknown keys, describes each field, and gives a JSON schema. Then the node is tried on
    tokens: one result per token in order; only ports it has; a body that may run twice; what goes to worker processes
    pickles; ``commit`` writes through its connection alone, so that after a rollback nothing is left and a second try
    does as the first would have; a batch of which the fence took a part, or all.

    Args:
        params: Its parameters, as they stand in a definition; none when left out.
        refs: What its tokens carry; the bench's images when left out.
        is_tried: False looks at the type alone, for nodes that need more than a bench has.

    Raises:
        AssertionError: A promise is broken; the message says which.
    """
    _check_type(node)
    _check_params(node, params or {})
    if not is_tried:
        return
    bench.place(node, params or {})
    held = node.type.params.model_validate(dict(params or {}))
    assert isinstance(held, Params)
    context, tokens = bench.context(held), bench.tokens(node, refs)
    ports = set(node.type.list_outputs(dict(params or {})))
    _check_empty(node, bench, context)
    first, second = list(node.run(tokens, context)), list(node.run(tokens, context))
    for results in (first, second):
        _check_results(results, tokens, ports, "run")
    before = _count_rows(bench)
    tried = _commit(node, bench, tokens, first, context, is_kept=False)
    _expect(_count_rows(bench) == before, "commit wrote outside its transaction: a rollback left rows behind")
    _commit(node, bench, tokens[1:], first[1:], context, is_kept=False)
    done = _commit(node, bench, tokens, second, context, is_kept=True)
    for results in (tried, done):
        _check_results(results, tokens, ports, "commit")
    _expect(
        [_ways(result) for result in tried] == [_ways(result) for result in done],
        "commit does not do after a rollback what it did before it: it remembers what was undone",
    )


def _check_type(node: Node) -> None:
    _expect(is_node(node), "a node has type, run, commit, batch_size, lease_s and resources")
    kind = node.type
    _expect(_NAME.match(kind.name) is not None, f"its name is {kind.name!r}; use a to z, 0 to 9 and _")
    _expect(bool(kind.summary.strip()), "it has no summary")
    _expect(bool(kind.description.strip()), "it has no description: say what leaves by which port, and when")
    for port in (*kind.inputs, *kind.outputs):
        _expect(_NAME.match(port) is not None, f"a port is called {port!r}; use a to z, 0 to 9 and _")
    missing = kind.optional_inputs - set(kind.inputs)
    _expect(not missing, f"optional_inputs names ports that it does not have: {', '.join(sorted(missing))}")
    named = kind.outputs_from
    _expect(named is None or named in kind.params.model_fields, f"outputs_from names no parameter: {named}")
    _expect(node.batch_size >= 1, f"batch_size is {node.batch_size}")
    _expect(node.lease_s >= 1, f"lease_s is {node.lease_s}")
    unknown = set(node.resources) - _RESOURCES
    _expect(not unknown, f"resources names {', '.join(sorted(unknown))}; known: {', '.join(sorted(_RESOURCES))}")
    _expect(all(value >= 0 for value in node.resources.values()), "a resource is below zero")
    _expect(kind.is_reserved or bool(kind.inputs), "nothing can enter it")


def _check_params(node: Node, params: Mapping[str, JsonValue]) -> None:
    model = node.type.params
    _expect(issubclass(model, Params), f"{model.__name__} is no whorl.pipelines.nodes.base.Params")
    for name, field in model.model_fields.items():
        _expect(bool(field.description), f"parameter {name!r} has no description")
    json.dumps(model.model_json_schema())
    try:
        model.model_validate({**params, _UNKNOWN: 1})
    except ValidationError as error:
        refused = [detail["loc"] for detail in error.errors() if detail["type"] == "extra_forbidden"]
        _expect((_UNKNOWN,) in refused, f"{model.__name__} does not refuse unknown keys")
    else:
        raise AssertionError(f"{model.__name__} takes a parameter that it does not have")


def _check_empty(node: Node, bench: NodeBench, context: NodeContext) -> None:
    _expect(list(node.run([], context)) == [], "run gives results for an empty batch")
    _expect(_commit(node, bench, [], [], context, is_kept=False) == [], "commit gives results for an empty batch")


def _check_results(results: Sequence[Result], tokens: Sequence[Token], ports: set[str], half: str) -> None:
    _expect(len(results) == len(tokens), f"{half} gives {len(results)} results for {len(tokens)} tokens")
    for result in results:
        told = f"{half} gives {type(result).__name__}, which is none of Passed, Parked and Merged"
        _expect(isinstance(result, Passed | Parked | Merged), told)
        if isinstance(result, Passed):
            _check_passed(result, ports, half)


def _check_passed(result: Passed, ports: set[str], half: str) -> None:
    for emission in result.emissions:
        known = ", ".join(sorted(ports)) or "none"
        _expect(emission.port in ports, f"{half} emits at {emission.port!r}, which is no output; its outputs: {known}")
        json.dumps(dict(emission.values), allow_nan=False)
    json.dumps(dict(result.output), allow_nan=False, default=_as_text)
    _expect(result.machine_seconds >= 0, f"{half} says that a body took {result.machine_seconds} s")


def _commit(
    node: Node,
    bench: NodeBench,
    tokens: Sequence[Token],
    results: Sequence[Result],
    context: NodeContext,
    *,
    is_kept: bool,
) -> list[Result]:
    found: list[Result] = []

    def write(conn: Connection) -> None:
        found.extend(node.commit(conn, tokens, results, context).results)
        if not is_kept:
            raise _Undone

    with suppress(_Undone):
        bench.services.db.write(write)
    return found


class _Undone(Exception):
    """Takes a transaction back."""


def _ways(result: Result) -> tuple[str, tuple[str, ...]]:
    ports = tuple(emission.port for emission in result.emissions) if isinstance(result, Passed) else ()
    return type(result).__name__, ports


def _count_rows(bench: NodeBench) -> dict[str, int]:
    with bench.services.db.read() as conn:
        return {
            name: int(conn.execute(select(func.count()).select_from(table)).scalar_one())
            for name, table in metadata.tables.items()
        }


def _furnish(conn: Connection, services: PipelineServices, images: int) -> NodeBench:
    now = to_datetime(services.clock.now())
    project_id = create_project(conn, "bench", actor_id=ACTOR, now=now).id
    draft = OntologyDraft(labels=[Label(name=name) for name in LABELS])
    save_ontology(conn, project_id, draft, actor_id=ACTOR, now=now)
    dataset_id = create_dataset(conn, project_id, name="bench", actor_id=ACTOR, now=now).id
    new = [_image(services, place) for place in range(images)]
    items = add_items(conn, dataset_id, new, actor_id=ACTOR, now=now)
    pipeline_id = new_id("pipeline", at=now.timestamp())
    conn.execute(
        insert(pipeline).values(
            id=pipeline_id, project_id=project_id, name="bench", version=1, is_active=True, created_at=now
        )
    )
    conn.execute(
        insert(pipeline_version).values(
            pipeline_id=pipeline_id, version=1, definition={}, author_id=ACTOR, created_at=now
        )
    )
    for place, one in enumerate(items, start=1):
        conn.execute(
            insert(run).values(
                key=place,
                id=new_id("run", at=now.timestamp()),
                pipeline_id=pipeline_id,
                version=1,
                start_node="it",
                cause=f"bench:{place}",
                ref=one.id,
                state="active",
                open_tokens=1,
                created_at=now,
            )
        )
    return NodeBench(services, project_id, dataset_id, pipeline_id, tuple(one.id for one in items))


def _image(services: PipelineServices, place: int) -> NewItem:
    import numpy as np
    from PIL import Image

    pixels = np.full((48, 64, 3), 40 + 20 * place, np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    data = buffer.getvalue()
    return NewItem(
        name=f"{place}.png",
        sha256=put_content(services.blobs, data),
        media_type="image/png",
        width=64,
        height=48,
        bytes=len(data),
    )


def _as_text(value: object) -> str:
    return str(value)


def _expect(holds: bool, message: str) -> None:
    if not holds:
        raise AssertionError(message)
