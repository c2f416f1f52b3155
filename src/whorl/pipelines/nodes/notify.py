"""notify: says something where people look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field
from sqlalchemy import Connection

from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.tokens import Passed, Result, Token
from whorl.schemas.pipelines import NodeFamily, PortType
from whorl.store.events import emit


class NotifyParams(Params):
    """What to say."""

    message: str = Field(min_length=1, max_length=500, description="What people read.")
    level: Literal["info", "warning", "error"] = Field(default="info", description="How much it matters.")
    link: str | None = Field(
        default=None,
        max_length=500,
        pattern=r"^(/|/[^/\\\s]\S*|https?://\S+)$",
        description="Where to look: a path of this server such as /p/prj_1/tasks, or an https address.",
    )


class NotifyNode(PlainNode):
    """Emits a pipeline.notified event, which the status page, the event stream and webhooks show."""

    type = NodeType(
        name="notify",
        family=NodeFamily.CONTROL,
        summary="Tells people something.",
        inputs={"signal": PortType.SIGNAL},
        outputs={},
        params=NotifyParams,
        description="Every token that arrives is said once, with its item or model, on the project's overview and in "
        "the event stream. Nothing leaves: it is the end of a way.",
    )

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Nothing to compute."""
        del context
        return [Passed(()) for _ in tokens]

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Emit one event per token."""
        params = context.params
        assert isinstance(params, NotifyParams)
        for token in tokens:
            emit(
                conn,
                "pipeline.notified",
                project_id=context.project_id,
                subject_id=token.ref or context.pipeline_id,
                actor_id=context.actor_id,
                now=context.now(),
                payload={
                    "node": context.node,
                    "message": params.message,
                    "level": params.level,
                    "link": params.link,
                    "values": dict(token.values),
                },
                cause=context.cause,
            )
        return Committed(results)
