"""Which addresses of the network may be asked for media, and connections to exactly those."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from cvatcore.errors import InvalidInput, RemoteFailed

if TYPE_CHECKING:
    from http.client import HTTPConnection

CONNECT_SECONDS = 15.0
READ_SECONDS = 30.0
"""How long a server may say nothing."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def parse_url(url: str) -> SplitResult:
    """The parts of an address with http or https.

    Errors: InvalidInput.
    """
    if any(character <= " " or character == "\x7f" for character in url):
        raise InvalidInput(f"{shown(url)!r} is no URL: it holds a blank or a control character.")
    try:
        parts = urlsplit(url)
        port = parts.port  # Says so when it is none.
    except ValueError as error:
        raise InvalidInput(f"{shown(url)} is no URL: {error}.") from None
    if parts.scheme.lower() not in {"http", "https"}:
        raise InvalidInput(f"Unsupported URL scheme: {parts.scheme or shown(url)}. Only http and https are supported")
    if not parts.hostname or port == 0:
        raise InvalidInput(f"{shown(url)} is no URL: it names no server.")
    if parts.username is not None or parts.password is not None:
        raise InvalidInput(
            f"The URL of {parts.hostname} holds a user name or a password.",
            hint="It would be kept with the task; give an address that works without.",
        )
    return parts


def resolve(parts: SplitResult, *, allow_private: bool) -> list[str]:
    """The addresses of a URL's server.

    Errors: InvalidInput when one of them is not public, unless that is allowed; RemoteFailed for a name that nobody
    knows.
    """
    host = parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, _port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RemoteFailed(f"The server {shown(host)} cannot be found: {reason}.") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if not allow_private and not is_public(address):
            raise InvalidInput(
                f"{shown(host)} is an address of a private network ({address}), which is not asked for media.",
                hint="To allow it: --allow-private-urls, of cvat task create, or of cvatd for what its pages ask for.",
            )
    if not addresses:
        raise RemoteFailed(f"The server {shown(host)} has no address.")
    return addresses


def is_public(text: str) -> bool:
    """Whether an address belongs to the internet at large, and to no network or machine of somebody's own."""
    try:
        address: Address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return all(inner.is_global and not inner.is_multicast and not inner.is_reserved for inner in _with_inner(address))


def _with_inner(address: Address) -> list[Address]:
    """An address and those of the older protocol within it, which it leads to."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    inner: list[Address] = []
    if address.sixtofour is not None:
        inner.append(address.sixtofour)
    if address.teredo is not None:
        inner += address.teredo
    if address in _NAT64:
        # Reserved by its own number: what counts is whom it leads to.
        return [ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)]
    return [address, *inner]


def open_connection(parts: SplitResult, addresses: list[str]) -> HTTPConnection:
    """A connection to the first of these addresses that answers. The name is not looked up again.

    Errors: RemoteFailed.
    """
    import http.client
    import ssl

    host = parts.hostname or ""
    sock = _connected(host, addresses, _port(parts))
    if parts.scheme.lower() == "https":
        try:
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
        except (OSError, ValueError) as error:  # A wrong certificate is an OSError.
            with contextlib.suppress(OSError):
                sock.close()
            raise RemoteFailed(f"There is no secure connection to {shown(host)}: {error}.") from None
        connection: HTTPConnection = http.client.HTTPSConnection(host, _port(parts), timeout=READ_SECONDS)
    else:
        connection = http.client.HTTPConnection(host, _port(parts), timeout=READ_SECONDS)
    sock.settimeout(READ_SECONDS)
    connection.sock = sock
    connection.auto_open = 0  # It would look the name up again.
    return connection


def _connected(host: str, addresses: list[str], port: int) -> socket.socket:
    failure: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=CONNECT_SECONDS)
        except OSError as error:
            failure = error
    reason = getattr(failure, "strerror", None) or str(failure)
    raise RemoteFailed(f"The server {shown(host)} cannot be reached: {reason}.")


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme.lower() == "https" else 80)


def shown(text: str) -> str:
    """A part of an address as messages have it: not endless."""
    return text if len(text) <= 200 else f"{text[:200]}…"
