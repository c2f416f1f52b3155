"""Routes, a module per noun; each has a ``router``.

To add one: write ``routes/<noun>.py`` with ``router = APIRouter(prefix="/api/v1", tags=["<noun>"])``, declare each
route's action with ``**needs(Action.X)``, and name the module in ``_NOUNS``.
"""

import importlib

from fastapi import APIRouter

_NOUNS = (
    "asking",  # First: what is called all day is found without trying a hundred other addresses.
    "work",
    "system",
    "metrics",
    "access",
    "projects",
    "overview",
    "ontology",
    "datasets",
    "items",
    "listings",
    "strips",
    "facets",
    "views",
    "tiles",
    "lineage",
    "videos",
    "magic",
    "annotations",
    "converting",
    "crops",
    "tasks",
    "assistants",
    "reviews",
    "models",
    "model_imports",
    "playground",
    "evaluations",
    "examinations",
    "comparisons",
    "endpoints",
    "predictions",
    "feedback",
    "flags",
    "spaces",
    "similar",
    "maps",
    "selections",
    "simulations",
    "duplicates",
    "health",
    "pipelines",
    "runs",
    "deliveries",
    "pipeline_forms",
    "jobs",
    "events",
    "web",  # Last: the app takes every address that nothing else answers.
)
"""In the order of the document."""


def all_routers() -> list[APIRouter]:
    """Every router of the application."""
    return [importlib.import_module(f"{__name__}.{noun}").router for noun in _NOUNS]
