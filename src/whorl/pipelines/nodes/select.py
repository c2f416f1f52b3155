"""select: items wait in a pool; each round a strategy lets the most useful ones go to people."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from pydantic import Field
from sqlalchemy import Connection

from whorl.base.errors import JsonValue
from whorl.datasets.queries import iter_item_batches
from whorl.models.bodies import embed_body, predict_body
from whorl.pipelines import actions, queries
from whorl.pipelines.graph import NodeType
from whorl.pipelines.items import find_items
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.nodes.fields import DatasetId, as_kind
from whorl.pipelines.places import has_node
from whorl.pipelines.queries import ParkedToken
from whorl.pipelines.run_ends import join_round
from whorl.pipelines.selecting import Round, Written, choose_round, record_round
from whorl.pipelines.tokens import Emission, Parked, Passed, Released, Result, Token
from whorl.schemas.datasets import Item
from whorl.schemas.pipelines import NodeFamily, PortType
from whorl.schemas.selecting import SelectionQuota
from whorl.selection.bodies import Looks, Request
from whorl.selection.budgets import Budget
from whorl.selection.quotas import Quota


class SelectParams(Params):
    """How the next items are chosen."""

    strategy: str = Field(
        default="herding",
        description="Name of a selection strategy, or auto: by what is known when a round opens.",
        json_schema_extra=as_kind("strategy"),
    )
    budget: int = Field(ge=1, description="Items per round.")
    random_share: float = Field(default=0.1, ge=0, le=1, description="Share of each round that is drawn uniformly.")
    model: str | None = Field(
        default=None,
        description="Model whose doubts guide the choice; none before the first.",
        json_schema_extra=as_kind("model"),
    )
    labelled: DatasetId | None = Field(default=None, description="Dataset of what is labelled already.")
    quotas: list[SelectionQuota] = Field(
        default_factory=list, max_length=10, description="At most so many of each source, folder or metadata value."
    )
    without_duplicates: bool = Field(
        default=False, description="At most one of each group of near copies in a round, and none of what is labelled."
    )
    seed: int = Field(default=0, description="The same seed and pool give the same choice.")


@dataclass(frozen=True)
class _Choice:
    parked_keys: tuple[int, ...]
    deleted_keys: tuple[int, ...]
    written: Written | None = None


class SelectNode(PlainNode):
    """Parks items that arrive at ``item``; a token at ``start`` opens a round and leaves by ``done`` or ``empty``.

    The round's run stays open until every item that it let go has ended: collected, discarded, held or failed.
    """

    type = NodeType(
        name="select",
        family=NodeFamily.DATA,
        summary="Keeps items in a pool and lets the most useful ones go, round by round.",
        inputs={"item": PortType.ITEM, "start": PortType.SIGNAL},
        outputs={"item": PortType.ITEM, "done": PortType.SIGNAL, "empty": PortType.SIGNAL},
        params=SelectParams,
        description="Items that arrive at `item` wait in a pool, for weeks if need be. A signal at `start` opens a "
        "round: the strategy chooses up to `budget` of those that wait, a share of them at random so that "
        "estimates stay unbiased; they leave by `item`, and `done` says how many. With nothing in the "
        "pool the signal leaves by `empty`. The round is over when everything it let go has ended.",
        # A round may be opened by hand alone.
        optional_inputs=frozenset({"start"}),
    )
    batch_size = 1000
    lease_s = 120.0

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Choose for tokens at ``start``; everything else parks."""
        return [self._choose(token, context) if token.port == "start" else Parked() for token in tokens]

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Park arrivals and release what was chosen and is still there; items deleted meanwhile end here."""
        arrivals = [token for token in tokens if token.port != "start"]
        parked = iter(self._park(conn, arrivals, context))
        released: list[Released] = []
        final: list[Result] = []
        for token, result in zip(tokens, results, strict=True):
            if token.port != "start":
                final.append(next(parked))
                continue
            assert isinstance(result, Passed)
            choice = result.effect
            assert isinstance(choice, _Choice)
            let_go = actions.take_parked(conn, choice.parked_keys)
            join_round(conn, token.run_key, [one.run_key for one in let_go], now=context.now())
            released += [Released(as_token(one), "item", output=_told(choice, one.ref)) for one in let_go]
            written = self._record(conn, choice, [one.ref for one in let_go], token, context)
            deleted = actions.take_parked(conn, choice.deleted_keys)
            released += [
                Released(as_token(one), "deleted", output={"ended": "the item was deleted"}) for one in deleted
            ]
            # Another round may have taken some of what this one wanted.
            final.append(replace(result, output={**result.output, "selected": len(let_go), **written}))
        return Committed(final, released)

    def dry_run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Choose a round among the tokens themselves; those that are not chosen would wait."""
        pool = [ParkedToken(key, one.run_key, one.ref, one.epoch, one.port, {}) for key, one in enumerate(tokens)]
        round_ = self._choose_among(pool, Token(0, "", 0, "start"), context)
        choice = round_.effect
        assert isinstance(choice, _Choice)
        chosen = set(choice.parked_keys)
        return [
            Passed((Emission("item", token.ref),), output=_told(choice, token.ref)) if key in chosen else Parked()
            for key, token in enumerate(tokens)
        ]

    def _park(self, conn: Connection, arrivals: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        if arrivals and not has_node(conn, pipeline_id=context.pipeline_id, node=context.node):
            return [Passed((), output={"ended": "the present version has no such pool"})] * len(arrivals)
        return actions.park_tokens(
            conn, pipeline_id=context.pipeline_id, node=context.node, tokens=arrivals, now=context.now()
        )

    def _choose(self, token: Token, context: NodeContext) -> Passed:
        with context.services.db.read() as conn:
            parked = queries.list_parked(conn, pipeline_id=context.pipeline_id, node=context.node)
        return self._choose_among(parked, token, context)

    def _choose_among(self, parked: Sequence[ParkedToken], token: Token, context: NodeContext) -> Passed:
        params, services = context.params, context.services
        assert isinstance(params, SelectParams)
        started = time.perf_counter()
        with services.db.read() as conn:
            known = find_items(conn, [one.ref for one in parked])
            labelled = _labelled_items(conn, params.labelled)
        gone = tuple(one.key for one in parked if one.ref not in known)
        parked = [one for one in parked if one.ref in known]
        items = [known[ref] for ref in dict.fromkeys(one.ref for one in parked)]
        if not parked:
            return Passed((Emission("empty", token.ref),), output={"pool": 0}, effect=_Choice((), gone))
        folder = None if params.model is None else str(context.model_folder(params.model))
        pool_paths, pool_shas = _files(items, context)
        seen_paths, seen_shas = _files(labelled, context)
        cache = str(services.features_path)
        rows = context.call(
            embed_body, [*pool_paths, *seen_paths], [*pool_shas, *seen_shas], cache, str(services.home), folder
        )
        predictions = None if folder is None else context.call(predict_body, folder, pool_paths, pool_shas, cache)
        asked = Request(
            params.strategy,
            Budget(count=params.budget),
            quotas=[Quota(one.field, most=one.most, share=one.share) for one in params.quotas],
            random_share=params.random_share,
            seed=params.seed + len(labelled),
            looks=Looks((), np.zeros(0, np.uint64)) if params.without_duplicates else None,
        )
        round_ = Round(items, labelled, rows[: len(items)], rows[len(items) :], predictions)
        written = choose_round(context, asked, round_)
        keys = tuple(one.key for one in parked if one.ref in written.items)
        return Passed(
            (Emission("done", token.ref, {"selected": len(written.items)}),),
            output={"pool": len(parked), "selected": len(written.items), "strategy": written.strategy},
            effect=_Choice(keys, gone, written),
            machine_seconds=time.perf_counter() - started,
        )

    @staticmethod
    def _record(
        conn: Connection, choice: _Choice, released: Sequence[str], token: Token, context: NodeContext
    ) -> dict[str, JsonValue]:
        """Write the selection that people see; its id, for the round's output."""
        if choice.written is None:
            return {}
        asked = context.params.model_dump(mode="json")
        made = record_round(conn, context, choice.written, released, run_key=token.run_key, asked=asked)
        return {} if made is None else {"selection_id": made}


def _told(choice: _Choice, item_id: str) -> dict[str, JsonValue]:
    """Why an item left the pool, as its journey tells it."""
    assert choice.written is not None
    told = choice.written.items[item_id]
    return {name: told[name] for name in ("reason", "score", "is_random")} | {"strategy": choice.written.strategy}


def as_token(one: ParkedToken) -> Token:
    """A parked token as it came in."""
    return Token(one.run_key, one.ref, one.epoch, one.port, one.payload)


def _labelled_items(conn: Connection, dataset_id: str | None) -> list[Item]:
    if dataset_id is None:
        return []
    return [
        item
        for batch in iter_item_batches(conn, dataset_id)
        for _, item in batch
        if item.subset is not None and item.subset.value != "test"
    ]


def _files(items: Sequence[Item], context: NodeContext) -> tuple[list[str], list[str]]:
    shas = [item.sha256 for item in items]
    return context.files(shas), shas
