"""What a user's function may give back, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from whorl.annotations.rules import check_inside, clip_box
from whorl.base.errors import InvalidInput, JsonValue
from whorl.datasets.rules import check_json
from whorl.schemas.annotations import Box, Geometry
from whorl.schemas.records import AnnotationRecord

MOST_ANNOTATIONS = 10_000
_KEYS = ("port", "metadata", "annotations")


class _Said(BaseModel):
    """One annotation as the function gives it."""

    model_config = ConfigDict(extra="forbid")

    label: str = Field(min_length=1, max_length=200)
    geometry: Geometry
    confidence: float | None = Field(default=None, ge=0, le=1)
    attributes: dict[str, JsonValue] = Field(default_factory=dict)


_ANNOTATIONS = TypeAdapter(list[_Said])


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked result.

    Args:
        port: The output that the item leaves by.
        metadata: A merge patch of the item's metadata; empty changes nothing.
        annotations: Take the place of what the pipeline's code said before; None leaves that as it is.
    """

    port: str
    metadata: Mapping[str, JsonValue] = field(default_factory=dict)
    annotations: tuple[AnnotationRecord, ...] | None = None


def read_answer(value: JsonValue, *, ports: Sequence[str], width: int, height: int) -> Answer:
    """Check what ``run`` gave back.

    Args:
        ports: The node's outputs; the first is taken when none is named.
        width: Of the upright image, in pixels.
        height: Of the upright image, in pixels.

    Raises:
        InvalidInput: Says what was given and what is allowed, for the author of the function.
    """
    try:
        return _read(value, ports, width, height)
    except RecursionError as error:
        raise InvalidInput("run(item) gave something that is nested too deeply") from error


def _read(value: JsonValue, ports: Sequence[str], width: int, height: int) -> Answer:
    if value is None or isinstance(value, str):
        value = {} if value is None else {"port": value}
    if not isinstance(value, dict):
        raise InvalidInput(
            f"run(item) gave {type(value).__name__}; allowed: None, a port's name, or a dictionary with some of "
            f"{', '.join(_KEYS)}"
        )
    unknown = sorted(set(value) - set(_KEYS))
    if unknown:
        raise InvalidInput(f"run(item) gave {unknown[0]!r}; allowed: {', '.join(_KEYS)}")
    port = value.get("port")
    if port is None:
        port = ports[0]
    if not isinstance(port, str) or port not in ports:
        raise InvalidInput(f"run(item) gave the port {str(port)[:80]!r}; the node's outputs: {', '.join(ports)}")
    return Answer(port, _metadata(value.get("metadata")), _annotations(value.get("annotations"), width, height))


def _metadata(value: JsonValue) -> dict[str, JsonValue]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidInput(f"run(item) gave metadata of type {type(value).__name__}; a dictionary is needed")
    check_json(value, where="metadata")
    return value


def _annotations(value: JsonValue, width: int, height: int) -> tuple[AnnotationRecord, ...] | None:
    if value is None:
        return None
    if isinstance(value, list) and len(value) > MOST_ANNOTATIONS:
        raise InvalidInput(f"run(item) gave {len(value):,} annotations; allowed: {MOST_ANNOTATIONS:,}")
    try:
        said = _ANNOTATIONS.validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(
            f"run(item) gave an annotation that does not fit: {place}: {first['msg']}",
            hint='Such as {"label": "cat", "geometry": {"type": "box", "x0": 1, "y0": 2, "x1": 30, "y1": 40}}.',
        ) from error
    for one in said:
        check_json(one.label, where="label")
        check_json(one.attributes, where="attributes")
        is_clipped = isinstance(one.geometry, Box) and clip_box(one.geometry, width=width, height=height) is not None
        if not is_clipped:
            check_inside(one.geometry, width=width, height=height, where=f"annotation {one.label!r}")
    return tuple(AnnotationRecord(one.label, one.geometry, one.confidence, one.attributes) for one in said)
