"""What the registration of a stranger's model may say about it, checked before anything is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from whorl.base.errors import InvalidInput
from whorl.base.errors import JsonValue as Json

Name = Field(min_length=1, max_length=200)
LONGEST_S, MOST_MEMORY_MB = 3600.0, 1024 * 1024


class AdapterOptions(BaseModel):
    """What every kind understands."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    labels: list[str] = Field(default_factory=list, max_length=20_000, description="Its own, in the outputs' order.")
    task: str | None = Field(default=None, description="What it says about an image, where it does not tell itself.")
    timeout_s: float = Field(default=120.0, gt=0, le=LONGEST_S, description="Longest time for one call, in seconds.")
    memory_mb: int = Field(default=4096, ge=64, le=MOST_MEMORY_MB, description="Most resident memory, in MiB.")


class PictureOptions(AdapterOptions):
    """How an image becomes a network's input, and which objects count."""

    size: int | list[int] | None = Field(default=None, description="Side, or width and height, of a free input.")
    fit: Literal["letterbox", "stretch", "crop"] | None = None
    normalise: JsonValue = Field(default=None, description="unit, imagenet, none, or mean and std.")
    channels: Literal["rgb", "bgr"] | None = None
    confidence: float = Field(default=0.01, ge=0, le=1, description="Weaker objects are not given at all.")
    overlap: float = Field(default=0.6, gt=0, le=1, description="IoU above which the weaker of two boxes goes.")

    def width_height(self) -> tuple[int, int] | None:
        """The size as width and height.

        Raises:
            InvalidInput: It is not one or two sensible numbers.
        """
        if self.size is None:
            return None
        sides = [self.size, self.size] if isinstance(self.size, int) else self.size
        if len(sides) != 2 or not all(8 <= side <= 8192 for side in sides):
            raise InvalidInput(f"size: {self.size!r}", hint="Give a side, or width and height, from 8 to 8192.")
        return sides[0], sides[1]


class OnnxOptions(PictureOptions):
    """Of an ONNX file."""

    decode: str | None = Field(default=None, description="The family of its outputs, when they are not recognised.")
    first_label: int | None = Field(default=None, ge=0, le=1, description="Class number of the first label.")


class HttpOptions(AdapterOptions):
    """Of a model behind an address."""

    protocol: Literal["whorl", "label-studio"] = "whorl"
    max_bytes: int = Field(default=16 * 2**20, gt=0, le=256 * 2**20, description="Longest answer, in bytes.")


class HubOptions(PictureOptions):
    """Of a Hugging Face model."""

    revision: str | None = Field(default=None, max_length=200, description="Commit or tag of a hub id.")


T = TypeVar("T", bound=AdapterOptions)


def read_options(kind: type[T], given: Mapping[str, Json], what: str) -> T:
    """Check the options of a kind of model.

    Raises:
        InvalidInput: One is not known or not allowed; the message names it and lists what there is.
    """
    try:
        return kind.model_validate(dict(given))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "options"
        raise InvalidInput(
            f"option {name} of {what}: {first['msg']}", hint=f"There are: {', '.join(kind.model_fields)}."
        ) from None
