"""compare: champion against challenger on the same frozen items, with paired statistics."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field
from sqlalchemy import Connection

from whorl.base.errors import InvalidInput
from whorl.datasets.revisions import load_dataset
from whorl.models import actions as model_actions
from whorl.models import queries as model_queries
from whorl.models.comparison import Comparison, ComparisonRules, Decision, compare_models
from whorl.models.outputs import load_outputs, pair_outputs
from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.nodes.create_model import NO_MODEL
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.models import Evaluation
from whorl.schemas.pipelines import PortType
from whorl.store.blobs import get_content


class CompareParams(Params):
    """What "better" means."""

    min_delta: float = Field(default=0.0, ge=0, description="Smallest gain worth a change, in units of the metric.")
    alpha: float = Field(default=0.05, gt=0, lt=1, description="Share of equal challengers that may be promoted.")
    floor_drop: float | None = Field(default=0.1, ge=0, description="How far a class may fall; none sets no floor.")
    min_support: int = Field(default=20, ge=1, description="Classes with fewer test examples have no floor.")
    seed: int = 0


@dataclass(frozen=True)
class _Effect:
    numbers: Comparison
    champion: Evaluation | None
    challenger: Evaluation


class CompareNode(PlainNode):
    """Decides with every number kept; a tie keeps the champion and has its own way out."""

    type = NodeType(
        name="compare",
        summary="Decides between champion and challenger.",
        inputs={"both": PortType.SIGNAL},
        outputs={"promote": PortType.MODEL, "discard": PortType.MODEL, "tie": PortType.MODEL},
        params=CompareParams,
    )
    batch_size = 1

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Compare in a worker process."""
        return [self._compare(token, context) for token in tokens]

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Keep the comparison."""
        final: list[Result] = []
        for result in results:
            effect = result.effect
            assert isinstance(effect, _Effect)
            assert isinstance(result, Passed)
            challenger = effect.challenger
            comparison_id = model_actions.add_comparison(
                conn,
                effect.numbers,
                champion_id=effect.champion.model_id if effect.champion else None,
                challenger_id=challenger.model_id,
                dataset_key=load_dataset(conn, challenger.dataset_id).key,
                revision=challenger.revision,
                items_digest=challenger.items_digest,
                run_id=None,
                actor_id=context.actor_id,
                now=context.now(),
                cause=context.cause,
            )
            final.append(
                Passed(
                    result.emissions,
                    output={"comparison": comparison_id, "decision": effect.numbers.decision.value},
                    machine_seconds=result.machine_seconds,
                )
            )
        return Committed(final)

    def _compare(self, token: Token, context: NodeContext) -> Result:
        params, services = context.params, context.services
        assert isinstance(params, CompareParams)
        started = time.perf_counter()
        with services.db.read() as conn:
            challenger = model_queries.get_evaluation(conn, str(token.values["challenger"]))
            base = str(token.values["champion"])
            champion = None if base == NO_MODEL else model_queries.get_evaluation(conn, base)
            sha = model_queries.get_outputs_sha256(conn, challenger.id)
            base_sha = None if champion is None else model_queries.get_outputs_sha256(conn, champion.id)
            worn = model_queries.count_comparisons(conn, items_digest=challenger.items_digest)
        if champion is not None and champion.items_digest != challenger.items_digest:
            raise InvalidInput(
                "champion and challenger were evaluated on different items",
                hint="Evaluate both on one revision; freeze the test subset.",
            )
        pair = pair_outputs(
            None if base_sha is None else load_outputs(get_content(services.blobs, base_sha)),
            load_outputs(get_content(services.blobs, sha)),
        )
        numbers = context.call(
            compare_models,
            pair,
            rules=ComparisonRules(
                min_delta=params.min_delta,
                alpha=params.alpha,
                floor_drop=params.floor_drop,
                min_support=params.min_support,
            ),
            times_compared=worn,
            seed=params.seed,
        )
        return Passed(
            (Emission(_port(numbers.decision), challenger.model_id),),
            effect=_Effect(numbers, champion, challenger),
            machine_seconds=time.perf_counter() - started,
        )


def _port(decision: Decision) -> str:
    return {Decision.PROMOTE: "promote", Decision.KEEP: "discard", Decision.TIE: "tie"}[decision]
