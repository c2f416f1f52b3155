"""label: people draw and name what is there, or do one narrow part of it."""

from __future__ import annotations

from pydantic import Field

from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.fields import LabelsOrOne, ModelId
from whorl.pipelines.nodes.people import PeopleNode, PeopleParams
from whorl.schemas.pipelines import NodeFamily, PortType
from whorl.schemas.tasks import TaskModeName, TaskWork
from whorl.tasks.rules import TaskKind


class LabelParams(PeopleParams):
    """What is asked: everything, or one narrow thing."""

    mode: TaskModeName = Field(
        default="full",
        description="find_missed: what the model found stands still, people add only what it missed, and that is "
        "marked so. fix_geometry: shapes are moved and reshaped; nothing is added, removed or renamed.",
    )
    labels: LabelsOrOne = Field(default=(), description="The only labels that people may give; all without any.")
    model: ModelId | None = Field(
        default=None,
        description="Whose predictions are shown; without one those of every model, or in a narrow mode "
        "those of the model that looked last.",
    )
    min_confidence: float = Field(default=0.0, ge=0, le=1, description="Predictions that are less sure are not shown.")


class LabelNode(PeopleNode):
    """Puts items in a labelling task; they leave when a person submits or discards them."""

    type = NodeType(
        name="label",
        family=NodeFamily.PEOPLE,
        summary="People label the item, or do one narrow part of it.",
        description=(
            "Puts the item into a labelling task and waits, for weeks if need be. Predictions on the item are shown as "
            "proposals to accept, mend or refuse; what people submit is ground truth. The recipe decides whether they "
            "see class buttons, boxes or other tools. With a narrow `mode` they do one thing well: shapes that the "
            "model found are shown as settled and become ground truth, marked as accepted, when the item is "
            "submitted. Lead `discarded` somewhere, or those items end here."
        ),
        inputs={"item": PortType.ITEM},
        outputs={"submitted": PortType.ITEM, "discarded": PortType.ITEM},
        params=LabelParams,
    )
    kind = TaskKind.LABEL

    def work(self, params: PeopleParams) -> TaskWork:
        """The mode, its labels, the model whose findings are shown, and who may do it."""
        assert isinstance(params, LabelParams)
        return TaskWork(
            mode=params.mode,
            labels=list(params.labels),
            model_id=params.model,
            min_confidence=params.min_confidence,
            skills=list(params.skills),
        )
