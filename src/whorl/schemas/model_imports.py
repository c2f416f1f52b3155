"""A model that somebody brings along, and what is understood of it."""

from __future__ import annotations

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.schemas.models import Model
from whorl.schemas.training import TASK_PATTERN
from whorl.schemas.wire import Wire


class ModelImport(Wire):
    """A model that was made elsewhere: how it is reached, unless its file comes along, and what its labels become."""

    name: str = Field(min_length=1, max_length=200)
    spec: str | None = Field(
        default=None,
        max_length=200,
        description="my_pkg.mod:MyModel, hf:org/name, torchvision:NAME, https://…, or "
        "subprocess:/path/to/python my_pkg.mod:MyModel; null for an uploaded file.",
    )
    task: str | None = Field(default=None, pattern=TASK_PATTERN, description="Needed where the model does not tell.")
    labels: list[str] = Field(
        default_factory=list,
        max_length=20_000,
        description="Its own, in its outputs' order, where it tells none.",
    )
    labels_map: dict[str, str | None] = Field(
        default_factory=dict, description="Its labels and the project's; null leaves one out, * speaks for all others."
    )
    options: dict[str, JsonValue] = Field(default_factory=dict, description="Of its kind of adapter.")
    is_dry_run: bool = Field(default=False, description="Look at it and propose a map; register nothing.")


class ModelImported(Wire):
    """What was understood of a model, and the registered model unless it was a dry run."""

    model: Model | None
    task: str
    labels: list[str] = Field(description="The model's own, in the order of its outputs.")
    labels_map: dict[str, str | None] = Field(description="As registered; of a dry run, as proposed.")
    unmatched: list[str] = Field(description="Labels that the ontology lacks and the map does not name.")
    facts: dict[str, JsonValue] = Field(description="How its input is made and its outputs are read.")
    notes: list[str] = Field(description="What was assumed.")
