"""label and review: the token waits in a task until a person is done with its item."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field
from sqlalchemy import Connection

from whorl.base.errors import JsonValue
from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode, park_all
from whorl.pipelines.tokens import Result, Token
from whorl.schemas.pipelines import PortType
from whorl.tasks import actions as task_actions
from whorl.tasks import queries as task_queries
from whorl.tasks.rules import TaskKind


class PeopleParams(Params):
    """What people are asked to do."""

    dataset: str = Field(pattern="^dst_", description="Id of the dataset that the items are in.")
    task: str = Field(min_length=1, description="Name of the task; made when it does not exist.")
    lease_seconds: int = Field(
        default=300, ge=10, description="How long a person holds an item without a sign of life."
    )


class ReviewParams(PeopleParams):
    """Whose work is reviewed."""

    label_task: str = Field(min_length=1, description="Name of the labelling task whose work is reviewed.")


class LabelNode(PlainNode):
    """Puts items in a labelling task; they leave when a person submits or discards them."""

    type = NodeType(
        name="label",
        summary="People label the item.",
        inputs={"item": PortType.ITEM},
        outputs={"submitted": PortType.ITEM, "discarded": PortType.ITEM},
        params=PeopleParams,
    )
    kind = TaskKind.LABEL

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """People take their time: park."""
        del context
        return park_all(tokens)

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Put the items in the task, each with the way back to its token."""
        task_id = find_or_create_task(conn, context, kind=self.kind)
        task_actions.add_task_items(
            conn,
            task_id,
            [token.ref for token in tokens],
            actor_id=context.actor_id,
            now=context.now(),
            return_to={token.ref: _way_back(token, context) for token in tokens},
        )
        return Committed(results)


class ReviewNode(LabelNode):
    """Puts submitted items in a review task; an issue sends the work back to its author until it is approved."""

    type = NodeType(
        name="review",
        summary="A second person approves the item, or sends it back with an issue.",
        inputs={"item": PortType.ITEM},
        outputs={"approved": PortType.ITEM, "discarded": PortType.ITEM},
        params=ReviewParams,
    )
    kind = TaskKind.REVIEW


def find_or_create_task(conn: Connection, context: NodeContext, *, kind: TaskKind) -> str:
    """The id of the node's task, which is made when the first item arrives."""
    params = context.params
    assert isinstance(params, PeopleParams)
    found = task_queries.find_task(conn, context.project_id, params.task)
    if found is not None:
        return found.id
    reviewed = (
        task_queries.find_task(conn, context.project_id, params.label_task)
        if isinstance(params, ReviewParams)
        else None
    )
    return task_actions.create_task(
        conn,
        params.dataset,
        name=params.task,
        kind=kind,
        actor_id=context.actor_id,
        now=context.now(),
        reviews_task_id=None if reviewed is None else reviewed.id,
        lease_seconds=params.lease_seconds,
    ).id


def _way_back(token: Token, context: NodeContext) -> dict[str, JsonValue]:
    return {
        "pipeline": context.pipeline_id,
        "version": context.version,
        "node": context.node,
        "run_key": token.run_key,
        "ref": token.ref,
        "epoch": token.epoch,
        "port": token.port,
        "values": dict(token.values),
    }
