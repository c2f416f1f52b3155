"""The receiving side of a base: devices hand their images over by HTTP, each once, with a token.

``PUT /edge/v1/items/{id}`` has the image as its body and what the device says of it in a header. It is answered when
the base's decision is on disk; an id that was sent before is known. ``GET /edge/v1/status`` shows the counts.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from whorl.base.errors import (
    Conflict,
    InvalidInput,
    PayloadTooLarge,
    StorageFull,
    TooManyRequests,
    Unauthenticated,
    WhorlError,
)
from whorl.base.log import get_logger
from whorl.selection.edge.candidates import priority_of
from whorl.selection.edge.facts import check_device, check_metadata
from whorl.selection.edge.images import MEDIA_TYPES, check_vector
from whorl.selection.edge.rows import Row
from whorl.selection.edge.sampler import Sampler
from whorl.selection.edge.spool import CANDIDATE
from whorl.selection.edge.targets import HEADER, ITEMS

if TYPE_CHECKING:
    from whorl.base.errors import JsonValue

STATUS = "/edge/v1/status"
MIN_TOKEN = 16
MAX_AT_ONCE = 32
MAX_CONNECTIONS = 512
SILENCE_S = 60.0
FULL_RETRY_S = 30
_ID = re.compile(r"[0-9a-f]{32}")
_LENGTH = re.compile(r"[0-9]{1,15}")
_SHA = re.compile(r"[0-9a-f]{64}")
_log = get_logger("edge")


@dataclass(frozen=True)
class Listening:
    """Where and how a base listens.

    Args:
        tokens: Secrets of its devices, 16 characters at least; none would let everybody in.
        port: 0 for any free one.
        certificate: PEM file of the certificate and, unless ``key`` is given, its key; None for plain HTTP.
        name: Added to the way each image came.
    """

    tokens: Sequence[str]
    host: str = "127.0.0.1"
    port: int = 8630
    certificate: Path | None = None
    key: Path | None = None
    name: str = "base"


class Receiver:
    """An HTTP server that offers what it is sent to a sampler, which must remember ids (``remembers=True``).

    Raises:
        InvalidInput: No token, one that is too short, a certificate that cannot be read, or an address that is taken.
    """

    def __init__(self, sampler: Sampler, listening: Listening) -> None:
        if not listening.tokens or min(map(len, listening.tokens)) < MIN_TOKEN:
            raise InvalidInput(
                f"a base needs a token of {MIN_TOKEN} characters or more for its devices",
                hint="Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(24))'.",
            )
        self.sampler = sampler
        self.listening = listening
        self.slots = threading.BoundedSemaphore(MAX_AT_ONCE)
        try:
            self._http = _Server((listening.host, listening.port), self)
        except OSError as error:
            raise InvalidInput(
                f"cannot listen at {listening.host}:{listening.port}: {error.strerror}", hint="Choose another --listen."
            ) from error
        if listening.certificate is not None:
            self._http.socket = _secured(self._http.socket, listening)

    @property
    def url(self) -> str:
        """Where it listens."""
        scheme = "http" if self.listening.certificate is None else "https"
        host = f"[{self.listening.host}]" if ":" in self.listening.host else self.listening.host
        return f"{scheme}://{host}:{self._http.server_address[1]}"

    def run(self) -> None:
        """Answer until ``stop``."""
        self._http.serve_forever(poll_interval=0.2)

    def stop(self) -> None:
        """Stop answering; what was acknowledged is on disk."""
        self._http.shutdown()
        self._http.server_close()

    def is_known(self, authorization: str) -> bool:
        """Whether a header has one of the tokens; takes equally long for every wrong one."""
        given = authorization.removeprefix("Bearer ").encode("utf-8", "replace")
        return any([hmac.compare_digest(given, token.encode()) for token in self.listening.tokens])


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], receiver: Receiver) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.receiver = receiver
        self._room = threading.BoundedSemaphore(MAX_CONNECTIONS)
        super().__init__(address, _Handler)

    # The base class hands on whatever a socket accepts.
    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a connection its thread, as long as there are not too many."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: object, client_address: object) -> None:
        _log.debug("a connection from %s broke", client_address, exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "whorl-edge"
    sys_version = ""
    timeout = SILENCE_S

    def do_PUT(self) -> None:
        self._answer_with(self._put)

    def do_GET(self) -> None:
        self._answer_with(self._get)

    def do_POST(self) -> None:
        self.close_connection = True
        self._say(404, {"code": "not_found", "detail": "this is a base, not a Whorl server", "hint": "No --dataset."})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        _log.debug("%s %s", self.client_address[0], format % args)

    def _answer_with(self, act: Callable[[], None]) -> None:
        receiver = self._receiver()
        if not receiver.slots.acquire(blocking=False):
            self._fail(TooManyRequests("too many devices at once", details={"retry_after_s": 2}))
            return
        try:
            if not receiver.is_known(self.headers.get("Authorization", "")):
                raise Unauthenticated("the token is not one of this base's", hint="Give the device the base's token.")
            act()
        except WhorlError as error:
            self._fail(error)
        finally:
            receiver.slots.release()

    def _put(self) -> None:
        item_id = self.path.removeprefix(ITEMS)
        if not self.path.startswith(ITEMS) or not _ID.fullmatch(item_id):
            self._fail_status(404, "not_found", "a base answers PUT /edge/v1/items/{id} alone")
            return
        sampler = self._receiver().sampler
        content = self._body(sampler.rules.max_image_bytes)
        row = read_row(item_id, self.headers.get(HEADER, ""), content, via=self._receiver().listening.name)
        offered = sampler.offer_received(row, content)
        if offered.outcome == "no_room":
            raise StorageFull(
                "this base has no room", hint="It is tried again.", details={"retry_after_s": FULL_RETRY_S}
            )
        self._say(200, {"id": item_id, "outcome": offered.outcome})

    def _get(self) -> None:
        if self.path != STATUS:
            self._fail_status(404, "not_found", f"a base answers GET {STATUS} alone")
            return
        counts: dict[str, JsonValue] = dict(self._receiver().sampler.counts())
        self._say(200, {"role": "base", "name": self._receiver().listening.name, "counts": counts})

    def _body(self, limit: int) -> bytes:
        given = self.headers.get("Content-Length", "")
        if not _LENGTH.fullmatch(given):
            raise InvalidInput("a request without its length", hint="Send Content-Length.")
        if int(given) > limit:
            self.close_connection = True
            raise PayloadTooLarge(f"an image of {int(given):,} bytes; this base takes {limit:,}")
        content = self.rfile.read(int(given))
        if len(content) != int(given):
            raise Conflict(f"{len(content):,} of {given} bytes came", hint="Send it again.")
        return content

    def _fail(self, error: WhorlError) -> None:
        # The body was perhaps not read; what follows on this connection could not be told from it.
        self.close_connection = True
        wait_s = error.details.get("retry_after_s")
        headers = {"Retry-After": str(wait_s)} if isinstance(wait_s, int) else {}
        self._say(error.status, {"code": error.code, "detail": error.message, "hint": error.hint}, headers)

    def _fail_status(self, status: int, code: str, detail: str) -> None:
        self.close_connection = True
        self._say(status, {"code": code, "detail": detail})

    def _say(self, status: int, document: JsonValue, headers: Mapping[str, str] | None = None) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Type": "application/json"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def _receiver(self) -> Receiver:
        # The base class says only that it is some server; it is always the one above.
        return cast(_Server, self.server).receiver


def read_row(item_id: str, header: str, content: bytes, *, via: str) -> Row:
    """What a device says of an image, checked.

    Raises:
        InvalidInput: Not of the form that ``encode_row`` gives.
        Conflict: The bytes are not those it speaks of, as after a bad line.
    """
    try:
        told = json.loads(base64.b64decode(header, validate=True))
        facts = told["facts"]
        device, sha256, suffix = check_device(told["device"]), told["sha256"], told["suffix"]
        reason, score = str(told["reason"])[:100], _unit(told["score"])
        is_uniform, is_burst = bool(told["is_uniform"]), bool(told["is_burst"])
        probability = _unit(told["probability"]) if is_uniform else None
        uncertainty = None if told["uncertainty"] is None else _unit(told["uncertainty"])
        descriptor = _vector(told["descriptor"])
        way = [str(one)[:100] for one in facts.get("way", [])][:16]
        metadata = check_metadata(facts.get("metadata"))
        texts = {name: str(facts.get(name, ""))[:200] for name in ("captured_at", "source", "label")}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidInput(f"what comes with the image is not understood: {type(error).__name__}") from error
    if not _SHA.fullmatch(str(sha256)) or hashlib.sha256(content).hexdigest() != sha256:
        raise Conflict("the image's bytes are not those that were announced", hint="Send it again.")
    if suffix not in MEDIA_TYPES or (is_uniform and not probability):
        raise InvalidInput(f"an image with the suffix {suffix!a:.20} and the probability {probability}")
    return Row(
        id=item_id,
        state=CANDIDATE,
        window=0,
        priority=priority_of(item_id),
        n_bytes=len(content),
        sha256=sha256,
        suffix=suffix,
        device=device,
        at=0.0,
        facts={**texts, "metadata": metadata, "way": [*way, via]},
        uncertainty=uncertainty,
        descriptor=descriptor,
        is_uniform=is_uniform,
        is_burst=is_burst,
        probability=probability,
        reason=reason,
        score=score,
    )


def _unit(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise ValueError(value)
    return float(value)


def _vector(value: object) -> bytes | None:
    if value is None:
        return None
    vector = np.frombuffer(base64.b64decode(str(value), validate=True), np.float32)
    return check_vector(vector).tobytes()


def _secured(plain: socket.socket, listening: Listening) -> ssl.SSLSocket:
    assert listening.certificate is not None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(listening.certificate, listening.key)
    except (OSError, ssl.SSLError) as error:
        raise InvalidInput(
            f"a certificate that cannot be read: {listening.certificate}", hint="Give PEM files."
        ) from error
    # The handshake belongs to the request's own thread: a silent stranger would hold up everybody else.
    return context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
