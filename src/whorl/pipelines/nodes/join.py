"""join: waits for a token on each input, then sends one on that carries them all."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from whorl.pipelines import actions
from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import Committed, NodeContext, NoParams, PlainNode, park_all
from whorl.pipelines.run_ends import settle_runs
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.pipelines import NodeFamily, PortType


class JoinNode(PlainNode):
    """A barrier over two evaluations of one run, so that a comparison can never begin with half of its input."""

    type = NodeType(
        name="join",
        family=NodeFamily.CONTROL,
        summary="Waits for the champion's and the challenger's evaluation of one run.",
        inputs={"champion": PortType.EVALUATION, "challenger": PortType.EVALUATION},
        outputs={"both": PortType.SIGNAL},
        params=NoParams,
        is_barrier=True,
        description="The first of a run's two evaluations waits here for the other; then both leave together by "
        "`both`, ready for `compare`. When nothing else of the run is on its way the barrier gives up, says so in the "
        "journey, and the run ends.",
    )

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Park; the barrier opens in ``commit``, where the run's row is locked."""
        del context
        return park_all(tokens)

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Open the barrier of each run whose inputs are all there."""
        del results
        final: list[Result] = []
        for token in tokens:
            found = actions.find_parked(conn, pipeline_id=context.pipeline_id, node=context.node, run_key=token.run_key)
            present = {
                parked.port: parked for parked in found if parked.epoch == token.epoch and parked.port != token.port
            }
            missing = set(self.type.inputs) - set(present) - {token.port}
            if missing:
                final += actions.park_tokens(
                    conn, pipeline_id=context.pipeline_id, node=context.node, tokens=[token], now=context.now()
                )
                continue
            others = actions.take_parked(conn, [parked.key for parked in present.values()])
            values = dict(token.values)
            for other in others:
                values |= other.payload
            joined = {token.port: token.ref} | {other.port: other.ref for other in others}
            settle_runs(conn, {token.run_key: -len(others)}, now=context.now())
            final.append(
                Passed(emissions=(Emission("both", joined["challenger"], {**values, **joined}),), output=dict(joined))
            )
        return Committed(final)
