"""The one way out: calls to addresses that somebody typed in, without lending them this server's place in the network.

A name is resolved once, every address it stands for is checked, and the connection goes to the very address that was
checked: between the look and the call there is nothing to rebind. Each redirect is a new call with a new look. Private,
loopback, link-local and other special addresses are refused unless ``WHORL_EGRESS_ALLOW`` names them. The environment's
proxies are not used.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

import certifi
import httpcore

from whorl.base.errors import EgressRefused, InvalidInput, Unavailable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]

MOST_URL_CHARACTERS = 2000
_MOST_REDIRECTS = 3
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_KEEPS_METHOD = frozenset({307, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class EgressRules:
    """Which special addresses may be called all the same.

    Args:
        hosts: Names, in lower case, whose addresses are not looked at.
        networks: Addresses that may be called whatever their name.
    """

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, text: str) -> EgressRules:
        """Read ``WHORL_EGRESS_ALLOW``: names, addresses and networks such as 10.1.0.0/16, with commas.

        Raises:
            InvalidInput: A part is none of these.
        """
        hosts: set[str] = set()
        networks: list[Network] = []
        for part in filter(None, (one.strip().lower() for one in text.split(","))):
            try:
                networks.append(ipaddress.ip_network(part, strict=False))
            except ValueError:
                if "/" in part or ":" in part or not part.isascii() or any(one.isspace() for one in part):
                    raise InvalidInput(
                        f"WHORL_EGRESS_ALLOW: {part!r} is no name, address or network",
                        hint="Write such as hooks.example.org, 192.168.7.9 or 10.1.0.0/16, with commas.",
                    ) from None
                hosts.add(part)
        return cls(frozenset(hosts), tuple(networks))

    def check(self, host: str, addresses: Iterable[str]) -> list[str]:
        """Give the addresses back when every one of them may be called.

        Raises:
            EgressRefused: One of them is not an address of the public internet, or there is none.
        """
        found = list(addresses)
        if not found:
            raise EgressRefused(f"{host} has no address")
        for text in found:
            address = _unwrapped(ipaddress.ip_address(text.partition("%")[0]))
            if host.lower() not in self.hosts and not self._may_call(address):
                raise EgressRefused(
                    f"{host} is at {address}, which is no address of the public internet",
                    hint="An admin may allow it with WHORL_EGRESS_ALLOW.",
                )
        return found

    def _may_call(self, address: Address) -> bool:
        if any(address.version == one.version and address in one for one in self.networks):
            return True
        return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


@dataclass(frozen=True, slots=True)
class EgressAnswer:
    """What came back: the status, and the beginning of the body."""

    status: int
    body: bytes
    is_cut: bool


@dataclass(frozen=True)
class Egress:
    """Makes calls under rules.

    Args:
        seconds: Longest time of a call with all its redirects, however slowly the answer drips.
        max_bytes: How much of an answer is read.
        resolve: Addresses of a name and port, in the order to try.
    """

    rules: EgressRules = EgressRules()
    seconds: float = 15.0
    max_bytes: int = 64 * 1024
    resolve: Resolve | None = None

    def send(
        self, method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> EgressAnswer:
        """Call an address and give its answer, whatever its status.

        A GET follows redirects; other methods follow those that keep the method (307, 308).

        Raises:
            EgressRefused: The address, or one it redirects to, may not be called.
            Unavailable: No whole answer came in time.
        """
        deadline = time.monotonic() + self.seconds
        for _ in range(_MOST_REDIRECTS + 1):
            parts = check_url(url)
            answer, target = self._once(method, url, parts, body, dict(headers or {}), deadline)
            follows = answer.status in (_REDIRECTS if method == "GET" else _KEEPS_METHOD)
            if target is None or not follows:
                return answer
            following = urljoin(url, target)
            if parts.scheme == "https" and not following.lower().startswith("https:"):
                raise EgressRefused(f"{parts.hostname} redirects from https to {_short(following)}")
            url = following
        raise EgressRefused(f"more than {_MOST_REDIRECTS} redirects, the last to {_short(url)}")

    def _once(
        self, method: str, url: str, parts: SplitResult, body: bytes, headers: dict[str, str], deadline: float
    ) -> tuple[EgressAnswer, str | None]:
        backend = _Pinned(self.rules, self.resolve or _resolve, deadline)
        given = {"host": parts.netloc, "accept": "*/*", **headers}
        if method != "GET":
            given["content-length"] = str(len(body))
        context = _tls() if parts.scheme == "https" else None
        try:
            with (
                httpcore.ConnectionPool(ssl_context=context, network_backend=backend) as pool,
                pool.stream(method, url, headers=list(given.items()), content=body) as response,
            ):
                read, is_cut = bytearray(), False
                for chunk in response.iter_stream():
                    read += chunk
                    if len(read) > self.max_bytes:
                        is_cut = True
                        break
                found = {name.lower(): value for name, value in response.headers}
                location = found.get(b"location")
                answer = EgressAnswer(response.status, bytes(read[: self.max_bytes]), is_cut)
                return answer, None if location is None else location.decode("ascii", "replace")
        except httpcore.TimeoutException as error:
            raise Unavailable(f"{parts.hostname} did not answer within {self.seconds:g} seconds") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            raise Unavailable(f"{parts.hostname} cannot be called: {str(error) or type(error).__name__}") from error


def check_url(url: str) -> SplitResult:
    """Take an address apart.

    Raises:
        EgressRefused: It is not a plain http or https address.
    """
    shown = _short(url)
    if len(url) > MOST_URL_CHARACTERS:
        raise EgressRefused(f"an address of {len(url):,} characters; allowed: {MOST_URL_CHARACTERS:,}")
    if not url.isascii() or any(one <= " " or one in '\\\x7f<>"' for one in url):
        raise EgressRefused(f"not an address: {shown!a}", hint="Write other characters percent-encoded.")
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise EgressRefused(f"not an address: {shown!a}: {error}") from error
    if parts.scheme not in ("http", "https") or not has_host:
        raise EgressRefused(f"not an http or https address: {shown!a}", hint="Such as https://hooks.example.org/in.")
    if "@" in parts.netloc:
        raise EgressRefused("an address with a name or password in it", hint="Leave out what stands before the @.")
    return parts


def _short(url: str) -> str:
    return url if len(url) <= 100 else f"{url[:100]}…"


def _resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise Unavailable(f"{host} cannot be resolved") from error
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def _unwrapped(address: Address) -> Address:
    """The address that is really called when it is written inside another."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if inner is None and address in _NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address if inner is None else inner


def _tls() -> ssl.SSLContext:
    # The machine's own authorities count too: an intranet may have one.
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class _Pinned(httpcore.NetworkBackend):
    """Connects to an address that was checked; the name goes on to TLS and the Host header alone."""

    def __init__(self, rules: EgressRules, resolve: Resolve, deadline: float) -> None:
        self._rules, self._resolve, self._deadline = rules, resolve, deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._rules.check(host, self._resolve(host, port))
        trouble: Exception = httpcore.ConnectError("no address")
        for address in addresses[:4]:
            try:
                stream = self._plain.connect_tcp(
                    address, port, _left(self._deadline, timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
                continue
            return _Timed(stream, self._deadline)
        raise trouble

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        raise EgressRefused(f"not an http or https address: {path!r}")

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class _Timed(httpcore.NetworkStream):
    """A stream whose every step ends at one deadline, so that an answer cannot drip for ever."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout))
        return _Timed(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time for this call is over")
    return left if timeout is None else min(left, timeout)
