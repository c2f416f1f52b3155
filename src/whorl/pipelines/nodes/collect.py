"""collect: the labelled item joins the ground truth."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field
from sqlalchemy import Connection

from whorl.annotations.copies import copy_truth
from whorl.datasets import actions as dataset_actions
from whorl.datasets.queries import find_frozen_test, find_item
from whorl.pipelines.graph import NodeType
from whorl.pipelines.items import read_items
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.nodes.fields import DatasetId
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.datasets import Item, NewItem
from whorl.schemas.pipelines import NodeFamily, PortType
from whorl.schemas.records import Subset


class CollectParams(Params):
    """Where ground truth is gathered."""

    dataset: DatasetId = Field(description="Id of the dataset that takes the copies.")


class CollectNode(PlainNode):
    """Copies the item (not its bytes) with subset, metadata and ground truth; a name that is there already is kept.

    A frozen test subset takes nobody in: such an item leaves by ``held``.
    """

    type = NodeType(
        name="collect",
        family=NodeFamily.DATA,
        summary="Copies the item with its ground truth into a dataset.",
        inputs={"item": PortType.ITEM},
        outputs={"item": PortType.ITEM, "held": PortType.ITEM},
        params=CollectParams,
        description="A copy of the item (its bytes are kept once) joins the dataset with its subset, metadata and "
        "ground truth, and the copy leaves by `item`. When the dataset has an item of that name, that one "
        "leaves instead and nothing changes. An item of the test subset leaves by `held` when the "
        "dataset's test subset is frozen.",
    )

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Nothing yet: copies are made in the transaction that writes."""
        del context
        return [Passed(()) for _ in tokens]

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Copy what is not there yet."""
        params = context.params
        assert isinstance(params, CollectParams)
        originals = read_items(conn, [token.ref for token in tokens])
        present = {item.name: find_item(conn, params.dataset, item.name) for item in originals}
        frozen = find_frozen_test(conn, params.dataset)
        held = {
            item.id: frozen.reason
            for item in originals
            if frozen is not None and item.subset is Subset.TEST and present[item.name] is None
        }
        wanted = {item.name: item for item in reversed(originals) if present[item.name] is None and item.id not in held}
        # Two of one name in one batch: the first is copied, and the other finds it there.
        fresh = list(reversed(wanted.values()))
        made = dataset_actions.add_items(
            conn,
            params.dataset,
            [_copy(item) for item in fresh],
            actor_id=context.actor_id,
            now=context.now(),
            cause=context.cause,
        )
        copies = {copy.id: original.id for copy, original in zip(made, fresh, strict=True)}
        copy_truth(conn, params.dataset, copies, actor_id=context.actor_id, now=context.now())
        ids = {copy.name: copy.id for copy in made} | {name: item.id for name, item in present.items() if item}
        return Committed(
            [
                Passed((Emission("held", item.id),), output={"test_frozen": held[item.id]})
                if item.id in held
                else Passed(
                    (Emission("item", ids[item.name]),),
                    output={"copy": ids[item.name], "was_there": wanted.get(item.name) is not item},
                )
                for item in originals
            ]
        )


def _copy(item: Item) -> NewItem:
    return NewItem(
        name=item.name,
        sha256=item.sha256,
        media_type=item.media_type,
        width=item.width,
        height=item.height,
        bytes=item.bytes,
        subset=item.subset,
        group_key=item.group_key,
        metadata={**item.metadata, "copied_from": item.id},
        health=item.health,
    )
