"""One POST to an address that staff typed: bounded in time and size, and never into our network.

A host is resolved once; every address that it has is checked, and the connection goes to one of
those that were checked. So no name can lead elsewhere a moment later (DNS rebinding). Redirects are
not followed, proxies not asked.
"""

import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from threading import Timer
from time import monotonic
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

# Seconds for everything but the look-up of the name.
TIMEOUT = 10
# Bytes of an answer that are read: enough for all signatures of a witness, of longer kinds, too.
MAX_ANSWER = 40_000
# Where addresses of the internet are (IANA): all else is private, translated or for other uses.
_GLOBAL_IPV6 = IPv6Network("2000::/3")
# Of its registries of special-purpose addresses, what Python's own list lacks in some release that
# we support, or takes for public: of protocols (in IPv6 Teredo as well), relays of 6to4 and what
# 6to4 embeds, documentation.
_SPECIAL = [
    ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")
]


class RequestRefused(Exception):
    """No request may go to a URL. The message says why."""


class RequestFailed(Exception):
    """There was no answer. The message says why."""


@dataclass(frozen=True)
class ReceivedAnswer:
    status: int
    text: str


@dataclass(frozen=True)
class RequestTarget:
    """Where a request goes. addresses: of the host, each checked."""

    is_https: bool
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]


def target_of(url: str) -> RequestTarget:
    """Return where a URL leads. Raises RequestRefused; RequestFailed for an unknown host."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError as error:
        raise RequestRefused("This is not a URL.") from error
    _require_plain(url, parts, host)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise RequestFailed("The host could not be found.") from error
    addresses = tuple(dict.fromkeys(str(info[4][0]) for info in found))
    is_https = parts.scheme == "https"
    if not all(is_allowed(address, is_https=is_https) for address in addresses):
        raise RequestRefused(
            "This address is not on the public internet. WEBHOOK_PRIVATE_NETWORKS allows others."
            if is_https
            else "Enter an address that begins with https://."
        )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return RequestTarget(is_https, host, port, path, addresses)


def _require_plain(url: str, parts: SplitResult, host: str) -> None:
    if parts.scheme not in {"https", "http"} or not host:
        raise RequestRefused("Enter an address that begins with https://.")
    if parts.username is not None or parts.password is not None:
        raise RequestRefused("Enter the address without a user name.")
    if parts.fragment or " " in url or not (url.isascii() and url.isprintable()):
        raise RequestRefused(
            "Enter an address without spaces and without #, in ASCII characters only."
        )


def is_allowed(address: str, *, is_https: bool) -> bool:
    """Return whether a request may go to an IP address."""
    ip = ip_address(address.partition("%")[0])
    if settings.WEBHOOK_PRIVATE_NETWORKS:
        return is_https or ip.is_loopback
    return is_https and _is_public(ip)


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    """Return whether an address is one of the internet, and means itself: outside _GLOBAL_IPV6 are
    those in which there is another one, IPv4-mapped or translated (NAT64).
    """
    if isinstance(ip, IPv6Address) and ip not in _GLOBAL_IPV6:
        return False
    if any(ip in network for network in _SPECIAL):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> ReceivedAnswer:
    """Send a body to a URL and return any answer. Raises RequestRefused, RequestFailed."""
    target = target_of(url)
    connection = _Connection(target)
    # What takes too long is cut off, however slowly the other side goes on sending.
    deadline = Timer(TIMEOUT, connection.cut_off)
    deadline.daemon = True
    deadline.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        response = connection.getresponse()
        if connection.is_cut_off:  # among the headers
            raise TimeoutError
        text = b""
        with suppress(OSError, HTTPException):  # the status is what counts
            text = response.read(MAX_ANSWER)
        return ReceivedAnswer(response.status, text.decode("utf-8", "replace"))
    except (OSError, HTTPException) as error:
        raise RequestFailed(_reason(error, is_late=connection.is_cut_off)) from error
    finally:
        deadline.cancel()
        connection.close()


def _reason(error: Exception, *, is_late: bool) -> str:
    if is_late or isinstance(error, TimeoutError):
        return f"No answer within {TIMEOUT} seconds."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate is not valid: {error.verify_message}."
    if isinstance(error, HTTPException):
        return f"This was not an HTTP response: {type(error).__name__}."
    return f"No connection: {getattr(error, 'strerror', None) or type(error).__name__}."


class _Connection(HTTPConnection):
    """A connection to an address of the target. The certificate must be that of its host."""

    def __init__(self, target: RequestTarget) -> None:
        super().__init__(target.host, target.port, timeout=TIMEOUT)
        self.default_port = 443 if target.is_https else 80
        self._target = target
        self._ends_at = monotonic() + TIMEOUT
        # The one to cut off. HTTPConnection itself forgets its own as soon as an answer has begun
        # that ends with the connection.
        self._socket: socket.socket | None = None
        self.is_cut_off = False

    def connect(self) -> None:
        self._use(self._connect_to_first_that_accepts())
        if self._target.is_https:
            # The handshake comes after the socket is known to cut_off.
            secure = ssl.create_default_context().wrap_socket(
                self.sock, server_hostname=self._target.host, do_handshake_on_connect=False
            )
            self._use(secure)
            secure.do_handshake()

    def _use(self, found: socket.socket) -> None:
        self.sock = self._socket = found
        if self.is_cut_off:  # before there was this socket
            raise TimeoutError

    def _connect_to_first_that_accepts(self) -> socket.socket:
        problem: OSError = TimeoutError()
        for address in self._target.addresses:
            if (left := self._ends_at - monotonic()) <= 0:
                break
            try:
                return socket.create_connection((address, self._target.port), timeout=left)
            except OSError as error:
                problem = error
        raise problem

    def cut_off(self) -> None:
        self.is_cut_off = True
        if self._socket:
            with suppress(OSError):
                # Not ssl's own, after which a read that goes on raises ValueError.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
