"""Connections to public addresses only: names are resolved here and checked, and what was checked is connected to.

A name that resolves to a private network would let a page, by a link or a redirect, read what only this machine can
reach. Checking the name before the request is not enough: its answer may change before the connection is made. So the
connection itself resolves once, refuses the name if any of its addresses is not public, and connects to the number.
TLS still verifies the name. Every read and write ends at one deadline, however slowly the other side drips.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from .errors import AddressError

Resolver = Callable[[str, int], list[str]]
"""Returns the numerical addresses of a host."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NOT_PUBLIC = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # shared by a carrier's customers
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",  # benchmarks
        "224.0.0.0/3",  # multicast and reserved
        "2001::/23",  # Teredo and other protocols: they carry another address inside
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
]
WIRE: httpcore.NetworkBackend = httpcore.SyncBackend()
"""What the guard connects by."""

_ALLOCATED = ipaddress.ip_network("2000::/3")  # the only IPv6 space given out to hosts
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # an IPv4 address as a network without IPv4 writes it


def is_public(address: str) -> bool:
    """Whether the numerical address is a host on the public network.

    >>> [is_public(each) for each in ("93.184.216.34", "127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1")]
    [True, False, False, False]
    """
    try:
        ip: Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if inner := ip.ipv4_mapped:
            ip = inner
        elif ip in _NAT64:
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        elif ip not in _ALLOCATED:
            return False
    return ip.is_global and not any(ip.version == net.version and ip in net for net in _NOT_PUBLIC)


def resolve(host: str, port: int) -> list[str]:
    """Return the host's addresses as the system resolves them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class GuardedBackend(httpcore.NetworkBackend):
    """Opens the connections of one fetcher. `deadline`, on `time.monotonic`'s clock, is set before each request."""

    def __init__(self, resolver: Resolver = resolve, allow_private: bool = False) -> None:
        self.resolver = resolver
        self.allow_private = allow_private
        self.deadline = float("inf")

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the host's addresses that answers.

        Raises:
            AddressError: one of its addresses is not public, or it has none.
        """
        try:
            addresses = self.resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise AddressError(f"found no network address for {host}; check its spelling, and the network") from error
        if not self.allow_private and (closed := [each for each in addresses if not is_public(each)]):
            raise AddressError(
                f"found that {host} is at {closed[0]}, expected a public address; "
                "a page within your own network is read with --allow-private"
            )
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                stream = WIRE.connect_tcp(address, port, self._left(timeout), local_address)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Timed(stream, self)
        raise failure

    def _left(self, timeout: float | None) -> float:
        """The seconds that an operation may take.

        Raises:
            httpcore.ReadTimeout: there are none left.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the whole request took too long")
        return left if timeout is None else min(left, timeout)


class _Timed(httpcore.NetworkStream):
    """A stream whose every operation ends by the backend's deadline."""

    def __init__(self, stream: httpcore.NetworkStream, backend: GuardedBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._backend._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._backend._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, self._backend._left(timeout)), self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
