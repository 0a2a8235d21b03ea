"""Requests in absolute form, "GET http://host/path", which servers must accept (RFC 9112, 3.2.2).

Sent by a misconfigured proxy, or by a client that takes this site for a proxy. The host in the
target counts, not the Host header; the scheme is that of the connection.
"""

import re
from typing import Any
from urllib.parse import unquote_to_bytes

Scope = dict[str, Any]  # of the ASGI specification

_ABSOLUTE = re.compile(rb"https?://([^/?#]*)([^?#]*)", re.IGNORECASE)


def _parts(target: bytes) -> tuple[bytes, bytes] | None:
    """Return host and path, still percent-encoded; None for a target in another form."""
    found = _ABSOLUTE.match(target)
    return (found[1], found[2] or b"/") if found else None


def of_scope(scope: Scope) -> Scope:
    """Return an ASGI scope whose path does not begin with a slash, its target in origin form."""
    parts = _parts(scope.get("raw_path") or b"")
    if parts is None:
        return scope
    host, path = parts
    headers = [field for field in scope["headers"] if field[0] != b"host"]
    return {
        **scope,
        "raw_path": path,
        "path": unquote_to_bytes(path).decode("utf-8", "replace"),
        "headers": [(b"host", host), *headers],
    }


def of_environ(environ: dict[str, Any]) -> dict[str, Any]:
    """Return a WSGI environment whose RAW_URI does not begin with a slash, in origin form."""
    parts = _parts(environ["RAW_URI"].encode("latin-1"))
    if parts is None:
        return environ
    host, path = (part.decode("latin-1") for part in parts)
    return {
        **environ,
        "HTTP_HOST": host,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "RAW_URI": path,
    }
