"""Queries on the wire: asking for items, and how many there are."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from whorl.base.errors import JsonValue
from whorl.schemas.wire import Wire


class ItemQuery(Wire):
    """Which items: the text form or the JSON form of a query; neither means every item."""

    text: str | None = Field(default=None, max_length=10_000, description="For example `label:car confidence<0.5`.")
    dql: dict[str, JsonValue] | None = Field(
        default=None, description="The JSON form, for example `{'filter': {...}}`."
    )

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if self.text is not None and self.dql is not None:
            raise ValueError("give text or dql, not both")
        return self


class QueryCount(Wire):
    """How many items match; when ``is_capped`` there are more than ``count``."""

    count: int
    is_capped: bool


class FilterableDraft(Wire):
    """A metadata field to be indexed, such as `camera` or `weather.sky`."""

    field: str = Field(min_length=1, max_length=200)
    value_type: Literal["text", "number"]
