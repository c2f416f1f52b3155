"""label: people draw and name what is there."""

from __future__ import annotations

from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.people import PeopleNode, PeopleParams
from whorl.schemas.pipelines import NodeFamily, PortType
from whorl.tasks.rules import TaskKind


class LabelNode(PeopleNode):
    """Puts items in a labelling task; they leave when a person submits or discards them."""

    type = NodeType(
        name="label",
        family=NodeFamily.PEOPLE,
        summary="People label the item.",
        description=(
            "Puts the item into a labelling task and waits, for weeks if need be. Predictions on the item are shown as "
            "proposals to accept, mend or refuse; what people submit is ground truth. The recipe decides whether they "
            "see class buttons, boxes or other tools. Lead `discarded` somewhere, or those items end here."
        ),
        inputs={"item": PortType.ITEM},
        outputs={"submitted": PortType.ITEM, "discarded": PortType.ITEM},
        params=PeopleParams,
    )
    kind = TaskKind.LABEL
