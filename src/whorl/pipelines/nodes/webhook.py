"""webhook: tells another program about the item, signed, and goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import orjson
from pydantic import AfterValidator, Field
from sqlalchemy import Connection

from whorl.annotations.queries import list_annotations
from whorl.base.errors import EgressRefused, JsonValue
from whorl.pipelines.deliveries import MOST_BODY_BYTES, NewDelivery, add_deliveries
from whorl.pipelines.graph import NodeType
from whorl.pipelines.items import find_items
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.places import find_run_id
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.datasets import Item
from whorl.schemas.pipelines import NodeFamily, PortType


def _check_url(url: str) -> str:
    # Late: what calls brings in a client.
    from whorl.base.egress import check_url

    try:
        check_url(url)
    except EgressRefused as error:
        raise ValueError(error.message) from error
    return url


class WebhookParams(Params):
    """Who is called, with what."""

    url: Annotated[str, AfterValidator(_check_url)] = Field(description="Address that is called, http or https.")
    event: str = Field(
        default="item",
        pattern=r"^[a-z][a-z0-9_.]{0,79}$",
        description="Name of the event in the body, for receivers of several.",
    )
    with_annotations: bool = Field(default=False, description="Send the item's ground truth as well.")


class WebhookNode(PlainNode):
    """Writes one call per token with its commit; the sender makes it later, so a slow receiver holds nothing up."""

    type = NodeType(
        name="webhook",
        family=NodeFamily.CONTROL,
        summary="Calls an address of yours with the item, signed, and tries again until it is heard.",
        inputs={"item": PortType.ITEM, "signal": PortType.SIGNAL},
        outputs={"item": PortType.ITEM, "signal": PortType.SIGNAL},
        params=WebhookParams,
        optional_inputs=frozenset({"item", "signal"}),
        description="Every token makes one POST with a JSON body: the event, the pipeline, the run and the item's "
        "facts. The token goes on at once by the port of the same name. A call that fails is tried eight times in "
        "about a day, and can be sent again by hand; the calls are listed with their answers. The body is signed with "
        "the pipeline's secret; private addresses are refused unless an admin allows them.",
    )
    batch_size = 64

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Put the bodies together."""
        params = context.params
        assert isinstance(params, WebhookParams)
        refs = list(dict.fromkeys(token.ref for token in tokens))
        with context.services.db.read() as conn:
            items = find_items(conn, refs)
            truth: dict[str, list[JsonValue]] = {}
            for one in list_annotations(conn, list(items)) if params.with_annotations else ():
                truth.setdefault(one.item_id, []).append(one.model_dump(mode="json"))
            run_ids = {key: find_run_id(conn, key) for key in {token.run_key for token in tokens}}
        results: list[Result] = []
        for token in tokens:
            body: dict[str, JsonValue] = {
                "event": params.event,
                "at": context.now().isoformat(),
                "project_id": context.project_id,
                "pipeline": {"id": context.pipeline_id, "name": context.pipeline_name, "version": context.version},
                "node": context.node,
                "run_id": run_ids[token.run_key],
                "ref": token.ref,
                "values": dict(token.values),
            }
            if token.ref in items:
                body["item"] = _facts(items[token.ref])
                if params.with_annotations:
                    body["annotations"] = truth.get(token.ref, [])
            call = NewDelivery(token.ref, params.url, _within(body))
            port = "signal" if token.port == "signal" else "item"
            results.append(Passed((Emission(port, token.ref),), effect=call))
        return results

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Write the calls and hand them to the sender."""
        passed = [result for result in results if isinstance(result, Passed)]
        calls = [result.effect for result in passed if isinstance(result.effect, NewDelivery)]
        ids = add_deliveries(
            conn,
            calls,
            project_id=context.project_id,
            pipeline_id=context.pipeline_id,
            node=context.node,
            now=context.now(),
        )
        return Committed(
            [
                replace(result, output={"delivery": delivery_id}, effect=None)
                for result, delivery_id in zip(passed, ids, strict=True)
            ]
        )


def _facts(item: Item) -> dict[str, JsonValue]:
    names = {"id", "dataset_id", "name", "sha256", "media_type", "width", "height", "subset", "metadata"}
    facts: dict[str, JsonValue] = item.model_dump(mode="json", include=names)
    return facts


def _within(body: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The body without its largest parts, named in ``left_out``, when it is too large."""
    left_out: list[JsonValue] = []
    for name in ("annotations", "values", "item"):
        if len(orjson.dumps(body)) <= MOST_BODY_BYTES:
            break
        if name in body:
            del body[name]
            left_out.append(name)
    return {**body, "left_out": left_out} if left_out else body
