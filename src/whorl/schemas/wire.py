"""The base of every wire model, and the shapes that all nouns share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

T = TypeVar("T")


def _aware_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a time needs a time zone")
    return value.astimezone(UTC)


UtcTime = Annotated[datetime, AfterValidator(_aware_utc)]


class Wire(BaseModel):
    """A wire model: immutable, and unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Page(Wire, Generic[T]):
    """One page of a list, in a stable order."""

    items: list[T]
    next_cursor: str | None = Field(default=None, description="Pass as `cursor` for the next page; null at the end.")


class Problem(Wire):
    """An error as RFC 9457 problem+json."""

    type: str = Field(description="Stable address of the error's documentation.")
    title: str
    status: int
    code: str = Field(description="Stable code; see the list of errors in the reference.")
    detail: str
    hint: str = ""
    details: dict[str, object] = Field(default_factory=dict)
