"""A page as it is sent, prepared once: in each content coding, whole and as "not modified"."""

from __future__ import annotations

import gzip
import hashlib
import re
import sys
import time
from collections.abc import Mapping, Sequence
from email.utils import formatdate
from functools import lru_cache

import brotli

from policies.publication_state.state import PublicationState

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

IDENTITY = "identity"
# In order of preference: the smallest result first.
CODINGS = ("br", "zstd", "gzip", IDENTITY)

_QUALITY = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\Z")
_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')


# Clients send few different values. Sending many costs us parsing, but no more memory.
@lru_cache(maxsize=256)
def acceptable(accept_encoding: str | None) -> tuple[str, ...]:
    """Return the codings that a client accepts, the best first (RFC 9110, section 12.5.3).

    accept_encoding: the header's value, None if it is missing. The result is empty if the client
    excludes even `identity` and accepts no coding that we have.
    """
    if accept_encoding is None:
        # Anything may be sent, but most clients that send no such header can't decode anything.
        return (IDENTITY,)
    wanted: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        name, _, parameters = part.partition(";")
        name = name.strip(" \t")
        if name:
            wanted["gzip" if name == "x-gzip" else name] = _quality(parameters)
    quality = {coding: wanted.get(coding, wanted.get("*", 0.0)) for coding in CODINGS}
    if IDENTITY not in wanted and "*" not in wanted:
        quality[IDENTITY] = 0.0001  # acceptable unless excluded, but less so than what is asked for
    taken = [coding for coding in CODINGS if quality[coding]]
    return tuple(sorted(taken, key=lambda coding: -quality[coding]))


def _quality(parameters: str) -> float:
    """Return the weight (q) in a coding's parameters: 1 for none, 0 for an invalid one."""
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip(" \t").partition("=")
        if name.strip(" \t") == "q":
            value = value.strip(" \t")
            return float(value) if _QUALITY.match(value) else 0.0
    return 1.0


@lru_cache(maxsize=256)
def prefers_markdown(accept: str) -> bool:
    """Return whether a client names text/markdown in its Accept, and does not prefer HTML to it
    (RFC 9110, section 12.5.1). No browser names it.
    """
    quality = {}
    for part in accept.split(","):
        name, _, parameters = part.partition(";")
        quality[name.strip(" \t")] = _quality(parameters)
    html = quality.get("text/html", quality.get("text/*", quality.get("*/*", 0.0)))
    markdown = quality.get("text/markdown", 0.0)
    return markdown > 0 and markdown >= html


def matches(field: str, etag: str, *, weakly: bool) -> bool:
    """Whether an If-None-Match (weakly) or If-Match header names an entity tag, a strong one with
    its quotes (RFC 9110, sections 8.8.3.2, 13.1.1 and 13.1.2).
    """
    if field.strip(" \t") == "*":
        return True
    return any(tag == etag and (weakly or not weak) for weak, tag in _TAG.findall(field))


def precondition(headers: Mapping[str, str], etag: str) -> int:
    """Return the status for a GET or HEAD with these conditions: 200, 304, 412 (RFC 9110, 13.2.2).

    headers: by name in lower case. Conditions with dates don't count, since no page has a
    Last-Modified.
    """
    if "if-match" in headers and not matches(headers["if-match"], etag, weakly=False):
        return 412
    if "if-none-match" in headers and matches(headers["if-none-match"], etag, weakly=True):
        return 304
    return 200


# --- Pages, and other responses ------------------------------------------------------------------

Header = tuple[str, str]

# Headers that this layer writes itself, and those that the server writes.
_OURS = frozenset(
    {"content-length", "content-encoding", "etag", "vary", "date", "server", "connection"}
)
# Bytes. Beyond this size, the strongest compression takes seconds and saves only a tenth more.
_LARGE = 256 * 1024
# How many values of Accept-Encoding are remembered with a page, and how long one may be. Browsers
# send shorter ones; the limits keep a client from filling a worker's memory with made-up values.
_REMEMBERED = 16
_LONGEST_REMEMBERED = 200
# Bytes that a page's own objects take: three responses for each of a few codings.
_OVERHEAD = 6_000


class Response:
    """A finished response. Its status, headers and body never change.

    headers: (name, value) pairs. raw: the same as bytes, None until `as_bytes` is first called.
    """

    __slots__ = ("body", "headers", "raw", "status")

    def __init__(self, status: int, headers: Sequence[Header], body: bytes) -> None:
        self.status = status
        self.headers = list(headers)
        self.body = body
        self.raw: list[tuple[bytes, bytes]] | None = None

    def as_bytes(self) -> list[tuple[bytes, bytes]]:
        """Return the headers as bytes, names in lower case. Computed by the first call."""
        if self.raw is None:
            self.raw = [_as_bytes(header) for header in self.headers]
        return self.raw

    def without_body(self) -> Response:
        """Return the response to HEAD that corresponds to this response to GET."""
        return Response(self.status, self.headers, b"")


# The same few headers are on every page: keep one copy of each.
@lru_cache(maxsize=512)
def _shared(header: Header) -> Header:
    return header


@lru_cache(maxsize=2048)
def _as_bytes(header: Header) -> tuple[bytes, bytes]:
    return header[0].lower().encode("latin-1"), header[1].encode("latin-1")


def _is_about_body(name: str) -> bool:
    return name.startswith("content-") and name != "content-location"


class _Variant:
    __slots__ = ("etag", "head", "not_modified", "whole")

    def __init__(self, common: list[Header], etag: str, coding: str, body: bytes) -> None:
        self.etag = etag
        own = [("ETag", etag), ("Content-Length", str(len(body)))]
        if coding != IDENTITY:
            own.append(("Content-Encoding", coding))
        self.whole = Response(200, [*common, *own], body)
        self.head = self.whole.without_body()
        # RFC 9110, 15.4.5: headers that guide caches, and no others about the content.
        kept = [header for header in common if not _is_about_body(header[0].lower())]
        self.not_modified = Response(304, [*kept, ("ETag", etag)], b"")


class Page:
    """A public page of one state: as it is, and in every coding that makes it smaller."""

    __slots__ = ("_chosen", "_variants", "headers", "size", "state")

    def __init__(
        self,
        headers: Sequence[Header],
        body: bytes,
        state: PublicationState,
        *,
        coded: Mapping[str, bytes] | None = None,
    ) -> None:
        """Make a page from Django's response. coded: the body by coding, if it is known already."""
        self.state = state
        self.headers = [_shared(header) for header in headers]
        common = common_headers(headers)
        tag = hashlib.sha256(body).hexdigest()[:24]
        bodies = {IDENTITY: body, **(compressed(body) if coded is None else coded)}
        self._variants = {
            coding: _Variant(
                common, f'"{tag}"' if coding == IDENTITY else f'"{tag}-{coding}"', coding, text
            )
            for coding, text in bodies.items()
        }
        # The variant chosen for each of the first few values of Accept-Encoding.
        self._chosen: dict[str | bytes | None, _Variant] = {}
        self.size = _OVERHEAD + sum(map(len, bodies.values()))

    def response(
        self,
        method: str,
        accept_encoding: str | bytes | None,
        conditions: Mapping[str, str] | None,
    ) -> Response:
        """Return the response to a GET or HEAD.

        accept_encoding: the header's value as the server gives it, None if it is missing.
        conditions: the request's conditional headers by name in lower case, None if it has none.
        """
        variant = self._chosen.get(accept_encoding) or self._choose(accept_encoding)
        if variant is None:
            text = "This page is not available in a content coding that you accept."
            return _refusal(406, text, method)
        if conditions:
            if conditions.get("if-none-match") == variant.etag and len(conditions) == 1:
                return variant.not_modified  # nearly all conditional requests end here
            status = precondition(conditions, variant.etag)
            if status == 304:
                return variant.not_modified
            if status == 412:
                return _refusal(412, "The page has changed since you asked for it.", method)
        return variant.whole if method == "GET" else variant.head

    @property
    def body(self) -> bytes:
        """The uncompressed body."""
        return self._variants[IDENTITY].whole.body

    @property
    def coded(self) -> dict[str, bytes]:
        """The compressed bodies, by coding; only codings that make the body smaller."""
        return {
            coding: variant.whole.body
            for coding, variant in self._variants.items()
            if coding != IDENTITY
        }

    def _choose(self, accept_encoding: str | bytes | None) -> _Variant | None:
        field = accept_encoding
        codings = acceptable(field.decode("latin-1") if isinstance(field, bytes) else field)
        chosen = next((self._variants[name] for name in codings if name in self._variants), None)
        is_usual = len(self._chosen) < _REMEMBERED and len(field or "") <= _LONGEST_REMEMBERED
        if chosen is not None and is_usual:
            self._chosen[accept_encoding] = chosen
        return chosen


def common_headers(headers: Sequence[Header]) -> list[Header]:
    """Return the headers of a page that are the same in every coding, Vary included."""
    vary = [value for name, value in headers if name.lower() == "vary"]
    kept = [header for header in headers if header[0].lower() not in _OURS]
    return [_shared(header) for header in [*kept, ("Vary", ", ".join([*vary, "Accept-Encoding"]))]]


def compressed(body: bytes) -> dict[str, bytes]:
    """Return the body compressed, by coding; without codings that would not make it smaller."""
    made = {
        "br": brotli.compress(body, quality=11 if len(body) < _LARGE else 5),
        "zstd": zstd.compress(body, 19 if len(body) < _LARGE else 3),
        # No timestamp: the same page has the same bytes in every process.
        "gzip": gzip.compress(body, compresslevel=9, mtime=0),
    }
    return {coding: made[coding] for coding in CODINGS if len(made.get(coding, body)) < len(body)}


def plain_text(text: str) -> tuple[list[Header], bytes]:
    """Return headers and body of a plain-text response that is made without Django.

    The headers include those by which Django's responses (softphonez_site/settings.py) keep from
    being sniffed, framed or read by other sites.
    """
    body = f"{text}\n".encode()
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Content-Length", str(len(body))),
    ]
    return headers, body


def _refusal(status: int, text: str, method: str) -> Response:
    headers, body = plain_text(text)
    response = Response(status, [*headers, ("Vary", "Accept-Encoding")], body)
    return response if method == "GET" else response.without_body()


def date_of_now() -> tuple[bytes, bytes]:
    """Return the Date header for now (RFC 9110, section 6.6.1).

    gunicorn's ASGI worker writes its own Date, but when the machine's clock is set back, that one
    does not change until the clock has caught up.
    """
    return b"date", formatdate(int(time.time()), usegmt=True).encode("ascii")
