"""evaluate: a model's predictions on the frozen test subset of the pinned revision, scored."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field
from sqlalchemy import Connection

from whorl.base.errors import ModelError
from whorl.datasets.revisions import load_dataset
from whorl.models import actions as model_actions
from whorl.models.bodies import predict_body
from whorl.models.files import materialise
from whorl.models.outputs import Score, collect_outputs, dump_outputs, score_outputs
from whorl.models.queries import get_model, get_model_folder
from whorl.models.training_set import LabelledItems, read_labelled
from whorl.models.types import Task
from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.nodes.create_model import NO_MODEL
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.pipelines import PortType
from whorl.schemas.records import Subset
from whorl.store.blobs import put_content


class EvaluateParams(Params):
    """Where the model is tested; the revision travels with the token."""

    dataset: str = Field(pattern="^dst_", description="Id of the dataset whose test subset is used.")


@dataclass(frozen=True)
class _Effect:
    model_id: str
    revision: int
    test: LabelledItems
    score: Score
    outputs_sha256: str


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
        params = context.params
        assert isinstance(params, EvaluateParams)
        final: list[Result] = []
        for result in results:
            effect = result.effect
            if not isinstance(effect, _Effect) or not isinstance(result, Passed):
                final.append(result)
                continue
            evaluation_id = model_actions.add_evaluation(
                conn,
                model_actions.NewEvaluation(
                    model_id=effect.model_id,
                    dataset_key=load_dataset(conn, params.dataset).key,
                    revision=effect.revision,
                    items_digest=effect.test.items_digest,
                    n_items=len(effect.test.items),
                    metric_name=effect.score.metric_name,
                    metric=effect.score.metric,
                    metrics=effect.score.metrics,
                    outputs_sha256=effect.outputs_sha256,
                ),
                actor_id=context.actor_id,
                now=context.now(),
                cause=context.cause,
            )
            output = {effect.score.metric_name: effect.score.metric, "evaluation": evaluation_id}
            final.append(
                Passed((Emission("evaluation", evaluation_id),), output=output, machine_seconds=result.machine_seconds)
            )
        return Committed(final)

    def _evaluate(self, token: Token, context: NodeContext) -> Result:
        params, services = context.params, context.services
        assert isinstance(params, EvaluateParams)
        if token.ref == NO_MODEL:
            return Passed((Emission("evaluation", NO_MODEL),), output={"skipped": "no champion yet"})
        started = time.perf_counter()
        with services.db.read() as conn:
            model = get_model(conn, token.ref)
            folder = services.models_path / get_model_folder(conn, token.ref)
            pinned = token.values.get("revision")
            revision = pinned if isinstance(pinned, int) else load_dataset(conn, params.dataset).revision
            test = read_labelled(conn, params.dataset, revision=revision, subset=Subset.TEST)
        if not test.items:
            raise ModelError(
                "the test subset is empty, so no model can be compared", hint="Give the test subset labelled items."
            )
        shas = [item.sha256 for item in test.items]
        paths = materialise(services.blobs, shas, services.files_path)
        predictions = context.call(
            predict_body, str(folder), [str(path) for path in paths], shas, str(services.features_path)
        )
        outputs = collect_outputs(
            Task(model.task), model.labels, [item.id for item in test.items], test.truth, predictions
        )
        score = context.call(score_outputs, outputs)
        outputs_sha256 = put_content(services.blobs, dump_outputs(outputs))
        return Passed(
            (),
            effect=_Effect(model.id, revision, test, score, outputs_sha256),
            machine_seconds=time.perf_counter() - started,
        )
