"""compare: champion against challenger on the same frozen items, with paired statistics."""

from __future__ import annotations

import time
from collections.abc import Sequence

from pydantic import Field
from sqlalchemy import Connection

from whorl.models.comparison import ComparisonRules, Decision
from whorl.models.deciding import Compared, compare_scores, record_comparison
from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.nodes.create_model import NO_MODEL
from whorl.pipelines.nodes.fields import QueryText
from whorl.pipelines.places import find_run_id
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.comparing import ProtectedSlice
from whorl.schemas.pipelines import NodeFamily, PortType


class CompareParams(Params):
    """What "better" means."""

    min_delta: float = Field(default=0.0, ge=0, description="Smallest gain worth a change, in units of the metric.")
    alpha: float = Field(default=0.05, gt=0, lt=1, description="Share of equal challengers that may be promoted.")
    floor_drop: float | None = Field(default=0.1, ge=0, description="How far a class may fall; none sets no floor.")
    min_support: int = Field(default=20, ge=1, description="Classes with fewer test examples have no floor.")
    protect: QueryText | None = Field(
        default=None, description="Test items where the challenger must be shown not to fall; none protects nothing."
    )
    protect_drop: float = Field(default=0.05, gt=0, le=1, description="The fall that is accepted there.")
    max_latency_ms: float | None = Field(default=None, gt=0, description="Slowest challenger; none sets no limit.")
    max_size_bytes: int | None = Field(default=None, gt=0, description="Largest challenger; none sets no limit.")
    seed: int = Field(default=0, description="Of the draws; the same seed decides the same.")


class CompareNode(PlainNode):
    """Decides with every number kept; a tie keeps the champion and has its own way out."""

    type = NodeType(
        name="compare",
        family=NodeFamily.MODEL,
        summary="Decides between champion and challenger.",
        inputs={"both": PortType.SIGNAL},
        outputs={"promote": PortType.MODEL, "discard": PortType.MODEL, "tie": PortType.MODEL},
        params=CompareParams,
        description="Compares both models on the same test items with paired statistics, and keeps every number. A "
        "challenger that is better, and lets no class fall too far, leaves by `promote`; one that is "
        "worse by `discard`; when the difference may be chance, by `tie`. The first model that is "
        "evaluated has nobody to beat and is promoted.",
    )
    batch_size = 1

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Compare in a worker process."""
        return [self._compare(token, context) for token in tokens]

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Keep the comparison, and freeze the test subset that it was made on."""
        final: list[Result] = []
        for token, result in zip(tokens, results, strict=True):
            compared = result.effect
            assert isinstance(compared, Compared)
            assert isinstance(result, Passed)
            comparison_id = record_comparison(
                conn,
                compared,
                actor_id=context.actor_id,
                now=context.now(),
                cause=context.cause,
                run_id=find_run_id(conn, token.run_key),
            )
            final.append(
                Passed(
                    result.emissions,
                    output={"comparison": comparison_id, "decision": compared.numbers.decision.value},
                    machine_seconds=result.machine_seconds,
                )
            )
        return Committed(final)

    def _compare(self, token: Token, context: NodeContext) -> Result:
        params = context.params
        assert isinstance(params, CompareParams)
        started = time.perf_counter()
        base = str(token.values["champion"])
        compared = compare_scores(
            context.workshop,
            champion=None if base == NO_MODEL else base,
            challenger=str(token.values["challenger"]),
            rules=ComparisonRules(
                min_delta=params.min_delta,
                alpha=params.alpha,
                floor_drop=params.floor_drop,
                min_support=params.min_support,
                max_latency_ms=params.max_latency_ms,
                max_size_bytes=params.max_size_bytes,
            ),
            slices=[ProtectedSlice(query=params.protect, floor_drop=params.protect_drop)] if params.protect else (),
            seed=params.seed,
        )
        return Passed(
            (Emission(_port(compared.numbers.decision), compared.challenger_id),),
            effect=compared,
            machine_seconds=time.perf_counter() - started,
        )


def _port(decision: Decision) -> str:
    return {Decision.PROMOTE: "promote", Decision.KEEP: "discard", Decision.TIE: "tie"}[decision]
