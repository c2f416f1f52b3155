"""Talking to the server: one call, its retries, and the server's errors raised as their own classes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from whorl.base.clock import Clock, SystemClock
from whorl.base.errors import JsonValue, Unavailable, WhorlError, error_classes
from whorl.schemas.wire import Page, Problem

T = TypeVar("T")
ApiParams = Mapping[str, str | int | float | bool | list[str] | None]
Files = list[tuple[str, tuple[str, bytes, str]]]
API = "/api/v1"
BACKOFF_SECONDS = (0.2, 0.8, 2.0)
# Long calls stream or run as jobs, so a minute of silence means that nobody is there.
TIMEOUT = httpx.Timeout(60.0, connect=5.0)


@dataclass(frozen=True)
class Call:
    """One request: where, and what goes along.

    Args:
        path: Below ``/api/v1``, beginning with a slash.
        body: Sent as JSON when given: a wire model or plain JSON.
        data: Form fields, sent with ``files``.
    """

    method: str
    path: str
    params: ApiParams = field(default_factory=dict)
    body: BaseModel | JsonValue = None
    files: Files | None = None
    data: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Transport:
    """A connection to one server.

    Args:
        url: The server's address, without ``/api``.
        token: Secret of a person or a service; empty for none.
        http: The client that makes the requests; one with the usual time limits when left out.
    """

    def __init__(
        self, url: str, token: str = "", *, http: httpx.Client | None = None, clock: Clock | None = None
    ) -> None:
        self.url = url.rstrip("/")
        self._clock = clock or SystemClock()
        self._http = http or httpx.Client(timeout=TIMEOUT, trust_env=not _is_loopback(self.url))
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, kind: type[T], path: str, **params: str | int | float | bool | None) -> T:
        """Read one thing and check it against its type."""
        return self.call(kind, Call("GET", path, params))

    def call(self, kind: type[T], call: Call) -> T:
        """Make a call and check the answer against its type.

        Raises:
            WhorlError: The class the server raised, or Unavailable when it cannot be reached.
        """
        return self._parse(kind, self.send(call), call)

    def pages(self, kind: type[T], path: str, *, page_size: int = 100, **params: str | int | None) -> Iterator[T]:
        """Every element of a list, fetched page by page as it is read."""
        cursor: str | None = None
        while True:
            call = Call("GET", path, {**params, "limit": page_size, "cursor": cursor})
            # mypy cannot follow a type made at run time.
            page: Page[T] = self._parse(Page[kind], self.send(call), call)  # type: ignore[valid-type]
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def send(self, call: Call) -> httpx.Response:
        """Make a call; retry what may succeed on another try and cannot be done twice by it.

        Raises:
            WhorlError: As ``call``.
        """
        headers = {**self._headers, **call.headers}
        if call.method != "GET":
            headers.setdefault("Idempotency-Key", uuid.uuid4().hex)
        for delay in (*BACKOFF_SECONDS, None):
            try:
                return self._once(call, headers)
            except WhorlError as error:
                if delay is None or not _may_retry(call, error):
                    raise
                self._clock.sleep(_retry_after(error, delay))
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def stream(self, path: str, **params: str | int | None) -> Iterator[httpx.Response]:
        """Open a long answer, such as a file or events, to be read piece by piece."""
        with (
            self._reachable(),
            self._http.stream("GET", self.url + API + path, params=_given(params), headers=self._headers) as response,
        ):
            if response.is_error:
                response.read()
                raise to_error(response)
            yield response

    def _once(self, call: Call, headers: Mapping[str, str]) -> httpx.Response:
        body = call.body.model_dump(mode="json") if isinstance(call.body, BaseModel) else call.body
        with self._reachable():
            response = self._http.request(
                call.method,
                self.url + API + call.path,
                params=_given(call.params),
                json=body,
                files=call.files,
                data=call.data,
                headers=dict(headers),
            )
        if response.is_error:
            raise to_error(response)
        return response

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        try:
            yield
        except httpx.ConnectError as error:
            raise Unavailable(
                f"no server answers at {self.url}", hint="Start one with `whorl up`, or correct the address."
            ) from error
        except httpx.TransportError as error:
            raise Unavailable(
                f"the connection to {self.url} broke: {type(error).__name__}", hint="Try again."
            ) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise Unavailable(f"not an address: {self.url!r}", hint="Write it as http://host:port.") from error

    def _parse(self, kind: type[T], response: httpx.Response, call: Call) -> T:
        try:
            return TypeAdapter(kind).validate_json(response.content)
        except ValidationError as error:
            raise Unavailable(
                f"{call.method} {call.path} gave an answer this version does not understand",
                hint="Client and server may be of different versions; update both.",
                details={"problems": str(error)[:500]},
            ) from error


def to_error(response: httpx.Response) -> WhorlError:
    """The error that the server raised, as its own class."""
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:
        cls = Unavailable if response.status_code in (502, 503, 504) else WhorlError
        return cls(f"the server answered {response.status_code} without saying why")
    cls = error_classes().get(problem.code, WhorlError)
    details = TypeAdapter(dict[str, JsonValue]).validate_python(problem.details)
    if "retry-after" in response.headers:
        details["retry_after"] = response.headers["retry-after"]
    return cls(problem.detail, hint=problem.hint, details=details)


def _is_loopback(url: str) -> bool:
    # A proxy of the environment cannot reach this machine's own server.
    return url.partition("://")[2].startswith(("127.", "localhost", "[::1]"))


def _may_retry(call: Call, error: WhorlError) -> bool:
    if isinstance(error.__cause__, httpx.ConnectError):
        return False
    # After a broken connection nobody knows whether the write was done. The server keeps keys for POST alone.
    is_unknown = isinstance(error.__cause__, httpx.TransportError)
    return error.retryable and (not is_unknown or call.method in ("GET", "POST"))


def _retry_after(error: WhorlError, delay: float) -> float:
    given = error.details.get("retry_after")
    return min(float(given), 30.0) if isinstance(given, str) and given.isdigit() else delay


def _given(params: ApiParams) -> dict[str, str | int | float | bool | list[str]]:
    return {name: value for name, value in params.items() if value is not None}
