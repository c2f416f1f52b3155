"""Routes, a module per noun; each has a ``router``.

To add one: write ``routes/<noun>.py`` with ``router = APIRouter(prefix="/api/v1", tags=["<noun>"])``, declare each
route's action with ``**needs(Action.X)``, and name the module in ``all_routers``.
"""

# No `from __future__ import annotations` here: it would take the name of the module `annotations`.
from fastapi import APIRouter


def all_routers() -> list[APIRouter]:
    """Every router of the application, in the order of the document."""
    from whorl.server.routes import (
        access,
        annotations,
        asking,
        comparisons,
        crops,
        datasets,
        deliveries,
        endpoints,
        evaluations,
        events,
        examinations,
        facets,
        feedback,
        flags,
        items,
        jobs,
        lineage,
        listings,
        metrics,
        model_imports,
        models,
        ontology,
        overview,
        pipeline_forms,
        pipelines,
        playground,
        predictions,
        projects,
        reviews,
        runs,
        strips,
        system,
        tasks,
        tiles,
        views,
        web,
        work,
    )

    modules = (
        asking,  # First: what is called all day is found without trying a hundred other addresses.
        work,
        system,
        metrics,
        access,
        projects,
        overview,
        ontology,
        datasets,
        items,
        listings,
        strips,
        facets,
        views,
        tiles,
        lineage,
        annotations,
        crops,
        tasks,
        reviews,
        models,
        model_imports,
        playground,
        evaluations,
        examinations,
        comparisons,
        endpoints,
        predictions,
        feedback,
        flags,
        pipelines,
        runs,
        deliveries,
        pipeline_forms,
        jobs,
        events,
        web,  # Last: the app takes every address that nothing else answers.
    )
    return [module.router for module in modules]
