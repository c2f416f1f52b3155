"""What a request to an endpoint holds: an image and what its sender says about it, as a form or as bare bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData, UploadFile

from whorl.base.errors import InvalidInput, JsonValue, PayloadTooLarge, UnreadableMedia
from whorl.serving.recording import METADATA_BYTES, check_metadata

_LONGEST_TEXT = 2 * METADATA_BYTES
_METADATA = TypeAdapter(dict[str, JsonValue])
_BARE = ("image/", "application/octet-stream", "application/x-www-form-urlencoded")
_IMAGE = {"type": "string", "format": "binary"}
_METADATA_TEXT = 'What is known about the image, as a JSON object, such as {"camera": "a"}.'


@dataclass(frozen=True, slots=True)
class Asked:
    """An image's bytes, and what is known about it."""

    image: bytes
    metadata: dict[str, JsonValue]


async def read_ask(request: Request, *, limit: int) -> Asked:
    """Read a request to an endpoint.

    Args:
        limit: Most bytes of an image.

    Raises:
        InvalidInput: Neither a form nor an image, or metadata that is no JSON object.
        UnreadableMedia: No image in it.
        PayloadTooLarge: The image is larger than ``limit``.
    """
    kind = request.headers.get("content-type", "").lower()
    if kind.startswith("multipart/form-data"):
        asked = await _read_form(request)
    elif kind.startswith(_BARE) or not kind:
        asked = Asked(await request.body(), parse_metadata(request.query_params.get("metadata")))
    else:
        raise InvalidInput(
            f"an endpoint takes images, not {kind[:60]!a}",
            hint="Send a form with the field file, or the image's bytes as image/jpeg or image/png.",
        )
    if len(asked.image) > limit:
        raise PayloadTooLarge(f"the file is larger than {limit:,} bytes", details={"limit_bytes": limit})
    return asked


def parse_metadata(text: str | None) -> dict[str, JsonValue]:
    """What a sender says about an image.

    Raises:
        InvalidInput: It is no flat JSON object, or more of it than the log keeps.
    """
    if not text:
        return {}
    if len(text) > _LONGEST_TEXT:
        raise InvalidInput(f"the metadata has {len(text):,} characters; {METADATA_BYTES:,} bytes are allowed")
    try:
        found = _METADATA.validate_json(text)
    except (ValidationError, UnicodeEncodeError) as error:
        raise InvalidInput("metadata is not a JSON object", hint='Write it like {"camera": "north"}.') from error
    return check_metadata(found)


# Any: keyword arguments of a FastAPI route.
def asks_images(route: Mapping[str, Any]) -> dict[str, Any]:
    """Describe what ``read_ask`` reads, in the API's document."""
    metadata = {"name": "metadata", "in": "query", "required": False, "schema": {"type": "string"}}
    form = {"type": "object", "required": ["file"], "properties": {"file": _IMAGE, "metadata": {"type": "string"}}}
    extra = {
        "parameters": [metadata | {"description": f"{_METADATA_TEXT} In a form it is a field."}],
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {"schema": form},
                "image/jpeg": {"schema": _IMAGE},
                "image/png": {"schema": _IMAGE},
            },
        },
    }
    return {**route, "openapi_extra": {**route["openapi_extra"], **extra}}


async def _read_form(request: Request) -> Asked:
    # A form that cannot be read is a bad request by itself.
    async with request.form(max_files=1, max_fields=10) as form:
        return await _read_fields(form)


async def _read_fields(form: FormData) -> Asked:
    file, metadata = form.get("file"), form.get("metadata")
    if not isinstance(file, UploadFile):
        raise UnreadableMedia("the form holds no image", hint="Send it in the field file.")
    if isinstance(metadata, UploadFile):
        raise InvalidInput("metadata is a file; it is a field with a JSON object")
    return Asked(await file.read(), parse_metadata(metadata))
