"""frames: pictures are taken out of a video."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import Connection

from whorl.base.errors import JsonValue, UnreadableMedia
from whorl.datasets.parts import Encoding, keep_piece
from whorl.pipelines.graph import NodeType
from whorl.pipelines.items import find_items
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.nodes.fields import DatasetId
from whorl.pipelines.nodes.filter import ended_as_deleted
from whorl.pipelines.nodes.tile import PartsEffect, add_parts, failed
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.datasets import Item, NewItem
from whorl.schemas.pipelines import NodeFamily, PortType

_AT_ONCE = 16


class FramesParams(Params):
    """Which frames are taken; give one of every_frames, every_seconds, scene, motion and budget."""

    dataset: DatasetId = Field(description="Id of the dataset that takes the frames.")
    every_frames: int | None = Field(default=None, ge=1, description="Every n-th frame, beginning with the first.")
    every_seconds: float | None = Field(default=None, gt=0, le=86_400, description="One frame in so many seconds.")
    scene: float | None = Field(
        default=None,
        gt=0,
        lt=1,
        description="A frame whenever the colours have changed by so much (0 to 1): 0.2 finds cuts, 0.05 also a car "
        "that drives into the picture.",
    )
    motion: float | None = Field(
        default=None,
        gt=0,
        lt=1,
        description="A frame whenever more than this share of the picture (0 to 1) looks other than in the one taken "
        "before; 0.02 finds a car that drives by. Changes of exposure do not count.",
    )
    budget: int | None = Field(
        default=None, ge=1, le=5000, description="So many frames in all, spread as `spread` says."
    )
    spread: Literal["motion", "novelty", "time"] = Field(
        default="motion",
        description="Of a budget: as much moves between each two, or each as unlike the others as can be, or evenly in "
        "time. Of videos of more than 20,000 frames only key frames are looked at.",
    )
    at_most: int = Field(default=100, ge=1, le=5000, description="Frames of one video; more are thinned out evenly.")
    encoding: Encoding = Field(default="jpeg", description="jpeg is small, png exact.")

    @model_validator(mode="after")
    def _has_one_rule(self) -> Self:
        rules = (self.every_frames, self.every_seconds, self.scene, self.motion, self.budget)
        if sum(rule is not None for rule in rules) != 1:
            raise PydanticCustomError("one_of", "give one of every_frames, every_seconds, scene, motion and budget")
        return self


class FramesNode(PlainNode):
    """Decodes in a worker process; frames of an earlier run of the same video are found again, not doubled."""

    type = NodeType(
        name="frames",
        family=NodeFamily.DATA,
        summary="Takes frames out of a video.",
        inputs={"item": PortType.ITEM},
        outputs={"item": PortType.ITEM, "whole": PortType.ITEM, "failed": PortType.ITEM},
        params=FramesParams,
        description="Every frame that is taken becomes an item of `dataset` and leaves by `item`; its metadata says "
        "which video it is of and at what time, and frames of one video stay together when subsets are given. The "
        "video itself leaves by `whole`. What is no video, or does not decode, leaves by `failed`.",
    )
    batch_size = 2
    lease_s = 300.0

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Choose, decode and store the frames of each video."""
        with context.services.db.read() as conn:
            items = find_items(conn, list(dict.fromkeys(token.ref for token in tokens)))
        return [
            self._take(token, items[token.ref], context) if token.ref in items else ended_as_deleted()
            for token in tokens
        ]

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Add the frames that are not there yet and send them on."""
        params = context.params
        assert isinstance(params, FramesParams)
        return Committed(add_parts(conn, params.dataset, tokens, results, context))

    def _take(self, token: Token, item: Item, context: NodeContext) -> Passed:
        params = context.params
        assert isinstance(params, FramesParams)
        started = time.perf_counter()
        if not item.media_type.startswith("video/"):
            return failed(token, f"{item.name!r} is {item.media_type}, not a video")
        try:
            frames = _take_frames(item, params, context)
        except UnreadableMedia as error:
            return failed(token, error.message)
        return Passed(
            (Emission("whole", token.ref),),
            output={"frames": len(frames)},
            effect=PartsEffect(item.id, tuple(frames)),
            machine_seconds=time.perf_counter() - started,
        )


def _take_frames(item: Item, params: FramesParams, context: NodeContext) -> list[NewItem]:
    # Late: numpy, which the server does not need at its start.
    from whorl.datasets.video.stills import FrameRule, choose_stills_body, read_stills_body

    path = context.files([item.sha256])[0]
    rule = FrameRule(
        every_frames=params.every_frames,
        every_seconds=params.every_seconds,
        scene=params.scene,
        at_most=params.at_most if params.budget is None else params.budget,
        motion=params.motion,
        budget=params.budget,
        spread=params.spread,
    )
    stills = context.call(choose_stills_body, path, rule)
    frames: list[NewItem] = []
    for start in range(0, len(stills), _AT_ONCE):
        some = stills[start : start + _AT_ONCE]
        for still, piece in context.call(read_stills_body, path, some, params.encoding):
            facts: dict[str, JsonValue] = {
                "x": 0,
                "y": 0,
                "width": piece.width,
                "height": piece.height,
                "index": len(frames),
                "total": len(stills),
                "frame": still.frame,
                "time_s": round(still.time_s, 3),
            }
            stem = f"{still.frame:06d}"
            frames.append(keep_piece(context.services.blobs, piece, item, kind="frame", stem=stem, facts=facts))
    if not frames:
        raise UnreadableMedia(f"no frame of {item.name!r} decodes")
    return frames
