"""What a comparison may be asked to protect, and what is done with its outcome, on the wire."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from whorl.base.errors import JsonValue
from whorl.schemas.wire import Wire


class ProtectedSlice(Wire):
    """A part of the test items where the challenger must be shown not to fall: by a query, a label, or both."""

    name: str | None = Field(default=None, max_length=200, description="The query or the label when left out.")
    query: str | dict[str, JsonValue] | None = Field(default=None, description="Of the test items, as text or DQL.")
    label: str | None = Field(default=None, max_length=200, description="Measure this label only.")
    floor_drop: float = Field(default=0.05, gt=0, le=1, description="The margin: a fall below it is accepted.")

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if self.label is None and not self.query:
            raise ValueError("a slice needs a query or a label")
        return self

    @property
    def title(self) -> str:
        """What to call it."""
        if self.name:
            return self.name
        query = self.query if isinstance(self.query, str) else "query" if self.query else None
        return " ".join(part for part in (query, self.label) if part)


class ComparisonPromote(Wire):
    """Make a comparison's challenger the champion."""

    pipeline_id: str | None = Field(default=None, description="Needed only when a project has several places.")
    variable: str | None = None
    force: bool = Field(default=False, description="Although the comparison kept the champion.")
    reason: str | None = Field(default=None, min_length=1, max_length=1000, description="Needed with force.")


class DisagreeRequest(Wire):
    """Items without ground truth, on which both models of a comparison are to predict."""

    dataset_id: str | None = Field(default=None, description="The comparison's own when left out.")
    query: str | dict[str, JsonValue] | None = Field(
        default=None, description="As text or DQL; every item without ground truth when null."
    )
    limit: int = Field(default=200, ge=1, le=1000, description="How many items to list, those that differ most first.")
    max_items: int = Field(default=5000, ge=1, le=100_000, description="How many items to look at, at random.")


class DisagreementTask(Wire):
    """A task to be made of the items on which two models differ, most useful first."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    kind: Literal["label", "review", "validate", "classify"] | None = Field(
        default=None, description="Left out: label for items of a `disagree` job, review for test items."
    )
    job_id: str | None = Field(default=None, description="A finished `disagree` job; the test items when left out.")
    limit: int = Field(default=200, ge=1, le=1000)
    recipe_id: str | None = None


class ModelVerdict(Wire):
    """What the newest comparison said of a model as a challenger."""

    comparison_id: str
    decision: str = Field(description="promote, keep or tie")
    reason: str = Field(description="The first of the comparison's reasons.")
