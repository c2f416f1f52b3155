"""The nodes, one file each, the table that names them, and those that installed packages bring."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from typing_extensions import TypeIs

from whorl.base.log import get_logger
from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import Node
from whorl.pipelines.nodes.classify import ClassifyNode
from whorl.pipelines.nodes.code import CodeNode
from whorl.pipelines.nodes.collect import CollectNode
from whorl.pipelines.nodes.compare import CompareNode
from whorl.pipelines.nodes.consensus import ConsensusNode
from whorl.pipelines.nodes.create_model import CreateModelNode
from whorl.pipelines.nodes.crop import CropNode
from whorl.pipelines.nodes.dataset import DatasetNode
from whorl.pipelines.nodes.deploy import DeployNode
from whorl.pipelines.nodes.embed import EmbedNode
from whorl.pipelines.nodes.evaluate import EvaluateNode
from whorl.pipelines.nodes.export import ExportNode
from whorl.pipelines.nodes.filter import FilterNode
from whorl.pipelines.nodes.frames import FramesNode
from whorl.pipelines.nodes.join import JoinNode
from whorl.pipelines.nodes.label import LabelNode
from whorl.pipelines.nodes.merge_crops import MergeCropsNode
from whorl.pipelines.nodes.merge_tiles import MergeTilesNode
from whorl.pipelines.nodes.notify import NotifyNode
from whorl.pipelines.nodes.predict import PredictNode
from whorl.pipelines.nodes.reserved import AUDIT_SAMPLE, AUTO_ACCEPT, DETECT_DRIFT, FIND_ERRORS, ReservedNode
from whorl.pipelines.nodes.review import ReviewNode
from whorl.pipelines.nodes.sample import SampleNode
from whorl.pipelines.nodes.select import SelectNode
from whorl.pipelines.nodes.set_metadata import SetMetadataNode
from whorl.pipelines.nodes.split import SplitNode
from whorl.pipelines.nodes.tile import TileNode
from whorl.pipelines.nodes.train import TrainNode
from whorl.pipelines.nodes.update_variable import UpdateVariableNode
from whorl.pipelines.nodes.validate import ValidateNode
from whorl.pipelines.nodes.wait import WaitNode
from whorl.pipelines.nodes.webhook import WebhookNode
from whorl.plugins import PluginGroup
from whorl.schemas.pipelines import NodeTypeInfo

_log = get_logger("pipelines")

_BUILT_IN: tuple[Node, ...] = (
    DatasetNode(),
    FilterNode(),
    SampleNode(),
    SetMetadataNode(),
    FramesNode(),
    TileNode(),
    MergeTilesNode(),
    CropNode(),
    MergeCropsNode(),
    ExportNode(),
    SelectNode(),
    PredictNode(),
    LabelNode(),
    ReviewNode(),
    ValidateNode(),
    ClassifyNode(),
    ConsensusNode(),
    SplitNode(),
    CollectNode(),
    EmbedNode(),
    CreateModelNode(),
    TrainNode(),
    EvaluateNode(),
    JoinNode(),
    CompareNode(),
    UpdateVariableNode(),
    DeployNode(),
    ReservedNode(FIND_ERRORS),
    ReservedNode(AUTO_ACCEPT),
    ReservedNode(AUDIT_SAMPLE),
    ReservedNode(DETECT_DRIFT),
    CodeNode(),
    WebhookNode(),
    WaitNode(),
    NotifyNode(),
)


def built_in_nodes() -> Mapping[str, Node]:
    """Every node that ships with Whorl, by type name."""
    return {node.type.name: node for node in _BUILT_IN}


@cache
def known_nodes() -> Mapping[str, Node]:
    """The built-in nodes and those of installed packages (entry points ``whorl.nodes``), by type name.

    A package whose node cannot be loaded is left out with a warning in the log: it must not keep the others from work.
    """
    return load_nodes(PluginGroup("whorl.nodes", "node", is_node, {node.type.name: node for node in _BUILT_IN}))


def load_nodes(group: PluginGroup[Node]) -> dict[str, Node]:
    """All nodes of a group that can be loaded, the built-in ones first."""
    found = dict(group.built_in)
    for name in group.declared_names():
        try:
            node = group.get(name)
        except Exception as error:  # noqa: BLE001 - the border of a stranger's package: its import may raise anything
            _log.warning("node %s is left out: %s", name, error)
            continue
        if node.type.name == name:
            found[name] = node
        else:
            _log.warning("node %s is left out: its type is named %s; the names must be the same", name, node.type.name)
    return found


def is_node(found: object) -> TypeIs[Node]:
    """Whether an object has what the engine asks of a node; ``whorl.testing.nodes.check_node`` looks closer."""
    has_type = isinstance(getattr(found, "type", None), NodeType)
    return has_type and all(hasattr(found, name) for name in ("run", "commit", "batch_size", "lease_s", "resources"))


def node_types() -> Mapping[str, NodeType]:
    """What each kind of node is, without what it does."""
    return {name: node.type for name, node in known_nodes().items()}


def describe_nodes() -> list[NodeTypeInfo]:
    """Every kind of node as the palette, the forms and the reference page show it."""
    return [describe_node(node) for node in known_nodes().values()]


def describe_node(one: Node) -> NodeTypeInfo:
    """A kind of node as the palette, the forms and the reference page show it."""
    return NodeTypeInfo(
        name=one.type.name,
        family=one.type.family,
        summary=one.type.summary,
        description=one.type.description,
        inputs=dict(one.type.inputs),
        outputs=dict(one.type.outputs),
        optional_inputs=sorted(one.type.optional_inputs),
        is_barrier=one.type.is_barrier,
        is_reserved=one.type.is_reserved,
        outputs_from=one.type.outputs_from,
        batch_size=one.batch_size,
        lease_seconds=one.lease_s,
        resources=dict(one.resources),
        params=one.type.params.model_json_schema(),
    )
