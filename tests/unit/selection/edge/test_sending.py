"""Forwarding: what each answer of the far end leads to, and that nothing leaves the spool too early."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.unit.selection.edge.conftest import MakeSampler, png

from whorl.base.errors import InvalidInput
from whorl.selection.edge import BaseTarget, FakeTime, Forwarder, Link, Sampler, ServerTarget, parse_budget, read_token
from whorl.selection.edge.spool import CHOSEN, REFUSED

Reply = tuple[int, dict[str, str], bytes]
TOKEN = "whl_secret-of-the-device"


class FarEnd:
    """A server that answers as the test says, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.reply: Callable[[str, str, bytes], Reply] = lambda *_: (500, {}, b"")
        far_end = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                far_end.asked.append((self.command, self.path, dict(self.headers), body))
                status, headers, content = far_end.reply(self.command, self.path, body)
                if not status:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        self._links: list[Link] = []

    def link(self, token: str = "") -> Link:
        """A connection that the test's end closes."""
        self._links.append(Link(self.url, token))
        return self._links[-1]

    def close(self) -> None:
        for link in self._links:
            link.close()
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def far_end() -> Iterator[FarEnd]:
    end = FarEnd()
    thread = threading.Thread(target=end.http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield end
    end.close()
    thread.join()


@pytest.fixture
def chosen(make_sampler: MakeSampler, time: FakeTime) -> Sampler:
    """A sampler with two images to be sent."""
    sampler = make_sampler()
    for number in range(2):
        sampler.offer(png(number), {"n": number}, key=str(number))
    time.advance(300)
    assert sampler.tick() == 2
    return sampler


def _problem(status: int, code: str, **headers: str) -> Reply:
    return status, headers, json.dumps({"code": code, "detail": f"it is {code}", "hint": ""}).encode()


def _to_base(sampler: Sampler, far_end: FarEnd) -> Forwarder:
    return Forwarder(sampler, BaseTarget(far_end.link(TOKEN)), seed=0)


def _taken(_: str, path: str, __: bytes) -> Reply:
    return 200, {}, json.dumps({"id": path.rpartition("/")[2], "outcome": "kept"}).encode()


def test_base__takes_each_image_with_the_token_and_it_leaves_the_spool(chosen: Sampler, far_end: FarEnd) -> None:
    far_end.reply = _taken
    forwarder = _to_base(chosen, far_end)
    ids = [row.id for row in chosen.spool.rows(CHOSEN)]
    assert [forwarder.step() for _ in range(3)] == [0.0, 0.0, 0.5]
    assert [path for _, path, _, _ in far_end.asked] == [f"/edge/v1/items/{item_id}" for item_id in ids]
    assert {headers["Authorization"] for _, _, headers, _ in far_end.asked} == {f"Bearer {TOKEN}"}
    assert [body for *_, body in far_end.asked] == [png(0), png(1)]
    assert chosen.spool.totals() == {}
    assert [chosen.spool.knows(item_id) for item_id in ids] == ["kept", "kept"]
    assert list((chosen.spool.folder / "items").glob("*/*")) == []


@pytest.mark.parametrize(
    ("reply", "least_s", "most_s"),
    [
        ((500, {}, b"oops"), 0.5, 1.0),
        ((200, {}, b"<html>Sign in to the hotel's network</html>"), 0.5, 1.0),
        ((200, {}, b'{"id": "another", "outcome": "kept"}'), 0.5, 1.0),
        ((302, {"Location": "http://127.0.0.1:1/"}, b""), 0.5, 1.0),
        ((0, {}, b""), 0.5, 1.0),
        (_problem(401, "unauthenticated"), 0.5, 1.0),
        (_problem(403, "forbidden"), 0.5, 1.0),
        (_problem(404, "not_found"), 0.5, 1.0),
        ((413, {}, b"a proxy's own page"), 0.5, 1.0),
        (_problem(409, "conflict"), 0.5, 1.0),
        (_problem(429, "too_many_requests", **{"Retry-After": "120"}), 120.0, 120.0),
        (_problem(507, "storage_full", **{"Retry-After": "30"}), 30.0, 30.0),
        (_problem(503, "unavailable", **{"Retry-After": "99999999999999999999"}), 3600.0, 3600.0),
        (_problem(503, "unavailable", **{"Retry-After": "soon"}), 0.5, 1.0),
    ],
)
def test_failure__waits_and_keeps_the_image(
    chosen: Sampler, far_end: FarEnd, reply: Reply, least_s: float, most_s: float
) -> None:
    far_end.reply = lambda *_: reply
    assert least_s <= _to_base(chosen, far_end).step() <= most_s
    assert len(chosen.spool.rows(CHOSEN)) == 2
    told = chosen.spool.get("link")
    assert isinstance(told, dict)
    assert told["problem"]
    assert TOKEN not in json.dumps(told)


def test_failure__waits_twice_as_long_each_time_and_starts_anew_after_success(chosen: Sampler, far_end: FarEnd) -> None:
    forwarder = _to_base(chosen, far_end)
    waits = [forwarder.step() for _ in range(12)]
    assert all(0.5 * 2**n <= wait <= 2**n for n, wait in enumerate(waits[:8]))
    assert max(waits) <= 300.0
    far_end.reply = _taken
    assert forwarder.step() == 0.0
    far_end.reply = lambda *_: (500, {}, b"")
    assert forwarder.step() <= 1.0


@pytest.mark.parametrize("status", [413, 422])
def test_refusal__is_set_aside_with_the_reason_and_the_next_goes_out(
    chosen: Sampler, far_end: FarEnd, status: int
) -> None:
    far_end.reply = lambda *_: _problem(status, "payload_too_large")
    forwarder = _to_base(chosen, far_end)
    assert forwarder.step() == 0.0
    far_end.reply = _taken
    assert forwarder.step() == 0.0
    assert [row.problem for row in chosen.spool.rows(REFUSED)] == [f"{status} it is payload_too_large"]
    assert chosen.spool.rows(CHOSEN) == []


def test_stumble__an_image_that_breaks_the_far_end_lets_the_others_pass(chosen: Sampler, far_end: FarEnd) -> None:
    bad = chosen.spool.rows(CHOSEN)[0].id
    far_end.reply = lambda method, path, body: (500, {}, b"") if bad in path else _taken(method, path, body)
    forwarder = _to_base(chosen, far_end)
    for _ in range(6):
        forwarder.step()
    assert [row.id for row in chosen.spool.rows(CHOSEN)] == [bad]


def test_nobody_there__waits(chosen: Sampler) -> None:
    assert 0.5 <= Forwarder(chosen, BaseTarget(Link("http://127.0.0.1:1")), seed=0).step() <= 1.0


def test_bandwidth__is_not_exceeded_and_survives_a_restart(
    make_sampler: MakeSampler, chosen: Sampler, far_end: FarEnd, time: FakeTime
) -> None:
    far_end.reply = _taken
    limits = parse_budget("300B/min")
    forwarder = Forwarder(chosen, BaseTarget(far_end.link()), bandwidth=limits)
    assert [forwarder.step(), forwarder.step()] == [0.0, 0.5]
    again = make_sampler()
    forwarder = Forwarder(again, BaseTarget(far_end.link()), bandwidth=limits)
    assert forwarder.step() == 0.5
    time.advance(62)
    assert forwarder.step() == 0.0
    assert len(far_end.asked) == 2


def test_bandwidth__below_one_image_sets_it_aside(chosen: Sampler, far_end: FarEnd) -> None:
    Forwarder(chosen, BaseTarget(far_end.link()), bandwidth=parse_budget("10B/min")).step()
    assert "more than the bandwidth ever allows" in chosen.spool.rows(REFUSED)[0].problem


class Whorl:
    """What an ordinary server answers to uploads."""

    def __init__(self, *, loses_answers: bool = False) -> None:
        self.items: dict[str, str] = {}
        self.keys: list[str] = []
        self.loses_answers = loses_answers

    def __call__(self, method: str, path: str, body: bytes) -> Reply:
        if path.startswith("/api/v1/projects/prj_1/datasets"):
            return 200, {}, json.dumps({"items": [{"id": "dst_1", "name": "cameras"}], "next_cursor": None}).encode()
        if path.startswith("/api/v1/projects"):
            return 200, {}, json.dumps({"items": [{"id": "prj_1", "name": "street"}], "next_cursor": None}).encode()
        if path.endswith("/items/search"):
            name = json.loads(body)["query"]["filter"]["name"]
            found = [{"name": name, "sha256": self.items[name]}] if name in self.items else []
            return 200, {}, json.dumps({"items": found}).encode()
        name = body.partition(b'name="name"\r\n\r\n')[2].partition(b"\r\n")[0].decode()
        if name in self.items:
            return _problem(409, "conflict")
        content = body.partition(b"Content-Type: image/png\r\n\r\n")[2].rpartition(b"\r\n--")[0]
        self.items[name] = hashlib.sha256(content).hexdigest()
        if self.loses_answers:
            return 0, {}, b""
        return 201, {}, json.dumps({"id": "itm_1", "name": name, "sha256": self.items[name]}).encode()


def test_server__takes_images_with_their_metadata(chosen: Sampler, far_end: FarEnd) -> None:
    far_end.reply = Whorl()
    row = chosen.spool.rows(CHOSEN)[0]
    forwarder = Forwarder(chosen, ServerTarget(far_end.link(TOKEN), "street/cameras"))
    assert [forwarder.step(), forwarder.step(), forwarder.step()] == [0.0, 0.0, 0.5]
    _, path, headers, body = far_end.asked[2]
    assert (path, headers["Idempotency-Key"]) == ("/api/v1/datasets/dst_1/items", f"{row.id}-0")
    metadata = json.loads(body.partition(b'name="metadata"\r\n\r\n')[2].partition(b"\r\n")[0])
    assert metadata == {
        "n": 0,
        "edge": {
            "id": row.id,
            "device": "cam",
            "captured_at": "2023-11-14T22:13:20.000+00:00",
            "source": "",
            "label": "",
            "is_uniform": True,
            "inclusion_probability": 1.0,
            "reason": "uniform",
            "window": 1,
            "score": 0.0,
            "uncertainty": None,
        },
    }


def test_server__an_answer_that_was_lost_doubles_nothing(chosen: Sampler, far_end: FarEnd) -> None:
    whorl = Whorl(loses_answers=True)
    far_end.reply = whorl
    forwarder = Forwarder(chosen, ServerTarget(far_end.link(), "dst_1"))
    assert forwarder.step() > 0
    assert len(chosen.spool.rows(CHOSEN)) == 2
    whorl.loses_answers = False
    assert [forwarder.step(), forwarder.step()] == [0.0, 0.0]
    assert (len(whorl.items), chosen.spool.totals()) == (2, {})


def test_server__another_image_of_the_name_is_not_taken_for_this_one(chosen: Sampler, far_end: FarEnd) -> None:
    whorl = Whorl()
    far_end.reply = whorl
    row = chosen.spool.rows(CHOSEN)[0]
    whorl.items[f"edge/cam/2023-11-14/{row.id}.png"] = "0" * 64
    Forwarder(chosen, ServerTarget(far_end.link(), "dst_1")).step()
    assert "another image has its name" in chosen.spool.rows(REFUSED)[0].problem


def test_server__a_key_in_flight_is_given_up_for_a_fresh_one(chosen: Sampler, far_end: FarEnd) -> None:
    whorl = Whorl()

    def reply(method: str, path: str, body: bytes) -> Reply:
        if path.endswith("/items") and far_end.asked[-1][2]["Idempotency-Key"].endswith("-0"):
            return _problem(409, "request_in_flight", **{"Retry-After": "1"})
        return whorl(method, path, body)

    far_end.reply = reply
    forwarder = Forwarder(chosen, ServerTarget(far_end.link(), "dst_1"))
    assert forwarder.step() >= 1.0
    assert forwarder.step() == 0.0
    assert len(whorl.items) == 1


@pytest.mark.parametrize("dataset", ["trucks", "road/cameras"])
def test_server__a_wrong_dataset_waits_and_names_those_there_are(
    chosen: Sampler, far_end: FarEnd, dataset: str
) -> None:
    far_end.reply = Whorl()
    Forwarder(chosen, ServerTarget(far_end.link(), dataset)).step()
    told = chosen.spool.get("link")
    assert isinstance(told, dict)
    assert told["problem"] == f"no dataset '{dataset}' that this token may see; there are: street/cameras"
    assert told["is_blocked"]
    assert len(chosen.spool.rows(CHOSEN)) == 2


def test_server__a_base_at_its_address_is_told_apart(chosen: Sampler, far_end: FarEnd) -> None:
    far_end.reply = lambda *_: _problem(404, "not_found")
    Forwarder(chosen, ServerTarget(far_end.link(), "cameras")).step()
    told = chosen.spool.get("link")
    assert isinstance(told, dict)
    assert "a base takes no --dataset" in str(told["problem"])


@pytest.mark.parametrize("url", ["", "ftp://x", "http://", "x", "http://u:p@host", "http://[::1", "http://h:99999"])
def test_link__not_an_address(url: str) -> None:
    with pytest.raises(InvalidInput, match="not an address"):
        Link(url)


def test_link__tokens_and_certificates_that_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="characters that no token has"):
        Link("http://host", "a\r\nb")
    with pytest.raises(InvalidInput, match="certificates that cannot be read"):
        Link("https://host", ca_file=tmp_path / "none.pem")
    (tmp_path / "empty").write_text(" \n")
    for file in (tmp_path / "empty", tmp_path / "none"):
        with pytest.raises(InvalidInput, match="token's file"):
            read_token(file, "X")
    monkeypatch.setenv("X", " abc ")
    assert read_token(None, "X") == "abc"


def test_link__a_certificate_of_a_stranger_is_refused(chosen: Sampler, far_end: FarEnd) -> None:
    url = far_end.url.replace("http:", "https:")
    assert Forwarder(chosen, BaseTarget(Link(url, TOKEN, timeout_s=5))).step() > 0
    assert far_end.asked == []
