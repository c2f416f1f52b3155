"""predict: the model pre-labels the item, in its own layer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field
from sqlalchemy import Connection

from whorl.annotations import actions as annotation_actions
from whorl.models.bodies import predict_body
from whorl.models.records import prediction_records
from whorl.pipelines.graph import NodeType
from whorl.pipelines.items import read_items
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.nodes.fields import as_kind
from whorl.pipelines.nodes.looking import LookingParams
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.pipelines import NodeFamily, PortType
from whorl.schemas.records import AnnotationRecord


class _WhichModel(Params):
    """Which model pre-labels."""

    model: str | None = Field(
        default=None,
        description="Id of the model; none lets items through unlabelled.",
        json_schema_extra=as_kind("model"),
    )
    min_confidence: float = Field(default=0.3, ge=0, le=1, description="Weaker boxes are not shown to people.")


class PredictParams(LookingParams, _WhichModel):
    """Which model pre-labels, and how it looks at images."""


@dataclass(frozen=True)
class _Effect:
    model_id: str
    dataset_id: str
    records: tuple[AnnotationRecord, ...]


class PredictNode(PlainNode):
    """Predicts in a worker process; an item passes unlabelled while there is no model."""

    type = NodeType(
        name="predict",
        family=NodeFamily.MODEL,
        summary="A model pre-labels the item; predictions stay predictions until a person accepts them.",
        inputs={"item": PortType.ITEM},
        outputs={"item": PortType.ITEM},
        params=PredictParams,
        description="The model looks at each item, and what it says is kept as its predictions, in place of its "
        "earlier ones; they are never ground truth until a person accepts them. Then the item leaves by "
        "`item`. While there is no model (before the first training) items pass as they are.",
    )
    batch_size = 64
    max_in_flight = 8

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Predict all items of the batch in one call."""
        params = context.params
        assert isinstance(params, PredictParams)
        if params.model is None:
            return [Passed((Emission("item", token.ref),), output={"skipped": "no model yet"}) for token in tokens]
        started = time.perf_counter()
        with context.services.db.read() as conn:
            items = read_items(conn, [token.ref for token in tokens])
        shas = [item.sha256 for item in items]
        folder, paths = context.model_folder(params.model), context.files(shas)
        cache, tiling = str(context.services.features_path), params.tiling
        predictions = context.call(predict_body, str(folder), paths, shas, cache, tiling)
        seconds = (time.perf_counter() - started) / len(tokens)
        results: list[Result] = []
        for token, item, prediction in zip(tokens, items, predictions, strict=True):
            records = prediction_records(
                prediction, width=item.width, height=item.height, min_confidence=params.min_confidence
            )
            results.append(
                Passed(
                    (Emission("item", token.ref),),
                    output={"model": params.model, "annotations": len(records)},
                    effect=_Effect(params.model, item.dataset_id, tuple(records)),
                    machine_seconds=seconds,
                )
            )
        return results

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Write the predictions under the model's id, in place of its earlier ones."""
        grouped: dict[tuple[str, str], dict[str, tuple[AnnotationRecord, ...]]] = {}
        for token, result in zip(tokens, results, strict=True):
            if isinstance(result, Passed) and isinstance(result.effect, _Effect):
                effect = result.effect
                grouped.setdefault((effect.dataset_id, effect.model_id), {})[token.ref] = effect.records
        for (dataset_id, model_id), predictions in grouped.items():
            annotation_actions.add_predictions(
                conn, dataset_id, predictions, model_id=model_id, actor_id=context.actor_id, now=context.now()
            )
        return Committed(results)
