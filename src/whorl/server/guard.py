"""The guard: what is checked of every request before anything else, and what is said with every answer."""

from __future__ import annotations

import hmac
import random
import socket
import time
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from whorl.access.rules import ANONYMOUS, MONITOR, Actor
from whorl.access.secrets import csrf_token
from whorl.base.errors import CsrfMissing, InternalError, PayloadTooLarge, Unauthenticated, UntrustedOrigin, WhorlError
from whorl.base.log import REQUEST_ID, get_logger
from whorl.server.problems import problem_response
from whorl.server.services import Services

SESSION_COOKIE = "whorl_session"
CSRF_HEADER = "x-csrf-token"
MAX_JSON_BYTES = 32 * 2**20
API = "/api/v1/"
METRICS = "/metrics"
FEEDBACK_PAGE = "/feedback/"
_CSP = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src {styles}; img-src 'self' blob: data:; "
    "font-src 'self'; connect-src 'self' blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
CSP = _CSP.format(styles="'self'")
_UPLOADS = ("multipart/form-data", "image/", "application/octet-stream")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OPEN_WRITES = frozenset({"/api/v1/login"})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_log = get_logger("server")


class Guard:
    """ASGI middleware: request id, host, origin, size, who it is, CSRF, security headers, unexpected errors.

    Args:
        app: What answers when all is well.
    """

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services
        self._hosts = _known_hosts(services)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = _request_id(headers)
        started = time.perf_counter()
        answer = _Answer(send, request_id)
        said = REQUEST_ID.set(request_id)
        try:
            self._check_host(headers)
            _check_origin(scope["method"], headers)
            limited = _limit_body(receive, headers, self._body_limit(scope["path"], headers))
            scope.setdefault("state", {})["request_id"] = request_id
            await self._identify(scope, headers)
            await self._app(scope, limited, answer.send)
        except Exception as error:  # noqa: BLE001 - the request's border: logged once, turned into an answer
            if not isinstance(error, WhorlError):
                _log.exception("request %s %s %s", request_id, scope["method"], scope["path"])
                error = InternalError("something went wrong on the server", hint=f"Look for {request_id} in the log.")
            if answer.has_begun:
                raise
            await problem_response(error)(scope, receive, answer.send)
        finally:
            REQUEST_ID.reset(said)
            seconds = time.perf_counter() - started
            waited_s = (answer.began_at or time.perf_counter()) - started
            self._services.requests.add(_kind(scope), scope["method"], answer.status or 500, seconds=waited_s)
            _log.debug("%s %s %s %d %.1f ms", request_id, scope["method"], scope["path"], answer.status, seconds * 1e3)

    def _check_host(self, headers: Headers) -> None:
        host = _host_name(headers.get("host", ""))
        if host in self._hosts or (self._services.is_public and _is_address(host)):
            return
        raise UntrustedOrigin(
            f"this server is not called {host or '(no name)'}",
            hint="Use the address it was started with, or add the name to WHORL_ALLOWED_HOSTS.",
        )

    def _body_limit(self, path: str, headers: Headers) -> int:
        is_upload = headers.get("content-type", "").startswith(_UPLOADS)
        # A form's boundaries and field names come on top of the file.
        return self._services.settings.max_upload_bytes + 2**16 if is_upload else MAX_JSON_BYTES

    async def _identify(self, scope: Scope, headers: Headers) -> None:
        state = scope["state"]
        state["actor"], state["session"], state["secret"] = ANONYMOUS, None, None
        if scope["path"].startswith(FEEDBACK_PAGE):
            # Its signature says what may be done there; whoever happens to be signed in is still an end user.
            return
        bearer = headers.get("authorization", "")
        if scope["path"] == METRICS and self._is_monitor(scope, headers, bearer):
            state["actor"] = MONITOR
            return
        is_write = scope["method"] not in _SAFE
        if bearer:
            state["secret"] = bearer.partition(" ")[2].strip()
            state["actor"] = await self._actor_of_bearer(bearer)
        else:
            session = _session_of(headers)
            actor = None if session is None else await self._find(session)
            if session is not None and actor is not None:
                if is_write and scope["path"] not in _OPEN_WRITES:
                    _check_csrf(session, headers)
                state["actor"], state["session"], state["secret"] = actor, session, session
        is_nobody = state["actor"] is ANONYMOUS
        if is_nobody and is_write and scope["path"].startswith(API) and scope["path"] not in _OPEN_WRITES:
            # Before the body is read: strangers cannot make the server parse or store anything.
            raise Unauthenticated("sign in first: no valid token came with the request", hint=_SIGN_IN)

    def _is_monitor(self, scope: Scope, headers: Headers, bearer: str) -> bool:
        """Whether it is a program of this machine, or has the token for reading the server's numbers."""
        wanted = self._services.settings.metrics_token
        if bearer:
            return bool(wanted) and hmac.compare_digest(bearer.encode(), f"Bearer {wanted}".encode())
        # A proxy on this machine speaks for others, and says so.
        is_passed_on = any(name in headers for name in ("forwarded", "x-forwarded-for", "via", "x-real-ip"))
        client = scope.get("client")
        return client is not None and client[0] in _LOOPBACK and not is_passed_on

    async def _actor_of_bearer(self, header: str) -> Actor:
        scheme, _, secret = header.partition(" ")
        actor = await self._find(secret.strip()) if scheme.lower() == "bearer" else None
        if actor is None:
            raise Unauthenticated("the token is not known, or it is expired or revoked", hint=_SIGN_IN)
        return actor

    async def _find(self, secret: str) -> Actor | None:
        remembered = self._services.actors.peek(secret)
        return remembered or await run_in_threadpool(self._services.actors.find, secret)


_SIGN_IN = "Send `Authorization: Bearer <token>`, or open the link that `whorl up` printed."


class _Answer:
    """Puts the security headers on an answer, and knows whether it has begun."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.has_begun = False
        self.began_at: float | None = None
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            self.began_at = time.perf_counter()
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["x-request-id"] = self._request_id
            headers["x-content-type-options"] = "nosniff"
            headers.setdefault("referrer-policy", "no-referrer")
            headers["cross-origin-opener-policy"] = "same-origin"
            headers["cross-origin-resource-policy"] = "same-origin"
            headers.setdefault("content-security-policy", CSP)
            headers.setdefault("cache-control", "no-store")
        await self._send(message)


def page_policy(nonce: str) -> str:
    """The policy of one page whose own styles carry ``nonce``."""
    return _CSP.format(styles=f"'self' 'nonce-{nonce}'")


def _kind(scope: Scope) -> str:
    """The noun of the route that answered: what is asked of a server is of no more kinds than it has nouns."""
    tags = getattr(scope.get("route"), "tags", None)
    return str(tags[0]) if tags else "other"


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    is_fine = 8 <= len(given) <= 64 and given.isascii() and given.replace("-", "").isalnum()
    # Names a request in the log and is no secret; the system's randomness would cost a turn of the interpreter.
    return given if is_fine else f"{random.getrandbits(64):016x}"


def _known_hosts(services: Services) -> frozenset[str]:
    settings = services.settings
    given = {name.strip().lower() for name in settings.allowed_hosts.split(",") if name.strip()}
    own = {socket.gethostname().lower(), settings.host.lower()} if services.is_public else set()
    return frozenset(_LOOPBACK | given | own)


def _host_name(header: str) -> str:
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()


def _is_address(host: str) -> bool:
    # An address cannot be rebound to another machine; only names can.
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _check_origin(method: str, headers: Headers) -> None:
    origin = headers.get("origin")
    host = headers.get("host", "").lower()
    is_foreign = origin is not None and origin.lower() not in {f"http://{host}", f"https://{host}"}
    if method not in _SAFE and (is_foreign or headers.get("sec-fetch-site") in {"cross-site", "same-site"}):
        raise UntrustedOrigin(
            "another site may not write here", hint="Use Whorl's own pages, or a token from a program."
        )


def _check_csrf(session: str, headers: Headers) -> None:
    if not hmac.compare_digest(headers.get(CSRF_HEADER, "").encode(), csrf_token(session).encode()):
        raise CsrfMissing(
            "a write with the session cookie needs its CSRF token",
            hint="Send the csrf_token of GET /api/v1/me as X-CSRF-Token, or use a bearer token.",
        )


def _session_of(headers: Headers) -> str | None:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(SESSION_COOKIE)
    except CookieError:
        return None
    return None if morsel is None or not morsel.value else morsel.value


def _limit_body(receive: Receive, headers: Headers, limit: int) -> Receive:
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise _too_large(limit)
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise _too_large(limit)
        return message

    return limited


def _too_large(limit: int) -> PayloadTooLarge:
    return PayloadTooLarge(
        f"the request is larger than {limit:,} bytes",
        hint="Send less at once, or import the folder on the server's machine.",
        details={"limit_bytes": limit},
    )
