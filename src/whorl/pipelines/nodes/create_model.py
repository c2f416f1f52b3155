"""create_model: names the next challenger and pins what it is trained on."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field
from sqlalchemy import Connection

from whorl.base.errors import JsonValue
from whorl.datasets.revisions import load_dataset
from whorl.models import actions as model_actions
from whorl.models.builtin.params import resolve_params
from whorl.ontology.queries import current_draft
from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.nodes.fields import DatasetId, as_kind
from whorl.pipelines.places import find_run_id
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.pipelines import NodeFamily, PortType
from whorl.schemas.training import TASK_PATTERN

NO_MODEL = "none"
"""The reference of a token that stands for "there is no champion yet"."""


class CreateModelParams(Params):
    """What to train."""

    dataset: DatasetId = Field(description="Id of the ground-truth dataset.")
    architecture: str = Field(min_length=1, description="Such as builtin:linear, builtin:tinydet or my_pkg.mod:Model.")
    task: str = Field(
        pattern=TASK_PATTERN,
        description="classification, multi_label, detection, instance_masks or semantic_masks.",
    )
    base: str | None = Field(
        default=None, description="Id of the model to beat; none at first.", json_schema_extra=as_kind("model")
    )
    training: dict[str, JsonValue] = Field(
        default_factory=dict,
        description="Parameters of the architecture; `preset`, `sampling` and `augment` may stand among them.",
    )


class CreateModelNode(PlainNode):
    """Registers a model on the dataset's present revision; both models are then evaluated on that very revision."""

    type = NodeType(
        name="create_model",
        family=NodeFamily.MODEL,
        summary="Registers a challenger on the dataset's present revision.",
        inputs={"start": PortType.SIGNAL},
        outputs={"model": PortType.MODEL, "base": PortType.MODEL},
        params=CreateModelParams,
        description="A signal at `start` registers a new model, pinned to the dataset's present revision, which "
        "leaves by `model` to be trained. The model to beat leaves by `base` at the same time, to be "
        "evaluated on that very revision; without one (the first round) a token that stands for none "
        "leaves there.",
    )

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Check the parameters; the revision is read in the transaction that writes."""
        params = context.params
        assert isinstance(params, CreateModelParams)
        resolve_params(params.architecture, params.training)
        return [Passed(()) for _ in tokens]

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Register one model per token."""
        params = context.params
        assert isinstance(params, CreateModelParams)
        training = resolve_params(params.architecture, params.training)
        row = load_dataset(conn, params.dataset)
        labels = [label.name for label in current_draft(conn, context.project_id).labels]
        made: list[Result] = []
        for token in tokens:
            model_id = model_actions.create_model(
                conn,
                model_actions.NewModel(
                    name=f"{context.pipeline_name} r{row.revision}",
                    task=params.task,
                    architecture=params.architecture,
                    labels=labels,
                    params=training,
                    dataset_key=row.key,
                    revision=row.revision,
                    query={"subsets": ["train", "validation"]},
                    parent_id=params.base,
                    run_id=find_run_id(conn, token.run_key),
                ),
                project_id=context.project_id,
                actor_id=context.actor_id,
                now=context.now(),
                cause=context.cause,
            )
            values: dict[str, JsonValue] = {
                "model": model_id,
                "base": params.base,
                "dataset": params.dataset,
                "revision": row.revision,
            }
            made.append(
                Passed(
                    (Emission("model", model_id, values), Emission("base", params.base or NO_MODEL, values)),
                    output=values,
                )
            )
        return Committed(made)
