"""evaluate: a model's predictions on the frozen test subset of the pinned revision, scored."""

from __future__ import annotations

import time
from collections.abc import Sequence

from pydantic import Field
from sqlalchemy import Connection

from whorl.models.scoring import Scored, record_score, score_model
from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.nodes.create_model import NO_MODEL
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.pipelines import PortType


class EvaluateParams(Params):
    """Where the model is tested; the revision travels with the token."""

    dataset: str = Field(pattern="^dst_", description="Id of the dataset whose test subset is used.")


class EvaluateNode(PlainNode):
    """Evaluates one model; the token that stands for "no champion yet" passes through."""

    type = NodeType(
        name="evaluate",
        summary="Scores a model on the frozen test subset.",
        inputs={"model": PortType.MODEL},
        outputs={"evaluation": PortType.EVALUATION},
        params=EvaluateParams,
    )
    batch_size = 1

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Predict and score in worker processes; outputs go to the blob store under their own hash."""
        return [self._evaluate(token, context) for token in tokens]

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Keep the evaluations, and send their ids on."""
        final: list[Result] = []
        for result in results:
            scored = result.effect
            if not isinstance(scored, Scored) or not isinstance(result, Passed):
                final.append(result)
                continue
            evaluation_id = record_score(
                conn, scored, actor_id=context.actor_id, now=context.now(), cause=context.cause
            )
            output = {scored.metric_name: scored.metric, "evaluation": evaluation_id}
            final.append(
                Passed((Emission("evaluation", evaluation_id),), output=output, machine_seconds=result.machine_seconds)
            )
        return Committed(final)

    def _evaluate(self, token: Token, context: NodeContext) -> Result:
        params = context.params
        assert isinstance(params, EvaluateParams)
        if token.ref == NO_MODEL:
            return Passed((Emission("evaluation", NO_MODEL),), output={"skipped": "no champion yet"})
        started = time.perf_counter()
        pinned = token.values.get("revision")
        scored = score_model(
            context.workshop,
            token.ref,
            dataset_id=params.dataset,
            revision=pinned if isinstance(pinned, int) else None,
        )
        return Passed((), effect=scored, machine_seconds=time.perf_counter() - started)
