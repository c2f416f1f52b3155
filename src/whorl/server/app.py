"""The application: routes, guard, problems."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from whorl.server import problems
from whorl.server.guard import Guard
from whorl.server.idempotency import Idempotency
from whorl.server.permits import Permit
from whorl.server.routes import all_routers
from whorl.server.services import VERSION, Services

TITLE = "Whorl"
OPENAPI_PATH = "/api/v1/openapi.json"


def create_app(services: Services) -> FastAPI:
    """Make the application.

    Raises:
        TypeError: A route declares no action.
    """
    # No docs pages: theirs load scripts from another site.
    app = FastAPI(
        title=TITLE,
        version=VERSION,
        summary="An open-source data flywheel for vision AI.",
        openapi_url=OPENAPI_PATH,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=False,
    )
    app.state.services = services
    app.router.routes.extend(_find_routes())
    problems.install(app)
    app.add_middleware(Idempotency, services=services)
    app.add_middleware(Guard, services=services)
    return app


@cache
def _find_routes() -> tuple[BaseRoute, ...]:
    """The routes of every application of this process: FastAPI builds them at the first request, for a quarter second.

    Raises:
        TypeError: A route declares no action.
    """
    routers = all_routers()
    declared_actions(routers)
    holder = APIRouter()
    for router in routers:
        holder.include_router(router)
    return tuple(holder.routes)


def declared_actions(routers: Iterable[APIRouter]) -> dict[tuple[str, str], str]:
    """Give the action of each (method, path).

    Raises:
        TypeError: A route declares none.
    """
    actions: dict[tuple[str, str], str] = {}
    for route in (route for router in routers for route in router.routes):
        if not isinstance(route, APIRoute):
            raise TypeError(f"not a route that can declare an action: {route!r}")
        permits = [one.dependency for one in route.dependencies if isinstance(one.dependency, Permit)]
        if len(permits) != 1:
            raise TypeError(f"route {route.path} declares {len(permits)} actions; it needs exactly one")
        for method in route.methods or ():
            actions[method, route.path] = permits[0].action.value
    return actions


# Any: an OpenAPI document.
def openapi_document() -> dict[str, Any]:
    """The OpenAPI 3.1 document, without a database or a server."""
    app = FastAPI(title=TITLE, version=VERSION, separate_input_output_schemas=False)
    for router in all_routers():
        app.include_router(router)
    return get_openapi(
        title=TITLE,
        version=VERSION,
        routes=app.routes,
        summary="An open-source data flywheel for vision AI.",
        separate_input_output_schemas=False,
    )
