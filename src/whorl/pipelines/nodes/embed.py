"""embed: computes what tells the item apart from others, once, before it is needed."""

from __future__ import annotations

import time
from collections.abc import Sequence

from pydantic import Field

from whorl.models.bodies import embed_body
from whorl.pipelines.graph import NodeType
from whorl.pipelines.items import find_items
from whorl.pipelines.nodes.base import NodeContext, Params, PlainNode, pass_on
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.pipelines import NodeFamily, PortType


class EmbedParams(Params):
    """Whose features are computed."""

    model: str | None = Field(
        default=None,
        description="Id of a model: the features that its training chose. Without one, all that this server knows.",
        json_schema_extra={"x-whorl": "model"},
    )


class EmbedNode(PlainNode):
    """Fills the cache of features in a worker process; the token carries nothing of it."""

    type = NodeType(
        name="embed",
        family=NodeFamily.MODEL,
        summary="Computes the image's features ahead of time, so that choosing among many is quick.",
        inputs={"item": PortType.ITEM},
        outputs={"item": PortType.ITEM},
        params=EmbedParams,
        description="Features are kept by the image's content, in the cache of the machine that computed them: "
        "`select` after this node finds them there instead of decoding its whole pool. An image that is known already "
        "costs nothing. Items that are no images pass as they are.",
    )
    batch_size = 64
    lease_s = 120.0

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Embed all images of the batch in one call."""
        params, services = context.params, context.services
        assert isinstance(params, EmbedParams)
        started = time.perf_counter()
        refs = list(dict.fromkeys(token.ref for token in tokens))
        with services.db.read() as conn:
            items = find_items(conn, refs)
        images = {ref: item.sha256 for ref, item in items.items() if item.media_type.startswith("image/")}
        if not images:
            return [_skip(token, is_there=token.ref in items) for token in tokens]
        shas = list(dict.fromkeys(images.values()))
        folder = None if params.model is None else str(context.model_folder(params.model))
        paths = context.files(shas)
        width = context.call(fill_cache, paths, shas, str(services.features_path), str(services.home), folder)
        seconds = (time.perf_counter() - started) / len(tokens)
        return [
            Passed((Emission("item", token.ref),), output={"features": width}, machine_seconds=seconds)
            if token.ref in images
            else _skip(token, is_there=token.ref in items)
            for token in tokens
        ]


def fill_cache(paths: Sequence[str], keys: Sequence[str], cache: str, home: str, folder: str | None) -> int:
    """Compute and keep the features of these files, and give how many numbers each has. Runs in a worker process."""
    return int(embed_body(paths, keys, cache, home, folder).shape[1])


def _skip(token: Token, *, is_there: bool) -> Passed:
    if is_there:
        passed = pass_on(token)
        return Passed(passed.emissions, output={"skipped": "not an image"})
    return Passed((), output={"ended": "the item was deleted"})
