"""A base: devices hand over their images, each once, and strangers nothing."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.selection.edge.conftest import MakeSampler, png

from whorl.base.errors import InvalidInput
from whorl.selection.edge import (
    BaseTarget,
    FakeTime,
    Forwarder,
    Link,
    Listening,
    Receiver,
    Room,
    Rules,
    Sampler,
    Spool,
    parse_budget,
    parse_recipe,
)
from whorl.selection.edge.spool import CANDIDATE, CHOSEN
from whorl.selection.edge.targets import HEADER, ITEMS, encode_row

TOKEN = "a-token-of-this-base"


@pytest.fixture
def base(make_sampler: MakeSampler) -> Iterator[Receiver]:
    receiver = Receiver(make_sampler(remembers=True), Listening([TOKEN], port=0, name="hall"))
    thread = threading.Thread(target=receiver.run)
    thread.start()
    yield receiver
    receiver.stop()
    thread.join()


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Sampler]:
    """A device with three chosen images, one of them not by chance."""
    time = FakeTime()
    rules = Rules(budget=parse_budget("600/hour"), recipe=parse_recipe("uncertainty+uniform=0.05"), burst_s=0)
    sampler = Sampler(Spool(tmp_path / "device"), rules, device="Kamera №1", source=time)
    for number in range(40):
        sampler.offer(png(number), {"n": number}, number / 40, key=str(number), source="gate", label="car")
        time.advance(1)
    time.advance(200)
    assert sampler.tick() > 2
    yield sampler
    sampler.spool.close()


def _send(
    base: Receiver, headers: dict[str, str], body: bytes = b"", method: str = "PUT", path: str = ""
) -> tuple[int, str]:
    host, _, port = base.url.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=30)
    connection.request(method, path or ITEMS + "0" * 32, body=body, headers=headers)
    response = connection.getresponse()
    told = json.loads(response.read())
    connection.close()
    return response.status, str(told.get("code") or told.get("outcome") or told.get("role"))


def test_base__takes_over_what_devices_chose_with_its_probability(base: Receiver, device: Sampler) -> None:
    sent = {row.id: row for row in device.spool.rows(CHOSEN)}
    link = Link(base.url, TOKEN)
    Forwarder(device, BaseTarget(link)).drain(until_s=60)
    link.close()
    assert device.spool.rows(CHOSEN) == []
    kept = base.sampler.spool.rows(CANDIDATE)
    # This base chooses by chance alone: only a uniform sample can be sampled uniformly again.
    assert {row.id for row in kept} == {item_id for item_id, row in sent.items() if row.is_uniform}
    for row in kept:
        before = sent[row.id]
        assert (row.probability, row.priority, row.sha256) == (before.probability, before.priority, before.sha256)
        assert (row.device, row.facts["source"], row.facts["way"]) == ("Kamera №1", "gate", ["hall"])
    assert base.sampler.counts()["offered"] == len(sent)


def test_base__the_same_id_again_is_known_whatever_became_of_it(base: Receiver, device: Sampler) -> None:
    for row in device.spool.rows(CHOSEN):
        headers = {"Authorization": f"Bearer {TOKEN}", HEADER: encode_row(row)}
        body = device.spool.read(row)
        first = _send(base, headers, body, path=ITEMS + row.id)
        assert first == (200, "kept" if row.is_uniform else "passed")
        assert _send(base, headers, body, path=ITEMS + row.id) == (200, "known")


def test_base__refuses_strangers_and_what_it_does_not_understand(base: Receiver, device: Sampler) -> None:
    row = device.spool.rows(CHOSEN)[0]
    body = device.spool.read(row)
    good = {"Authorization": f"Bearer {TOKEN}", HEADER: encode_row(row)}

    def told(**changes: object) -> dict[str, str]:
        document = json.loads(base64.b64decode(encode_row(row))) | changes
        return good | {HEADER: base64.b64encode(json.dumps(document).encode()).decode()}

    cases = [
        (_send(base, {HEADER: encode_row(row)}, body), (401, "unauthenticated")),
        (_send(base, good | {"Authorization": "Bearer wrong"}, body), (401, "unauthenticated")),
        (_send(base, good, body + b"x"), (409, "conflict")),
        (_send(base, good, body, path="/edge/v1/items/../../etc"), (404, "not_found")),
        (_send(base, good, body, path=ITEMS + "Z" * 32), (404, "not_found")),
        (_send(base, good, body, method="POST", path="/api/v1/datasets/x/items"), (404, "not_found")),
        (_send(base, good | {HEADER: "!!"}, body), (422, "invalid_input")),
        (_send(base, good | {HEADER: base64.b64encode(b"[1]").decode()}, body), (422, "invalid_input")),
        (_send(base, told(device="\0"), body), (422, "invalid_input")),
        (_send(base, told(probability=2), body), (422, "invalid_input")),
        (_send(base, told(probability=0, is_uniform=True), body), (422, "invalid_input")),
        (_send(base, told(score=float("nan")), body), (422, "invalid_input")),
        (_send(base, told(suffix="/../x"), body), (422, "invalid_input")),
        (_send(base, told(facts=7), body), (422, "invalid_input")),
        (_send(base, told(facts={"metadata": {"edge": 1}}), body), (422, "invalid_input")),
        (_send(base, told(descriptor="AAAA"), body), (422, "invalid_input")),
        (_send(base, good | {"Content-Length": "99999999999"}), (413, "payload_too_large")),
        (_send(base, good | {"Content-Length": "-1"}), (422, "invalid_input")),
        (_send(base, good | {"Content-Length": "0" * 16 + "99999999999"}), (422, "invalid_input")),
        (_send(base, good | {"Content-Length": "\xb2"}), (422, "invalid_input")),
        (_send(base, good, method="GET", path="/edge/v1/status"), (200, "base")),
    ]
    assert [got for got, _ in cases] == [wanted for _, wanted in cases]
    assert base.sampler.spool.totals() == {}


def test_base__without_room_says_when_to_come_back(
    make_sampler: MakeSampler, device: Sampler, caplog: pytest.LogCaptureFixture
) -> None:
    sampler = make_sampler(remembers=True, room=Room(max_bytes=1, min_free_bytes=0))
    receiver = Receiver(sampler, Listening([TOKEN], port=0))
    thread = threading.Thread(target=receiver.run)
    thread.start()
    row = next(row for row in device.spool.rows(CHOSEN) if row.is_uniform)
    headers = {"Authorization": f"Bearer {TOKEN}", HEADER: encode_row(row)}
    try:
        for _ in range(2):
            assert _send(receiver, headers, device.spool.read(row), path=ITEMS + row.id) == (507, "storage_full")
        said = [record.message for record in caplog.records]
        assert said.count("no room: the spool may hold 0 MB, or its disk is full") == 1
        assert sampler.spool.knows(row.id) is None
    finally:
        receiver.stop()
        thread.join()


def test_base__needs_a_real_token_and_a_free_address(make_sampler: MakeSampler) -> None:
    sampler = make_sampler(remembers=True)
    for tokens in ([], [""], ["short"], [TOKEN, "short"]):
        with pytest.raises(InvalidInput, match="needs a token of 16 characters"):
            Receiver(sampler, Listening(tokens, port=0))
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(InvalidInput, match="cannot listen at"):
        Receiver(sampler, Listening([TOKEN], port=taken.getsockname()[1]))
