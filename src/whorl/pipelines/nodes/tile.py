"""tile: a large image goes on as overlapping tiles."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import Field
from sqlalchemy import Connection

from whorl.annotations.copies import copy_truth_to_parts
from whorl.annotations.queries import list_annotations
from whorl.base.errors import InvalidInput, JsonValue, UnreadableMedia
from whorl.datasets.parts import Corner, Encoding, cut_body, keep_piece
from whorl.pipelines.graph import NodeType
from whorl.pipelines.items import find_items
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.nodes.fields import DatasetId
from whorl.pipelines.nodes.filter import ended_as_deleted
from whorl.pipelines.parts import put_parts, values_of_part
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.annotations import Annotation
from whorl.schemas.datasets import Item, NewItem
from whorl.schemas.pipelines import NodeFamily, PortType

# Pieces come back from the process that cut them; so many at a time bound the memory.
AT_ONCE = 64


class TileParams(Params):
    """How images are cut."""

    dataset: DatasetId = Field(description="Id of the dataset that takes the tiles; one for tiles alone is best.")
    size: int = Field(default=640, ge=32, le=8192, description="Side of a tile in pixels.")
    overlap: float = Field(
        default=0.2,
        ge=0,
        le=0.9,
        description="Least share of a tile's side that neighbours share; objects up to that size are whole somewhere.",
    )
    encoding: Encoding = Field(default="jpeg", description="jpeg is small, png exact.")
    truth: Literal["none", "copy"] = Field(
        default="none", description="copy: tiles get what of the image's ground truth they show, to train on."
    )
    min_visible: float = Field(
        default=0.3, ge=0, le=1, description="With copy: least share of an object's area that a tile has to show."
    )


@dataclass(frozen=True)
class PartsEffect:
    """The parts of one item, in order, to be added when its token is taken.

    Args:
        truth: For each part the ground truth it takes along, in its own pixels; none at all when empty.
    """

    parent: str
    parts: tuple[NewItem, ...]
    truth: tuple[tuple[Annotation, ...], ...] = ()


class TileNode(PlainNode):
    """Cuts in a worker process; tiles of an earlier run of the same image are found again, not doubled."""

    type = NodeType(
        name="tile",
        family=NodeFamily.DATA,
        summary="Cuts a large image into overlapping tiles.",
        inputs={"item": PortType.ITEM},
        outputs={"item": PortType.ITEM, "whole": PortType.ITEM, "failed": PortType.ITEM},
        params=TileParams,
        description="Every tile becomes an item of `dataset` and leaves by `item`; its metadata says whose tile it is "
        "and where it lies, and it has the image's subset and group. The image itself leaves by `whole`, for what is "
        "to happen to it meanwhile. `merge_tiles` puts predictions on tiles together again. With `truth: copy` tiles "
        "that are new take the image's ground truth along, cut at their borders. An image that does not decode leaves "
        "by `failed`.",
    )
    batch_size = 8
    lease_s = 120.0

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Cut, encode and store the tiles of each image."""
        params = context.params
        assert isinstance(params, TileParams)
        truth: dict[str, list[Annotation]] = {}
        with context.services.db.read() as conn:
            items = find_items(conn, list(dict.fromkeys(token.ref for token in tokens)))
            for one in list_annotations(conn, list(items)) if params.truth == "copy" else ():
                truth.setdefault(one.item_id, []).append(one)
        return [
            self._cut(token, items[token.ref], truth.get(token.ref, []), context)
            if token.ref in items
            else ended_as_deleted()
            for token in tokens
        ]

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Add the tiles that are not there yet and send them on."""
        params = context.params
        assert isinstance(params, TileParams)
        return Committed(add_parts(conn, params.dataset, tokens, results, context))

    def _cut(self, token: Token, item: Item, truth: Sequence[Annotation], context: NodeContext) -> Passed:
        # Late: numpy takes its time, and the server has no need of it.
        from whorl.geometry.tiling import plan_tiles

        params = context.params
        assert isinstance(params, TileParams)
        started = time.perf_counter()
        try:
            planned = plan_tiles(item.width, item.height, size=params.size, overlap=params.overlap).tolist()
            tiles: list[Corner] = [(x0, y0, x1, y1) for x0, y0, x1, y1 in planned]
            parts = cut_parts(item, tiles, params.encoding, context)
            shown = cut_truth(truth, tiles, params.min_visible) if truth else ()
        except (UnreadableMedia, InvalidInput) as error:
            return failed(token, error.message)
        return Passed(
            (Emission("whole", token.ref),),
            output={"tiles": len(parts)},
            effect=PartsEffect(item.id, tuple(parts), shown),
            machine_seconds=time.perf_counter() - started,
        )


def cut_truth(
    truth: Sequence[Annotation], tiles: Sequence[Corner], min_visible: float
) -> tuple[tuple[Annotation, ...], ...]:
    """For each tile what of an image's ground truth it shows, in the tile's pixels."""
    from whorl.models.tiling import cut_shapes

    shown = cut_shapes([one.geometry for one in truth], tiles, min_visible=min_visible)
    return tuple(
        tuple(truth[index].model_copy(update={"geometry": part}) for index, part in of_tile) for of_tile in shown
    )


def failed(token: Token, reason: str) -> Passed:
    """The token of an item that could not be read."""
    return Passed((Emission("failed", token.ref),), output={"reason": reason})


def cut_parts(item: Item, boxes: Sequence[Corner], encoding: Encoding, context: NodeContext) -> list[NewItem]:
    """The tiles of an image as items, their bytes stored.

    Raises:
        UnreadableMedia: The image does not decode.
    """
    if not item.media_type.startswith("image/"):
        raise UnreadableMedia(f"{item.name!r} is {item.media_type}, not an image")
    path = context.files([item.sha256])[0]
    parts: list[NewItem] = []
    for start in range(0, len(boxes), AT_ONCE):
        some = boxes[start : start + AT_ONCE]
        for (x0, y0, x1, y1), piece in zip(some, context.call(cut_body, path, some, encoding), strict=True):
            facts: dict[str, JsonValue] = {
                "x": x0,
                "y": y0,
                "width": x1 - x0,
                "height": y1 - y0,
                "index": len(parts),
                "total": len(boxes),
            }
            stem = f"{x0}_{y0}_{x1 - x0}_{y1 - y0}"
            parts.append(keep_piece(context.services.blobs, piece, item, kind="tile", stem=stem, facts=facts))
    return parts


def add_parts(
    conn: Connection, dataset_id: str, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
) -> list[Result]:
    """Add the parts that bodies made and emit each by ``item``, behind what leaves already; deleted parents end."""
    standing = find_items(conn, list(dict.fromkeys(token.ref for token in tokens)))
    effects = [result.effect if isinstance(result, Passed) else None for result in results]
    wanted = [
        part
        for token, effect in zip(tokens, effects, strict=True)
        if isinstance(effect, PartsEffect) and token.ref in standing
        for part in effect.parts
    ]
    ids = put_parts(conn, dataset_id, wanted, context) if wanted else {}
    truth = {
        ids[part.name]: said
        for token, effect in zip(tokens, effects, strict=True)
        if isinstance(effect, PartsEffect) and token.ref in standing
        for part, said in zip(effect.parts, effect.truth, strict=False)
    }
    if truth:
        copy_truth_to_parts(conn, dataset_id, truth, actor_id=context.actor_id, now=context.now())
    final: list[Result] = []
    for token, result, effect in zip(tokens, results, effects, strict=True):
        if not isinstance(result, Passed) or not isinstance(effect, PartsEffect):
            final.append(result)
        elif token.ref not in standing:
            final.append(ended_as_deleted())
        else:
            values = values_of_part(token, parent=effect.parent, parts=len(effect.parts))
            parts = tuple(Emission("item", ids[part.name], values) for part in effect.parts)
            final.append(replace(result, emissions=(*parts, *result.emissions), effect=None))
    return final
