"""Calls go to public addresses alone, to the very address that was looked at, and end in time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from whorl.base.egress import Egress, EgressRules, check_url
from whorl.base.errors import EgressRefused, InvalidInput, Unavailable
from whorl.testing.receivers import Receiver, Reply, run_receiver

PUBLIC = "93.184.216.34"
LOOPBACK = EgressRules.parse("127.0.0.1")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with run_receiver() as running:
        yield running


def test_send__posts_and_reads_the_answer(receiver: Receiver) -> None:
    receiver.replies = [Reply(201, b"thanks")]
    answer = Egress(LOOPBACK).send("POST", receiver.url(), body=b"{}", headers={"x-one": "1"})
    assert (answer.status, answer.body, answer.is_cut) == (201, b"thanks", False)
    (came,) = receiver.received
    assert (came.method, came.path, came.body) == ("POST", "/hook", b"{}")
    assert {name.lower(): value for name, value in came.headers.items()} == {
        "host": f"127.0.0.1:{receiver.port}",
        "accept": "*/*",
        "x-one": "1",
        "content-length": "2",
    }


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2001:db8::1",
    ],
)
def test_rules__refuse_what_is_not_public(address: str) -> None:
    with pytest.raises(EgressRefused, match="no address of the public internet"):
        EgressRules().check("hook.example", [PUBLIC, address])


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_rules__let_the_public_through(address: str) -> None:
    assert EgressRules().check("hook.example", [address]) == [address]


def test_rules__allow_what_an_admin_names() -> None:
    rules = EgressRules.parse(" 10.1.0.0/16, Hooks.Intranet ,192.168.7.9,fd00::/8, ")
    assert rules.check("x", ["10.1.2.3", "192.168.7.9", "fd12::1", "::ffff:10.1.2.3"])
    assert rules.check("hooks.INTRANET", ["172.16.0.1"])
    for address in ("10.2.0.1", "192.168.7.8", "127.0.0.1"):
        with pytest.raises(EgressRefused):
            rules.check("x", [address])
    with pytest.raises(EgressRefused):
        rules.check("more.hooks.intranet", ["172.16.0.1"])


@pytest.mark.parametrize("text", ["10.0.0.0/33", "a b", "http://x", "fd00::/8x", "münchen"])
def test_rules__refuse_what_is_no_name(text: str) -> None:
    with pytest.raises(InvalidInput, match="WHORL_EGRESS_ALLOW"):
        EgressRules.parse(text)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://example.org/",
        "file:///etc/passwd",
        "//example.org",
        "https://",
        "https:///x",
        "http://a:b@example.org/",
        "http://example.org\\@127.0.0.1/",
        "http://exa mple.org/",
        "http://example.org/\r\nX: y",
        "http://[::1/",
        "http://example.org:99999/",
        "http://example.org:0/",
        "http://münchen.example/",
        "http://example.org/" + "x" * 2000,
        "javascript:alert(1)",
    ],
)
def test_check_url__refuses(url: str) -> None:
    with pytest.raises(EgressRefused):
        check_url(url)


def test_send__loopback_is_refused_by_any_name(receiver: Receiver) -> None:
    for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"):
        with pytest.raises((EgressRefused, Unavailable)):
            Egress().send("POST", receiver.url(host))
    assert receiver.received == []


def test_send__a_redirect_inside_is_refused(receiver: Receiver) -> None:
    inside = Receiver(receiver.port).url("127.0.0.2", "/admin")
    receiver.replies = [Reply(307, headers={"location": inside})]
    with pytest.raises(EgressRefused, match=r"127\.0\.0\.2 is at 127\.0\.0\.2"):
        Egress(LOOPBACK).send("POST", receiver.url())
    assert len(receiver.received) == 1


def test_send__redirects_that_keep_the_method_are_followed(receiver: Receiver) -> None:
    receiver.replies = [Reply(308, headers={"location": "/new"}), Reply(200, b"there")]
    assert Egress(LOOPBACK).send("POST", receiver.url(), body=b"x").body == b"there"
    assert [(one.method, one.path, one.body) for one in receiver.received] == [
        ("POST", "/hook", b"x"),
        ("POST", "/new", b"x"),
    ]


def test_send__a_post_is_never_made_a_get(receiver: Receiver) -> None:
    receiver.replies = [Reply(302, headers={"location": "/new"})]
    assert Egress(LOOPBACK).send("POST", receiver.url()).status == 302
    assert len(receiver.received) == 1


def test_send__redirects_in_a_circle_end(receiver: Receiver) -> None:
    receiver.replies = [Reply(302, headers={"location": "/hook"})] * 10
    with pytest.raises(EgressRefused, match="more than 3 redirects"):
        Egress(LOOPBACK).send("GET", receiver.url())
    assert len(receiver.received) == 4


def test_send__a_redirect_to_something_else_is_refused(receiver: Receiver) -> None:
    receiver.replies = [Reply(302, headers={"location": "file:///etc/passwd"})]
    with pytest.raises(EgressRefused, match="not an http or https address"):
        Egress(LOOPBACK).send("GET", receiver.url())


def test_send__rebinding_finds_nothing_to_rebind(receiver: Receiver) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        del port
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.9"]

    rules = EgressRules.parse("127.0.0.1")
    assert Egress(rules, resolve=resolve).send("POST", receiver.url("rebind.example")).status == 200
    assert asked == ["rebind.example"]
    (came,) = receiver.received
    assert came.headers["host"] == f"rebind.example:{receiver.port}"


def test_send__one_private_address_among_public_ones_is_enough_to_refuse(receiver: Receiver) -> None:
    egress = Egress(resolve=lambda host, port: [PUBLIC, "127.0.0.1"])
    with pytest.raises(EgressRefused):
        egress.send("POST", receiver.url("mixed.example"))
    assert receiver.received == []


def test_send__an_endless_answer_is_cut(receiver: Receiver) -> None:
    receiver.replies = [Reply(200, b"begin", size=50_000_000)]
    answer = Egress(LOOPBACK, seconds=60, max_bytes=1000).send("POST", receiver.url())
    assert (len(answer.body), answer.body[:5], answer.is_cut) == (1000, b"begin", True)


def test_send__a_dripping_answer_ends_in_time(receiver: Receiver) -> None:
    receiver.replies = [Reply(200, b"x" * 1000, drip_s=0.5)]
    with pytest.raises(Unavailable, match=r"did not answer within 2 seconds"):
        Egress(LOOPBACK, seconds=2).send("POST", receiver.url())


def test_send__nobody_there() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable, match="cannot be called"):
            Egress(LOOPBACK).send("POST", f"http://127.0.0.1:{held.getsockname()[1]}/")


def test_send__a_name_that_does_not_exist() -> None:
    with pytest.raises(Unavailable, match="cannot be resolved"):
        Egress().send("POST", "http://no-such-name.invalid/")


def test_send__an_answer_that_is_not_http() -> None:
    def greet() -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"SSH-2.0-x\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        with pytest.raises(Unavailable):
            Egress(LOOPBACK).send("POST", f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()


def test_send__tls_is_asked_for_by_name_at_the_pinned_address() -> None:
    said: list[bytes] = []

    def listen() -> None:
        connection, _ = server.accept()
        with connection:
            said.append(connection.recv(4096))

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        egress = Egress(LOOPBACK, resolve=lambda host, port: ["127.0.0.1"])
        with pytest.raises(Unavailable):
            egress.send("POST", f"https://hooks.example:{server.getsockname()[1]}/")
        thread.join()
    assert b"hooks.example" in said[0]


def test_send__the_environments_proxies_are_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert Egress(LOOPBACK).send("POST", receiver.url()).status == 200
