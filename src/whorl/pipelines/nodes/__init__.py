"""The built-in nodes, one file each, and the table that names them."""

from __future__ import annotations

from collections.abc import Mapping

from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import Node
from whorl.pipelines.nodes.collect import CollectNode
from whorl.pipelines.nodes.compare import CompareNode
from whorl.pipelines.nodes.create_model import CreateModelNode
from whorl.pipelines.nodes.dataset import DatasetNode
from whorl.pipelines.nodes.evaluate import EvaluateNode
from whorl.pipelines.nodes.join import JoinNode
from whorl.pipelines.nodes.notify import NotifyNode
from whorl.pipelines.nodes.people import LabelNode, ReviewNode
from whorl.pipelines.nodes.predict import PredictNode
from whorl.pipelines.nodes.select import SelectNode
from whorl.pipelines.nodes.split import SplitNode
from whorl.pipelines.nodes.train import TrainNode
from whorl.pipelines.nodes.update_variable import UpdateVariableNode

_BUILT_IN: tuple[Node, ...] = (
    DatasetNode(),
    SelectNode(),
    PredictNode(),
    LabelNode(),
    ReviewNode(),
    SplitNode(),
    CollectNode(),
    CreateModelNode(),
    TrainNode(),
    EvaluateNode(),
    JoinNode(),
    CompareNode(),
    UpdateVariableNode(),
    NotifyNode(),
)


def built_in_nodes() -> Mapping[str, Node]:
    """Every node that ships with Whorl, by type name."""
    return {node.type.name: node for node in _BUILT_IN}


def node_types() -> Mapping[str, NodeType]:
    """What each kind of node is, without what it does."""
    return {node.type.name: node.type for node in _BUILT_IN}
