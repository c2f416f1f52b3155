"""Errors as RFC 9457 problem+json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from whorl.base.errors import BadRequest, InvalidInput, JsonValue, MethodNotAllowed, NotFound, WhorlError
from whorl.base.log import get_logger
from whorl.schemas.wire import Problem

MEDIA_TYPE = "application/problem+json"
DOCS = "https://whorl.readthedocs.io/en/latest/reference/errors/#"
_log = get_logger("server")
_MAX_LISTED = 20


def to_problem(error: WhorlError) -> Problem:
    """Give an error's wire form."""
    return Problem(
        type=f"{DOCS}{error.code}",
        title=(type(error).__doc__ or "").strip().partition("\n")[0].rstrip("."),
        status=error.status,
        code=error.code,
        detail=error.message,
        hint=error.hint,
        details=dict(error.details),
    )


def problem_bytes(error: WhorlError) -> bytes:
    """Give the body of an error's response."""
    return orjson.dumps(to_problem(error).model_dump(mode="json"), default=str)


def problem_headers(error: WhorlError) -> dict[str, str]:
    """Headers that go with an error: when to come back, and how to sign in."""
    headers: dict[str, str] = {}
    wait_s = error.details.get("retry_after_s")
    if isinstance(wait_s, int | float):
        headers["retry-after"] = str(max(1, round(wait_s)))
    if error.status == 401:
        headers["www-authenticate"] = "Bearer"
    return headers


def problem_response(error: WhorlError) -> Response:
    """Give an error's response."""
    return Response(
        problem_bytes(error), status_code=error.status, media_type=MEDIA_TYPE, headers=problem_headers(error)
    )


def install(app: FastAPI) -> None:
    """Make every error of the app a problem."""
    app.add_exception_handler(WhorlError, _on_whorl_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_error)


def _on_whorl_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, WhorlError)
    if error.status >= 500:
        _log.error("%s %s: %s: %s", request.method, request.url.path, error.code, error.message)
    return problem_response(error)


def _on_validation_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = [_describe(one) for one in error.errors()]
    is_json = any(one.get("type") == "json_invalid" for one in error.errors())
    cls = BadRequest if is_json else InvalidInput
    shown = "; ".join(f"{one['where']}: {one['problem']}" for one in problems[:3])
    more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
    listed: list[JsonValue] = [dict(one) for one in problems[:_MAX_LISTED]]
    hint = "See /api/v1/openapi.json for what this call takes."
    return problem_response(cls(shown + more, hint=hint, details={"problems": listed}))


# Any: Pydantic's error dictionaries.
def _describe(error: Mapping[str, Any]) -> dict[str, JsonValue]:
    where = ".".join(str(part) for part in error.get("loc", ()))
    given = error.get("input")
    is_scalar = isinstance(given, str | int | float | bool)
    text = str(error.get("msg", "not valid")) + (f" (given: {str(given)[:80]!r})" if is_scalar else "")
    return {"where": where, "problem": text}


def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, WhorlError):
        return problem_response(error.__cause__)
    if error.status_code == 404:
        return problem_response(NotFound(f"no such address: {request.url.path}", hint="See /api/v1/openapi.json."))
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        found = problem_response(
            MethodNotAllowed(f"{request.method} is not answered here; allowed: {allowed or 'other methods'}")
        )
        if allowed:
            found.headers["allow"] = allowed
        return found
    return problem_response(BadRequest(str(error.detail)))
