"""split: each item gets its subset, once."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field
from sqlalchemy import Connection

from whorl.annotations.queries import list_annotations
from whorl.datasets import actions as dataset_actions
from whorl.datasets.queries import find_item_keys
from whorl.datasets.revisions import lock_dataset
from whorl.datasets.splits import assign_subsets
from whorl.pipelines.graph import NodeType
from whorl.pipelines.items import read_items
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.nodes.fields import DatasetId
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.datasets import ItemPatch
from whorl.schemas.pipelines import NodeFamily, PortType
from whorl.schemas.records import Subset


class SplitParams(Params):
    """Shares of the subsets, the rest being for training; the test subset is usually frozen before the first round."""

    dataset: DatasetId = Field(description="Id of the dataset that the items are in.")
    validation: float = Field(default=0.1, ge=0, lt=1, description="Share for watching a training.")
    test: float = Field(default=0.0, ge=0, lt=1, description="Share for comparing models; 0 keeps it as it is.")
    seed: int = Field(default=0, description="The same seed gives the same subsets.")


class SplitNode(PlainNode):
    """Gives items that have none a subset, so that quotas hold over the whole dataset; what has one keeps it."""

    type = NodeType(
        name="split",
        family=NodeFamily.DATA,
        summary="Puts the item into train, validation or test: sticky, stratified, group-safe.",
        inputs={"item": PortType.ITEM},
        outputs={"train": PortType.ITEM, "validation": PortType.ITEM, "test": PortType.ITEM, "held": PortType.ITEM},
        params=SplitParams,
        description="An item that has no subset yet gets one, so that the shares hold over the whole dataset, labels "
        "are balanced and items of one group stay together; an item that has one keeps it. It leaves by "
        "the port of its subset. When its group is in a test subset that is frozen, it gets none and "
        "leaves by `held`.",
    )

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Bring what is known of the dataset's subsets up to date; the exact numbers belong to the transaction."""
        params = context.params
        assert isinstance(params, SplitParams)
        with context.services.db.read() as conn:
            context.services.subsets.refresh(conn, params.dataset)
        return [Passed(()) for _ in tokens]

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Assign and write; an item whose group is in a frozen test subset leaves by ``held``."""
        params = context.params
        assert isinstance(params, SplitParams)
        row = lock_dataset(conn, params.dataset)
        arriving = read_items(conn, list(dict.fromkeys(token.ref for token in tokens)))
        labels: dict[str, set[str]] = {item.id: set() for item in arriving}
        for annotation in list_annotations(conn, list(labels)):
            labels[annotation.item_id].add(annotation.label)
        subsets = assign_subsets(
            [item.id for item in arriving],
            group_keys=[item.group_key for item in arriving],
            labels=[labels[item.id] for item in arriving],
            existing=[item.subset for item in arriving],
            fractions={
                subset: share
                for subset, share in zip(
                    Subset, (1 - params.validation - params.test, params.validation, params.test), strict=True
                )
                if share > 0
            },
            seed=params.seed,
            frozen_test=params.test == 0,
            held=context.services.subsets.count(
                conn,
                row,
                without=set(find_item_keys(conn, list(labels)).values()),
                groups={item.group_key for item in arriving if item.group_key is not None},
            ),
        )
        patches = {
            item.id: ItemPatch(subset=subset)
            for item, subset in zip(arriving, subsets, strict=True)
            if subset is not None and item.subset is None
        }
        if patches:
            dataset_actions.update_items(
                conn, params.dataset, patches, actor_id=context.actor_id, now=context.now(), cause=context.cause
            )
        found = {item.id: subset for item, subset in zip(arriving, subsets, strict=True)}
        return Committed([_leave(token, found[token.ref]) for token in tokens])


def _leave(token: Token, subset: Subset | None) -> Passed:
    return Passed((Emission("held" if subset is None else subset.value, token.ref),), output={"subset": subset})
