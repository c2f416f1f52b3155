"""review: a second person looks at the work of the first."""

from __future__ import annotations

from pydantic import Field

from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.people import PeopleNode, PeopleParams
from whorl.schemas.pipelines import NodeFamily, PortType
from whorl.tasks.rules import TaskKind


class ReviewParams(PeopleParams):
    """Whose work is reviewed."""

    label_task: str = Field(
        min_length=1,
        max_length=200,
        description="Name of the labelling task whose work is reviewed.",
        json_schema_extra={"x-whorl": "task"},
    )


class ReviewNode(PeopleNode):
    """Puts submitted items in a review task; an issue sends the work back to its author until it is approved."""

    type = NodeType(
        name="review",
        family=NodeFamily.PEOPLE,
        summary="A second person approves the item, or sends it back with an issue.",
        description=(
            "Puts the item into a review task. The reviewer approves it, mends it and approves, or raises an issue: "
            "then the author gets the item again, and the review waits until it is handed in anew. The token leaves "
            "once, when everything is approved. Issues that are open block approval."
        ),
        inputs={"item": PortType.ITEM},
        outputs={"approved": PortType.ITEM, "discarded": PortType.ITEM},
        params=ReviewParams,
    )
    kind = TaskKind.REVIEW

    def reviewed_task(self, params: PeopleParams) -> str | None:
        """The labelling task of the parameters."""
        assert isinstance(params, ReviewParams)
        return params.label_task
