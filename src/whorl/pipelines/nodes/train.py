"""train: a niced process trains the model on exactly the pinned revision."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field
from sqlalchemy import Connection

from whorl.base.errors import InvalidInput, JsonValue, MissingDependency, ModelError
from whorl.models import actions as model_actions
from whorl.models.queries import get_model
from whorl.models.training import TrainingRequest, start_training
from whorl.models.training_set import TrainingSet, read_training_set
from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PipelineServices, PlainNode
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.models import Model
from whorl.schemas.pipelines import PortType


class TrainParams(Params):
    """Limits of a training."""

    timeout_seconds: float = Field(default=3600, gt=0, description="A training that takes longer is cancelled.")


@dataclass(frozen=True)
class _Trained:
    model_id: str
    folder: str
    training_set: TrainingSet
    metrics: dict[str, JsonValue]
    seconds: float


@dataclass(frozen=True)
class _Failure:
    model_id: str
    error: str


class TrainNode(PlainNode):
    """One training at a time; a failed one leaves by ``failed`` with the trainer's own words."""

    type = NodeType(
        name="train",
        summary="Trains the model in a process of its own.",
        inputs={"model": PortType.MODEL},
        outputs={"model": PortType.MODEL, "failed": PortType.MODEL},
        params=TrainParams,
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
            if isinstance(effect, _Trained):
                model_actions.mark_trained(
                    conn,
                    effect.model_id,
                    folder=effect.folder,
                    items_digest=effect.training_set.items_digest,
                    n_items=effect.training_set.n_items,
                    metrics=effect.metrics,
                    seconds=effect.seconds,
                    actor_id=context.actor_id,
                    now=context.now(),
                    cause=context.cause,
                )
            elif isinstance(effect, _Failure):
                model_actions.mark_failed(
                    conn, effect.model_id, error=effect.error, actor_id=context.actor_id, now=context.now()
                )
        return Committed(results)

    def _train(self, token: Token, context: NodeContext) -> Result:
        params, services = context.params, context.services
        assert isinstance(params, TrainParams)
        started = time.perf_counter()
        with services.db.read() as conn:
            model = get_model(conn, token.ref)
        target = services.models_path / model.id
        # What lies there is a whole folder of an attempt whose commit was lost; it may be of older code.
        shutil.rmtree(target, ignore_errors=True)
        try:
            with services.db.read() as conn:
                training_set = read_training_set(conn, model, blobs=services.blobs, files=services.files_path)
            start_training(_request(model, training_set, services), target).wait(
                context.heartbeat, every_s=0.2, timeout_s=params.timeout_seconds
            )
        except (InvalidInput, MissingDependency, ModelError) as error:
            return Passed(
                (Emission("failed", token.ref, {"error": error.message}),),
                output={"error": error.message},
                effect=_Failure(model.id, error.message),
                machine_seconds=time.perf_counter() - started,
            )
        seconds = time.perf_counter() - started
        return Passed(
            (Emission("model", token.ref),),
            output={"items": training_set.n_items, "seconds": round(seconds, 3)},
            effect=_Trained(model.id, model.id, training_set, {}, seconds),
            machine_seconds=seconds,
        )


def _request(model: Model, training_set: TrainingSet, services: PipelineServices) -> TrainingRequest:
    return TrainingRequest(
        architecture=model.architecture,
        data=training_set.data,
        params={"home": str(services.home), "cache": str(services.features_path)} | model.params,
        lineage={
            "model": model.id,
            "dataset": model.dataset_id,
            "revision": model.revision,
            "query": model.query,
            "items_digest": training_set.items_digest,
        },
    )
