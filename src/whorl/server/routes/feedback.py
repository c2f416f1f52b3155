"""Feedback: by programs over the API, and by end users on a small signed page."""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError
from sqlalchemy import Connection, select, update

from whorl.access.rules import Action
from whorl.base.errors import Conflict, WhorlError
from whorl.schemas.serving import (
    EndpointSettings,
    Feedback,
    FeedbackCreate,
    FeedbackLink,
    FeedbackLinkCreate,
    PredictionLine,
    Verdict,
)
from whorl.schemas.wire import Page
from whorl.server.feedback_page import page_headers, render_notice, render_page
from whorl.server.permits import Caller, CallerDep, needs
from whorl.server.routes.predictions import logged_image
from whorl.server.webapp import new_nonce
from whorl.serving import log_queries
from whorl.serving.feedback import check_signature, give_feedback, sign_page
from whorl.store.db.tables import endpoint as endpoint_table

router = APIRouter()
API = "/api/v1"
_END_USER = "page"


@router.post(
    f"{API}/endpoints/{{endpoint}}/feedback", status_code=201, tags=["endpoints"], **needs(Action.ENDPOINT_FEEDBACK)
)
def post_feedback(caller: CallerDep, endpoint: str, body: FeedbackCreate) -> Feedback:
    """Say of one of its answers that it is right, wrong, or what is true instead.

    `endpoint` is its name or its id. Saying the same again (prediction, verdict, who) is saying it once.
    """
    caller.services.recorder.settle(body.prediction_id)
    endpoint_id = caller.endpoint_id or endpoint
    return caller.write(lambda conn: give_feedback(conn, endpoint_id, body, actor_id=caller.actor.id, now=caller.now))


@router.get(f"{API}/endpoints/{{endpoint_id}}/feedback", tags=["endpoints"], **needs(Action.ENDPOINT_READ))
def list_feedback(
    caller: CallerDep, endpoint_id: str, cursor: str | None = None, limit: int = Query(100, ge=1, le=1000)
) -> Page[Feedback]:
    """What was said of its answers, newest first."""
    return caller.read(lambda conn: log_queries.list_feedback(conn, endpoint_id, cursor=cursor, limit=limit))


@router.post(f"{API}/endpoints/{{endpoint}}/feedback-link", tags=["endpoints"], **needs(Action.ENDPOINT_FEEDBACK))
def create_feedback_link(caller: CallerDep, endpoint: str, body: FeedbackLinkCreate) -> FeedbackLink:
    """The address of the page on which an end user says what they think of one answer; good for this answer alone."""
    caller.services.recorder.settle(body.prediction_id)
    endpoint_id = caller.endpoint_id or endpoint

    def work(conn: Connection) -> FeedbackLink:
        log_queries.get_line(conn, body.prediction_id, endpoint_id=endpoint_id)
        held = endpoint_table.c
        row = conn.execute(select(held.name, held.settings, held.page_secret).where(held.id == endpoint_id)).one()
        if not EndpointSettings.model_validate(row.settings).feedback_page:
            raise Conflict("this endpoint shows no page to end users", hint="Set feedback_page in its settings.")
        secret = row.page_secret
        if secret is None:
            secret = secrets.token_hex(32)
            conn.execute(update(endpoint_table).where(held.id == endpoint_id).values(page_secret=secret))
        signature = sign_page(secret, row.name, body.prediction_id)
        return FeedbackLink(url=_address(row.name, body.prediction_id, signature))

    return caller.write(work)


@router.get("/feedback/{name}/{prediction}", include_in_schema=False, **needs(Action.PUBLIC))
def show_page(caller: CallerDep, name: str, prediction: str, s: str = "") -> Response:
    """The page for end users."""
    return _page(caller, name, prediction, s, said=None)


@router.get("/feedback/{name}/{prediction}/image", include_in_schema=False, **needs(Action.PUBLIC))
def show_image(request: Request, caller: CallerDep, name: str, prediction: str, s: str = "") -> Response:
    """The picture on the page."""
    try:
        _open(caller, name, prediction, s)
    except WhorlError:
        return _not_here()
    return logged_image(request, caller, prediction)


@router.post("/feedback/{name}/{prediction}", include_in_schema=False, **needs(Action.PUBLIC))
def take_answer(
    caller: CallerDep,
    name: str,
    prediction: str,
    verdict: Annotated[str, Form()],
    comment: Annotated[str, Form()] = "",
    s: str = "",
) -> Response:
    """What an end user says; the page again, with thanks."""
    try:
        endpoint_id, _, _ = _open(caller, name, prediction, s)
        given = FeedbackCreate(
            prediction_id=prediction,
            verdict=Verdict.OK if verdict == "ok" else Verdict.WRONG,
            comment=comment.replace("\0", "").strip()[:2000] or None,
            who=_END_USER,
        )
        caller.write(lambda conn: give_feedback(conn, endpoint_id, given, actor_id=_END_USER, now=caller.now))
    except (WhorlError, ValidationError):
        return _not_here()
    return _page(caller, name, prediction, s, said=given.verdict)


def _page(caller: Caller, name: str, prediction: str, signature: str, *, said: Verdict | None) -> Response:
    try:
        _, settings, line = _open(caller, name, prediction, signature)
    except WhorlError:
        return _not_here()
    nonce = new_nonce()
    own = _address(name, prediction, signature)
    path, _, query = own.partition("?")
    image = f"{path}/image?{query}" if line.has_image or line.item_id is not None else None
    html = render_page(line, action=own, image=image, said=said, nonce=nonce)
    return HTMLResponse(html, headers=page_headers(nonce, settings.feedback_page_in))


def _open(caller: Caller, name: str, prediction: str, signature: str) -> tuple[str, EndpointSettings, PredictionLine]:
    """The endpoint, its settings and the line, when the signature is right and the page is on."""
    caller.services.recorder.settle(prediction)
    with caller.services.db.read() as conn:
        held = endpoint_table.c
        row = conn.execute(
            select(held.id, held.settings, held.page_secret).where(held.name == name, held.page_secret.is_not(None))
        ).one_or_none()
        # A secret that nobody has keeps the answer the same whether there is such an endpoint or not.
        check_signature(secrets.token_hex(32) if row is None else row.page_secret, name, prediction, signature)
        assert row is not None
        settings = EndpointSettings.model_validate(row.settings)
        if not settings.feedback_page:
            raise Conflict("this endpoint shows no page to end users")
        log_queries.get_line(conn, prediction, endpoint_id=row.id)
        return row.id, settings, log_queries.get_prediction(conn, prediction)


def _not_here() -> Response:
    nonce = new_nonce()
    html = render_notice(
        "This page is not here", "The link is incomplete or no longer good. Ask whoever sent it for a new one.", nonce
    )
    return HTMLResponse(html, status_code=404, headers=page_headers(nonce, []))


def _address(name: str, prediction_id: str, signature: str) -> str:
    return f"/feedback/{quote(name, safe='')}/{quote(prediction_id, safe='')}?s={quote(signature, safe='')}"
