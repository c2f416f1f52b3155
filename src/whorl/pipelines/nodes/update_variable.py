"""update_variable: the winner becomes what every other node reads."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field
from sqlalchemy import Connection

from whorl.pipelines import actions
from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.nodes.fields import as_kind
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.pipelines import NodeFamily, PortType


class UpdateVariableParams(Params):
    """Which variable takes the model's id."""

    variable: str = Field(
        min_length=1, description="Name of a variable of type model.", json_schema_extra=as_kind("variable")
    )


class UpdateVariableNode(PlainNode):
    """Sets a model variable to the model that came in; nodes read it with their next batch."""

    type = NodeType(
        name="update_variable",
        family=NodeFamily.MODEL,
        summary="Points a variable at the model that won.",
        inputs={"model": PortType.MODEL},
        outputs={"model": PortType.MODEL},
        params=UpdateVariableParams,
        description="The variable takes the id of the model that arrives, and every node that names the variable uses "
        "it with its next batch; runs under way are not disturbed. The change is an event with the old "
        "and the new value, so it can be looked up and taken back. The model leaves by `model`.",
    )

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Pass on; the write is in ``commit``."""
        del context
        return [Passed((Emission("model", token.ref),), output={"model": token.ref}) for token in tokens]

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Set the variable, last token last."""
        params = context.params
        assert isinstance(params, UpdateVariableParams)
        for token in tokens:
            actions.set_variable(
                conn,
                context.pipeline_id,
                name=params.variable,
                value=token.ref,
                actor_id=context.actor_id,
                now=context.now(),
                cause=context.cause,
            )
        return Committed(results)
