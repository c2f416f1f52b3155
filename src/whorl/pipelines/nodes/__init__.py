"""The built-in nodes, one file each, and the table that names them."""

from __future__ import annotations

from collections.abc import Mapping

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
from whorl.pipelines.nodes.reserved import AUDIT_SAMPLE, AUTO_ACCEPT, DEPLOY, DETECT_DRIFT, FIND_ERRORS, ReservedNode
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
from whorl.schemas.pipelines import NodeTypeInfo

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
    ReservedNode(DEPLOY),
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


def node_types() -> Mapping[str, NodeType]:
    """What each kind of node is, without what it does."""
    return {node.type.name: node.type for node in _BUILT_IN}


def describe_nodes() -> list[NodeTypeInfo]:
    """Every kind of node as the palette, the forms and the reference page show it."""
    return [
        NodeTypeInfo(
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
        for one in _BUILT_IN
    ]
