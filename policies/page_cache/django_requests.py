"""Requests on their way to Django: HEAD becomes GET, and Content-Type what forms need of it.

Django's own middleware never answers HEAD with an ETag or a 304, and Django leaves it to the server
to drop the content, about which gunicorn then complains (RFC 9110, 9.3.2).

Django decodes the parameters of Content-Type before any middleware runs, with whatever codec they
name: a stranger could cause a 500, or put into a form what is not text. So every form is read as
UTF-8, which browsers send, and the only parameter that is kept is the boundary of a multipart form.

Servers must accept requests in absolute form, "GET http://host/path" (RFC 9112, 3.2.2). They are
sent by a misconfigured proxy, or by a client that takes this site for a proxy. The host in the
target counts, not the Host header; the scheme is that of the connection.
"""

import io
import re
import sys
from collections.abc import Callable, Iterable
from typing import IO, Any
from urllib.parse import unquote_to_bytes

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]
Header = tuple[str, str]


def environ(
    path: str, *, scheme: str, server: tuple[str, int], body: IO[bytes] | None = None, **more: str
) -> dict[str, Any]:
    """Return the environment of a request: a GET by HTTP/1.1, unless `more` says otherwise.

    path: decoded, as PEP 3333 has it: each byte as the character of that number. server: name and
    port. more: further variables, such as HTTP_HOST.
    """
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": body or io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **more,
    }


def call(application: Application, request: dict[str, Any]) -> tuple[int, list[Header], bytes]:
    """Return status, headers and body of the answer to a request, as `environ` returns it."""
    started: list[Any] = []

    def start_response(status: str, headers: list[Header], exc_info: Any = None) -> None:
        started[:] = [int(status.split(" ", 1)[0]), headers]

    pieces = application(request, start_response)
    try:
        body = b"".join(pieces)
    finally:
        # Django gives its database connection back here.
        if hasattr(pieces, "close"):
            pieces.close()
    return started[0], started[1], body


# RFC 9110, section 5.6.2; RFC 2046, section 5.1.1, but no space in a boundary: nobody uses that.
_TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105  no password
_TYPE = re.compile(rf"\s*({_TOKEN}/{_TOKEN})\s*(?:;|\Z)")
_BOUNDARY = re.compile(
    r";\s*boundary=\"?([0-9A-Za-z'()+_,\-./:=?]{1,70})\"?\s*(?:;|\Z)", re.IGNORECASE
)


def without_parameters(content_type: str) -> str:
    """Return a Content-Type without parameters, except a form's boundary; "" if it is invalid."""
    found = _TYPE.match(content_type)
    if found is None:
        return ""
    kind = found[1].lower()
    boundary = _BOUNDARY.search(content_type) if kind.startswith("multipart/") else None
    return f'{kind}; boundary="{boundary[1]}"' if boundary else kind


def prepared_for(django: Application) -> Application:
    """Return a WSGI application that passes requests on to Django, cleaned, and HEAD as GET."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        # Without a Host, Django would take the server's own name, which is often allowed.
        environ = {"HTTP_HOST": "", **in_origin_form(environ)}
        if given := environ.get("CONTENT_TYPE"):
            environ = {**environ, "CONTENT_TYPE": without_parameters(given)}
        if environ["REQUEST_METHOD"] != "HEAD":
            return django(environ, start_response)  # type: ignore[no-any-return]
        content = django({**environ, "REQUEST_METHOD": "GET"}, start_response)
        if hasattr(content, "close"):
            content.close()
        return ()

    return application


_ABSOLUTE = re.compile(r"https?://([^/?#]*)([^?#]*)", re.IGNORECASE)


def in_origin_form(environ: dict[str, Any]) -> dict[str, Any]:
    """Return the environment of a request whose target may be in absolute form, in origin form."""
    target = _ABSOLUTE.match(environ.get("RAW_URI", ""))
    if target is None:
        return environ
    host, path = target[1], target[2] or "/"
    return {
        **environ,
        "HTTP_HOST": host,
        "PATH_INFO": unquote_to_bytes(path.encode("latin-1")).decode("latin-1"),
        "RAW_URI": path,
    }
