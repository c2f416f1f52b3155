"""Names that are taken for nodes whose engines come later, so that pipelines can be drawn and checked with them."""

from __future__ import annotations

from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import NoParams, PlainNode
from whorl.schemas.pipelines import NodeFamily, PortType


class ReservedNode(PlainNode):
    """A kind of node that has ports and no body; validation refuses a pipeline with one.

    Args:
        node_type: What it will be.
    """

    def __init__(self, node_type: NodeType) -> None:
        self.type = node_type


FIND_ERRORS = NodeType(
    name="find_errors",
    family=NodeFamily.QUALITY,
    summary="Finds annotations that are probably wrong.",
    inputs={"item": PortType.ITEM},
    outputs={"suspicious": PortType.ITEM, "clean": PortType.ITEM},
    params=NoParams,
    description="Comes with the error finder. It will score every annotation of the item by how suspicious it is "
    "(swapped, missing, spurious, badly placed). Items with a suspicion leave by `suspicious`, all others by `clean`.",
    is_reserved=True,
)
AUTO_ACCEPT = NodeType(
    name="auto_accept",
    family=NodeFamily.QUALITY,
    summary="Accepts predictions as ground truth under a proven bound on their errors.",
    inputs={"item": PortType.ITEM},
    outputs={"accepted": PortType.ITEM, "uncertain": PortType.ITEM},
    params=NoParams,
    description="Comes with certified auto-labelling. It will promote predictions only under a certificate that an "
    "audit can revoke. Items it may not accept leave by `uncertain`, for people.",
    is_reserved=True,
)
AUDIT_SAMPLE = NodeType(
    name="audit_sample",
    family=NodeFamily.QUALITY,
    summary="Draws the random share of items that people check.",
    inputs={"item": PortType.ITEM},
    outputs={"audit": PortType.ITEM, "item": PortType.ITEM},
    params=NoParams,
    description="Comes with certified auto-labelling, whose certificates live on this sample. Drawn items leave by "
    "`audit`, with the chance that they had; all others by `item`.",
    is_reserved=True,
)
DETECT_DRIFT = NodeType(
    name="detect_drift",
    family=NodeFamily.QUALITY,
    summary="Compares what comes in with a reference window.",
    inputs={"start": PortType.SIGNAL},
    outputs={"drifted": PortType.SIGNAL, "steady": PortType.SIGNAL},
    params=NoParams,
    description="Comes with monitoring. It will test inputs, model outputs and embeddings of a window against a "
    "reference, with a bound on false alarms.",
    is_reserved=True,
)
