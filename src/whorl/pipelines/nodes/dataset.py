"""dataset: where items enter."""

from __future__ import annotations

from pydantic import Field

from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import Params, PlainNode
from whorl.schemas.pipelines import NodeFamily, PortType


class DatasetParams(Params):
    """Which dataset feeds the pipeline."""

    dataset: str = Field(pattern="^dst_", description="Id of the dataset whose items enter here.")


class DatasetNode(PlainNode):
    """Lets items in; a trigger on item.created or a manual run brings them to its port."""

    type = NodeType(
        name="dataset",
        family=NodeFamily.DATA,
        summary="Where items enter the pipeline.",
        inputs={"item": PortType.ITEM},
        outputs={"item": PortType.ITEM},
        params=DatasetParams,
    )
