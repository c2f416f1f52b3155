"""sample: a share of the items goes on, the same ones each time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from whorl.pipelines.graph import NodeType
from whorl.pipelines.items import find_items
from whorl.pipelines.nodes.base import NodeContext, Params, PlainNode
from whorl.pipelines.nodes.filter import REST, ended_as_deleted
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.pipelines import NodeFamily, PortType


class SampleParams(Params):
    """How many items go on; give a share or a number."""

    share: float | None = Field(default=None, ge=0, le=1, description="The share of items that goes on, 0 to 1.")
    one_in: int | None = Field(default=None, ge=1, description="One item in so many goes on, on average.")
    by: Literal["item", "group"] = Field(
        default="item", description="group: items of one group (a scene, a video) stay together."
    )
    seed: int = Field(default=0, description="The same seed keeps the same items; another seed draws anew.")

    @model_validator(mode="after")
    def _has_one_measure(self) -> Self:
        if (self.share is None) == (self.one_in is None):
            raise PydanticCustomError("one_of", "give either share or one_in")
        return self

    @property
    def rate(self) -> float:
        """The share that goes on."""
        return 1 / self.one_in if self.one_in is not None else self.share or 0.0


class SampleNode(PlainNode):
    """Draws by a hash of seed and item, so that no counter is kept and a re-run decides alike."""

    type = NodeType(
        name="sample",
        family=NodeFamily.DATA,
        summary="Lets a share of the items on.",
        inputs={"item": PortType.ITEM},
        outputs={"item": PortType.ITEM, REST: PortType.ITEM},
        params=SampleParams,
        description="Each item is drawn by itself, by a hash of the seed and the item (or its group): those drawn "
        "leave by `item`, all others by `rest`. The same item is decided alike in every run and on every machine; a "
        "larger share keeps all that a smaller one kept.",
    )

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Draw each token's item."""
        params = context.params
        assert isinstance(params, SampleParams)
        with context.services.db.read() as conn:
            items = find_items(conn, list(dict.fromkeys(token.ref for token in tokens)))
        results: list[Result] = []
        for token in tokens:
            if token.ref not in items:
                results.append(ended_as_deleted())
                continue
            group = items[token.ref].group_key if params.by == "group" else None
            port = "item" if draw(group or token.ref, seed=params.seed) < params.rate else REST
            results.append(Passed((Emission(port, token.ref),)))
        return results


def draw(name: str, *, seed: int) -> float:
    """A number in [0, 1) that depends on name and seed alone; uniform over names.

    >>> round(draw("itm_1", seed=0), 4) == round(draw("itm_1", seed=0), 4)
    True
    """
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    # 53 bits fill a float exactly; with 64 the largest would round up to 1.
    return (int.from_bytes(digest[:8], "big") >> 11) / 2**53
