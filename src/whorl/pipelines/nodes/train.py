"""train: a niced process trains the model on exactly the pinned revision."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field
from sqlalchemy import Connection

from whorl.base.errors import Cancelled, InvalidInput, MissingDependency, ModelError
from whorl.models import actions as model_actions
from whorl.models.queries import get_model
from whorl.models.training_runs import Trained, record_training, train_model
from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.pipelines import NodeFamily, PortType


class TrainParams(Params):
    """Limits of a training."""

    timeout_seconds: float = Field(default=3600, gt=0, description="A training that takes longer is cancelled.")


@dataclass(frozen=True)
class _Failure:
    model_id: str
    error: str


class TrainNode(PlainNode):
    """One training at a time; a failed one leaves by ``failed`` with the trainer's own words."""

    type = NodeType(
        name="train",
        family=NodeFamily.MODEL,
        summary="Trains the model in a process of its own.",
        inputs={"model": PortType.MODEL},
        outputs={"model": PortType.MODEL, "failed": PortType.MODEL},
        params=TrainParams,
        description="Reads exactly the revision that the model was created with and trains in a process of its own, "
        "one training at a time. The trained model leaves by `model`; one that fails, is cancelled or "
        "takes too long leaves by `failed`, with the trainer's own words in the journey.",
    )
    batch_size = 1
    lease_s = 30.0

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Train; what the trainer refuses is a result, not a reason to try again."""
        return [self._train(token, context) for token in tokens]

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Record the model, or why there is none."""
        for result in results:
            effect = result.effect
            if isinstance(effect, Trained):
                record_training(conn, effect, actor_id=context.actor_id, now=context.now(), cause=context.cause)
            elif isinstance(effect, _Failure):
                model_actions.mark_failed(
                    conn,
                    effect.model_id,
                    error=effect.error,
                    actor_id=context.actor_id,
                    now=context.now(),
                    cause=context.cause,
                )
        return Committed(results)

    def _train(self, token: Token, context: NodeContext) -> Result:
        params = context.params
        assert isinstance(params, TrainParams)
        started = time.perf_counter()
        with context.services.db.read() as conn:
            if get_model(conn, token.ref).status == "trained":
                # Training it again would take the folder away from under whoever predicts with it.
                return Passed((Emission("model", token.ref),), output={"skipped": "trained already"})
        try:
            trained = train_model(context.workshop, token.ref, owner=token.ref, timeout_s=params.timeout_seconds)
        except (Cancelled, InvalidInput, MissingDependency, ModelError) as error:
            if isinstance(error, Cancelled) and time.perf_counter() - started < params.timeout_seconds:
                raise
            return Passed(
                (Emission("failed", token.ref, {"error": error.message}),),
                output={"error": error.message},
                effect=_Failure(token.ref, error.message),
                machine_seconds=time.perf_counter() - started,
            )
        return Passed(
            (Emission("model", token.ref),),
            output={"items": trained.n_items, "seconds": round(trained.seconds, 3)},
            effect=trained,
            machine_seconds=trained.seconds,
        )
