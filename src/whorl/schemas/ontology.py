"""Ontologies and recipes on the wire."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from whorl.schemas.wire import UtcTime, Wire

Name = Annotated[str, Field(min_length=1, max_length=200)]


class AttributeType(StrEnum):
    """What values an attribute takes."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"


class Label(Wire):
    """One class name; ``parent`` is the name of the label it is a kind of."""

    name: Name
    color: str | None = Field(default=None, pattern=r"^#[0-9a-fA-F]{6}$", description="As #rrggbb; null: Whorl picks.")
    parent: str | None = None


class Attribute(Wire):
    """A property an annotation may carry besides its label."""

    name: Name
    type: AttributeType
    choices: list[str] = Field(default_factory=list, description="Allowed values, for type choice only.")
    labels: list[str] = Field(default_factory=list, description="Labels it applies to; empty for all.")

    @model_validator(mode="after")
    def _choices_fit_type(self) -> Self:
        if (self.type is AttributeType.CHOICE) != bool(self.choices):
            raise ValueError(f"attribute {self.name!r}: choices are given for type choice, and only for it")
        return self


class OntologyDraft(Wire):
    """The labels and attributes of an ontology to be saved."""

    labels: list[Label] = Field(default_factory=list)
    attributes: list[Attribute] = Field(default_factory=list)
    is_open: bool = Field(default=False, description="Whether an import may add labels it meets.")


class Ontology(OntologyDraft):
    """One version of a project's ontology."""

    id: str
    project_id: str
    version: int
    author_id: str
    created_at: UtcTime


class Tool(StrEnum):
    """A drawing tool that a recipe allows: a kind of geometry."""

    CLASS = "class"
    BOX = "box"
    ROTATED_BOX = "rotated_box"
    POLYGON = "polygon"
    POLYLINE = "polyline"
    POINTS = "points"
    MASK = "mask"


class RecipeDraft(Wire):
    """A recipe to be saved."""

    name: Name
    tools: list[Tool] = Field(min_length=1)
    instructions: str = ""
    labels: list[Name] | None = Field(default=None, description="The only labels to be used; null: all.")


class Recipe(RecipeDraft):
    """Ontology, tools and instructions for one kind of task."""

    id: str
    project_id: str
    ontology_id: str
    created_at: UtcTime
