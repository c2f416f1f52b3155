"""Requests whose body is a pipeline: JSON, or YAML by its content type."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request

from whorl.access.rules import Action
from whorl.base.errors import InvalidInput, JsonValue
from whorl.pipelines.forms import Form, load_document
from whorl.server.permits import needs

MAX_BYTES = 2**20


async def _document(request: Request) -> JsonValue:
    """The body as plain values."""
    body = await request.body()
    if len(body) > MAX_BYTES:
        raise InvalidInput(f"a pipeline of {len(body):,} bytes; allowed: {MAX_BYTES:,}")
    form = Form.YAML if "yaml" in request.headers.get("content-type", "") else Form.JSON
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"the pipeline is not {form.value.upper()}: {error}",
            hint="Send JSON, or YAML with the content type application/yaml, as UTF-8.",
        ) from error
    return load_document(text, form)


Document = Annotated[JsonValue, Depends(_document)]


# Any: what FastAPI takes as keyword arguments of a route.
def with_document(action: Action) -> dict[str, Any]:
    """What a route declares whose body is a ``Document``: its action, and the body in the API's description."""
    declared = needs(action)
    schema = {"$ref": "#/components/schemas/PipelineDefinition"}
    content = {"application/json": {"schema": schema}, "application/yaml": {"schema": schema}}
    return declared | {
        "openapi_extra": declared["openapi_extra"] | {"requestBody": {"required": True, "content": content}}
    }
