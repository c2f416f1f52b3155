"""classify: people choose one class for each image, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.fields import Labels
from whorl.pipelines.nodes.people import PeopleNode, PeopleParams
from whorl.schemas.pipelines import NodeFamily, PortType
from whorl.schemas.tasks import TaskWork
from whorl.tasks.rules import TaskKind


class ClassifyParams(PeopleParams):
    """Which classes there are to choose from."""

    labels: Labels = Field(default=(), description="Classes to choose from; left empty, all of the ontology.")


class ClassifyNode(PeopleNode):
    """Puts items in a classify task, which opens as a grid; each leaves with exactly one class."""

    type = NodeType(
        name="classify",
        family=NodeFamily.PEOPLE,
        summary="People choose one class for the item, in a grid of many.",
        description=(
            "Puts the item into a task that opens as a grid of thumbnails: a page is sorted at once, starting from "
            "what a model proposes. Each item leaves `submitted` with exactly one class of the whole image. Crops of "
            "objects are items too, so this is the quick way to name what a detector found."
        ),
        inputs={"item": PortType.ITEM},
        outputs={"submitted": PortType.ITEM, "discarded": PortType.ITEM},
        params=ClassifyParams,
    )
    kind = TaskKind.CLASSIFY

    def settings(self, params: PeopleParams) -> Mapping[str, JsonValue]:
        """The classes."""
        assert isinstance(params, ClassifyParams)
        return {"labels": list(params.labels)}

    def work(self, params: PeopleParams) -> TaskWork:
        """The classes, and who may choose."""
        assert isinstance(params, ClassifyParams)
        return TaskWork(labels=list(params.labels), skills=list(params.skills))
