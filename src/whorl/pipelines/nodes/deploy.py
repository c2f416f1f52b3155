"""deploy: an endpoint serves the model that came in."""

from __future__ import annotations

import time
from collections.abc import Sequence

from pydantic import Field
from sqlalchemy import Connection

from whorl.base.errors import WhorlError
from whorl.pipelines.actions import set_variable
from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.nodes.create_model import NO_MODEL
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.pipelines import NodeFamily, PortType
from whorl.schemas.serving import EndpointCreate, ServingRole
from whorl.serving.actions import create_endpoint, serve_model
from whorl.serving.queries import find_endpoint, get_endpoint


class DeployParams(Params):
    """Where the model is served, and as what."""

    endpoint: str = Field(
        min_length=1,
        max_length=100,
        pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
        description="Name of the endpoint: small letters, digits and dashes. It is opened when there is none.",
    )
    role: ServingRole = Field(default=ServingRole.CHAMPION, description="champion, canary or shadow.")
    share: float = Field(default=0.1, ge=0, le=1, description="Of the images, for a canary.")


class DeployNode(PlainNode):
    """Loads the model once, in a worker process; only one that answers there is served."""

    type = NodeType(
        name="deploy",
        family=NodeFamily.MODEL,
        summary="Makes an endpoint serve the model.",
        inputs={"model": PortType.MODEL},
        outputs={"model": PortType.MODEL, "failed": PortType.MODEL},
        params=DeployParams,
        description="The model is loaded and asked once; then the endpoint switches to it, without dropping a "
        "request, and the model leaves by `model`. As canary it answers a share of the images, as shadow it is asked "
        "beside the champion and only its answers are kept. Where the endpoint follows a variable of a pipeline, the "
        "variable takes the new champion. A model that cannot be loaded leaves by `failed`, and the endpoint keeps "
        "the one it has.",
    )
    batch_size = 1

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Load and ask the models in worker processes."""
        return [self._try(token, context) for token in tokens]

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Write down who serves; servers follow within seconds."""
        final: list[Result] = []
        for token, result in zip(tokens, results, strict=True):
            if not isinstance(result, Passed) or result.emissions[0].port == "failed":
                final.append(result)
                continue
            try:
                with conn.begin_nested():
                    endpoint_id = _serve(conn, token.ref, context)
            except WhorlError as error:
                final.append(_failed(token, error.message, result.machine_seconds))
                continue
            params = context.params
            assert isinstance(params, DeployParams)
            output = {"endpoint": params.endpoint, "endpoint_id": endpoint_id, "role": params.role.value}
            final.append(Passed(result.emissions, output=output, machine_seconds=result.machine_seconds))
        return Committed(final)

    def _try(self, token: Token, context: NodeContext) -> Result:
        from whorl.serving.answering import try_folder

        started = time.perf_counter()
        if token.ref == NO_MODEL:
            return _failed(token, "there is no model to serve", 0.0)
        try:
            context.call(try_folder, str(context.model_folder(token.ref)))
        except WhorlError as error:
            if error.retryable:
                raise
            return _failed(token, error.message, time.perf_counter() - started)
        return Passed((Emission("model", token.ref),), machine_seconds=time.perf_counter() - started)


def _serve(conn: Connection, model_id: str, context: NodeContext) -> str:
    params = context.params
    assert isinstance(params, DeployParams)
    actor_id, now, cause = context.actor_id, context.now(), context.cause
    found = find_endpoint(conn, params.endpoint)
    if found is None or found[1] != context.project_id:
        # A name of another project's endpoint is refused as taken.
        draft = EndpointCreate(name=params.endpoint)
        held = create_endpoint(conn, draft, project_id=context.project_id, actor_id=actor_id, now=now)
    else:
        held = get_endpoint(conn, found[0])
    if params.role is ServingRole.CHAMPION and held.pipeline_id is not None and held.variable is not None:
        set_variable(
            conn, held.pipeline_id, name=held.variable, value=model_id, actor_id=actor_id, now=now, cause=cause
        )
    serve_model(conn, held.id, model_id, role=params.role, share=params.share, actor_id=actor_id, now=now, cause=cause)
    return held.id


def _failed(token: Token, problem: str, machine_seconds: float) -> Passed:
    emission = Emission("failed", token.ref, {"error": problem})
    return Passed((emission,), output={"error": problem}, machine_seconds=machine_seconds)
