"""evaluate: a model's predictions on the frozen test subset of the pinned revision, scored."""

from __future__ import annotations

import time
from collections.abc import Sequence

from pydantic import Field
from sqlalchemy import Connection

from whorl.base.errors import ModelError
from whorl.models.scoring import Scored, record_score, score_model
from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.nodes.create_model import NO_MODEL
from whorl.pipelines.nodes.fields import DatasetId
from whorl.pipelines.nodes.looking import LookingParams
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.pipelines import NodeFamily, PortType


class _WhichItems(Params):
    """Where the model is tested; the revision travels with the token."""

    dataset: DatasetId = Field(description="Id of the dataset whose test subset is used.")


class EvaluateParams(LookingParams, _WhichItems):
    """Where the model is tested, and how it looks at images."""


class EvaluateNode(PlainNode):
    """Evaluates one model; the token that stands for "no champion yet" passes through.

    An empty test subset, or a model that fails on it, leaves by ``failed``.
    """

    type = NodeType(
        name="evaluate",
        family=NodeFamily.MODEL,
        summary="Scores a model on the frozen test subset.",
        inputs={"model": PortType.MODEL},
        outputs={"evaluation": PortType.EVALUATION, "failed": PortType.MODEL},
        params=EvaluateParams,
        description="The model predicts the dataset's test subset, at the revision that travels with the token, and "
        "its scores leave by `evaluation`. The token that stands for no champion passes through. A test "
        "subset without items, or a model that fails on it, leaves by `failed`.",
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
                conn,
                scored,
                blobs=context.workshop.blobs,
                actor_id=context.actor_id,
                now=context.now(),
                cause=context.cause,
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
        pinned, dataset = token.values.get("revision"), token.values.get("dataset")
        is_pinned = isinstance(pinned, int) and isinstance(dataset, str)
        try:
            scored = score_model(
                context.workshop,
                token.ref,
                # The variable may name another dataset by now, and a revision means nothing there.
                dataset_id=str(dataset) if is_pinned else params.dataset,
                revision=pinned if is_pinned and isinstance(pinned, int) else None,
                tiling=params.tiling,
            )
        except ModelError as error:
            return Passed(
                (Emission("failed", token.ref, {"error": error.message}),),
                output={"error": error.message},
                machine_seconds=time.perf_counter() - started,
            )
        return Passed((), effect=scored, machine_seconds=time.perf_counter() - started)
