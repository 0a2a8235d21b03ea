"""What a request's headers ask for: which coding or format, and whether the client has the page."""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import lru_cache

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


def precondition(headers: Mapping[str, str], etag: str, modified: str | None) -> int:
    """Return the status for a GET or HEAD with these conditions: 200, 304, 412 (RFC 9110, 13.2.2).

    headers: by name in lower case. modified: the page's Last-Modified, None if it has none.
    """
    if "if-match" in headers:
        if not matches(headers["if-match"], etag, weakly=False):
            return 412
    elif "if-unmodified-since" in headers and _later(modified, headers["if-unmodified-since"]):
        return 412
    if "if-none-match" in headers:
        return 304 if matches(headers["if-none-match"], etag, weakly=True) else 200
    if "if-modified-since" in headers and _later(modified, headers["if-modified-since"]) is False:
        return 304
    return 200


def _later(modified: str | None, than: str) -> bool | None:
    """Whether one HTTP date is later than another; None if either is missing or invalid."""
    if modified is None:
        return None
    try:
        return parsedate_to_datetime(modified) > parsedate_to_datetime(than)
    except (OverflowError, ValueError, TypeError):
        return None
