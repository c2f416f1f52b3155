"""One HTTP connection to the far end: kept open, never followed elsewhere, certificates always checked."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from whorl.base.errors import InvalidInput, Unavailable

if TYPE_CHECKING:
    from whorl.base.errors import JsonValue

MAX_ANSWER = 4 * 2**20
_BROKEN = (OSError, http.client.HTTPException, ValueError)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> JsonValue:
        """The body as JSON; None when it is none."""
        try:
            found: JsonValue = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return found

    def field(self, name: str) -> str:
        """A text field of a JSON object; empty when there is none."""
        document = self.json()
        found = document.get(name) if isinstance(document, dict) else None
        return found if isinstance(found, str) else ""

    def problem(self) -> str:
        """What the far end says is wrong, in a line."""
        shown = self.field("detail") or ascii(self.body[:80].decode("utf-8", "replace"))
        return f"{self.status} {shown}"[:300]

    def retry_after_s(self, now: float) -> float | None:
        """How long the far end asks to wait; None when it does not say."""
        text = self.headers.get("retry-after", "").strip()
        if text.isdigit():
            return float(text[:9])
        with contextlib.suppress(ValueError, TypeError):
            return max(0.0, parsedate_to_datetime(text).timestamp() - (self.date() or now))
        return None

    def date(self) -> float | None:
        """The far end's time, seconds since 1970 UTC."""
        with contextlib.suppress(ValueError, TypeError):
            return parsedate_to_datetime(self.headers["date"]).timestamp() if "date" in self.headers else None
        return None


class Link:
    """Requests to one address.

    Args:
        url: ``http`` or ``https``, with a path when the far end is below one.
        token: Goes along as a bearer token, and nowhere else: it is in no message and no log.
        ca_file: Certificates to trust besides the machine's own.
        timeout_s: Silence after which a connection counts as broken.

    Raises:
        InvalidInput: Not such an address, or the certificates cannot be read.
    """

    def __init__(self, url: str, token: str = "", *, ca_file: Path | None = None, timeout_s: float = 60.0) -> None:
        try:
            parts = urlsplit(url)
            self._host, self._port = parts.hostname, parts.port
        except ValueError as error:
            raise InvalidInput(f"not an address: {url[:80]!r}", hint="Write it as https://host:port.") from error
        if parts.scheme not in ("http", "https") or not self._host or parts.username or parts.query:
            raise InvalidInput(
                f"not an address: {parts.scheme or '(nothing)'}://{self._host or ''}",
                hint="Write it as https://host:port.",
            )
        if any(ord(character) < 33 or ord(character) > 126 for character in token):
            raise InvalidInput("the token has characters that no token has", hint="Check where it comes from.")
        self.url = url.rstrip("/")
        self._path = parts.path.rstrip("/")
        self._token = token
        self._timeout_s = timeout_s
        self._context = _context(ca_file) if parts.scheme == "https" else None
        self._connection: http.client.HTTPConnection | None = None
        self.last_date: float | None = None

    def request(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
        """Make one request.

        Raises:
            Unavailable: Nobody answered, or not as HTTP; whether the far end did it is not known.
        """
        sent = {"Accept": "application/json", "User-Agent": "whorl-edge", **(headers or {})}
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        try:
            response = self._ask(method, self._path + path, body, sent)
            content = response.read(MAX_ANSWER)
            answer = Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)
            self.last_date = answer.date() or self.last_date
            if response.will_close or not response.isclosed():
                self.close()
        except _BROKEN as error:
            self.close()
            raise Unavailable(f"no answer from {self.url}: {type(error).__name__}: {error!s:.120}") from error
        return answer

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        is_reused = self._connection is not None
        try:
            connection = self._connect()
            connection.request(method, path, body=body or None, headers=dict(headers))
            return connection.getresponse()
        except (ConnectionError, http.client.BadStatusLine):
            if not is_reused:
                raise
            # The far end closes connections that are silent for long. Every request can be made twice.
            self.close()
            return self._ask(method, path, body, headers)

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        if self._connection is None:
            assert self._host is not None
            if self._context is None:
                self._connection = http.client.HTTPConnection(self._host, self._port, timeout=self._timeout_s)
            else:
                self._connection = http.client.HTTPSConnection(
                    self._host, self._port, timeout=self._timeout_s, context=self._context
                )
        return self._connection


def _context(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise InvalidInput(f"certificates that cannot be read: {ca_file}", hint="Give a PEM file.") from error
    return context


def read_token(file: Path | None, variable: str) -> str:
    """A token from a file, else from a variable of the environment; empty when neither is there.

    Raises:
        InvalidInput: The file cannot be read, or is empty.
    """
    if file is None:
        return os.environ.get(variable, "").strip()
    try:
        token = file.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise InvalidInput(
            f"the token's file cannot be read: {file}", hint="Write the secret alone into it."
        ) from error
    if not token:
        raise InvalidInput(f"the token's file is empty: {file}", hint="Write the secret alone into it.")
    return token
