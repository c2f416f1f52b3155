"""One call: retries that are safe, and the server's errors as their own classes. No network: a transport of httpx."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from whorl.base.clock import FakeClock
from whorl.base.errors import DatabaseBusy, StaleWrite, Unavailable, WhorlError
from whorl.schemas.wire import Problem, Wire
from whorl.sdk.transport import Call, Transport

Answer = Callable[[httpx.Request], httpx.Response]


class Thing(Wire):
    """A wire type of these tests."""

    name: str


def problem(code: str, status: int, **details: object) -> httpx.Response:
    body = Problem(type="about:blank", title="t", status=status, code=code, detail="d", hint="h", details=details)
    return httpx.Response(status, json=body.model_dump())


class Server:
    """Gives one answer after the other and keeps the requests; an exception in the list is raised."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.clock = FakeClock(0)
        http = httpx.Client(transport=httpx.MockTransport(self.answer))
        self.transport = Transport("http://server/", "secret", http=http, clock=self.clock)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_get__sends_the_token_and_checks_the_type() -> None:
    server = Server(httpx.Response(200, json={"name": "a"}))
    assert server.transport.get(Thing, "/x", limit=3, cursor=None) == Thing(name="a")
    request = server.requests[0]
    assert (str(request.url), request.headers["Authorization"]) == ("http://server/api/v1/x?limit=3", "Bearer secret")
    assert "Idempotency-Key" not in request.headers


def test_send__a_write_keeps_one_idempotency_key_over_its_retries() -> None:
    server = Server(problem("database_busy", 503), httpx.ReadError("cut"), httpx.Response(200, json={"name": "a"}))
    server.transport.call(Thing, Call("POST", "/x", body=Thing(name="b")))
    assert len({request.headers["Idempotency-Key"] for request in server.requests}) == 1
    assert (len(server.requests), server.clock.now()) == (3, 1.0)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_send__a_write_without_a_kept_key_is_not_repeated_when_its_fate_is_unknown(method: str) -> None:
    server = Server(httpx.ReadError("cut"))
    with pytest.raises(Unavailable, match="the connection to http://server broke"):
        server.transport.send(Call(method, "/x"))
    assert len(server.requests) == 1


def test_send__another_write_has_another_key() -> None:
    server = Server(httpx.Response(204), httpx.Response(204))
    for _ in range(2):
        server.transport.send(Call("DELETE", "/x"))
    assert len({request.headers["Idempotency-Key"] for request in server.requests}) == 2


def test_send__what_cannot_succeed_is_not_retried() -> None:
    server = Server(problem("stale_write", 409, current=7))
    with pytest.raises(StaleWrite) as caught:
        server.transport.send(Call("PUT", "/x"))
    assert (caught.value.message, caught.value.hint, caught.value.details) == ("d", "h", {"current": 7})
    assert len(server.requests) == 1


def test_send__gives_up_after_four_attempts() -> None:
    server = Server(*[problem("database_busy", 503) for _ in range(4)])
    with pytest.raises(DatabaseBusy):
        server.transport.send(Call("POST", "/x"))
    assert len(server.requests) == 4


def test_send__waits_as_long_as_the_server_asks() -> None:
    busy = problem("unavailable", 503)
    busy.headers["Retry-After"] = "7"
    server = Server(busy, httpx.Response(200, json={}))
    server.transport.send(Call("GET", "/x"))
    assert server.clock.now() == 7


def test_send__nobody_there_fails_at_once_with_a_hint() -> None:
    server = Server(httpx.ConnectError("refused"))
    with pytest.raises(Unavailable, match="no server answers at http://server") as caught:
        server.transport.send(Call("GET", "/x"))
    assert "whorl up" in caught.value.hint
    assert len(server.requests) == 1


def test_send__an_unknown_code_is_the_root_error() -> None:
    with pytest.raises(WhorlError, match="^d$") as caught:
        Server(problem("from_the_future", 418)).transport.send(Call("GET", "/x"))
    assert type(caught.value) is WhorlError


def test_send__an_answer_that_is_no_problem_says_its_status() -> None:
    with pytest.raises(WhorlError, match="the server answered 500 without saying why"):
        Server(httpx.Response(500, text="<html>")).transport.send(Call("GET", "/x"))


def test_get__an_answer_of_another_shape_is_understood_as_another_version() -> None:
    with pytest.raises(Unavailable, match="does not understand"):
        Server(httpx.Response(200, json={"nom": "a"})).transport.get(Thing, "/x")


def test_pages__reads_until_there_is_no_cursor() -> None:
    first = httpx.Response(200, json={"items": [{"name": "a"}, {"name": "b"}], "next_cursor": "c1"})
    server = Server(first, httpx.Response(200, json={"items": [{"name": "c"}], "next_cursor": None}))
    assert [thing.name for thing in server.transport.pages(Thing, "/x", page_size=2)] == ["a", "b", "c"]
    assert [request.url.query for request in server.requests] == [b"limit=2", b"limit=2&cursor=c1"]


def test_stream__an_error_is_raised_before_reading() -> None:
    server = Server(problem("not_found", 404))
    with pytest.raises(WhorlError, match="^d$"), server.transport.stream("/x"):
        pass
