"""merge_tiles: what was found in tiles becomes what was found in the image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field
from sqlalchemy import Connection

from whorl.annotations.actions import add_predictions
from whorl.annotations.queries import list_predictors, read_predictions
from whorl.base.errors import JsonValue
from whorl.datasets.parts import PARENT, read_place
from whorl.datasets.queries import find_item_keys
from whorl.datasets.revisions import load_dataset
from whorl.pipelines.graph import NodeType
from whorl.pipelines.items import find_items
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode, park_all
from whorl.pipelines.nodes.fields import ModelId
from whorl.pipelines.parts import Group, gather_parts, output_of, values_of_parent
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.datasets import Item
from whorl.schemas.pipelines import NodeFamily, PortType


class MergeTilesParams(Params):
    """Whose predictions are merged, and how."""

    model: ModelId | None = Field(default=None, description="Only this model's predictions; all models' without one.")
    way: Literal["edges", "nms", "greedy_nmm", "nmm"] = Field(
        default="edges",
        description="edges: only what a tile's border cuts is joined, and doubles are dropped; nms: the weaker of two "
        "that overlap goes; greedy_nmm and nmm: it is merged into the better one.",
    )
    metric: Literal["iou", "ios"] = Field(
        default="iou", description="Not for edges: overlap over both, or over the smaller one alone."
    )
    iou: float = Field(default=0.5, gt=0, le=1, description="Overlap from which two shapes are one object.")
    part_share: float = Field(
        default=0.7, gt=0, le=1, description="A cut-off box goes when so much of it lies in another tile's larger box."
    )
    edge_px: float = Field(
        default=2.0, ge=0, le=64, description="A box that ends this close to its tile's border may go on beyond it."
    )


class MergeTilesNode(PlainNode):
    """A barrier for each parent. Tiles that come after the parent has gone on add to its predictions, and end."""

    type = NodeType(
        name="merge_tiles",
        family=NodeFamily.DATA,
        summary="Waits for all tiles of an image and puts their predictions together.",
        inputs={"item": PortType.ITEM},
        outputs={"item": PortType.ITEM},
        params=MergeTilesParams,
        is_barrier=True,
        gathers_parts=True,
        description="Tiles wait here until all of their image have come. Then their predictions become predictions on "
        "the image: boxes, masks and polygons cut by a tile's border are joined with their other parts, doubles are "
        "dropped, and the image leaves by `item`. Tiles that were lost on the way (discarded, filtered out, failed) "
        "are not waited for once nothing else of the journey is under way. When the image was deleted meanwhile, "
        "nothing leaves.",
    )

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Park; who is complete shows in ``commit``, where the run's row is locked."""
        del context
        return park_all(tokens)

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Merge each image whose tiles are there."""
        del results
        done, groups = gather_parts(conn, tokens, context)
        for group in groups:
            done[group.place] = _merge(conn, group, context)
        return Committed([done[place] for place in range(len(tokens))])


def _merge(conn: Connection, group: Group, context: NodeContext) -> Passed:
    items = find_items(conn, [group.parent, *group.refs])
    parent = items.pop(group.parent, None)
    if parent is None:
        return Passed((), output=output_of(group, ended="the item was deleted"))
    counts = _write(conn, parent, list(items.values()), context)
    if group.is_late:
        return Passed((), output=output_of(group, predictions=counts, ended="late: the item has gone on already"))
    emission = Emission("item", parent.id, values_of_parent(group.token))
    return Passed((emission,), output=output_of(group, predictions=counts))


def _write(conn: Connection, parent: Item, tiles: Sequence[Item], context: NodeContext) -> dict[str, JsonValue]:
    """Write each model's merged predictions in place of its earlier ones, and give how many there are by model."""
    # Late: numpy takes its time, and the server has no need of it.
    from whorl.geometry.merging import MergeRule
    from whorl.models.tiling import TilePredictions, merge_predictions

    params = context.params
    assert isinstance(params, MergeTilesParams)
    rule = MergeRule(params.way, params.metric, params.iou, params.part_share, params.edge_px)
    places = {tile.id: place for tile in tiles if (place := read_place(tile)) and tile.metadata[PARENT] == parent.id}
    counts: dict[str, JsonValue] = {}
    keys = find_item_keys(conn, list(places))
    models = [params.model] if params.model is not None else list_predictors(conn, list(keys.values()))
    for model_id in models if tiles else []:
        # One node makes all tiles of an image, so they are in one dataset.
        dataset_key = load_dataset(conn, tiles[0].dataset_id).key
        said = read_predictions(conn, dataset_key, keys.values(), model_id=model_id)
        merged = merge_predictions(
            [TilePredictions(places[item_id], said[key]) for item_id, key in keys.items()],
            width=parent.width,
            height=parent.height,
            rule=rule,
        )
        add_predictions(
            conn,
            parent.dataset_id,
            {parent.id: merged},
            model_id=model_id,
            actor_id=context.actor_id,
            now=context.now(),
        )
        counts[model_id] = len(merged)
    return counts
