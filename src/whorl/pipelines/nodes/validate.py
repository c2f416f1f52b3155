"""validate: people answer one question with yes or no."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.fields import ModelId
from whorl.pipelines.nodes.people import PeopleNode, PeopleParams
from whorl.schemas.pipelines import NodeFamily, PortType
from whorl.tasks.actions import StandingItem
from whorl.tasks.rules import TaskKind


class ValidateParams(PeopleParams):
    """What is asked, and what the answer does."""

    question: str = Field(
        default="Is this right?", min_length=1, max_length=500, description="What people read above the picture."
    )
    accept: bool = Field(
        default=False,
        description="On yes the predictions on the item become ground truth as they are; on no they are refused.",
    )
    model: ModelId | None = Field(
        default=None, description="Whose predictions are meant by `accept`; without one, those of every model."
    )


class ValidateNode(PeopleNode):
    """Puts items in a yes/no task; the answer is the port."""

    type = NodeType(
        name="validate",
        family=NodeFamily.PEOPLE,
        summary="People say yes or no.",
        description=(
            "Puts the item into a task with one question, answered by key in a second, one image at a time or a page "
            "at once. The token leaves by the answer, or by `discarded` when somebody says that it cannot be judged. "
            "With `accept`, yes makes the model's predictions ground truth, marked as accepted untouched, and no "
            "counts them as refused."
        ),
        inputs={"item": PortType.ITEM},
        outputs={"yes": PortType.ITEM, "no": PortType.ITEM, "discarded": PortType.ITEM},
        params=ValidateParams,
    )
    kind = TaskKind.VALIDATE

    def settings(self, params: PeopleParams) -> Mapping[str, JsonValue]:
        """The question, and what a yes does."""
        assert isinstance(params, ValidateParams)
        return {"question": params.question, "accept": params.accept, "model": params.model}

    def port_of(self, held: StandingItem) -> str:
        """The answer that was given before."""
        return held.answer or super().port_of(held)
