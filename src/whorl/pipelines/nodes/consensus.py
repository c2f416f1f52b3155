"""consensus: several people answer without seeing each other's work, and a majority holds."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.people import PeopleNode, PeopleParams
from whorl.schemas.pipelines import NodeFamily, PortType
from whorl.tasks.actions import StandingItem
from whorl.tasks.rules import DEFAULT_MIN_AGREEMENT, DEFAULT_MIN_IOU, MOST_ANSWERS, TaskKind


class ConsensusParams(PeopleParams):
    """How many people answer, and when they agree."""

    answers: int = Field(default=3, ge=2, le=MOST_ANSWERS, description="People who answer each item.")
    min_agreement: float = Field(
        default=DEFAULT_MIN_AGREEMENT,
        gt=0,
        le=1,
        description="Smallest agreement for `agreed`: the mean share of people behind each thing that anybody saw.",
    )
    min_iou: float = Field(
        default=DEFAULT_MIN_IOU, gt=0, le=1, description="Smallest overlap of two people's shapes of one object."
    )


class ConsensusNode(PeopleNode):
    """Puts items in a labelling task that wants several answers; what the majority says is ground truth."""

    type = NodeType(
        name="consensus",
        family=NodeFamily.PEOPLE,
        summary="Several people label the item on their own; what most of them say holds.",
        description=(
            "Each item goes to as many people as `answers` says, none of whom sees another's work. Then the answers "
            "are fused: a class by majority, boxes matched across people and averaged, kept where more than half drew "
            "them. The item leaves by `agreed` or, with too little agreement or a tie, by `disputed`: lead that to a "
            "review whose label task is this one's. With fewer people than answers, items wait until somebody joins."
        ),
        inputs={"item": PortType.ITEM},
        outputs={"agreed": PortType.ITEM, "disputed": PortType.ITEM, "discarded": PortType.ITEM},
        params=ConsensusParams,
    )
    kind = TaskKind.LABEL

    def settings(self, params: PeopleParams) -> Mapping[str, JsonValue]:
        """How many answers, and how they are fused."""
        assert isinstance(params, ConsensusParams)
        return {"answers": params.answers, "min_agreement": params.min_agreement, "min_iou": params.min_iou}

    def port_of(self, held: StandingItem) -> str:
        """What came of the answers before."""
        return held.answer or super().port_of(held)
