"""Requests in absolute form, "GET http://host/path", which every server takes (RFC 9112, 3.2.2).

What a proxy sends by mistake, or who takes this site for one. The host in the target counts, and
not the field Host; the scheme is that of the connection.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from .asgi import Scope

_ABSOLUTE = re.compile(rb"https?://([^/?#]*)([^?#]*)", re.IGNORECASE)


def _parts(target: bytes) -> tuple[bytes, bytes] | None:
    """Return host and path, still encoded, None for a target in another form."""
    found = _ABSOLUTE.match(target)
    return (found[1], found[2] or b"/") if found else None


def of_scope(scope: Scope) -> Scope:
    """Return the scope with its target in origin form. For those whose path has no slash first."""
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
    """Return the environment with its target in origin form. For those that RAW_URI begins so."""
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
