"""dataset: where items enter."""

from __future__ import annotations

from pydantic import Field

from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import Params, PlainNode
from whorl.pipelines.nodes.fields import DatasetId
from whorl.schemas.pipelines import NodeFamily, PortType


class DatasetParams(Params):
    """Which dataset feeds the pipeline."""

    dataset: DatasetId = Field(description="Id of the dataset whose items enter here.")


class DatasetNode(PlainNode):
    """Lets items in; a trigger on item.created or a manual run brings them to its port."""

    type = NodeType(
        name="dataset",
        family=NodeFamily.DATA,
        summary="Where items enter the pipeline.",
        inputs={"item": PortType.ITEM},
        outputs={"item": PortType.ITEM},
        params=DatasetParams,
        description="The door of the upper flow: triggers and runs by hand bring items to `item`, and they leave by "
        "`item` unchanged. Which items come is the trigger's matter: new ones, changed ones, or those of "
        "a query.",
    )
