"""Every node that ships with Whorl keeps the contract of nodes; and the check finds those that do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from whorl.base.errors import JsonValue
from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes import built_in_nodes
from whorl.pipelines.nodes.base import Committed, Node, NodeContext, NoParams, Params, PlainNode
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.pipelines import PortType
from whorl.store.events import emit
from whorl.testing.nodes import NodeBench, check_node, node_bench

# What each node is tried with; DATASET stands for the bench's.
DATASET = "the bench's"
PARAMS: Mapping[str, Mapping[str, JsonValue]] = {
    "dataset": {"dataset": DATASET},
    "filter": {"routes": {"first": "name:0*", "all": "name:*png"}, "mode": "all"},
    "sample": {"share": 0.5},
    "set_metadata": {"set": {"a.b": "$now", "run": "$run"}},
    "frames": {"dataset": DATASET, "every_frames": 1},
    "tile": {"dataset": DATASET, "size": 32},
    "merge_tiles": {},
    "crop": {"dataset": DATASET},
    "merge_crops": {},
    "export": {"dataset": DATASET},
    "select": {"budget": 1},
    "predict": {},
    "label": {"dataset": DATASET, "task": "label"},
    "review": {"dataset": DATASET, "task": "review", "label_task": "label"},
    "split": {"dataset": DATASET},
    "collect": {"dataset": DATASET},
    "embed": {},
    "create_model": {"dataset": DATASET, "architecture": "builtin:linear", "task": "classification"},
    "join": {},
    "code": {
        "source": "def run(item):\n    return {'port': 'small', 'metadata': {'mean': float(item.image().mean())}}\n",
        "outputs": ["small"],
        "seconds": 60,
        "cpu_seconds": 60,
    },
    "webhook": {"url": "https://hooks.example.org/in", "with_annotations": True},
    "wait": {"count": 2},
    "notify": {"message": "look"},
}


@pytest.fixture(scope="module")
def bench() -> Iterator[NodeBench]:
    with node_bench() as made:
        yield made


@pytest.mark.parametrize("name", list(built_in_nodes()))
def test_built_in_node__keeps_the_contract(name: str) -> None:
    with node_bench() as bench:
        given = PARAMS.get(name)
        params = {key: bench.dataset_id if value == DATASET else value for key, value in (given or {}).items()}
        check_node(built_in_nodes()[name], bench, params=params, is_tried=given is not None)


class Plain(PlainNode):
    """Keeps the contract; each test breaks one promise of it."""

    type = NodeType(
        name="plain",
        summary="Lets items through.",
        description="Every item leaves by `item`.",
        inputs={"item": PortType.ITEM},
        outputs={"item": PortType.ITEM},
        params=NoParams,
    )


def _with(**changes: Any) -> Node:
    node = Plain()
    node.type = replace(Plain.type, **changes)  # type: ignore[misc]
    return node


class Nowhere(Plain):
    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        return [Passed((Emission("elsewhere", token.ref),)) for token in tokens]


class OneForAll(Plain):
    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        return [Passed(())]


class Forgetful(Plain):
    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        return [Passed(()) for _ in tokens[1:]]


class Unpicklable(Plain):
    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        context.call(lambda: None)
        return [Passed(()) for _ in tokens]


class Remembers(Plain):
    def __init__(self) -> None:
        self.seen: set[str] = set()

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        fresh = [token.ref not in self.seen for token in tokens]
        self.seen |= {token.ref for token in tokens}
        return Committed([result if is_new else Passed(()) for result, is_new in zip(results, fresh, strict=True)])


class Commits(Plain):
    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        emit(conn, "bench.said", project_id=None, subject_id="", actor_id="", now=context.now(), payload={})
        conn.commit()
        return Committed(results)


class OpenParams(BaseModel):
    """Takes anything."""


class SilentParams(Params):
    """Describes nothing."""

    size: int = 3


class FineParams(Params):
    """One field."""

    size: int = Field(default=3, description="How large.")


def test_check_node__silent_when_it_holds(bench: NodeBench) -> None:
    check_node(Plain(), bench)
    check_node(_with(params=FineParams), bench, params={"size": 4})


@pytest.mark.parametrize(
    ("node", "told"),
    [
        (_with(name="Not A Name"), "its name is 'Not A Name'"),
        (_with(summary=" "), "no summary"),
        (_with(description=""), "no description"),
        (_with(outputs={"Item": PortType.ITEM}), "a port is called 'Item'"),
        (_with(optional_inputs=frozenset({"start"})), "optional_inputs names ports that it does not have: start"),
        (_with(outputs_from="routes"), "outputs_from names no parameter: routes"),
        (_with(params=OpenParams), "is no whorl.pipelines.nodes.base.Params"),
        (_with(params=SilentParams), "parameter 'size' has no description"),
        (Nowhere(), "run emits at 'elsewhere', which is no output; its outputs: item"),
        (OneForAll(), "run gives results for an empty batch"),
        (Forgetful(), "run gives 2 results for 3 tokens"),
        (Remembers(), "it remembers what was undone"),
        (Commits(), "a rollback left rows behind"),
    ],
)
def test_check_node__finds_what_is_broken(node: Node, told: str, bench: NodeBench) -> None:
    with pytest.raises(AssertionError) as caught:
        check_node(node, bench)
    assert told in str(caught.value)


def test_check_node__finds_what_does_not_pickle(bench: NodeBench) -> None:
    with pytest.raises(Exception, match="[Pp]ickle"):
        check_node(Unpicklable(), bench)


def test_check_node__finds_what_asks_for_too_little(bench: NodeBench) -> None:
    node = Plain()
    node.batch_size = 0
    with pytest.raises(AssertionError, match="batch_size is 0"):
        check_node(node, bench)
    node = Plain()
    node.resources = {"cores": 2}
    with pytest.raises(AssertionError, match="resources names cores"):
        check_node(node, bench)
