"""crop: each object of an image goes on as a picture of its own."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Literal

from pydantic import Field
from sqlalchemy import Connection

from whorl.annotations.queries import list_annotations
from whorl.annotations.rules import find_bounds
from whorl.base.errors import JsonValue, UnreadableMedia
from whorl.datasets.parts import Corner, Encoding, cut_body, keep_piece
from whorl.pipelines.graph import NodeType
from whorl.pipelines.items import find_items
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.nodes.fields import DatasetId, Labels, ModelId
from whorl.pipelines.nodes.filter import ended_as_deleted
from whorl.pipelines.nodes.tile import AT_ONCE, PartsEffect, add_parts, failed
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.annotations import Annotation, Layer
from whorl.schemas.datasets import Item, NewItem
from whorl.schemas.pipelines import NodeFamily, PortType


class CropParams(Params):
    """Which objects are cut out, and how."""

    dataset: DatasetId = Field(description="Id of the dataset that takes the crops; one for crops alone is best.")
    layer: Literal["truth", "prediction"] = Field(
        default="prediction", description="Whose objects: people's or models'."
    )
    model: ModelId | None = Field(default=None, description="Only this model's predictions; all models' without one.")
    labels: Labels = Field(default=(), description="Only objects with these labels; all without any.")
    min_confidence: float = Field(default=0.0, ge=0, le=1, description="Predictions that are less sure are left out.")
    margin: float = Field(default=0.1, ge=0, le=4, description="Context on each side, as a share of the object's side.")
    min_side: int = Field(
        default=16, ge=1, le=4096, description="Least side of a crop in pixels, where the image has it."
    )
    at_most: int = Field(default=200, ge=1, le=5000, description="Crops of one image; the surest, else the largest.")
    encoding: Encoding = Field(default="jpeg", description="jpeg is small, png exact.")


class CropNode(PlainNode):
    """Cuts in a worker process; the crop of an annotation that has not moved is found again, not doubled."""

    type = NodeType(
        name="crop",
        family=NodeFamily.DATA,
        summary="Cuts each object out as an item of its own.",
        inputs={"item": PortType.ITEM},
        outputs={
            "item": PortType.ITEM,
            "whole": PortType.ITEM,
            "empty": PortType.ITEM,
            "failed": PortType.ITEM,
        },
        params=CropParams,
        description="Every object becomes an item of `dataset` and leaves by `item`; its metadata says whose object it "
        "is, which annotation and where. The image itself leaves by `whole`, or by `empty` when it has no such object. "
        "`merge_crops` brings what is said about the crops back to the objects. An image that does not decode leaves "
        "by `failed`.",
    )
    batch_size = 16
    lease_s = 120.0

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Cut, encode and store the objects of each image."""
        params = context.params
        assert isinstance(params, CropParams)
        refs = list(dict.fromkeys(token.ref for token in tokens))
        with context.services.db.read() as conn:
            items = find_items(conn, refs)
            layer = Layer(params.layer)
            model = params.model if layer is Layer.PREDICTION else None
            said = list_annotations(conn, list(items), layer=layer, model_id=model)
        objects: dict[str, list[Annotation]] = {item_id: [] for item_id in items}
        for one in said:
            objects[one.item_id].append(one)
        return [
            self._cut(token, items[token.ref], objects[token.ref], context)
            if token.ref in items
            else ended_as_deleted()
            for token in tokens
        ]

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Add the crops that are not there yet and send them on."""
        params = context.params
        assert isinstance(params, CropParams)
        return Committed(add_parts(conn, params.dataset, tokens, results, context))

    def _cut(self, token: Token, item: Item, said: Sequence[Annotation], context: NodeContext) -> Passed:
        params = context.params
        assert isinstance(params, CropParams)
        started = time.perf_counter()
        chosen = _choose(said, params)
        if not chosen:
            return Passed((Emission("empty", token.ref),), output={"crops": 0})
        boxes = [
            grow_box(bounds, width=item.width, height=item.height, margin=params.margin, min_side=params.min_side)
            for _, bounds in chosen
        ]
        try:
            crops = _cut_crops(item, [one for one, _ in chosen], boxes, params.encoding, context)
        except UnreadableMedia as error:
            return failed(token, error.message)
        return Passed(
            (Emission("whole", token.ref),),
            output={"crops": len(crops)},
            effect=PartsEffect(item.id, tuple(crops)),
            machine_seconds=time.perf_counter() - started,
        )


Bounds = tuple[float, float, float, float]


def grow_box(bounds: Bounds, *, width: int, height: int, margin: float, min_side: int) -> Corner:
    """Whole pixels around a box with a margin on each side, of a least side, moved and cut to lie in the image.

    >>> grow_box((10.5, 20, 30, 40), width=100, height=100, margin=0.1, min_side=1)
    (8, 18, 32, 42)
    """
    x0, x1 = _grow(bounds[0], bounds[2], width, margin, min_side)
    y0, y1 = _grow(bounds[1], bounds[3], height, margin, min_side)
    return x0, y0, x1, y1


def _grow(low: float, high: float, limit: int, margin: float, min_side: int) -> tuple[int, int]:
    extra = max((high - low) * margin, (min_side - (high - low)) / 2)
    start, end = math.floor(low - extra), math.ceil(high + extra)
    side = min(max(end - start, 1), limit)
    if side <= min_side:
        # An object at the border keeps the least side, to the inside.
        start = min(max(start, 0), limit - side)
        return start, start + side
    return min(max(start, 0), limit - 1), max(min(end, limit), 1)


def _choose(said: Sequence[Annotation], params: CropParams) -> list[tuple[Annotation, Bounds]]:
    found = []
    for one in said:
        bounds = find_bounds(one.geometry)
        sure = one.confidence is None or one.confidence >= params.min_confidence
        if bounds is not None and sure and (not params.labels or one.label in params.labels):
            found.append((one, bounds))
    found.sort(key=lambda pair: (-(pair[0].confidence or 0.0), -_area(pair[1]), pair[0].id))
    return found[: params.at_most]


def _area(bounds: Bounds) -> float:
    return (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])


def _cut_crops(
    item: Item, said: Sequence[Annotation], boxes: Sequence[Corner], encoding: Encoding, context: NodeContext
) -> list[NewItem]:
    if not item.media_type.startswith("image/"):
        raise UnreadableMedia(f"{item.name!r} is {item.media_type}, not an image")
    path = context.files([item.sha256])[0]
    crops: list[NewItem] = []
    for start in range(0, len(boxes), AT_ONCE):
        some = boxes[start : start + AT_ONCE]
        for (x0, y0, x1, y1), piece in zip(some, context.call(cut_body, path, some, encoding), strict=True):
            one = said[len(crops)]
            facts: dict[str, JsonValue] = {
                "x": x0,
                "y": y0,
                "width": x1 - x0,
                "height": y1 - y0,
                "index": len(crops),
                "total": len(boxes),
                "annotation": one.id,
                "label": one.label,
            }
            stem = f"{one.id}-{x0}_{y0}_{x1 - x0}_{y1 - y0}"
            crops.append(keep_piece(context.services.blobs, piece, item, kind="crop", stem=stem, facts=facts))
    return crops
