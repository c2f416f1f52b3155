"""The web app's pages and files, for every address that is no part of the API."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from whorl.access.rules import ANONYMOUS, Action
from whorl.base.errors import NotFound, Unauthenticated
from whorl.server.guard import page_policy
from whorl.server.permits import Caller, CallerDep, needs
from whorl.server.sessions import open_launch_session, set_session_cookie
from whorl.server.status import render_status
from whorl.server.webapp import HASHED_FOLDER, Asset, new_nonce

_API = ("/api", "/healthz")
STALE_LINK = "/login?problem=stale_link"


class PageRoute(APIRoute):
    """Leaves every address of the API alone, so that an unknown one stays unknown for every method."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As any route, but never what is under ``/api``."""
        path = scope.get("path", "")
        if any(path == root or path.startswith(f"{root}/") for root in _API):
            return Match.NONE, {}
        return super().matches(scope)


router = APIRouter(route_class=PageRoute)


@router.api_route("/{path:path}", methods=["GET", "HEAD"], include_in_schema=False, **needs(Action.PUBLIC))
def get_page(request: Request, caller: CallerDep, path: str, token: str | None = None) -> Response:
    """A file of the app, else its page, which reads the address itself; ``?token=`` of this launch signs in first."""
    if token is not None:
        return _enter(request, caller, path, token)
    asset = caller.services.web.asset(path)
    if asset is not None:
        return _send_asset(request, asset)
    is_page = path == "" or (_wants_page(request) and not path.startswith(f"{HASHED_FOLDER}/"))
    if not is_page:
        raise NotFound(f"no such address: {request.url.path}", hint="See /api/v1/openapi.json.")
    nonce = new_nonce()
    page = caller.services.web.page(nonce)
    if page is None:
        body = render_status(caller.services, caller.actor)
        return HTMLResponse(body, status_code=200 if caller.actor is not ANONYMOUS else 401)
    return HTMLResponse(page, headers={"content-security-policy": page_policy(nonce)})


def _send_asset(request: Request, asset: Asset) -> Response:
    headers = {"cache-control": asset.cache_control, "etag": asset.etag, "vary": "accept-encoding"}
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if asset.etag in known:
        return Response(status_code=304, headers=headers)
    encoding, file = asset.best(request.headers.get("accept-encoding", ""))
    if encoding is not None:
        headers["content-encoding"] = encoding
    return Response(file.read_bytes(), media_type=asset.media_type, headers=headers)


def _enter(request: Request, caller: Caller, path: str, token: str) -> Response:
    try:
        made = open_launch_session(caller.services, token)
    except Unauthenticated:
        is_built = caller.services.web.page("") is not None
        if not (is_built and _wants_page(request)):
            raise
        # A bookmark of an earlier start: whoever is signed in goes on, others are told on the page where they sign in.
        is_known = caller.actor is not ANONYMOUS
        return RedirectResponse(_without_token(request, path) if is_known else STALE_LINK, status_code=303)
    response = RedirectResponse(_without_token(request, path), status_code=303)
    set_session_cookie(response, made.secret, request)
    return response


def _without_token(request: Request, path: str) -> str:
    # Two leading slashes, or a backslash, would name another site.
    rest = [(name, value) for name, value in request.query_params.multi_items() if name != "token"]
    return "/" + quote(path.lstrip("/\\")) + (f"?{urlencode(rest)}" if rest else "")


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")
